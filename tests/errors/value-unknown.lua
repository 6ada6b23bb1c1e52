result("connect_time", 1)
print(value "conect_time")
