# No SYN takes a place once the queue is full.
s/syn_cookies = "off" } }  --/syn_cookies = "when full" } }  --/
