local home = nat "home"
