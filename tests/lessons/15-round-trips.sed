# Two round trips, and the order only when the server has spoken.
s/^local over = "TLS 1.2"/local over = "QUIC"   /
