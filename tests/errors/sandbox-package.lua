print(package.loaded)
