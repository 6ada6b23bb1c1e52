/* figure-data-ladder: a ladder's drawing as data.
 *
 * ladder_place() says where every stroke and every text stands, in points from the top left
 * corner of the paper; here they become rows, with the times and numbers they stand for, so that
 * an author can read and move them. */
#include "plots/figure-parts.h"
#include "plots/ladder-parts.h"

#include <math.h>
#include <string.h>

#include "plots/text-width.h"
#include "sim/error.h"

#define POINTS_PER_MM (72 / 25.4)
#define LINE_HEIGHT 1.25    /* of the font's size */
#define FONT_SHARE 0.86     /* of the size of other figures' text: a ladder is nearly all text */
#define PAGE 225            /* mm; beyond it rather a label across an arrow than a longer ladder */
#define BACKING_WIDTH 0.95  /* of a text's box are backed with white paper: no more */
#define BACKING_HEIGHT 0.78 /* than the letters take */
#define PACKETS_MOST 300    /* that still make a picture one can look at */
#define DECIMALS 2          /* of a point */

/* Greys for states, from light (0) to dark (3), so that what follows one another differs. */
static guint
state_shade(const char *state)
{
  static const struct {
    const char *state;
    guint shade;
  } shades[] = {
      {"LISTEN", 0},     {"SYN-SENT", 1},   {"SYN-RECEIVED", 2}, {"ESTABLISHED", 3},
      {"FIN-WAIT-1", 2}, {"FIN-WAIT-2", 1}, {"CLOSE-WAIT", 1},   {"CLOSING", 1},
      {"LAST-ACK", 2},   {"TIME-WAIT", 0},
  };
  for (guint i = 0; i < G_N_ELEMENTS(shades); i++)
    if (strcmp(state, shades[i].state) == 0)
      return shades[i].shade;
  return 0;
}

static void
write_ends(FigureData *data, const LadderStroke *stroke)
{
  figure_data_number(data, stroke->x0, DECIMALS);
  figure_data_number(data, stroke->y0, DECIMALS);
  figure_data_number(data, stroke->x1, DECIMALS);
  figure_data_number(data, stroke->y1, DECIMALS);
}

/* What an arrow stands for: when it left, when it arrived or was lost, and its numbers. */
static void
write_packet(FigureData *data, const LadderArrow *arrow)
{
  figure_data_time(data, arrow->sent);
  figure_data_time(data, arrow->arrived != SIM_TIME_NEVER ? arrow->arrived : arrow->lost_at);
  figure_data_integer(data, (gint64)arrow->row->packet);
  figure_data_integer(data, arrow->row->seq);
  figure_data_integer(data, arrow->row->ack);
  figure_data_integer(data, arrow->row->len);
  figure_data_integer(data, arrow->row->retransmit);
  figure_data_text(data, arrow->row->flags);
}

static void
write_stroke(FigureData *data, const Ladder *ladder, const LadderStroke *stroke)
{
  write_ends(data, stroke);
  switch (stroke->kind) {
  case LADDER_STROKE_ARROW:
  case LADDER_STROKE_RETRANSMIT:
  case LADDER_STROKE_LOST:
    write_packet(data, &g_array_index(ladder->arrows, LadderArrow, stroke->item));
    break;
  case LADDER_STROKE_STATE: {
    const LadderState *state = &g_array_index(ladder->states, LadderState, stroke->item);
    figure_data_integer(data, state_shade(state->state));
    figure_data_time(data, state->from);
    figure_data_time(data, state->to);
    figure_data_text(data, state->state);
    break;
  }
  case LADDER_STROKE_TIMER:
  case LADDER_STROKE_TIMER_FIRE: {
    const LadderTimer *timer = &g_array_index(ladder->timers, LadderTimer, stroke->item);
    figure_data_time(data, timer->set);
    figure_data_time(data, timer->end);
    break;
  }
  case LADDER_STROKE_QUEUED: {
    const LadderArrow *arrow = &g_array_index(ladder->arrows, LadderArrow, stroke->item);
    figure_data_time(data, arrow->sent);
    figure_data_time(data, arrow->transmitted);
    figure_data_integer(data, (gint64)arrow->row->packet);
    break;
  }
  case LADDER_STROKE_NODE:
  case LADDER_STROKE_GAP:
  case LADDER_STROKE_TICK:
    break;
  }
  figure_data_row(data);
}

