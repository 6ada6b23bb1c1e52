# It measures what arrives.
s/^local cc = "cubic"/local cc = "bbr"  /
