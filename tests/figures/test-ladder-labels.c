/* test-ladder-labels: ladders of runs of the gallery in every size, asked whose each label is.
 *
 * Of every label: it is nearer to an arrow that it speaks of than to any other of that slope, and
 * it overlaps no text. Of every arrow: somebody speaks of it, or the drawing counts a text that it
 * leaves out. Nothing of the placing is used to find out. */
#include <math.h>
#include <string.h>

#include "plots/ladder.h"
#include "plots/ladder-parts.h"
#include "plots/text-width.h"
#include "tests/gallery/gallery.h"
#include "tests/unit/run-folder.h"

#define POINTS_PER_MM (72 / 25.4)
#define LINE_HEIGHT 1.25
#define ONE_STROKE 0.15 /* lines of text between arrows that look like one */
#define PARALLEL 0.17   /* sine of the angle between arrows whose labels could be mixed up */

static char *scratch; /* owned: the runs */

typedef struct Point {
  double x, y;
} Point;

static const LadderArrow *
arrow_of(const Ladder *ladder, guint index)
{
  return &g_array_index(ladder->arrows, LadderArrow, index);
}

static bool
speaks_of(const Ladder *ladder, const LadderBox *box, guint index)
{
  const LadderArrow *one = arrow_of(ladder, box->item), *arrow = arrow_of(ladder, index);
  return index >= box->item && index <= box->last && arrow->from == one->from &&
         arrow->to == one->to;
}

static double
distance(const LadderStroke *stroke, Point p)
{
  double dx = stroke->x1 - stroke->x0, dy = stroke->y1 - stroke->y0, square = dx * dx + dy * dy;
  double at = square > 0 ? ((p.x - stroke->x0) * dx + (p.y - stroke->y0) * dy) / square : 0;
  at = CLAMP(at, 0, 1);
  return hypot(p.x - stroke->x0 - at * dx, p.y - stroke->y0 - at * dy);
}

static bool
is_arrow(const LadderStroke *stroke)
{
  return stroke->kind == LADDER_STROKE_ARROW || stroke->kind == LADDER_STROKE_RETRANSMIT ||
         stroke->kind == LADDER_STROKE_LOST;
}

static bool
is_parallel(const LadderStroke *stroke, double degrees)
{
  double angle = degrees * G_PI / 180, dx = stroke->x1 - stroke->x0, dy = stroke->y1 - stroke->y0;
  return fabs(dx * sin(angle) + dy * cos(angle)) <= PARALLEL * hypot(dx, dy);
}

/* The middle of the lines of a label that stand on one side of its arrow: they follow one another
 * in the drawing, a line of text apart. */
static Point
middle_of_block(const LadderDrawing *drawing, guint *index)
{
  const LadderBox *first = &g_array_index(drawing->boxes, LadderBox, *index), *box = first;
  Point sum = {box->x, box->y};
  guint count = 1;
  while (*index + 1 < drawing->boxes->len) {
    const LadderBox *next = &g_array_index(drawing->boxes, LadderBox, *index + 1);
    if (next->kind != LADDER_BOX_LABEL || next->item != first->item || next->last != first->last ||
        hypot(next->x - box->x, next->y - box->y) > 1.05 * box->h)
      break;
    sum = (Point){sum.x + next->x, sum.y + next->y};
    box = next;
    count++;
    ++*index;
  }
  return (Point){sum.x / count, sum.y / count};
}

static void
check_nearest(const Ladder *ladder, const LadderDrawing *drawing, const LadderBox *box, Point at)
{
  double own = INFINITY;
  for (int others = 0; others <= 1; others++)
    for (guint i = 0; i < drawing->strokes->len; i++) {
      const LadderStroke *stroke = &g_array_index(drawing->strokes, LadderStroke, i);
      if (!is_arrow(stroke))
        continue;
      bool mine = speaks_of(ladder, box, stroke->item);
      if (others == 0 && mine)
        own = MIN(own, distance(stroke, at));
      else if (others == 1 && !mine && is_parallel(stroke, box->angle) &&
               distance(stroke, at) < own - ONE_STROKE * box->h)
        g_error("\"%s\" is nearer to \"%s\" than to \"%s\"", box->text,
                arrow_of(ladder, stroke->item)->label, arrow_of(ladder, box->item)->label);
    }
  g_assert_true(isfinite(own));
}

static void
check_labels(const Ladder *ladder, const LadderDrawing *drawing)
{
  g_autofree bool *spoken = g_new0(bool, ladder->arrows->len);
  for (guint i = 0; i < drawing->boxes->len; i++) {
    const LadderBox *box = &g_array_index(drawing->boxes, LadderBox, i);
    if (box->kind == LADDER_BOX_LOST) /* its reason; with the label in front where that is short */
      spoken[box->item] = spoken[box->item] || !g_str_has_prefix(box->text, "lost");
    if (box->kind != LADDER_BOX_LABEL)
      continue;
    for (guint k = box->item; k <= box->last; k++)
      spoken[k] = spoken[k] || speaks_of(ladder, box, k);
    check_nearest(ladder, drawing, box, middle_of_block(drawing, &i));
  }
  guint silent = 0;
  for (guint i = 0; i < ladder->arrows->len; i++)
    silent += spoken[i] ? 0 : 1;
  g_assert_cmpuint(silent, <=, drawing->omitted);
  g_assert_cmpuint(silent, <, ladder->arrows->len);
}