static void
write_strokes(FigureData *data, const Ladder *ladder, const LadderDrawing *drawing)
{
#define ENDS "x0 y0 x1 y1"
#define PACKET ENDS " sent end packet seq ack len retransmit flags"
#define NO_ENDS "NaN NaN NaN NaN"
#define NO_PACKET NO_ENDS " NaN NaN NaN NaN NaN NaN NaN \"\""
  static const struct {
    LadderStrokeKind kind;
    const char *block, *columns, *nan;
  } blocks[] = {
      {LADDER_STROKE_NODE, "lines", ENDS, NO_ENDS},
      {LADDER_STROKE_GAP, "gaps", ENDS, NO_ENDS},
      {LADDER_STROKE_STATE, "states", ENDS " shade from to state", NO_ENDS " NaN NaN NaN \"\""},
      {LADDER_STROKE_TICK, "ticks", ENDS, NO_ENDS},
      {LADDER_STROKE_QUEUED, "queued", ENDS " from to packet", NO_ENDS " NaN NaN NaN"},
      {LADDER_STROKE_TIMER, "timers", ENDS " set end", NO_ENDS " NaN NaN"},
      {LADDER_STROKE_TIMER_FIRE, "fires", ENDS " set end", NO_ENDS " NaN NaN"},
      {LADDER_STROKE_ARROW, "arrows", PACKET, NO_PACKET},
      {LADDER_STROKE_RETRANSMIT, "again", PACKET, NO_PACKET},
      {LADDER_STROKE_LOST, "lost", PACKET, NO_PACKET},
  };
  for (guint b = 0; b < G_N_ELEMENTS(blocks); b++) {
    figure_data_block(data, blocks[b].block, blocks[b].columns, blocks[b].nan);
    for (guint i = 0; i < drawing->strokes->len; i++) {
      const LadderStroke *stroke = &g_array_index(drawing->strokes, LadderStroke, i);
      if (stroke->kind == blocks[b].kind)
        write_stroke(data, ladder, stroke);
    }
  }
}

/* What packets take of the wire: the corners of each, and how long its bits took. */
static void
write_bands(FigureData *data, const Ladder *ladder, const LadderDrawing *drawing)
{
  figure_data_block(data, "bands",
                    "x y of the corners, seconds, packet; an empty line between bands",
                    "-99 -99 NaN NaN");
  for (guint i = 0; i < drawing->bands->len; i++) {
    const LadderBand *band = &g_array_index(drawing->bands, LadderBand, i);
    const LadderArrow *arrow = &g_array_index(ladder->arrows, LadderArrow, band->item);
    const double corners[][2] = {{band->x0, band->y0},
                                 {band->x1, band->y1},
                                 {band->x1, band->y1 + band->height},
                                 {band->x0, band->y0 + band->height}};
    for (guint k = 0; k < G_N_ELEMENTS(corners); k++) {
      figure_data_number(data, corners[k][0], DECIMALS);
      figure_data_number(data, corners[k][1], DECIMALS);
      figure_data_time(data, arrow->serialised);
      figure_data_integer(data, (gint64)arrow->row->packet);
      figure_data_row(data);
    }
    g_string_append_c(data->text, '\n');
  }
}

/* White paper under the texts that had to be placed across arrows. */
static void
write_backing(FigureData *data, const LadderDrawing *drawing)
{
  figure_data_block(data, "backing", "x y of the corners, an empty line between boxes", "-99 -99");
  for (guint i = 0; i < drawing->boxes->len; i++) {
    const LadderBox *box = &g_array_index(drawing->boxes, LadderBox, i);
    if (box->kind == LADDER_BOX_NODE || box->kind == LADDER_BOX_TIME)
      continue;
    double angle = box->angle * G_PI / 180, half = box->w / 2 * BACKING_WIDTH;
    double rise = box->h / 2 * BACKING_HEIGHT;
    double along_x = cos(angle) * half, along_y = -sin(angle) * half;
    double across_x = sin(angle) * rise, across_y = cos(angle) * rise;
    static const int corners[][2] = {{-1, -1}, {1, -1}, {1, 1}, {-1, 1}, {-1, -1}};
    for (guint k = 0; k < G_N_ELEMENTS(corners); k++) {
      figure_data_number(data, box->x + corners[k][0] * along_x + corners[k][1] * across_x, 1);
      figure_data_number(data, box->y + corners[k][0] * along_y + corners[k][1] * across_y, 1);
      figure_data_row(data);
    }
    g_string_append_c(data->text, '\n');
  }
}

static void
write_boxes(FigureData *data, const LadderDrawing *drawing)
{
  static const struct {
    LadderBoxKind kind;
    const char *block;
  } blocks[] = {
      {LADDER_BOX_NODE, "names"},        {LADDER_BOX_TIME, "times"},
      {LADDER_BOX_LABEL, "labels"},      {LADDER_BOX_LOST, "reasons"},
      {LADDER_BOX_STATE, "state-names"}, {LADDER_BOX_TIMER, "timer-names"},
      {LADDER_BOX_CALL, "calls"},        {LADDER_BOX_NOTE, "notes"},
      {LADDER_BOX_GAP, "gap-times"},     {LADDER_BOX_CONN, "conn-names"},
  };
  for (guint b = 0; b < G_N_ELEMENTS(blocks); b++) {
    figure_data_block(data, blocks[b].block, "x y width height angle text", "-99 -99 0 0 0 \" \"");
    for (guint i = 0; i < drawing->boxes->len; i++) {
      const LadderBox *box = &g_array_index(drawing->boxes, LadderBox, i);
      if (box->kind != blocks[b].kind)
        continue;
      figure_data_number(data, box->x, DECIMALS);
      figure_data_number(data, box->y, DECIMALS);
      figure_data_number(data, box->w, DECIMALS);
      figure_data_number(data, box->h, DECIMALS);
      figure_data_number(data, box->angle, DECIMALS);
      figure_data_text(data, box->text);
      figure_data_row(data);
    }
  }
}

