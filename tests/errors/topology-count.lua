star { hosts = 0 }
