# goodput: what applications get, against time
#
# Shows: the bytes that reach the application in order, in bits a second; of one connection beside
#   what its sender puts on the wire, all that was sent twice included
# Needs: timeline.csv
#
# Data:
#   title, xlabel, ylabel  text, the labels without a unit
#   curve-0 ...  in the first row its name, then time [s] and bit/s, which holds until the next row
# Settings: x_from x_to [s], y_to [bit/s], unit [bit/s] and unit_name, curves (their number), log_x steps (0, 1)

load 'style.gp'
xname = ' '
yname = ' '
stats data index 'xlabel' using (xname = strcol(1), 0) nooutput
stats data index 'ylabel' using (yname = strcol(1), 0) nooutput
set xlabel xname . ' [' . clock_name . ']'
set ylabel yname . ' [' . unit_name . ']'
set xrange [x_from / clock : x_to / clock]
set yrange [0 : y_to / unit]
set key width (format eq 'svg' ? 1.5 : 1) maxrows 3

plot for [i = 0 : curves - 1] data index sprintf('curve-%d', i) using ($1 / clock):($2 / unit) with steps \
  lt i + 1 title columnheader(1)
