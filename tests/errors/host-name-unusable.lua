host "a>b"
