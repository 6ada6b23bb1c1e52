# time-sequence: sequence numbers against time, after Stevens
#
# Shows: data segments as they leave the sender, retransmissions and losses marked, between the
#   line of what is acknowledged and the edge of the offered window
# Needs: timeline.csv
#
# Data:
#   title     text
#   segments  time sent [s], first sequence number, length [bytes], 0
#   again     the same of retransmissions; the last column counts them
#   lost      the same of those that did not arrive
#   acks      time it came [s], acknowledged up to, edge of the window (NaN: not known)
# Settings: x_from x_to [s], y_from y_to [bytes], unit [bytes] and unit_name, raw (as on the
#   wire), dots (segments are too short to be drawn as bars), resent and lost (numbers of rows)

load 'style.gp'
set xlabel 'Time [' . clock_name . ']'
if (raw) {
  unit = 1
  set ylabel 'Sequence number'
  set format y '%.0f'
} else {
  set ylabel 'Sequence number [' . unit_name . ']'
}
set xrange [(x_from - 0.01 * (x_to - x_from)) / clock : x_to / clock]
set yrange [y_from / unit : y_to / unit]
bar = thick * 1.5
if (resent + lost == 0 || figure_width < 120) {
  set key width key_width / 2
}
if (resent + lost > 0 && figure_width < 120) {
  set key maxrows auto maxcols 2 # three columns do not fit one of a page
}

plot \
  data index 'acks' using ($1 / clock):($3 / unit) with steps lw normal lc rgb green dt (3, 2) \
    title 'offered window', \
  data index 'acks' using ($1 / clock):($2 / unit) with steps lw normal lc rgb grey dt solid \
    title 'acknowledged', \
  data index 'segments' using ($1 / clock):($2 / unit):(0):($3 / unit) with vectors nohead lw bar \
    lc rgb blue dt solid notitle, \
  data index 'segments' using ($1 / clock):(dots ? ($2 + $3) / unit : NaN) with points pt 7 \
    ps 0.35 * mark lc rgb blue notitle, \
  keyentry with points pt 7 ps 0.6 * mark lc rgb blue title 'segment', \
  data index 'again' using ($1 / clock):($2 / unit):(0):($3 / unit) with vectors nohead lw bar \
    lc rgb red dt solid notitle, \
  data index 'again' using ($1 / clock):(($2 + $3) / unit) with points pt 6 ps 0.9 * mark lw normal \
    lc rgb red title (resent > 0 ? 'retransmission' : ''), \
  data index 'lost' using ($1 / clock):(($2 + $3) / unit) with points pt 2 ps 0.8 * mark lw normal \
    lc rgb black title (lost > 0 ? 'lost' : '')
