trace { pcapp = false }
