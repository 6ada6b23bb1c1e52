# rtt: round-trip times against time
#
# Shows: measured round-trip times as points, the smoothed one (SRTT) and the retransmission time-out
#   (RTO) as lines; of several connections the SRTT of each
# Needs: tcp.csv
#
# Data:
#   title, xlabel, ylabel  text
#   curve-0 ...  in the first row its name (one end: SRTT, RTO), then time [s] and seconds, which hold
#                until the next row (NaN: none yet)
#   samples      time [s] an ACK came, round trip [s] of the last segment that it covers
# Settings: x_from x_to [s], y_from y_to [s], log_y, unit [s] and unit_name, curves, samples
#   (how many), one_end (the curves are SRTT and RTO), log_x steps (0, 1)

load 'style.gp'
set xlabel 'Time [' . clock_name . ']'
set ylabel 'Round-trip time [' . unit_name . ']'
set xrange [x_from / clock : x_to / clock]
if (log_y) {
  set logscale y
  set format y '%h'
  set yrange [y_from / 1.5 / unit : y_to * 1.3 / unit]
} else {
  set yrange [0 : y_to / unit]
}
set key width (format eq 'svg' ? 1.5 : 1) maxrows 3

plot \
  data index 'samples' using ($1 / clock):($2 / unit) with points pt 7 ps 0.3 * mark lc rgb sky notitle, \
  keyentry with points pt 7 ps 0.6 * mark lc rgb sky title (samples > 0 ? 'measured' : ''), \
  for [i = 0 : curves - 1 - one_end] data index sprintf('curve-%d', i) using ($1 / clock):($2 / unit) with steps \
    lt i + 1 title columnheader(1), \
  for [i = 1 : one_end] data index sprintf('curve-%d', i) using ($1 / clock):($2 / unit) with steps \
    lt 2 lw normal dt 1 title columnheader(1)
