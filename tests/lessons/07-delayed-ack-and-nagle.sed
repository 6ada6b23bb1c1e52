# One write is one segment; nothing is in flight when it comes, so Nagle does not matter.
s/{ 100, 100 }  /{ 200 }  /
