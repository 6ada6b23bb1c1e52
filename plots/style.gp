# Roundtrip: style.gp, what every figure has in common: fonts, lines, colours, sizes, the terminal.
#
# A figure's script sets before it loads this file:
#   basename                     of its files, without ending
#   format                       'svg', 'pdf', 'png' or 'tex'
#   figure_width, figure_height  mm; one column of a page is 85 wide, two are 175, a slide 254
#   font_size                    pt; 7, 8 and 16 for these
# and finds then: data (the data file's name), title (' ' when none was asked for), the line types
# and colours below, and the output opened. Widths of lines (lw) are in points in every format.
#
# For LaTeX the picture is NAME-inc.pdf and LaTeX sets the text, in the document's font and this
# size:
# \input{NAME} where the figure shall stand (`roundtrip plot` gives NAME.tex its name; run by
# hand, gnuplot calls it NAME-inc.tex).

# A part of a larger picture (compare.gp) sets panel_left panel_right panel_bottom panel_top [shares
# of it] before: the output is open then.
set encoding utf8
points = 72 / 25.4 # in a millimetre
family = 'Helvetica'
is_panel = exists('panel_left')
edge_left = is_panel ? panel_left : 0
edge_right = is_panel ? panel_right : 1
edge_bottom = is_panel ? panel_bottom : 0
edge_top = is_panel ? panel_top : 1
if (is_panel) {
  reset
  set origin edge_left, edge_bottom
  set size edge_right - edge_left, edge_top - edge_bottom
  panel_font = sprintf('%s,%g', format eq 'tex' ? '' : family, font_size * (format eq 'svg' ? 96 / 72. : 1))
  set termoption font panel_font
}
if (!is_panel && format eq 'svg') {
  # 96 units an inch, so that the size is right where SVG is measured in pixels
  scale = 96 / 72.
  set terminal svg noenhanced butt fontscale 1 linewidth scale background '#ffffff' \
    size int(figure_width * points * scale + 0.5), int(figure_height * points * scale + 0.5) \
    font sprintf('%s,%g', family, font_size * scale)
  set output basename . '.svg'
}
if (!is_panel && format eq 'pdf') {
  scale = 1.
  set terminal pdfcairo noenhanced butt fontscale 0.75 linewidth 2 \
    size (figure_width / 10.) cm, (figure_height / 10.) cm \
    font sprintf('%s,%g', family, font_size)
  set output basename . '.pdf'
}
if (!is_panel && format eq 'png') {
  # 300 dots an inch
  scale = 300 / 72.
  set terminal pngcairo noenhanced butt fontscale 300 / 96. linewidth scale pointscale scale \
    size int(figure_width * points * scale + 0.5), int(figure_height * points * scale + 0.5) \
    font sprintf('%s,%g', family, font_size)
  set output basename . '.png'
}
if (!is_panel && format eq 'tex') {
  scale = 1.
  set terminal cairolatex pdf input butt fontscale 0.75 linewidth 4 \
    header sprintf('\providecommand\definecolor[3]{}\fontsize{%g}{%g}\selectfont', \
                   font_size, 1.2 * font_size) \
    size (figure_width / 10.) cm, (figure_height / 10.) cm font sprintf(',%g', font_size)
  set output basename . '-inc.tex'
}

# Okabe and Ito's colours: told apart by every kind of eye. Their greys differ too, and no figure
# tells two things apart by colour alone: dashes, marks or widths differ as well.
black = 0x000000
blue = 0x0072b2
red = 0xd55e00
green = 0x009e73
orange = 0xe69f00
purple = 0xcc79a7
sky = 0x56b4e9
dark = 0x4d4d4d
grey = 0x999999
light = 0xdddddd

# Lines and marks grow with the font: 0.4, 0.7 and 1.1 pt beside one of 7 pt. The size of a mark
# (ps) counts from another unit in each format, and so does the width of a letter in the key.
thin = 0.06 * font_size
normal = 0.1 * font_size
thick = 0.16 * font_size
text_scale = format eq 'svg' ? 96 / 72. : 1 # of sizes of fonts that a script sets itself
mark = format eq 'svg' ? 0.55 : 0.075 * font_size
key_width = format eq 'svg' ? -5 : -1

set linetype 1 lc rgb blue lw thick dt 1
set linetype 2 lc rgb red lw thick dt (8, 4)
set linetype 3 lc rgb green lw thick dt (2, 3)
set linetype 4 lc rgb purple lw thick dt (10, 3, 2, 3)
set linetype 5 lc rgb black lw thick dt (5, 2)
set linetype 6 lc rgb orange lw thick dt (1, 2)
set linetype 7 lc rgb sky lw thick dt (12, 4)
set linetype 8 lc rgb grey lw thick dt 1
set linetype 9 lc rgb blue lw normal dt (8, 4)
set linetype 10 lc rgb red lw normal dt (2, 3)
set linetype 11 lc rgb green lw normal dt (10, 3, 2, 3)
set linetype 12 lc rgb purple lw normal dt (5, 2)
set linetype 13 lc rgb black lw normal dt (1, 2)
set linetype 14 lc rgb orange lw normal dt (12, 4)
set linetype 15 lc rgb sky lw normal dt 1
set linetype 16 lc rgb grey lw normal dt (4, 2, 1, 2)

# Axes of graphs: left and below, ticks outside, a faint grid, the key above the graph where it
# hides nothing.
set border 3 lc rgb dark lw normal
set tics out nomirror scale 0.5, 0.25 textcolor rgb black
set xtics offset 0, 0.3
set ytics offset 0.4, 0
set xlabel offset 0, 0.8
set ylabel offset 1.2, 0
set grid xtics ytics lt 1 lw thin lc rgb light dt solid
set key above horizontal center Left reverse samplen 1.6 spacing 0.9 width key_width maxrows 2
set bmargin 2.6
set rmargin 1.5

# Times are in seconds. An axis that ends within a millisecond or a microsecond is drawn in
# microseconds or nanoseconds (one that ends within a second in milliseconds, where the script set
# `milliseconds`). One that lies far from 0 has the decimals that tell its ticks apart.
clock = 1.
clock_name = 's'
if (exists('x_to')) {
  if (x_to < 1 && exists('milliseconds')) { clock = 1e-3; clock_name = 'ms' }
  if (x_to < 1e-3) { clock = 1e-6; clock_name = 'us' }
  if (x_to < 1e-6) { clock = 1e-9; clock_name = 'ns' }
  step = x_to > x_from ? 10 ** floor(log10((x_to - x_from) / clock)) : 1
  if (step < 1 && x_to / clock / step > 1e6) {
    set format x sprintf('%%.%.0ff', -log10(step))
    step = (x_to - x_from) / clock / step > 4 ? 2 * step : step
    set xtics step
  }
}

data = basename . '.dat'
title = ' '
stats data index 'title' using (title = strcol(1), 0) nooutput
if (title ne ' ') { set key title title center }
