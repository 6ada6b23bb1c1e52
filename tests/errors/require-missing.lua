require "helpers"
