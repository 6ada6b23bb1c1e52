/* ladder-bundle: arrows that share one label.
 *
 * A burst leaves arrows so close together that a text between two of them could belong to either.
 * Those that go on with one another (the next bytes, the next ACK) then say together what they are:
 * "5 segments: seq 1..5793 ack 1 len 1448", made of the words of their own labels: what is the same
 * in all stays, numbers that run are given from the first to the last one, and what differs
 * otherwise (a flag of the last one, blocks of SACK) is not said of any. */
#include <math.h>
#include <string.h>

#include "plots/ladder-place-parts.h"

#define LEAST 3 /* fewer have a label each: the first above, the second below */

static const LadderArrow *
arrow_of(const LadderPlace *place, guint index)
{
  return &g_array_index(place->ladder->arrows, LadderArrow, index);
}

static bool
is_plain(const LadderArrow *arrow)
{
  const char *flags = arrow->row->flags;
  return arrow->lost_at == SIM_TIME_NEVER && !arrow->copy && strstr(flags, "SYN") == NULL &&
         strstr(flags, "FIN") == NULL && strstr(flags, "RST") == NULL;
}

/* Does `arrow` go on with what `before`, the last one on the same way, did? */
static bool
continues(const LadderArrow *before, const LadderArrow *arrow)
{
  const RunRow *last = before->row, *row = arrow->row;
  if (!is_plain(before) || !is_plain(arrow) || strcmp(row->conn, last->conn) != 0 ||
      strcmp(row->proto, last->proto) != 0 || row->retransmit != last->retransmit)
    return false;
  if (strcmp(row->proto, "TCP") != 0)
    return strcmp(row->flags, last->flags) == 0;
  bool data = row->len > 0 && last->len > 0 && row->seq == last->seq + (gint64)last->len;
  bool acks = row->len == 0 && last->len == 0 && strcmp(row->flags, last->flags) == 0 &&
              row->ack >= last->ack;
  return data || acks;
}

/* How far the two lie apart, across them. */
static double
apart(const LadderPlace *place, guint before, guint index)
{
  LadderLine line = ladder_place_arrow_line(place, index);
  double dx = line.x1 - line.x0, length = hypot(dx, line.y1 - line.y0);
  double dy = line.y0 - ladder_place_arrow_line(place, before).y0;
  return length > 0 ? fabs(dy * dx / length) : fabs(dy);
}

guint *
ladder_bundles(const LadderPlace *place, double closest)
{
  guint nodes = place->ladder->nodes->len, n = place->ladder->arrows->len;
  g_autofree guint *latest = g_new(guint, nodes * nodes); /* arrow on each way */
  g_autofree guint *first = g_new(guint, n + 1);          /* of the bundle that an arrow is in */
  guint *last = g_new(guint, n + 1);
  for (guint i = 0; i < nodes * nodes; i++)
    latest[i] = G_MAXUINT;
  for (guint i = 0; i < n; i++) {
    const LadderArrow *arrow = arrow_of(place, i);
    guint *before = &latest[arrow->from * nodes + arrow->to];
    first[i] = last[i] = i;
    if (*before != G_MAXUINT && continues(arrow_of(place, *before), arrow) &&
        apart(place, *before, i) < closest * place->paper->char_height) {
      first[i] = first[*before];
      last[first[i]] = i;
      last[i] = LADDER_FOLLOWS;
    }
    *before = i;
  }
  for (guint i = n; i-- > 0;) /* those that are too few fall apart */
    if (first[i] != i && ladder_bundle_count(place, first[i], last[first[i]]) < LEAST) {
      last[i] = i;
      last[first[i]] = first[i];
    }
  return last;
}

bool
ladder_bundle_has(const LadderPlace *place, guint first, guint last, guint index)
{
  const LadderArrow *one = arrow_of(place, first), *arrow = arrow_of(place, index);
  return index >= first && index <= last && arrow->from == one->from && arrow->to == one->to;
}

guint
ladder_bundle_count(const LadderPlace *place, guint first, guint last)
{
  guint count = 0;
  for (guint i = first; i <= last; i++)
    count += ladder_bundle_has(place, first, last, i) ? 1 : 0;
  return count;
}

/* -- its words -- */

/* The words of an arrow's label but for its options. */
static char **
words_of(const LadderArrow *arrow)
{
  g_autofree char *text = ladder_clean(arrow->label);
  char *options = strstr(text, " <"), *remark = strstr(text, " (");
  if (options == NULL)
    return g_strsplit(text, " ", -1);
  *options = '\0';
  g_autofree char *plain = g_strconcat(text, remark > options ? remark : "", NULL);
  return g_strsplit(plain, " ", -1);
}

/* Keeps of `words` those that `other` has, too, at the same places; "" for the rest, the numbers of
 * `other` for those that run. */
static void
merge(char **words, char **ends, char **other)
{
  bool alike = g_strv_length(words) == g_strv_length(other);
  for (guint i = 0; words[i] != NULL; i++) {
    bool runs = i > 0 && (strcmp(words[i - 1], "seq") == 0 || strcmp(words[i - 1], "ack") == 0);
    if (alike && (runs || strcmp(words[i], other[i]) == 0)) {
      g_free(ends[i]);
      ends[i] = g_strdup(other[i]);
      continue;
    }
    words[i][0] = '\0';
    if (i > 0 && g_ascii_islower(words[i - 1][0])) /* the name of a number: "len", "win", "cwnd" */
      words[i - 1][0] = '\0';
  }
}

char *
ladder_bundle_text(const LadderPlace *place, guint first, guint last)
{
  g_auto(GStrv) words = words_of(arrow_of(place, first));
  g_auto(GStrv) ends = g_strdupv(words);
  for (guint i = first + 1; i <= last; i++)
    if (ladder_bundle_has(place, first, last, i)) {
      g_auto(GStrv) other = words_of(arrow_of(place, i));
      merge(words, ends, other);
    }
  bool numbered = words[0] != NULL && words[0][0] == '['; /* "[2]", of its connection */
  bool tcp = strcmp(arrow_of(place, first)->row->proto, "TCP") == 0;
  GString *text = g_string_new(NULL);
  if (numbered)
    g_string_append_printf(text, "%s ", words[0]);
  g_string_append_printf(text, "%u %s:", ladder_bundle_count(place, first, last),
                         tcp ? "segments" : "packets");
  for (guint i = numbered ? 1 : 0; words[i] != NULL; i++)
    if (words[i][0] != '\0') {
      g_string_append_printf(text, " %s", words[i]);
      if (strcmp(words[i], ends[i]) != 0)
        g_string_append_printf(text, "..%s", ends[i]);
    }
  if (text->str[text->len - 1] == ':')
    g_string_truncate(text, text->len - 1);
  return g_string_free(text, FALSE);
}