static void
check_apart(const LadderDrawing *drawing)
{
  for (guint i = 0; i < drawing->boxes->len; i++)
    for (guint k = i + 1; k < drawing->boxes->len; k++) {
      const LadderBox *a = &g_array_index(drawing->boxes, LadderBox, i);
      const LadderBox *b = &g_array_index(drawing->boxes, LadderBox, k);
      if (ladder_boxes_overlap(a, b))
        g_error("\"%s\" and \"%s\" overlap", a->text, b->text);
    }
}

static const LadderStroke *
stroke_of(const LadderDrawing *drawing, guint arrow)
{
  for (guint i = 0; i < drawing->strokes->len; i++) {
    const LadderStroke *stroke = &g_array_index(drawing->strokes, LadderStroke, i);
    if (is_arrow(stroke) && stroke->item == arrow)
      return stroke;
  }
  return NULL;
}

/* Packets that leave at one moment, and look like one arrow, are named in their order. */
static void
check_order(const LadderDrawing *drawing)
{
  for (guint i = 0; i < drawing->boxes->len; i++)
    for (guint k = 0; k < drawing->boxes->len; k++) {
      const LadderBox *a = &g_array_index(drawing->boxes, LadderBox, i);
      const LadderBox *b = &g_array_index(drawing->boxes, LadderBox, k);
      if (a->kind != LADDER_BOX_LABEL || b->kind != LADDER_BOX_LABEL || a->item >= b->item)
        continue;
      const LadderStroke *one = stroke_of(drawing, a->item), *other = stroke_of(drawing, b->item);
      if (one == NULL || other == NULL ||
          hypot(one->x0 - other->x0, one->y0 - other->y0) > ONE_STROKE * a->h ||
          hypot(one->x1 - other->x1, one->y1 - other->y1) > ONE_STROKE * a->h)
        continue;
      if (a->y > b->y + 0.3 * a->h)
        g_error("\"%s\", which leaves later, stands above \"%s\"", b->text, a->text);
    }
}

/* A column, a page and a slide, with the letters of a ladder on each. */
static void
test_run(gconstpointer data)
{
  static const struct {
    double width, height, font;
  } sizes[] = {{85, 225, 6.02}, {175, 225, 6.88}, {254, 142.875, 13.76}};
  g_autofree char *path = gallery_path(data);
  g_auto(GalleryRun) run =
      gallery_run(scratch, (const char *const[]){"run", path, "-o", "run", "--no-figures",
                                                 "--quiet", "--until", "2s", NULL});
  gallery_assert_ran(&run, run.status); /* what it expects may come later */
  g_autofree char *folder = g_build_filename(scratch, "run", NULL);
  RunLog *log = gallery_log(folder);
  for (guint i = 0; i < G_N_ELEMENTS(sizes); i++) {
    g_autoptr(GError) error = NULL;
    LadderOptions options = {.to = 600 * SIM_MILLISECOND, .serialisation = true};
    g_autoptr(Ladder) ladder = ladder_new(log, &options, &error);
    g_assert_no_error(error);
    LadderPlacement paper = {.width = sizes[i].width * POINTS_PER_MM,
                             .max_height = sizes[i].height * POINTS_PER_MM,
                             .char_width = sizes[i].font * TEXT_WIDTH_LETTER,
                             .char_height = sizes[i].font * LINE_HEIGHT};
    g_autoptr(LadderDrawing) drawing = ladder_place(ladder, &paper, &error);
    if (drawing == NULL && i == 0 && ladder->nodes->len > 2)
      continue; /* several nodes do not fit a column, and it says so */
    g_assert_no_error(error);
    check_labels(ladder, drawing);
    check_apart(drawing);
    if (i == 1 && g_str_equal(data, "attacks/old-duplicate")) /* which has room for its stacks */
      check_order(drawing);
  }
  run_log_free(log);
}

int
main(int argc, char **argv)
{
  static const char *const runs[] = {
      "lessons/08-fast-retransmit/fast-retransmit",
      "lessons/09-sack/sack",
      "handshake/syn-lost",
      "handshake/simultaneous-open",
      "recovery/last-segment-lost",
      "recovery/reordered",
      "small-packets/nagle-delayed-ack",
      "recovery/three-losses",
      "networks/nat",
      "attacks/old-duplicate",
  };
  g_test_init(&argc, &argv, NULL);
  scratch = folder_new();
  for (guint i = 0; i < G_N_ELEMENTS(runs); i++) {
    g_autofree char *path = g_strconcat("/ladder-labels/", runs[i], NULL);
    g_test_add_data_func(path, runs[i], test_run);
  }
  int status = g_test_run();
  folder_free(scratch);
  return status;
}
