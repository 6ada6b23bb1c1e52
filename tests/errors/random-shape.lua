print(random.pareto(1, 0.5))
