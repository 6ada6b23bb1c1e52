/* figure-data-states: the states of every end of every connection as bars against time.
 *
 * The name of a state stands in its bar where there is room, its colour is in the key. A minute of
 * TIME-WAIT or FIN-WAIT-2 at the end is cut at the edge, and said to go on. */
#include "plots/figure-data.h"

#include <math.h>
#include <string.h>

#include "plots/state-log.h"
#include "plots/text-width.h"

#define POINTS_PER_MM (72 / 25.4)
#define PITCH 2.1        /* of a row, in sizes of the font */
#define PITCH_LEAST 0.25 /* the same, where there are very many */
#define HEIGHT_MOST 200  /* mm */
#define KEY_LINE 1.35    /* of a row of the key, in sizes of the font */
#define KEY_LETTERS 17   /* of an entry, its box included */
#define BELOW 3.8        /* the axis, in sizes of the font */
#define LABEL_SHARE 0.44 /* of the width, at most, for the names of the ends */
#define RIGHT 0.02       /* margin, of the width */
#define SHORT_FONT 0.86  /* of names in bars, of the font */
#define ROOM_BEHIND 0.05 /* of the time that is shown, behind the last event */
#define ROOM_TO_FADE 0.3 /* the same, where something goes on for longer */

typedef struct Axis {
  double from, to; /* s */
  double left;     /* where it begins, of the width */
  double letter;   /* points, of a letter at the size of the font */
  double width;    /* points, of the figure */
} Axis;

/* Is it the first row of its connection? */
static bool
leads(const StateLog *states, guint index)
{
  const StateEnd *end = &g_array_index(states->ends, StateEnd, index);
  return index == 0 || end[-1].conn != end->conn;
}

/* "client", or with several connections "client:49152-server:80" for the opener and " server". */
static char *
label_of(const StateLog *states, guint index)
{
  const StateEnd *end = &g_array_index(states->ends, StateEnd, index);
  const StateEnd *first = &g_array_index(states->ends, StateEnd, 0);
  bool several = false;
  for (guint i = 0; i < states->ends->len; i++)
    several = several || g_array_index(states->ends, StateEnd, i).conn != first->conn;
  if (!several)
    return g_strdup(end->node);
  return g_strdup(leads(states, index) ? end->conn : end->node);
}

/* `text` cut to `room` points. */
static char *
cut_to(const char *text, double room, double letter)
{
  glong length = g_utf8_strlen(text, -1);
  char *cut = g_strdup(text);
  while (length > 1 && text_width(cut) * letter > room) {
    g_autofree char *shorter = g_utf8_substring(text, 0, --length);
    g_free(cut);
    cut = g_strconcat(shorter, "\u2026", NULL);
  }
  return cut;
}

static void
set_axis(FigureData *data, const StateLog *states, Axis *axis)
{
  SimTime from = SIM_TIME_NEVER, to = 0, end = 0;
  for (guint i = 0; i < states->spans->len; i++) {
    const StateSpan *span = &g_array_index(states->spans, StateSpan, i);
    bool fades = span->state == STATE_TIME_WAIT || span->state == STATE_FIN_WAIT_2;
    end = MAX(end, span->to);
    from = MIN(from, MAX(span->from, data->request->from));
    to = MAX(to, fades ? span->from : span->to);
  }
  bool given = data->request->to != SIM_TIME_NEVER;
  axis->from = sim_time_to_seconds(from);
  axis->to = sim_time_to_seconds(given ? MIN(data->request->to, states->end) : to);
  axis->to = MAX(axis->to, axis->from + 1e-9);
  double shown = axis->to - axis->from, more = sim_time_to_seconds(end) - axis->to;
  if (!given) /* what fades is shown to its end when that is not far */
    axis->to +=
        more <= shown * ROOM_TO_FADE ? MAX(more, 0) + shown * ROOM_BEHIND : shown * ROOM_TO_FADE;
  axis->width = data->size.width * POINTS_PER_MM;
  axis->letter = data->size.font * TEXT_WIDTH_LETTER;
  double widest = 0;
  for (guint i = 0; i < states->ends->len; i++) {
    g_autofree char *label = label_of(states, i);
    widest = MAX(widest, text_width(label) * axis->letter);
  }
  double left = MIN(widest + 1.5 * data->size.font, LABEL_SHARE * axis->width);
  if (data->scale.to > 0) { /* as in the other panels */
    axis->from = data->scale.from;
    axis->to = data->scale.to;
    left = data->scale.left;
  }
  data->scale.from = axis->from;
  data->scale.to = axis->to;
  data->scale.left = left;
  axis->left = left / axis->width;
  figure_data_set(data, "x_from", axis->from, 12);
  figure_data_set(data, "x_to", axis->to, 12);
  figure_data_set(data, "left", axis->left, 6);
  figure_data_set(data, "right", 1 - RIGHT, 6);
}

