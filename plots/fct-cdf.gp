# fct-cdf: how long flows took
#
# Shows: the distribution of flow-completion times, a curve for each load
# Needs: flows.csv
#
# Data:
#   title      text
#   load-0 ... in the first row the load's name, then time [s] and the share of flows that took no
#              longer
# Settings: x_from x_to [s], log_x (1: a logarithmic axis), loads (their number)

load 'style.gp'
set xlabel 'Flow-completion time [s]'
set ylabel 'Share of flows'
set xrange [x_from : x_to]
set yrange [0 : 1]
if (log_x == 1) {
  set logscale x
  set format x '%g'
}
plot for [i = 0 : loads - 1] data index sprintf('load-%d', i) using 1:2 with steps \
  lt i + 1 title columnheader(1)
unset output
