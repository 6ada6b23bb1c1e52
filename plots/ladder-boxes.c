/* ladder-boxes: do turned rectangles overlap, and does a line run through one?
 *
 * Two convex shapes are apart when they are apart along one of the directions of their sides
 * (separating axes): two a rectangle, and the normal of a line. A rectangle that ends where
 * another begins does not overlap it. */
#include "plots/ladder-parts.h"

#include <math.h>

#define SLACK 1e-6 /* touching is not overlapping */

typedef struct Point {
  double x, y;
} Point;

static Point
along(const LadderBox *box)
{
  double angle = box->angle * (G_PI / 180);
  return (Point){cos(angle), -sin(angle)}; /* y grows downwards */
}

/* Half of the extent of a box whose text runs along `u`, along the unit vector `axis`. */
static double
extent(const LadderBox *box, Point u, Point axis)
{
  return fabs(axis.x * u.x + axis.y * u.y) * box->w / 2 +
         fabs(axis.y * u.x - axis.x * u.y) * box->h / 2;
}

/* `a` runs along `u`. There are hundreds of boxes and lines to each label that is tried, so nothing
 * is computed that most of them do not need. */
static bool
overlap(const LadderBox *a, Point u, const LadderBox *b)
{
  double dx = b->x - a->x, dy = b->y - a->y, reach = (a->w + a->h + b->w + b->h) / 2;
  if (fabs(dy) > reach || fabs(dx) > reach)
    return false;
  Point v = b->angle == a->angle ? u : along(b);
  const Point axes[] = {u, {-u.y, u.x}, v, {-v.y, v.x}};
  guint count = b->angle == a->angle ? 2 : 4;
  for (guint i = 0; i < count; i++)
    if (fabs(dx * axes[i].x + dy * axes[i].y) >=
        extent(a, u, axes[i]) + extent(b, v, axes[i]) - SLACK)
      return false;
  return true;
}

bool
ladder_boxes_overlap(const LadderBox *a, const LadderBox *b)
{
  return overlap(a, along(a), b);
}

/* The same of a line, a box without height, and the box whose text runs along `u`. There are
 * hundreds of lines to each label, so nothing is computed that most of them do not need. */
static bool
line_hits(const LadderLine *line, const LadderBox *box, Point u)
{
  Point half = {(line->x1 - line->x0) / 2, (line->y1 - line->y0) / 2};
  Point middle = {line->x0 + half.x - box->x, line->y0 + half.y - box->y};
  double reach = (box->w + box->h) / 2;
  if (fabs(middle.x) > fabs(half.x) + reach || fabs(middle.y) > fabs(half.y) + reach)
    return false;
  if (fabs(middle.x * u.x + middle.y * u.y) >=
          box->w / 2 + fabs(half.x * u.x + half.y * u.y) - SLACK ||
      fabs(middle.y * u.x - middle.x * u.y) >=
          box->h / 2 + fabs(half.y * u.x - half.x * u.y) - SLACK)
    return false;
  double length = hypot(half.x, half.y);
  if (length == 0)
    return true;
  Point d = {half.x / length, half.y / length}, n = {-d.y, d.x};
  return fabs(middle.x * n.x + middle.y * n.y) < extent(box, u, n) - SLACK &&
         fabs(middle.x * d.x + middle.y * d.y) < length + extent(box, u, d) - SLACK;
}

bool
ladder_boxes_fit(LadderBoxes *boxes, const LadderBox *box, bool over_lines)
{
  const GArray *placed = boxes->boxes;
  Point u = along(box);
  if (boxes->last < placed->len && overlap(box, u, &g_array_index(placed, LadderBox, boxes->last)))
    return false; /* a little aside, the same is in the way again */
  for (guint i = 0; i < placed->len; i++)
    if (overlap(box, u, &g_array_index(placed, LadderBox, i))) {
      boxes->last = i;
      return false;
    }
  for (guint i = 0; !over_lines && i < boxes->lines->len; i++) {
    const LadderLine *line = &g_array_index(boxes->lines, LadderLine, i);
    if (line->owner != box->item && line_hits(line, box, u))
      return false;
  }
  return true;
}