/* How many rows of the key the states that there are take. */
static guint
set_key(FigureData *data, const StateLog *states, const Axis *axis)
{
  bool there[STATES] = {false};
  guint count = 0;
  for (guint i = 0; i < states->spans->len; i++)
    there[g_array_index(states->spans, StateSpan, i).state] = true;
  for (guint i = 0; i < STATES; i++)
    count += there[i];
  guint columns = MAX((guint)(axis->width / (KEY_LETTERS * axis->letter)), 1);
  figure_data_set(data, "key_columns", MIN(columns, count), 0);
  return (count + columns - 1) / columns;
}

/* The rows and how high they are, between the key and the axis; the last row is at the bottom. Is
 * there room for a text in one? */
static bool
set_rows(FigureData *data, const StateLog *states, const Axis *axis)
{
  double font = data->size.font, title = data->request->title != NULL ? 1.5 * font : 0;
  double above = (set_key(data, states, axis) * KEY_LINE + 0.6) * font + title;
  double room = HEIGHT_MOST * POINTS_PER_MM - above - BELOW * font;
  double pitch = PITCH * font, rows = states->ends->len;
  pitch = MAX(MIN(pitch, room / rows), PITCH_LEAST * font);
  double height = above + rows * pitch + BELOW * font;
  data->size.height = height / POINTS_PER_MM;
  figure_data_set(data, "rows", rows, 0);
  figure_data_set(data, "top", 1 - above / height, 6);
  figure_data_set(data, "bottom", BELOW * font / height, 6);
  figure_data_set(data, "key_line", KEY_LINE * font / height, 6);
  figure_data_set(data, "key_top", 1 - title / height, 6);
  /* Of very many rows only some have their name, and those are the first of their connections. */
  guint each = (guint)ceil(data->size.font * 1.1 / pitch), next = 0;
  figure_data_block(data, "names", "row name", "NaN \" \"");
  for (guint i = 0; i < states->ends->len; i++) {
    if (i < next || (each > 1 && !leads(states, i)))
      continue;
    next = i + MAX(each, 1);
    g_autofree char *label = label_of(states, i);
    g_autofree char *cut =
        cut_to(label, LABEL_SHARE * data->size.width * POINTS_PER_MM - 1.5 * data->size.font,
               data->size.font * TEXT_WIDTH_LETTER);
    figure_data_integer(data, i);
    figure_data_text(data, cut);
    figure_data_row(data);
  }
  return pitch >= 1.2 * data->size.font;
}

static void
write_bars(FigureData *data, const StateLog *states)
{
  guint counts[STATES] = {0};
  figure_data_block(data, "bars", "row from to state(code) lasts state",
                    "NaN NaN NaN NaN NaN \"\"");
  for (guint i = 0; i < states->spans->len; i++) {
    const StateSpan *span = &g_array_index(states->spans, StateSpan, i);
    counts[span->state]++;
    figure_data_integer(data, span->end);
    figure_data_time(data, span->from);
    figure_data_time(data, span->to);
    figure_data_integer(data, span->state);
    figure_data_integer(data, span->lasts);
    figure_data_text(data, state_names[span->state]);
    figure_data_row(data);
  }
  for (guint i = 1; i < STATES; i++) {
    g_autofree char *name = g_strdup_printf("state_%u", i);
    figure_data_set(data, name, counts[i], 0);
  }
}

/* The names of states that fit their bars, and when a bar that is cut ends; `fit`: there is room in
 * the rows. */
static void
write_texts(FigureData *data, const StateLog *states, const Axis *axis, bool fit)
{
  double scale = axis->width * (1 - RIGHT - axis->left) / (axis->to - axis->from);
  figure_data_block(data, "texts", "time row state(code) text", "-99 -99 1 \" \"");
  for (guint i = 0; fit && i < states->spans->len; i++) {
    const StateSpan *span = &g_array_index(states->spans, StateSpan, i);
    double from = MAX(sim_time_to_seconds(span->from), axis->from);
    double to = sim_time_to_seconds(span->to);
    char end[SIM_TIME_TEXT];
    sim_time_print_unit(span->to, 4, end);
    bool cut = to > axis->to;
    g_autofree char *until = g_strdup_printf("%s until %s", state_names[span->state], end);
    g_autofree char *shorter = g_strdup_printf("until %s", end);
    const char *texts[] = {cut ? until : state_names[span->state], cut ? shorter : NULL};
    to = MIN(to, axis->to);
    for (guint k = 0; k < G_N_ELEMENTS(texts) && texts[k] != NULL; k++) {
      if ((text_width(texts[k]) + 1) * axis->letter * SHORT_FONT > (to - from) * scale)
        continue;
      figure_data_number(data, (from + to) / 2, 12);
      figure_data_integer(data, span->end);
      figure_data_integer(data, span->state);
      figure_data_text(data, texts[k]);
      figure_data_row(data);
      break;
    }
  }
}

bool
figure_data_states(FigureData *data, GError **error)
{
  const FigureRequest *request = data->request;
  g_autoptr(RunLog) log = run_log_read(request->run, error);
  g_autoptr(StateLog) states =
      log != NULL ? state_log_new(log, request->conn, request->from, request->to, error) : NULL;
  if (states == NULL)
    return false;
  Axis axis;
  set_axis(data, states, &axis);
  bool fit = set_rows(data, states, &axis);
  write_bars(data, states);
  write_texts(data, states, &axis, fit);
  figure_data_end(data);
  return true;
}
