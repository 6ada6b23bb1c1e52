# state-machine: RFC 9293's state diagram with the way that a run took through it
#
# Shows: the states and transitions of RFC 9293's figure 5; thick and counted those that this run took,
#   blue the ends that opened their connections, red and dashed the others; in each state how often
#   and how long they were there
# Needs: timeline.csv
#
# Data (lengths in points from the top left corner, y grows downwards):
#   title                      text
#   edges                      x0 y0 x1 y1, 1 for the part with the head, times taken, from, to
#   taken-opener taken-other   the same of those that were taken by ends that opened, by others
#   boxes                      x y (of the centre) width height, times entered, state
#   names                      x y text
#   times-opener times-other   x y text, times entered, seconds in all, state
#   labels-left -centre -right x y text
#   counts-opener -other       x y text
#   key-opener key-other       x y text: who they are
# Settings: paper_width paper_height paper_title (height of the title above y = 0) [points]

load 'style.gp'
set lmargin at screen edge_left
set rmargin at screen edge_right
set tmargin at screen edge_top
set bmargin at screen edge_bottom
unset border
unset tics
unset grid
unset key
set xrange [-1 : paper_width - 1]
set yrange [paper_height : -paper_title]
if (title ne ' ') { set label 1 title at paper_width / 2, -paper_title / 2 center }
head = font_size * 0.6
# White behind the counts, for which labels "boxed" would want two packages more from a LaTeX document.
half_width(text) = font_size * (0.3 * strlen(text) + 0.1)
half_height = font_size * 0.55
open(n) = column(5) == 1 ? n : NaN # the part with the head
rest(n) = column(5) == 0 ? n : NaN
small = sprintf(',%g', font_size * text_scale * 0.86)

plot \
  data index 'edges' using (rest($1)):2:($3 - $1):($4 - $2) with vectors nohead \
    lw thin dt solid lc rgb grey, \
  data index 'edges' using (open($1)):2:($3 - $1):($4 - $2) with vectors head filled \
    size head, 20 fixed lw thin dt solid lc rgb grey, \
  data index 'taken-opener' using (rest($1)):2:($3 - $1):($4 - $2) with vectors nohead \
    lw thick * 1.3 dt solid lc rgb blue, \
  data index 'taken-opener' using (open($1)):2:($3 - $1):($4 - $2) with vectors head filled \
    size head * 1.3, 20 fixed lw thick * 1.3 dt solid lc rgb blue, \
  data index 'taken-other' using (rest($1)):2:($3 - $1):($4 - $2) with vectors nohead \
    lw thick * 1.3 dt (6, 3) lc rgb red, \
  data index 'taken-other' using (open($1)):2:($3 - $1):($4 - $2) with vectors head filled \
    size head * 1.3, 20 fixed lw thick * 1.3 dt (6, 3) lc rgb red, \
  data index 'boxes' using 1:2:($1 - $3 / 2):($1 + $3 / 2):($2 - $4 / 2):($2 + $4 / 2):($5 > 0 ? 0xffffff : 0xf4f4f4) \
    with boxxyerror fs solid border lc rgb dark fc rgb variable lw normal dt 1, \
  data index 'names' using 1:2:3 with labels center tc rgb black, \
  data index 'times-opener' using 1:2:3 with labels center font small tc rgb blue, \
  data index 'times-other' using 1:2:3 with labels center font small tc rgb red, \
  data index 'labels-left' using 1:2:3 with labels left font small tc rgb dark, \
  data index 'labels-centre' using 1:2:3 with labels center font small tc rgb dark, \
  data index 'labels-right' using 1:2:3 with labels right font small tc rgb dark, \
  data index 'counts-opener' using 1:2:(half_width(strcol(3))):(half_height) with boxxyerror \
    fs solid noborder fc rgb 0xffffff, \
  data index 'counts-opener' using 1:2:3 with labels center font small tc rgb blue, \
  data index 'counts-other' using 1:2:(half_width(strcol(3))):(half_height) with boxxyerror \
    fs solid noborder fc rgb 0xffffff, \
  data index 'counts-other' using 1:2:3 with labels center font small tc rgb red, \
  data index 'key-opener' using 1:2:3 with labels left tc rgb blue, \
  data index 'key-opener' using ($1 - head * 4):2:(head * 3.4):(0) with vectors head filled \
    size head * 1.3, 20 fixed lw thick * 1.3 dt solid lc rgb blue, \
  data index 'key-other' using 1:2:3 with labels left tc rgb red, \
  data index 'key-other' using ($1 - head * 4):2:(head * 3.4):(0) with vectors head filled \
    size head * 1.3, 20 fixed lw thick * 1.3 dt (6, 3) lc rgb red
