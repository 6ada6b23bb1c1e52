# tcptrace: the time-sequence graph with all that recovery is about, after Ostermann's tcptrace
#
# Shows: every segment as a bar from its first to its last byte, the ACK line with duplicate ACKs
#   ticked, the edge of the offered window, the blocks of SACK when they came, what was lost, and
#   what was sent again by its cause: time-out, fast retransmit, SACK, RACK, probe
# Needs: timeline.csv
#
# Data:
#   title       text
#   segments    time sent [s], first sequence number, length [bytes], 0, cause, packet
#   again       the same of what was sent again; cause: 0 time-out, 1 fast retransmit, 2 SACK, 3 RACK,
#               4 probe, 5 another
#   causes      its name, how many
#   lost        as segments, of those that did not arrive
#   acks        time it came [s], acknowledged up to, edge of the window (NaN: not known)
#   duplicates  time, acknowledged up to: of duplicate ACKs
#   sacks       time, first and behind the last byte of a block of SACK
#   dsacks      the same of blocks that tell of duplicates (RFC 2883)
# Settings: x_from x_to [s], y_from y_to [bytes], unit [bytes] and unit_name, raw (as on the wire),
#   cause_0 ... cause_5, lost, duplicates, sacks, dsacks: how many there are, ticks (segments have
#   them at their ends)

load 'style.gp'
set xlabel 'Time [' . clock_name . ']'
if (raw) {
  unit = 1
  set ylabel 'Sequence number'
  set format y '%.0f'
} else {
  set ylabel 'Sequence number [' . unit_name . ']'
}
margin = 0.01 * (x_to - x_from)
set xrange [(x_from - margin) / clock : (x_to + margin) / clock]
set yrange [y_from / unit : y_to / unit]
set key maxrows auto maxcols (figure_width < 120 ? 3 : 5) width (format eq 'svg' ? -1 : 0) samplen 1.2
array cause[6] = ['again: time-out', 'again: fast retransmit', 'again: SACK', 'again: RACK', 'again: probe', 'again']
array shape[6] = [2, 9, 5, 7, 13, 11]
array hue[6] = [red, blue, green, black, orange, dark]
of(i, y) = column(5) == i ? y : NaN
many(i) = value(sprintf('cause_%d', i))
tick = (y_to - y_from) / unit * 0.012

plot \
  data index 'acks' using ($1 / clock):($3 / unit) with steps lw normal lc rgb grey dt (3, 2) \
    title 'offered window', \
  data index 'acks' using ($1 / clock):($2 / unit) with steps lw normal lc rgb green dt solid \
    title 'acknowledged', \
  data index 'duplicates' using ($1 / clock):($2 / unit):(0):(-tick) with vectors nohead lw normal \
    lc rgb green dt solid notitle, \
  data index 'sacks' using ($1 / clock):($2 / unit):(0):(($3 - $2) / unit) with vectors nohead lw normal \
    lc rgb purple dt solid notitle, \
  keyentry with points pt '|' lc rgb purple title (sacks > 0 ? 'block of SACK' : ''), \
  data index 'dsacks' using ($1 / clock):($2 / unit):(0):(($3 - $2) / unit) with vectors nohead \
    lw thick lc rgb orange dt solid notitle, \
  keyentry with points pt '|' lc rgb orange title (dsacks > 0 ? 'duplicate SACK' : ''), \
  data index 'segments' using ($1 / clock):($2 / unit):(0):($3 / unit) with vectors heads size graph (ticks ? 0.004 : 0.0001), 90 \
    lw thick lc rgb black dt solid notitle, \
  keyentry with points pt '|' lc rgb black title 'segment', \
  data index 'again' using ($1 / clock):($2 / unit):(0):($3 / unit) with vectors heads size graph (ticks ? 0.004 : 0.0001), 90 \
    lw thick lc rgb red dt solid notitle, \
  for [i = 0 : 5] data index 'again' using ($1 / clock):(of(i, ($2 + $3) / unit)) with points \
    pt shape[i + 1] ps 0.8 * mark lw normal lc rgb hue[i + 1] \
    title (many(i) > 0 ? cause[i + 1] : ''), \
  data index 'lost' using ($1 / clock):(($2 + $3 / 2.) / unit) with points pt 2 ps 1.1 * mark lw normal \
    lc rgb black title (lost > 0 ? 'lost' : '')
