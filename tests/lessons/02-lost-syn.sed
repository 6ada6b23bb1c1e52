# The client has its SYN+ACK; only its own ACK can be missing.
s/^wire:drop "SYN#1"/wire:drop "client>ACK#1"/
