require "..secret"
