/* ladder-text-riser: where an arrow turns down.
 *
 * Among the columns that are free the one with the least cost is taken: crossings cost, and so
 * does a label that must be broken; arrows of one burst nest, the first outermost. When the way
 * between two lifelines is crowded, an arrow gets no riser but a number at both its ends. */
#include "plots/ladder-text-parts.h"

#define RISER_FIRST 8   /* a riser's least distance from the lifeline it leaves, */
#define RISER_LAST 3    /* and from the one it goes to */
#define CELLS_A_RISER 7 /* between two lifelines: more risers than one a so many are a crowd */
#define COST_CROSSING 3
#define COST_LINE 5      /* of a label's line beyond the first */
#define COST_BROKEN 20   /* of a word that must be broken */
#define COST_TOO_MUCH 60 /* better a number */

bool
ladder_text_riser_room(const TextLadder *t, const TextWay *way, gint end, gint wanted,
                       TextBlock *block)
{
  gint a = way->x0 + way->step * TEXT_LABEL_AT, b = way->x0 + way->step * (end - 3);
  *block = (TextBlock){.style = way->style, .arrow = way->index, .width = wanted};
  return end - 3 >= TEXT_LABEL_AT && ladder_text_block_room(t, a, b, block);
}

static guint
risers_between(const TextLadder *t, const TextWay *way)
{
  guint count = 0;
  for (guint i = 0; i < t->risers->len; i++) {
    gint u = (g_array_index(t->risers, TextRiser, i).x - way->x0) * way->step;
    count += u > 0 && u < way->span ? 1 : 0;
  }
  return count;
}

/* Arrows over the same stretch that leave while this one is under way: the same way, and against
 * it. */
static void
count_to_come(const TextLadder *t, const TextWay *way, gint *same, gint *against)
{
  const GArray *arrows = t->ladder->arrows;
  *same = *against = 0;
  for (guint i = way->index + 1; i < arrows->len && i < way->index + 64; i++) {
    const LadderArrow *other = &g_array_index(arrows, LadderArrow, i);
    if (other->sent >= ladder_arrow_end(way->arrow))
      break;
    *same += other->from == way->arrow->from && other->to == way->arrow->to ? 1 : 0;
    *against += other->from == way->arrow->to && other->to == way->arrow->from ? 1 : 0;
  }
}

/* What it costs to break the label into lines of `width` cells. */
static double
label_cost(const char *label, gint width)
{
  g_autoptr(GPtrArray) lines = ladder_break_lines(label, width);
  gint word = 0;
  double cost = COST_LINE * (lines->len - 1.0);
  for (const char *p = label; *p != '\0' && word <= width; p += g_utf8_skip[(guchar)*p])
    word = *p == ' ' ? 0 : word + 1;
  return word > width ? cost + COST_BROKEN : cost;
}

/* What it costs to let the riser stand at distance `u`; `wish` is where it would stand best. */
static double
riser_cost(const TextLadder *t, const TextWay *way, gint u, gint wish, const char *label)
{
  TextBlock block;
  gint x = way->x0 + way->step * u;
  double cost = ABS(u - wish) * 0.2;
  for (guint i = 0; i < t->risers->len; i++) {
    const TextRiser *riser = &g_array_index(t->risers, TextRiser, i);
    const LadderArrow *other = &g_array_index(t->ladder->arrows, LadderArrow, riser->arrow);
    gint v = (riser->x - way->x0) * way->step;
    if (riser->x < 0 || v <= 0 || v >= way->span)
      continue;
    if (v == u)
      return G_MAXDOUBLE;
    bool same = other->from == way->arrow->from;
    bool before = ladder_arrow_end(other) <= ladder_arrow_end(way->arrow);
    cost += v < u ? COST_CROSSING : 0;                    /* leaving, over its riser */
    cost += same && before && v < u ? COST_CROSSING : 0;  /* it arrives over mine */
    cost += same && !before && v > u ? COST_CROSSING : 0; /* I arrive over its */
    cost += !same && before && v > u ? COST_CROSSING : 0;
    cost += ABS(v - u) == 1 ? 2 : 0;
  }
  for (guint i = 0; i < t->blocks->len; i++) {
    const TextBlock *waiting = t->blocks->pdata[i];
    if (x >= waiting->x - 1 && x <= waiting->x + waiting->width)
      return G_MAXDOUBLE;
  }
  if (!ladder_text_riser_room(t, way, u, (gint)g_utf8_strlen(label, -1), &block))
    return G_MAXDOUBLE;
  return cost + label_cost(label, block.width);
}

gint
ladder_text_riser_choose(const TextLadder *t, const TextWay *way, const char *label)
{
  gint same, against, best = 0;
  double least = COST_TOO_MUCH;
  gint last = way->span - RISER_LAST;
  gint letters = (gint)g_utf8_strlen(label, -1);
  count_to_come(t, way, &same, &against);
  if ((gint)risers_between(t, way) + 1 > MAX(way->span / CELLS_A_RISER, 1))
    return 0;
  gint wish = MAX(way->span * 6 / 10, TEXT_LABEL_AT + letters + 2) + 2 * same;
  if (against > 0)
    wish = MIN(wish, way->span * (same > 0 ? 60 : 50) / 100);
  wish = CLAMP(wish, RISER_FIRST, last);
  for (gint u = RISER_FIRST; u <= last; u++) {
    double cost = riser_cost(t, way, u, wish, label);
    if (cost < least) {
      least = cost;
      best = u;
    }
  }
  return best;
}
