# compare: any figure of several runs
#
# Shows: a figure of several runs, of=FIGURE: their curves over one another where it has curves, else
#   the figures side by side, layout=overlay or layout=panels
# Needs: what the figure needs, of each run
#
# Data, one over another:
#   title, xlabel, ylabel  text, xlabel without a unit
#   curve-0 ...            in the first row the run's name, then x and y
# Data, side by side: NAME-0.dat ... of the scripts NAME-0.gp ..., which draw one figure each
# Settings: panels (their number; 0: one over another), left_0 right_0 bottom_0 top_0 ... [shares];
#   x_from x_to [s], y_to log_x steps curves, unit and unit_name (empty: ylabel says it)

load 'style.gp'
if (panels > 0) {
  whole = basename
  set multiplot
  do for [panel = 0 : panels - 1] {
    panel_left = value(sprintf('left_%d', panel))
    panel_right = value(sprintf('right_%d', panel))
    panel_bottom = value(sprintf('bottom_%d', panel))
    panel_top = value(sprintf('top_%d', panel))
    load sprintf('%s-%d.gp', whole, panel)
  }
  unset multiplot
} else {
  xname = ' '
  yname = ' '
  stats data index 'xlabel' using (xname = strcol(1), 0) nooutput
  stats data index 'ylabel' using (yname = strcol(1), 0) nooutput
  set xlabel xname . ' [' . clock_name . ']'
  set ylabel unit_name eq '' ? yname : yname . ' [' . unit_name . ']'
  set xrange [x_from / clock : x_to / clock]
  set yrange [0 : y_to / unit]
  if (log_x) { set logscale x; set format x '%h' }
  set key width (format eq 'svg' ? 1.5 : 1) maxrows 4
  if (steps) {
    plot for [i = 0 : curves - 1] data index sprintf('curve-%d', i) using ($1 / clock):($2 / unit) with steps \
      lt i + 1 title columnheader(1)
  } else {
    plot for [i = 0 : curves - 1] data index sprintf('curve-%d', i) using ($1 / clock):($2 / unit) with lines \
      lt i + 1 title columnheader(1)
  }
}
