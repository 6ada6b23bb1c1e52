require "data.circle" -- which needs itself
