local a, b = host "a", host "b"
request_response { from = a, to = b, response = 0, requests = 2 }
