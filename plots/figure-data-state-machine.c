/* figure-data-state-machine: RFC 9293's figure 5 with the way that this run took through it.
 *
 * The places of the states are those of the RFC. Its edges are grey; those that were taken are
 * thick, in one colour for the ends that opened their connections and, dashed, in another for the
 * rest, and say how often. A state says how often it was entered and how long it lasted (on
 * average). Steps that the RFC's figure leaves out (it "addresses neither error conditions nor
 * actions that are not connected with state changes": resets, time-outs; note 2: an ACK of the FIN
 * that comes together with the peer's FIN) are drawn where one was taken. */
#include "plots/figure-data.h"

#include <math.h>
#include <string.h>

#include "plots/state-diagram.h"
#include "plots/text-width.h"

#define POINTS_PER_MM (72 / 25.4)
#define FONT_SHARE 0.9   /* of other figures' font: it is nearly all text */
#define BOX_LETTERS 14.6 /* width of a state */
#define BOX_LINES 3.5    /* its height */
#define ROW_LINES 8.2    /* from one row of states to the next */
#define LINE 1.2         /* of the font's size */
#define TOP_LINES 1.7    /* above the first row */
#define KEY_LINES 2.4    /* below the last one */
#define LEVEL 10         /* times as good for a label as another part of an edge */
#define ASIDE 0.16       /* of two that took the same edge, in lines */
#define DECIMALS 2

typedef enum { OPENER, OTHER, SIDES } Side;

typedef struct Machine {
  FigureData *data;
  const StateLog *states;
  double letter, line, width, box_w, box_h; /* points */
  guint taken[STATE_EDGES][SIDES];
  guint more[STATES][STATES][SIDES]; /* steps that no edge stands for */
  guint visits[STATE_PLACES][SIDES];
  SimTime spent[STATE_PLACES][SIDES];
  bool lasts[STATE_PLACES][SIDES]; /* the run ended there */
} Machine;

/* -- what was done -- */

/* The place of CLOSED that a step goes to: the upper one before there was a connection. */
static guint
place_of_step(StateCode from, StateCode to)
{
  bool before = from == STATE_LISTEN || from == STATE_SYN_SENT;
  return to == STATE_CLOSED && !before ? STATE_END_CLOSED : (guint)to;
}

static void
count(Machine *machine)
{
  const StateLog *states = machine->states;
  for (guint i = 0; i < states->steps->len; i++) {
    const StateStep *step = &g_array_index(states->steps, StateStep, i);
    Side side = g_array_index(states->ends, StateEnd, step->end).opener ? OPENER : OTHER;
    guint to = place_of_step(step->from, step->to), edge = 0;
    while (edge < STATE_EDGES &&
           (state_edges[edge].from != step->from || state_edges[edge].to != to))
      edge++;
    if (edge < STATE_EDGES)
      machine->taken[edge][side]++;
    else
      machine->more[step->from][step->to][side]++;
    if (step->to == STATE_CLOSED)
      machine->visits[to][side]++;
  }
  for (guint i = 0; i < states->spans->len; i++) {
    const StateSpan *span = &g_array_index(states->spans, StateSpan, i);
    Side side = g_array_index(states->ends, StateEnd, span->end).opener ? OPENER : OTHER;
    machine->visits[span->state][side]++;
    machine->spent[span->state][side] += span->to - span->from;
    machine->lasts[span->state][side] = machine->lasts[span->state][side] || span->lasts;
  }
}

/* -- where everything stands -- */

static double
centre_x(const Machine *machine, guint place)
{
  double left = machine->box_w / 2, right = machine->width - machine->box_w / 2;
  return left + (right - left) * state_places[place][0] / 2;
}

static double
centre_y(const Machine *machine, guint place)
{
  return TOP_LINES * machine->line + machine->box_h / 2 +
         state_places[place][1] * ROW_LINES * machine->line;
}

