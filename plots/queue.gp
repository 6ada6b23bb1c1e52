# queue: what waits in front of a link, against time
#
# Shows: the packets that wait in front of each link, with what was dropped and marked there
# Needs: links.csv
#
# Data:
#   title      text
#   lane-0 ... in the first row the direction's name, then time [s] and packets that wait then
#   drops      time an interval with drops ended, packets dropped in it; of one direction only
#   marks      the same of packets that were marked
# Settings: x_from x_to [s], y_to [packets], lanes (their number), drops and marks (rows of these),
#   strip (1: room for them below the axis)

load 'style.gp'
set xlabel 'Time [' . clock_name . ']'
set ylabel 'Queue [packets]'
set xrange [x_from / clock : x_to / clock]

# Names of links are of any length.
set key width (format eq 'svg' ? 1.5 : 1) maxrows 3

strip = strip * y_to * 0.1
set yrange [-strip : y_to]
if (lanes == 1) {
  set ytics add ('' -strip)
  plot \
    data index 'lane-0' using ($1 / clock):2 with filledcurves y1=0 fc rgb sky fs solid 0.35 noborder notitle, \
    data index 'lane-0' using ($1 / clock):2 with lines lt 1 title columnheader(1), \
    data index 'drops' using ($1 / clock):(-strip):(0):(strip * 0.8) with vectors nohead lw normal \
      lc rgb red dt solid notitle, \
    keyentry with points pt '|' lc rgb red title (drops > 0 ? 'dropped' : ''), \
    data index 'marks' using ($1 / clock):(-strip):(0):(strip * 0.4) with vectors nohead lw normal \
      lc rgb green dt solid notitle, \
    keyentry with points pt '|' lc rgb green title (marks > 0 ? 'marked' : '')
} else {
  plot for [i = 0 : lanes - 1] data index sprintf('lane-%d', i) using ($1 / clock):2 with lines \
    lt i + 1 title columnheader(1)
}
