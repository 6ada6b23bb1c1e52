# The FIN is sent, and the socket stays open for reading.
s/^  conn:close()  /  conn:shutdown()  /
