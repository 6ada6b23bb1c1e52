# fairness: Chiu and Jain's plane of two flows
#
# Shows: what one flow gets against what another gets, from slice to slice of time: on the diagonal
#   both get the same, on the falling line all that they ever got together; with Jain's index
# Needs: tcp.csv
#
# Data:
#   title, xlabel, ylabel  text (the labels are the flows' names)
#   rates                  bit/s of one flow, of the other, time [s] at which the slice ends
# Settings: most (end of both axes), together (the most in one slice) [bit/s], jain (index of the
#   whole time), unit [bit/s] and unit_name, slice [s]

load 'style.gp'
xname = ' '
yname = ' '
stats data index 'xlabel' using (xname = strcol(1), 0) nooutput
stats data index 'ylabel' using (yname = strcol(1), 0) nooutput
set xlabel xname . ' [' . unit_name . ']'
set ylabel yname . ' [' . unit_name . ']'
end = most / unit
set xrange [0 : end]
set yrange [0 : end]
set size ratio 1
set key maxrows auto maxcols 2
set palette defined (0 '#c8dcea', 1 '#003a5c') # light to dark: in print, too
unset colorbox
last = 0
first = 1e9
stats data index 'rates' using (first = $3 < first ? $3 : first, last = $3 > last ? $3 : last, 0) nooutput

set arrow 1 from 0, 0 to end, end nohead lw normal lc rgb black dt (8, 4) back
least = together / unit > end ? together / unit - end : 0
set arrow 2 from least, together / unit - least to together / unit - least, least nohead \
  lw normal lc rgb black dt (2, 3) back

plot \
  keyentry with lines lw normal lc rgb black dt (8, 4) title 'both the same', \
  keyentry with lines lw normal lc rgb black dt (2, 3) title 'the most together', \
  data index 'rates' using ($1 / unit):($2 / unit):3 with lines lw thin lc palette notitle, \
  data index 'rates' using ($1 / unit):($2 / unit):3 with points pt 7 ps 0.6 * mark lc palette \
    title 'a slice of time, light to dark', \
  data index 'rates' using ($1 / unit):($3 == last ? $2 / unit : NaN) with points pt 6 \
    ps 1.6 * mark lw thick lc rgb red title sprintf('the last; Jain, of all: %.3f', jain)
