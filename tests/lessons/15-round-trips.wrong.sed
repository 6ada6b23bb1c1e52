# A name that is not there.
s/^local over = "TLS 1.2"/local over = "quic"   /
