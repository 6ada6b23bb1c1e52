print(quantity "50 furlongs")
