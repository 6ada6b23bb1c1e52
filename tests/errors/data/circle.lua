require "data.circle"
