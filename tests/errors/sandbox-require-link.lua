require "data.outside"