/* A long run is cut after PACKETS_MOST of them, and *all says how many there were; 0: not cut. */
static Ladder *
make_ladder(const RunLog *log, const FigureRequest *request, guint *all, GError **error)
{
  LadderOptions options = figure_ladder_options(request);
  Ladder *ladder = ladder_new(log, &options, error);
  *all = 0;
  if (ladder == NULL || ladder->arrows->len <= PACKETS_MOST)
    return ladder;
  *all = ladder->arrows->len;
  options.to = g_array_index(ladder->arrows, LadderArrow, PACKETS_MOST - 1).sent;
  ladder_free(ladder);
  return ladder_new(log, &options, error);
}

/* Says below the ladder what it does not show, in lines around `y`. */
static void
write_remarks(FigureData *data, const GPtrArray *remarks, const LadderDrawing *drawing, double line)
{
  figure_data_block(data, "remarks", "x y text", "-99 -99 \" \"");
  for (guint i = 0; i < remarks->len; i++) {
    figure_data_number(data, drawing->width / 2, DECIMALS);
    figure_data_number(data, drawing->height + (i + 0.5) * line, DECIMALS);
    figure_data_text(data, remarks->pdata[i]);
    figure_data_row(data);
  }
}

/* What the figure leaves out, in lines that fit it. */
static GPtrArray *
remarks_on(const LadderDrawing *drawing, guint all, double letter)
{
  g_autoptr(GString) text = g_string_new(NULL);
  if (all > 0)
    g_string_append_printf(text, "The first %u of %u packets; others with --from and --to. ",
                           PACKETS_MOST, all);
  if (drawing->omitted > 0)
    g_string_append_printf(
        text, "%u text%s found no room; a wider figure, or a part (--from, --to), has more.",
        drawing->omitted, drawing->omitted == 1 ? "" : "s");
  if (text->len == 0)
    return g_ptr_array_new();
  return ladder_break_lines(g_strchomp(text->str), MAX((gint)(drawing->width / letter), 20));
}

static void
write_drawing(FigureData *data, const Ladder *ladder, const LadderDrawing *drawing, guint all)
{
  double line = data->size.font * LINE_HEIGHT;
  double title = data->request->title != NULL ? 1.5 * line : 0;
  g_autoptr(GPtrArray) remarks = remarks_on(drawing, all, data->size.font * TEXT_WIDTH_LETTER);
  double height = drawing->height + (remarks->len > 0 ? (remarks->len + 0.5) * line : 0);
  data->size.height = (height + title) / POINTS_PER_MM;
  figure_data_set(data, "paper_width", drawing->width, DECIMALS);
  figure_data_set(data, "paper_height", height, DECIMALS);
  figure_data_set(data, "paper_title", title, DECIMALS);
  write_bands(data, ladder, drawing);
  write_strokes(data, ladder, drawing);
  write_backing(data, drawing);
  write_boxes(data, drawing);
  write_remarks(data, remarks, drawing, line);
  figure_data_end(data);
}

bool
figure_data_ladder(FigureData *data, GError **error)
{
  g_autoptr(RunLog) log = run_log_read(data->request->run, error);
  if (log == NULL)
    return false;
  guint all;
  g_autoptr(Ladder) ladder = make_ladder(log, data->request, &all, error);
  if (ladder == NULL)
    return false;
  /* A column is too narrow for the labels between three lines, unless it is asked for. */
  if (data->request->width == NULL && ladder->nodes->len > 2 &&
      !figure_data_width("double", &data->size, error))
    return false;
  bool is_slide = data->request->width != NULL && strcmp(data->request->width, "slide") == 0;
  data->size.font *= FONT_SHARE;
  LadderPlacement placement = {
      .width = data->size.width * POINTS_PER_MM,
      .max_height = (is_slide ? data->size.height : PAGE) * POINTS_PER_MM,
      .second = data->scale.second,
      .char_width = data->size.font * TEXT_WIDTH_LETTER,
      .char_height = data->size.font * LINE_HEIGHT,
  };
  g_autoptr(LadderDrawing) drawing = ladder_place(ladder, &placement, error);
  if (drawing == NULL)
    return false;
  data->scale.second = drawing->second;
  write_drawing(data, ladder, drawing, all);
  return true;
}
