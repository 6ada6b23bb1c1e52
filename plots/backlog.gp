# backlog: a listener's queues against time
#
# Shows: the SYN queue and the accept queue of the busiest listener against time, and how many SYNs
#   and third packets were dropped or answered by a SYN cookie so far
# Needs: listeners.csv
#
# Data:
#   title         text
#   syn-queue     time [s], half-open connections; each value holds until the next row
#   accept-queue  time, connections that are ready and not accepted yet
#   dropped       time, their count so far
#   cookies       time, their count so far
# Settings: x_from x_to [s], y_to (connections), y2_to (packets), drops and cookies (their number at the end)

load 'style.gp'
set xlabel 'Time [' . clock_name . ']'
set ylabel 'In the queue [connections]'
set xrange [x_from / clock : x_to / clock]
set yrange [0 : y_to]
if (y2_to > 0) {
  set y2label 'So far [packets]' offset -1.2, 0
  set y2range [0 : y2_to]
  set y2tics out nomirror scale 0.5, 0.25 offset -0.4, 0 textcolor rgb black
  set border 11
  set rmargin 8
  plot \
    data index 'syn-queue' using ($1 / clock):2 with steps lt 1 title 'SYN queue', \
    data index 'accept-queue' using ($1 / clock):2 with steps lt 2 title 'accept queue', \
    data index 'dropped' using ($1 / clock):(drops > 0 ? $2 : NaN) axes x1y2 with steps lt 5 \
      title (drops > 0 ? 'dropped (right)' : ''), \
    data index 'cookies' using ($1 / clock):(cookies > 0 ? $2 : NaN) axes x1y2 with steps lt 3 \
      title (cookies > 0 ? 'SYN cookies (right)' : '')
} else {
  plot \
    data index 'syn-queue' using ($1 / clock):2 with steps lt 1 title 'SYN queue', \
    data index 'accept-queue' using ($1 / clock):2 with steps lt 2 title 'accept queue'
}
