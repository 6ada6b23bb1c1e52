# heatmap: a result over two parameters
#
# Shows: means of a study's result over two parameters, as a field of colours
# Needs: results.csv
#
# Data:
#   title, xlabel, ylabel, zlabel  text
#   xtics, ytics                   place, name
#   cells                          column, row, mean
# Settings: x_names, y_names (how many columns and rows)

load 'style.gp'
xname = ' '
yname = ' '
zname = ' '
stats data index 'xlabel' using (xname = strcol(1), 0) nooutput
stats data index 'ylabel' using (yname = strcol(1), 0) nooutput
stats data index 'zlabel' using (zname = strcol(1), 0) nooutput
set xlabel xname
set ylabel yname
set cblabel zname offset -0.5, 0
set xrange [-0.5 : x_names - 0.5]
set yrange [-0.5 : y_names - 0.5]
unset key
unset grid
unset xtics
unset ytics
set xtics out nomirror scale 0 offset 0, 0.3 textcolor rgb black
set xtics (' ' -9) # in place of those that gnuplot would choose
set ytics out nomirror scale 0 offset 0.4, 0 textcolor rgb black
set ytics (' ' -9)
# Of many names every second, third ... is written.
x_step = int((x_names - 1) / 9) + 1
y_step = int((y_names - 1) / 12) + 1
do for [i = 0 : x_names - 1 : x_step] {
  label = ' '
  stats data index 'xtics' every ::i::i using (label = strcol(2), 0) nooutput
  set xtics add (label i)
}
do for [i = 0 : y_names - 1 : y_step] {
  label = ' '
  stats data index 'ytics' every ::i::i using (label = strcol(2), 0) nooutput
  set ytics add (label i)
}
set lmargin 10
set rmargin figure_width > 20 * font_size ? 17 : 12 # the colours are as wide as the field is, the rest is text
set colorbox user origin graph 1.03, graph 0 size graph 0.04, graph 1
set cbtics scale 0.4 offset -0.6, 0
# Bright to dark, even in print: viridis.
set palette defined (0 '#fde725', 0.25 '#5ec962', 0.5 '#21918c', 0.75 '#3b528b', 1 '#440154')

plot data index 'cells' using 1:2:(0.5):(0.5):3 with boxxyerror fs solid 1 noborder \
  fillcolor palette
