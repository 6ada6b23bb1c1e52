# lines: means of a study against a parameter
#
# Shows: means of a study's result against a parameter, with 95 % intervals and formulas laid over
# Needs: results.csv
#
# Data:
#   title, xlabel, ylabel  text
#   xtics                  place, name: of names along x
#   group-0 ...            in the first row its name, then x, mean, low, high (the interval)
#   theory-0 ...           in the first row its title (' ' when a curve above has it), then x, y
# Settings: x_from x_to, log_x log_y, y_negative (some value is below 0), x_names (their number; 0:
#   numbers), groups, theories, theory_0 ... (which formula: it decides the dashes)

load 'style.gp'
set key width (format eq 'svg' ? 1.5 : 1) maxrows 3
set pointintervalbox 0.01 # how much an error bar clears around its mark: nothing
xname = ' '
yname = ' '
stats data index 'xlabel' using (xname = strcol(1), 0) nooutput
stats data index 'ylabel' using (yname = strcol(1), 0) nooutput
set xlabel xname
set ylabel yname
set xrange [x_from : x_to]
if (log_x) { set logscale x; set format x '%h' }
if (log_y) { set logscale y; set format y '%h' }
# Where nothing is negative, an interval that reaches below 0 is cut there.
if (!log_y && y_negative) { set yrange [* < 0 : *] }
if (!log_y && !y_negative) { set yrange [0 : *] }
if (x_names > 0) {
  unset xtics
  set xtics out nomirror scale 0 offset 0, 0.3 textcolor rgb black
  set xtics (' ' -9) # in place of those that gnuplot would choose
  x_step = int((x_names - 1) / 10) + 1 # of many names every second, third ... is written
  do for [i = 0 : x_names - 1 : x_step] {
    label = ' '
    stats data index 'xtics' every ::i::i using (label = strcol(2), 0) nooutput
    set xtics add (label i)
  }
}
array colour[6] = [blue, red, green, purple, black, orange]
array shape[6] = [7, 5, 9, 13, 11, 4]
array dash[5] = ['-', '.', '_', '-.', '._']
hue(i) = colour[i % 6 + 1]
if (groups + theories < 2) { unset key }

plot \
  for [i = 0 : theories - 1] data index sprintf('theory-%d', i) using 1:2 with lines \
    lw normal lc rgb grey dt dash[int(value(sprintf('theory_%d', i))) % 5 + 1] \
    title columnheader(1), \
  for [i = 0 : groups - 1] data index sprintf('group-%d', i) using 1:2 with lines \
    lt i + 1 notitle, \
  for [i = 0 : groups - 1] data index sprintf('group-%d', i) using 1:2:3:4 with yerrorbars \
    pt shape[i % 6 + 1] ps mark lw normal lc rgb hue(i) dt solid title columnheader(1)
