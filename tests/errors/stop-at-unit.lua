stop_at "5 kB"