/* A point of an edge. One in between takes x from its own state and y from the next point's. */
static void
point_at(const Machine *machine, const StateEdge *edge, guint index, double *x, double *y)
{
  const StateAnchor *anchor = &edge->points[index];
  *x = centre_x(machine, anchor->place) + anchor->x * machine->box_w / 2;
  *y = centre_y(machine, anchor->place) + anchor->y * machine->box_h / 2;
  if (index == 0 || index + 1 == edge->count)
    return;
  const StateAnchor *first = &edge->points[0], *last = &edge->points[edge->count - 1];
  const StateAnchor *level = first->place == anchor->place ? last : first;
  *y = centre_y(machine, level->place) + level->y * machine->box_h / 2;
}

static void
put_text(FigureData *data, double x, double y, const char *text)
{
  figure_data_number(data, x, DECIMALS);
  figure_data_number(data, y, DECIMALS);
  figure_data_text(data, text);
  figure_data_row(data);
}

static void
write_boxes(const Machine *machine)
{
  figure_data_block(machine->data, "boxes", "x y width height entered name", "-99 -99 0 0 0 \" \"");
  for (guint i = 0; i < STATE_PLACES; i++) {
    guint visits = machine->visits[i][OPENER] + machine->visits[i][OTHER];
    figure_data_number(machine->data, centre_x(machine, i), DECIMALS);
    figure_data_number(machine->data, centre_y(machine, i), DECIMALS);
    figure_data_number(machine->data, machine->box_w, DECIMALS);
    figure_data_number(machine->data, machine->box_h, DECIMALS);
    figure_data_integer(machine->data, visits);
    figure_data_text(machine->data, state_names[i == STATE_END_CLOSED ? STATE_CLOSED : i]);
    figure_data_row(machine->data);
  }
  figure_data_block(machine->data, "names", "x y name", "-99 -99 \" \"");
  for (guint i = 0; i < STATE_PLACES; i++)
    put_text(machine->data, centre_x(machine, i), centre_y(machine, i) - machine->line,
             state_names[i == STATE_END_CLOSED ? STATE_CLOSED : i]);
}

/* "3x 50.1 ms", or "until the end" for the one that lasts. */
static void
write_times(const Machine *machine, Side side)
{
  figure_data_block(machine->data, side == OPENER ? "times-opener" : "times-other",
                    "x y text entered seconds state", "-99 -99 \" \" 0 0 \"\"");
  for (guint i = 0; i < STATE_PLACES; i++) {
    guint visits = machine->visits[i][side];
    SimTime spent = machine->spent[i][side];
    char mean[SIM_TIME_TEXT];
    if (visits == 0)
      continue;
    sim_time_print_unit(spent / visits, 3, mean);
    g_autofree char *text = i == STATE_END_CLOSED || i == STATE_CLOSED
                                ? g_strdup_printf("%u\u00d7", visits)
                                : g_strdup_printf("%u\u00d7 %s%s", visits, mean,
                                                  machine->lasts[i][side] ? " (lasts)" : "");
    figure_data_number(machine->data, centre_x(machine, i), DECIMALS);
    figure_data_number(machine->data,
                       centre_y(machine, i) + (side == OPENER ? 0.05 : 1.05) * machine->line,
                       DECIMALS);
    figure_data_text(machine->data, text);
    figure_data_integer(machine->data, visits);
    figure_data_time(machine->data, spent);
    figure_data_text(machine->data, state_names[i == STATE_END_CLOSED ? STATE_CLOSED : i]);
    figure_data_row(machine->data);
  }
}

/* One line of an edge, shifted aside; gnuplot draws the head on its last part. */
static void
write_edge(const Machine *machine, const StateEdge *edge, double aside, guint number)
{
  FigureData *data = machine->data;
  double x0, y0, x1, y1;
  for (guint i = 0; i + 1 < edge->count; i++) {
    point_at(machine, edge, i, &x0, &y0);
    point_at(machine, edge, i + 1, &x1, &y1);
    double length = MAX(hypot(x1 - x0, y1 - y0), 1e-9);
    double shift_x = -(y1 - y0) / length * aside, shift_y = (x1 - x0) / length * aside;
    figure_data_number(data, x0 + shift_x, DECIMALS);
    figure_data_number(data, y0 + shift_y, DECIMALS);
    figure_data_number(data, x1 + shift_x, DECIMALS);
    figure_data_number(data, y1 + shift_y, DECIMALS);
    figure_data_integer(data, i + 2 == edge->count);
    figure_data_integer(data, number);
    figure_data_text(data, state_names[edge->from]);
    figure_data_text(data, state_names[edge->to == STATE_END_CLOSED ? STATE_CLOSED : edge->to]);
    figure_data_row(data);
  }
}

