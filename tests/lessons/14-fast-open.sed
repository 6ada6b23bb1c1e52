# The cookies are the server's to give.
s/{ fastopen = "off" }   /{ fastopen = "server" }/
