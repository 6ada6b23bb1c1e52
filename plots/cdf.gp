# cdf: how a result is spread
#
# Shows: which part of a study's runs has at most this result
# Needs: results.csv
#
# Data:
#   title, xlabel   text
#   group-0 ...     in the first row its name, then value, part of the runs that have at most this
# Settings: x_from x_to, log_x, groups

load 'style.gp'
set key width (format eq 'svg' ? 1.5 : 1) maxrows 3
xname = ' '
stats data index 'xlabel' using (xname = strcol(1), 0) nooutput
set xlabel xname
set ylabel 'Part of the runs'
set xrange [x_from : x_to]
set yrange [0 : 1]
if (log_x) { set logscale x; set format x '%h' }
if (groups < 2) { unset key }

plot for [i = 0 : groups - 1] data index sprintf('group-%d', i) using 1:2 with steps \
  lt i + 1 title columnheader(1)