#define EDGE_COLUMNS "x0 y0 x1 y1 head count from to"
#define NO_EDGE "NaN NaN NaN NaN NaN NaN \"\" \"\""

/* A step that no edge of the figure stands for: a straight line, to CLOSED from the side. */
static StateEdge
straight(StateCode from, StateCode to)
{
  guint target = place_of_step(from, to);
  bool right = state_places[target][0] > state_places[from][0];
  bool level = state_places[target][0] == state_places[from][0];
  bool up = state_places[target][1] < state_places[from][1];
  StateEdge edge = {.from = (guint8)from, .to = (guint8)target, .count = 2};
  edge.points[0] = (StateAnchor){(guint8)from,
                                 level   ? 0.75
                                 : right ? 1
                                         : -1,
                                 level ? (up ? -1 : 1) : 0.2};
  edge.points[1] = (StateAnchor){(guint8)target, level ? 0.75 : right ? -0.8 : 0.8, up ? 1 : -1};
  return edge;
}

static void
write_edges(const Machine *machine)
{
  static const char *const blocks[SIDES] = {"taken-opener", "taken-other"};
  double aside = ASIDE * machine->line;
  figure_data_block(machine->data, "edges", EDGE_COLUMNS, NO_EDGE);
  for (guint i = 0; i < STATE_EDGES; i++)
    if (i != STATE_EDGE_NOTE_2)
      write_edge(machine, &state_edges[i], 0, machine->taken[i][OPENER] + machine->taken[i][OTHER]);
  for (Side side = 0; side < SIDES; side++) {
    figure_data_block(machine->data, blocks[side], EDGE_COLUMNS, NO_EDGE);
    for (guint i = 0; i < STATE_EDGES; i++)
      if (machine->taken[i][side] > 0)
        write_edge(machine, &state_edges[i],
                   machine->taken[i][1 - side] == 0 ? 0
                   : side == OPENER                 ? aside
                                                    : -aside,
                   machine->taken[i][side]);
    for (guint i = 0; i < STATES * STATES; i++) {
      StateCode from = i / STATES, to = i % STATES;
      guint taken = machine->more[from][to][side];
      StateEdge edge = straight(from, to);
      if (taken > 0)
        write_edge(machine, &edge,
                   machine->more[from][to][1 - side] == 0 ? 0
                   : side == OPENER                       ? aside
                                                          : -aside,
                   taken);
    }
  }
}

/* The middle of an edge's longest part, rather of a level one: a label is wide. */
static void
middle_of(const Machine *machine, const StateEdge *edge, double *x, double *y)
{
  double longest = -1;
  point_at(machine, edge, 0, x, y);
  for (guint i = 0; i + 1 < edge->count; i++) {
    double x0, y0, x1, y1;
    point_at(machine, edge, i, &x0, &y0);
    point_at(machine, edge, i + 1, &x1, &y1);
    double length = hypot(x1 - x0, y1 - y0) * (y0 == y1 ? LEVEL : 1);
    if (length <= longest)
      continue;
    longest = length;
    *x = (x0 + x1) / 2;
    *y = (y0 + y1) / 2;
  }
}

/* What triggers an edge and what it does, and below that how often each side took it. */
static void
write_labels(const Machine *machine)
{
  static const char *const aligns[] = {"left", "centre", "right"};
  for (guint align = STATE_LABEL_LEFT; align <= STATE_LABEL_RIGHT; align++) {
    g_autofree char *block = g_strdup_printf("labels-%s", aligns[align]);
    figure_data_block(machine->data, block, "x y text", "-99 -99 \" \"");
    for (guint i = 0; i < STATE_EDGES; i++) {
      const StateEdge *edge = &state_edges[i];
      double x, y;
      bool hidden =
          i == STATE_EDGE_NOTE_2 && machine->taken[i][OPENER] + machine->taken[i][OTHER] == 0;
      if (edge->align != align || hidden)
        continue;
      middle_of(machine, edge, &x, &y);
      x += edge->label_x * machine->letter;
      y += edge->label_y * machine->line;
      put_text(machine->data, x, y, edge->event);
      if (*edge->action != '\0')
        put_text(machine->data, x, y + machine->line, edge->action);
    }
  }
}

