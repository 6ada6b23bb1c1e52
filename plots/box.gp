# box: how a result is spread, for each value of a parameter
#
# Shows: least, quartiles, median, greatest and mean of a study's result for each value of a
#   parameter
# Needs: results.csv
#
# Data:
#   title, xlabel, ylabel  text
#   xtics                  place, name
#   group-0 ...            in the first row its name, then place, min, q1, median, q3, max, mean
# Settings: x_names, groups, log_y, y_negative

load 'style.gp'
set key width (format eq 'svg' ? 1.5 : 1) maxrows 3
xname = ' '
yname = ' '
stats data index 'xlabel' using (xname = strcol(1), 0) nooutput
stats data index 'ylabel' using (yname = strcol(1), 0) nooutput
set xlabel xname
set ylabel yname
set xrange [-0.6 : x_names - 0.4]
if (log_y) { set logscale y; set format y '%h' }
# Where nothing is negative, an interval that reaches below 0 is cut there.
if (!log_y && y_negative) { set yrange [* < 0 : *] }
if (!log_y && !y_negative) { set yrange [0 : *] }
unset xtics
set xtics out nomirror scale 0 offset 0, 0.3 textcolor rgb black
set xtics (' ' -9) # in place of those that gnuplot would choose
x_step = int((x_names - 1) / 10) + 1 # of many names every second, third ... is written
do for [i = 0 : x_names - 1 : x_step] {
  label = ' '
  stats data index 'xtics' every ::i::i using (label = strcol(2), 0) nooutput
  set xtics add (label i)
}
array colour[6] = [blue, red, green, purple, black, orange]
array shape[6] = [7, 5, 9, 13, 11, 4]
wide = 0.7 / groups
shift(i) = (i - (groups - 1) / 2.) * wide
set boxwidth 0.8 * wide
if (groups < 2) { unset key }

plot \
  for [i = 0 : groups - 1] data index sprintf('group-%d', i) \
    using ($1 + shift(i)):3:2:6:5 with candlesticks whiskerbars 0.5 fs empty lw normal dt solid \
    lc rgb colour[i % 6 + 1] notitle, \
  for [i = 0 : groups - 1] data index sprintf('group-%d', i) \
    using ($1 + shift(i) - 0.4 * wide):4:(0.8 * wide):(0) with vectors nohead lw thick dt solid \
    lc rgb colour[i % 6 + 1] notitle, \
  for [i = 0 : groups - 1] data index sprintf('group-%d', i) using ($1 + shift(i)):7 \
    with points pt shape[i % 6 + 1] ps 0.8 * mark lc rgb colour[i % 6 + 1] title columnheader(1)
