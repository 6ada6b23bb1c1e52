# cwnd: the congestion window against time
#
# Shows: congestion window, slow-start threshold and bytes in flight against time, with
#   retransmissions, fast recoveries and time-outs marked
# Needs: tcp.csv
#
# Data, one end of a connection:
#   title        text
#   cwnd         time [s], bytes; each value holds until the next row
#   ssthresh     the same; NaN until the first loss
#   flight       the same
#   fast         time a fast recovery began, bytes of cwnd then
#   timeout      time the retransmission timer fired, bytes of cwnd then
#   recovery     from, to [s]: stretches in recovery
#   retransmits  time, their count so far
# Data, several ends:
#   end-0 ...    in the first row its name, then time [s], bytes of cwnd
# Settings: x_from x_to [s], y_to [bytes], unit [bytes] and unit_name, ends (their number); for
#   one end fasts, timeouts and resent, the numbers of rows of fast, timeout and retransmits,
#   and cuts, of the rows that have an ssthresh to draw

load 'style.gp'
set xlabel 'Time [' . clock_name . ']'
set ylabel 'Window [' . unit_name . ']'
set xrange [x_from / clock : x_to / clock]
set yrange [0 : y_to / unit]

if (ends == 1) {
  top = y_to / unit
  if (fasts + timeouts + resent == 0) {
    set key width key_width / 2
  }
  if (fasts + timeouts > 0 && figure_width < 120) {
    set key maxrows auto maxcols 2 # three columns do not fit one of a page
  }
  plot \
    data index 'recovery' using ($1 / clock):(0):($1 / clock):($2 / clock):(0):(top) with boxxyerror \
      fs solid noborder lc rgb 0xe8e8e8 notitle, \
    data index 'flight' using ($1 / clock):($2 / unit) with steps lw normal lc rgb grey dt solid notitle, \
    data index 'ssthresh' using ($1 / clock):($2 / unit) with steps lt 2 notitle, \
    data index 'cwnd' using ($1 / clock):($2 / unit) with steps lt 1 title 'cwnd', \
    keyentry with lines lt 2 title (cuts > 0 ? 'ssthresh' : ''), \
    keyentry with lines lw normal lc rgb grey dt solid title 'in flight', \
    data index 'retransmits' using ($1 / clock):(0):(0):(top * 0.03) with vectors nohead lw normal \
      lc rgb black dt solid notitle, \
    keyentry with points pt '|' lc rgb black title (resent > 0 ? 'retransmission' : ''), \
    data index 'fast' using ($1 / clock):($2 / unit) with points pt 11 ps mark lc rgb black \
      title (fasts > 0 ? 'fast recovery' : ''), \
    data index 'timeout' using ($1 / clock):($2 / unit) with points pt 2 ps 1.2 * mark lw thick lc rgb red \
      title (timeouts > 0 ? 'time-out' : '')
} else {
  # Names may be as short as "bbr" or as long as a connection's.
  set key width (format eq 'svg' ? 1.5 : 1) maxrows 3
  plot for [i = 0 : ends - 1] data index sprintf('end-%d', i) using ($1 / clock):($2 / unit) with steps \
    lt i + 1 title columnheader(1)
}
