# topology: the network: its nodes and links, with rates and delays
#
# Shows: hosts as boxes, routers as ellipses, NATs, firewalls and other middleboxes as thick boxes, and
#   at each link its rate and its delay; what many links have in common stands once, below
# Needs: summary.json
#
# Data (lengths in points from the top left corner, y grows downwards):
#   title                 text
#   hosts routers boxes   x y (of its centre) width height name
#   links                 x0 y0 x1 y1
#   backing               x y width height of labels, to be painted white
#   labels captions       x y text
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
set xrange [0 : paper_width]
set yrange [paper_height : -paper_title]
if (title ne ' ') { set label 1 title at paper_width / 2, -paper_title / 2 center }

plot \
  data index 'links' using 1:2:($3 - $1):($4 - $2) with vectors nohead \
    lw normal dt solid lc rgb dark, \
  data index 'backing' using 1:2:($1 - $3 / 2):($1 + $3 / 2):($2 - $4 / 2):($2 + $4 / 2) \
    with boxxyerror fs solid noborder lc rgb 0xffffff, \
  data index 'hosts' using 1:2:($1 - $3 / 2):($1 + $3 / 2):($2 - $4 / 2):($2 + $4 / 2) \
    with boxxyerror fs solid border lc rgb black fc rgb 0xffffff lw normal dt 1, \
  data index 'boxes' using 1:2:($1 - $3 / 2):($1 + $3 / 2):($2 - $4 / 2):($2 + $4 / 2) \
    with boxxyerror fs solid border lc rgb black fc rgb 0xffffff lw thick * 1.4 dt 1, \
  data index 'routers' using 1:2:3:4 with ellipses units xy \
    fs solid border lc rgb blue fc rgb 0xffffff lw normal dt 1, \
  for [block in 'hosts routers boxes'] \
    data index block using 1:2:5 with labels center tc rgb black, \
  for [block in 'labels captions'] \
    data index block using 1:2:3 with labels center tc rgb black
