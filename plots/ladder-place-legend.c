/* ladder-place-legend: the names of the connections above a ladder of several, with the numbers
 * that stand in its labels. As many in a row as fit; of very many the first ones. */
#include "plots/ladder-place-parts.h"

#define ROWS_MOST 6
#define ROOM_LETTERS 2.5 /* between two names */

/* Where the next entry of the legend stands. */
typedef struct Cursor {
  double x;
  guint row;
} Cursor;

static char *
entry_text(const LadderPlace *place, guint index)
{
  g_autofree char *text =
      g_strdup_printf("[%u] %s", index + 1, (const char *)place->ladder->conns->pdata[index]);
  return ladder_clean(text);
}

/* Moves to where a text of that width may stand: in this row or in the next one. */
static void
make_room(const LadderPlace *place, Cursor *at, double width)
{
  if (at->x > 0 && at->x + width > place->paper->width) {
    at->x = 0;
    at->row++;
  }
}

static void
step(const LadderPlace *place, Cursor *at, double width)
{
  at->x += width + ROOM_LETTERS * place->paper->char_width;
}

/* Places the entries, or only counts their rows. */
static guint
walk(LadderPlace *place, bool draw)
{
  const GPtrArray *conns = place->ladder->conns;
  Cursor at = {0, 0};
  for (guint i = 0; i < conns->len; i++) {
    g_autofree char *text = entry_text(place, i);
    double width = ladder_place_width(place, text);
    make_room(place, &at, width);
    if (at.row == ROWS_MOST - 1 && i + 1 < conns->len) { /* the last row says how many are left */
      g_free(text);
      text =
          g_strdup_printf("[%u] to [%u]: %u more connections", i + 1, conns->len, conns->len - i);
      width = ladder_place_width(place, text);
      i = conns->len;
    }
    LadderBox box = {.kind = LADDER_BOX_CONN, .item = MIN(i, conns->len - 1), .w = width};
    box.h = place->paper->char_height;
    box.x = at.x + width / 2;
    box.y = (at.row + 0.5) * box.h;
    if (draw)
      place->drawing->omitted += ladder_place_box(place, box, text, true) ? 0 : 1;
    step(place, &at, width);
  }
  return at.row + 1;
}

double
ladder_place_legend_height(const LadderPlace *place)
{
  if (place->ladder->conns->len < 2)
    return 0;
  LadderPlace counting = *place;
  return (walk(&counting, false) + 0.4) * place->paper->char_height;
}

void
ladder_place_legend(LadderPlace *place)
{
  if (place->ladder->conns->len > 1)
    walk(place, true);
}

char *
ladder_place_state_text(const LadderPlace *place, const LadderState *state)
{
  const GPtrArray *conns = place->ladder->conns;
  for (guint i = 0; conns->len > 1 && i < conns->len; i++)
    if (conns->pdata[i] == (gconstpointer)state->conn)
      return g_strdup_printf("[%u] %s", i + 1, state->state);
  return g_strdup(state->state);
}
