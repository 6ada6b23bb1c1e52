# shellcheck shell=sh disable=SC2034,SC2154 # $here comes from outside, the rest is used there
#
# What `golden` and `accept` share: which ladders there are, and how one is drawn. Sourced with $here
# set to this folder.
root=$(CDPATH='' cd -- "$here/../.." && pwd -P) || exit 1
topic=$root/scenarios/handshake
golden=$root/tests/golden/gallery

# Names of scenarios have no spaces.
ladder_names() {
  for file in "$topic"/*.lua; do
    basename -- "$file" .lua
  done
}

# draw_ladder PROGRAM NAME SCRATCH: the ladder, as it is printed in a terminal of 100 columns.
draw_ladder() {
  rm -rf "$3/out"
  "$1" run "$topic/$2.lua" -o "$3/out" --quiet &&
    "$1" show "$3/out" --width 100 --colour never
}
