# fct-cdf: how long flows took
#
# Shows: the distribution of flow-completion times, a curve for each load
# Needs: flows.csv
#
# Data:
#   title, xlabel, ylabel  text, xlabel without a unit
#   curve-0 ...  in the first row the load's name, then time [s] and the share of flows that took no
#                longer
# Settings: x_from x_to [s], x_least (where a logarithmic axis would begin), log_x (1: it is one), curves (their number), y_to (1), unit (1),
#   steps (1)

milliseconds = 1
load 'style.gp'
xname = ' '
yname = ' '
stats data index 'xlabel' using (xname = strcol(1), 0) nooutput
stats data index 'ylabel' using (yname = strcol(1), 0) nooutput
set xlabel xname . ' [' . clock_name . ']'
set ylabel yname
set xrange [x_from / clock : x_to / clock]
set yrange [0 : y_to * 1.01]
if (log_x) { set logscale x; set format x '%h' }
set key width (format eq 'svg' ? 1.5 : 1) maxrows 3

plot for [i = 0 : curves - 1] data index sprintf('curve-%d', i) using ($1 / clock):2 with steps \
  lt i + 1 title columnheader(1)
