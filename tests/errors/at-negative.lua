at(-1, print)
