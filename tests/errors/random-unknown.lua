print(random.exponentail(1))
