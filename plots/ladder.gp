# ladder: what went between the hosts, on a true time axis
#
# Shows: every packet as an arrow whose slope is its delay, with the time its bits take as a grey
#   band and its wait in a queue as a bar at the node; losses as crosses, the states of both ends
#   along their lines, timers as brackets; long idle gaps are broken and labelled
# Needs: timeline.csv
#
# Data (lengths in points from the top left corner, y grows downwards; times in seconds):
#   title                              text
#   lines gaps ticks                   x0 y0 x1 y1
#   states                             x0 y0 x1 y1 shade (0 light ... 3 dark) from to state
#   timers fires                       x0 y0 x1 y1 set end
#   arrows again lost                  x0 y0 x1 y1 sent end packet seq ack len retransmit flags
#   queued                             x0 y0 x1 y1 from to packet
#   bands                              x y of the corners, seconds from first to last bit, packet
#   names times labels reasons state-names timer-names calls notes gap-times conn-names
#                                      x y (of its centre) width height angle text
#   remarks                            x y text
#   backing                            x y of the corners of labels, to be painted white
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
shade(n) = n == 0 ? 0xe0e0e0 : n == 1 ? 0xb8b8b8 : n == 2 ? 0x888888 : 0x303030
head = font_size * 0.75

plot \
  data index 'bands' using 1:2 with filledcurves closed fs solid border lc rgb 0xb0b0b0 lw thin \
    fc rgb 0xe8e8e8, \
  data index 'lines' using 1:2:($3 - $1):($4 - $2) with vectors nohead \
    lw thin dt solid lc rgb black, \
  data index 'states' using 1:2:($3 - $1):($4 - $2):(shade($5)) with vectors nohead \
    lw font_size * 0.5 dt solid lc rgb variable, \
  data index 'gaps' using 1:2:($1 - head):($1 + head):2:4 with boxxyerror fs solid noborder \
    lc rgb 0xffffff, \
  data index 'gaps' using 1:2:($3 - $1):($4 - $2) with vectors nohead \
    lw normal dt (1, 3) lc rgb black, \
  data index 'gaps' using ($1 - head / 2):($2 + head / 4):(head):(-head / 2) with vectors nohead \
    lw normal dt solid lc rgb black, \
  data index 'gaps' using ($3 - head / 2):($4 + head / 4):(head):(-head / 2) with vectors nohead \
    lw normal dt solid lc rgb black, \
  data index 'ticks' using 1:2:($3 - $1):($4 - $2) with vectors nohead \
    lw thin dt solid lc rgb dark, \
  data index 'timers' using 1:2:($3 - $1):($4 - $2) with vectors nohead \
    lw normal dt solid lc rgb blue, \
  data index 'fires' using 1:2:($3 - $1):($4 - $2) with vectors head filled \
    size head * 0.6, 25 fixed lw normal dt solid lc rgb blue, \
  data index 'queued' using 1:2:($3 - $1):($4 - $2) with vectors nohead \
    lw thick * 1.6 dt solid lc rgb orange, \
  data index 'arrows' using 1:2:($3 - $1):($4 - $2) with vectors head filled \
    size head, 14 fixed lw normal dt solid lc rgb black, \
  data index 'again' using 1:2:($3 - $1):($4 - $2) with vectors head filled \
    size head, 14 fixed lw thick dt solid lc rgb red, \
  data index 'lost' using ($11 > 0 ? NaN : $1):2:($3 - $1):($4 - $2) with vectors nohead \
    lw normal dt solid lc rgb black, \
  data index 'lost' using ($11 > 0 ? $1 : NaN):2:($3 - $1):($4 - $2) with vectors nohead \
    lw thick dt solid lc rgb red, \
  data index 'lost' using 3:4 with points pt 2 ps 1.8 * mark lw thick lc rgb red, \
  data index 'backing' with filledcurves closed fs solid noborder lc rgb 0xffffff, \
  for [block in 'names times labels reasons state-names timer-names calls notes gap-times conn-names'] \
    data index block using 1:2:6:5 with labels center rotate variable tc rgb black, \
  data index 'remarks' using 1:2:3 with labels center tc rgb black
