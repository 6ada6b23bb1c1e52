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

/* Half of the box's extent along the unit vector `axis`. */
static double
extent(const LadderBox *box, Point axis)
{
  Point u = along(box);
  return fabs(axis.x * u.x + axis.y * u.y) * box->w / 2 +
         fabs(axis.y * u.x - axis.x * u.y) * box->h / 2;
}

static bool
apart(const LadderBox *a, const LadderBox *b, Point axis)
{
  double distance = fabs((b->x - a->x) * axis.x + (b->y - a->y) * axis.y);
  return distance >= extent(a, axis) + extent(b, axis) - SLACK;
}

bool
ladder_boxes_overlap(const LadderBox *a, const LadderBox *b)
{
  if (fabs(a->y - b->y) > (a->w + a->h + b->w + b->h) / 2)
    return false;
  Point u = along(a), v = along(b);
  return !apart(a, b, u) && !apart(a, b, (Point){-u.y, u.x}) && !apart(a, b, v) &&
         !apart(a, b, (Point){-v.y, v.x});
}

/* A line as a box without height. */
static bool
line_hits(const LadderLine *line, const LadderBox *box)
{
  double dx = line->x1 - line->x0, dy = line->y1 - line->y0;
  LadderBox thin = {
      .x = (line->x0 + line->x1) / 2,
      .y = (line->y0 + line->y1) / 2,
      .w = hypot(dx, dy),
      .angle = atan2(-dy, dx) * (180 / G_PI),
  };
  return ladder_boxes_overlap(&thin, box);
}

bool
ladder_boxes_fit(const LadderBoxes *boxes, const LadderBox *box, bool over_lines)
{
  for (guint i = 0; i < boxes->boxes->len; i++)
    if (ladder_boxes_overlap(&g_array_index(boxes->boxes, LadderBox, i), box))
      return false;
  for (guint i = 0; !over_lines && i < boxes->lines->len; i++) {
    const LadderLine *line = &g_array_index(boxes->lines, LadderLine, i);
    if (line->owner != box->item && line_hits(line, box))
      return false;
  }
  return true;
}