/* "2x" beside the first third of an edge's line. */
static void
write_count(const Machine *machine, const StateEdge *edge, guint taken, Side side)
{
  double x0, y0, x1, y1;
  guint last = edge->count - 1;
  point_at(machine, edge, last - 1, &x0, &y0);
  point_at(machine, edge, last, &x1, &y1);
  double at = side == OPENER ? 0.3 : 0.6;
  g_autofree char *text = g_strdup_printf("%u\u00d7", taken);
  put_text(machine->data, x0 + (x1 - x0) * at, y0 + (y1 - y0) * at, text);
}

static void
write_counts(const Machine *machine)
{
  static const char *const blocks[SIDES] = {"counts-opener", "counts-other"};
  for (Side side = 0; side < SIDES; side++) {
    figure_data_block(machine->data, blocks[side], "x y text", "-99 -99 \" \"");
    for (guint i = 0; i < STATE_EDGES; i++)
      if (machine->taken[i][side] > 0)
        write_count(machine, &state_edges[i], machine->taken[i][side], side);
    for (guint i = 0; i < STATES * STATES; i++) {
      StateEdge edge = straight(i / STATES, i % STATES);
      guint taken = machine->more[i / STATES][i % STATES][side];
      if (taken > 0)
        write_count(machine, &edge, taken, side);
    }
  }
}

/* Who the two colours are: the nodes, where all openers are one and all others are one. */
static void
write_key(const Machine *machine, double y)
{
  static const char *const blocks[SIDES] = {"key-opener", "key-other"};
  static const char *const many[SIDES] = {"the ends that opened", "the other ends"};
  for (Side side = 0; side < SIDES; side++) {
    const char *name = NULL;
    guint ends = 0;
    for (guint i = 0; i < machine->states->ends->len; i++) {
      const StateEnd *end = &g_array_index(machine->states->ends, StateEnd, i);
      if (end->opener != (side == OPENER))
        continue;
      ends++;
      name = name == NULL || strcmp(name, end->node) == 0 ? end->node : many[side];
    }
    figure_data_block(machine->data, blocks[side], "x y text", "-99 -99 \" \"");
    if (ends == 0)
      continue;
    g_autofree char *text =
        ends == 1 ? g_strdup(name) : g_strdup_printf("%s (%u ends, mean times)", name, ends);
    put_text(machine->data, machine->width * (side == OPENER ? 0.08 : 0.56), y, text);
  }
}

bool
figure_data_state_machine(FigureData *data, GError **error)
{
  const FigureRequest *request = data->request;
  g_autoptr(RunLog) log = run_log_read(request->run, error);
  g_autoptr(StateLog) states =
      log != NULL ? state_log_new(log, request->conn, request->from, request->to, error) : NULL;
  if (states == NULL)
    return false;
  data->size.font *= FONT_SHARE;
  g_autofree Machine *machine = g_new0(Machine, 1);
  machine->data = data;
  machine->states = states;
  machine->letter = data->size.font * TEXT_WIDTH_LETTER;
  machine->line = data->size.font * LINE;
  machine->width = data->size.width * POINTS_PER_MM - 2;
  machine->box_w = BOX_LETTERS * machine->letter;
  machine->box_h = BOX_LINES * machine->line;
  count(machine);
  double bottom = centre_y(machine, STATE_END_CLOSED) + machine->box_h / 2;
  double title = request->title != NULL ? 1.5 * machine->line : 0;
  double height = bottom + KEY_LINES * machine->line;
  data->size.height = (height + title) / POINTS_PER_MM;
  figure_data_set(data, "paper_width", machine->width + 2, DECIMALS);
  figure_data_set(data, "paper_height", height, DECIMALS);
  figure_data_set(data, "paper_title", title, DECIMALS);
  write_edges(machine);
  write_boxes(machine);
  write_times(machine, OPENER);
  write_times(machine, OTHER);
  write_labels(machine);
  write_counts(machine);
  write_key(machine, bottom + 1.5 * machine->line);
  figure_data_end(data);
  return true;
}
