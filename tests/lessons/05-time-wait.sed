# Reading to the end is waiting for the client's FIN.
s/^  -- change this.*/  conn:receive_all()/
