# states: the states of every connection against time
#
# Shows: which state each end of each connection is in, as bars; long TIME-WAITs are cut at the edge and
#   say when they end
# Needs: timeline.csv
#
# Data:
#   title   text
#   names   row (0 at the top), name of the end
#   bars    row, from, to [s], the state's number (1 LISTEN, 2 SYN-SENT, 3 SYN-RECEIVED, 4 ESTABLISHED,
#           5 FIN-WAIT-1, 6 FIN-WAIT-2, 7 CLOSING, 8 TIME-WAIT, 9 CLOSE-WAIT, 10 LAST-ACK), 1 when it
#           lasts beyond the run, its name
#   texts   time, row, the state's number, text in the bar; one that is out of sight where none has room,
#           since gnuplot 5.4 crashes over texts that have no place but a colour each
# Settings: x_from x_to [s], rows (their number), left right bottom top (of the graph), key_top key_line
#   (where the key begins, height of its rows; all shares of the picture), key_columns,
#   state_1 ... (how many bars of each state)

load 'style.gp'
set xlabel 'Time [' . clock_name . ']'
set xrange [x_from / clock : x_to / clock]
set yrange [rows - 0.45 : -0.55]
across(part) = edge_left + (edge_right - edge_left) * part
up(part) = edge_bottom + (edge_top - edge_bottom) * part
set lmargin at screen across(left)
set rmargin at screen across(right)
set bmargin at screen up(bottom)
set tmargin at screen up(top)
set border 1
unset ytics
unset grid
set grid xtics lt 1 lw thin lc rgb light dt solid
set xtics out nomirror scale 0.5, 0.25
# Neighbours in a connection's life differ in lightness, too.
array fill[10] = [0xffffff, 0xe69f00, 0xf0e442, 0x0072b2, 0xd55e00, 0xe9b9d3, 0x000000, 0xe8e8e8, \
                  0x3d96cc, 0x661100]
array ink[10] = [black, black, black, 0xffffff, 0xffffff, black, 0xffffff, black, black, 0xffffff]
array state[10] = ['LISTEN', 'SYN-SENT', 'SYN-RECEIVED', 'ESTABLISHED', 'FIN-WAIT-1', 'FIN-WAIT-2', \
                   'CLOSING', 'TIME-WAIT', 'CLOSE-WAIT', 'LAST-ACK']
half = rows > 60 ? 0.5 : 0.36
paint(s) = fill[int(s)]
# The key, above all: gnuplot's own is only as wide as the graph.
unset key
if (title ne ' ') { set label 20 title at screen across(0.5), up((1 + key_top) / 2) center }
entry = 0
do for [i = 1 : 10] {
  if (value(sprintf('state_%d', i)) > 0) {
    column_x = (entry % key_columns + 0.06) / key_columns
    row_y = key_top - (entry / key_columns + 0.55) * key_line
    box = 0.12 / key_columns
    set object i rectangle from screen across(column_x), up(row_y - key_line * 0.28) \
      to screen across(column_x + box), up(row_y + key_line * 0.28) \
      fs solid border lc rgb dark fc rgb fill[i] lw thin
    set label i state[i] at screen across(column_x + box * 1.3), up(row_y) left
    entry = entry + 1
  }
}

plot \
  data index 'bars' using ($2 / clock):1:($2 / clock):($3 / clock):($1 - half):($1 + half):(paint($4)) with boxxyerror fs solid \
    border lc rgb dark lw thin fc rgb variable notitle, \
  data index 'texts' using ($1 / clock):2:4:(ink[int($3)]) with labels center \
    font sprintf(',%g', font_size * text_scale * 0.86) tc rgb variable notitle, \
  data index 'names' using (x_from / clock):1:2 with labels right offset -0.8, 0 tc rgb black notitle
