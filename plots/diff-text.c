/* diff-text: the difference in a sentence, and both ladders side by side around it.
 *
 * The ladders are a table: a row for each packet, what A has on the left and B on the right, the
 * row that differs marked by ">". Columns are as wide as what stands in them. Texts that come from
 * a file lose their control characters: what is printed goes to a terminal. */
#include "plots/diff-text.h"

#include <string.h>

#include "plots/ladder.h"

#define ROWS_BEFORE 8
#define ROWS_AFTER 6
#define CELLS 6 /* time, direction, flags, seq, ack, length */

/* -- the sentence -- */

static void
append_label(GString *text, const DiffPacket *packet)
{
  g_string_append_printf(text, "%s#%u", packet->class, packet->nth);
}

static const char *
kind_name(const char *kind)
{
  static const struct {
    const char *kind, *name;
  } names[] = {{"mss", "MSS"},         {"sackOK", "SACK permitted"}, {"ts", "timestamps"},
               {"ws", "window scale"}, {"sack", "SACK blocks"},      {"tfo", "Fast Open"}};
  for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
    if (strcmp(names[i].kind, kind) == 0)
      return names[i].name;
  }
  return kind;
}

/* The first kind of `a` that `b` lacks; g_free; NULL: none. */
static char *
first_lacking(const char *a, const char *b)
{
  g_auto(GStrv) of_a = g_strsplit(a, " ", -1), of_b = g_strsplit(b, " ", -1);
  for (char **kind = of_a; *kind != NULL; kind++) {
    if (**kind != '\0' && !g_strv_contains((const char *const *)of_b, *kind))
      return ladder_clean(kind_name(*kind));
  }
  return NULL;
}

static void
append_options(GString *text, const DiffPacket *a, const DiffPacket *b, const DiffOptions *options)
{
  g_autofree char *missing = first_lacking(a->kinds, b->kinds);
  g_autofree char *extra = first_lacking(b->kinds, a->kinds);
  g_string_append_printf(text, "%s's ", missing != NULL ? options->name_b : options->name_a);
  append_label(text, missing != NULL ? b : a);
  g_string_append_printf(text, " lacks %s", missing != NULL ? missing : extra);
}

/* "B sends SYN#2 33 ms later: 1.033 s after SYN#1, A 1 s" */
static void
append_time(GString *text, const Difference *difference, const DiffPacket *a,
            const DiffOptions *options)
{
  const DiffInterval *interval = &difference->interval;
  SimTime by = interval->b - interval->a;
  char late[SIM_TIME_TEXT], after_a[SIM_TIME_TEXT], after_b[SIM_TIME_TEXT];
  sim_time_print_unit(ABS(by), 4, late);
  sim_time_print_unit(ABS(interval->a), 6, after_a);
  sim_time_print_unit(ABS(interval->b), 6, after_b);
  g_string_append_printf(text, "%s sends ", options->name_b);
  append_label(text, a);
  g_string_append_printf(text, " %s %s: %s %s ", late, by < 0 ? "earlier" : "later", after_b,
                         interval->b < 0 ? "before" : "after");
  if (a->cause == DIFF_NONE) {
    g_string_append(text, "the start");
  } else {
    append_label(text, diff_flow_packet(difference->flows->a, a->cause));
    g_string_append(text, a->by_arrival ? " arrives" : "");
  }
  g_string_append_printf(text, ", %s %s%s", options->name_a, after_a,
                         interval->a < 0 ? " before" : "");
}

/* "B's SYN#1 arrives 50 ms later: 100 ms after it was sent, A's 50 ms" */
static void
append_transit(GString *text, const Difference *difference, const DiffPacket *b,
               const DiffOptions *options)
{
  const DiffInterval *interval = &difference->interval;
  SimTime by = interval->b - interval->a;
  char late[SIM_TIME_TEXT], after_a[SIM_TIME_TEXT], after_b[SIM_TIME_TEXT];
  g_string_append_printf(text, "%s's ", options->name_b);
  append_label(text, b);
  g_string_append_printf(text, " arrives %s %s: %s after it was sent, %s's %s",
                         sim_time_print_unit(ABS(by), 4, late), by < 0 ? "earlier" : "later",
                         sim_time_print_unit(interval->b, 6, after_b), options->name_a,
                         sim_time_print_unit(interval->a, 6, after_a));
}

/* "B's ACK#3 acknowledges 5, A's 6" */
static void
append_number(GString *text, const DiffPacket *b, const char *verb, gint64 value_a, gint64 value_b,
              const DiffOptions *options)
{
  g_string_append_printf(text, "%s's ", options->name_b);
  append_label(text, b);
  g_string_append_printf(text, " %s %" G_GINT64_FORMAT ", %s's %" G_GINT64_FORMAT, verb, value_b,
                         options->name_a, value_a);
}

static void
append_pair(GString *text, const Difference *difference, const DiffOptions *options)
{
  const DiffPacket *a = diff_flow_packet(difference->flows->a, difference->pair.a);
  const DiffPacket *b = diff_flow_packet(difference->flows->b, difference->pair.b);
  switch (difference->kind) {
  case DIFF_CLASS:
    g_string_append_printf(text, "%s sends ", options->name_b);
    append_label(text, b);
    g_string_append_printf(text, " where %s sends ", options->name_a);
    append_label(text, a);
    break;
  case DIFF_FLAGS:
    g_string_append_printf(text, "%s's ", options->name_b);
    append_label(text, b);
    g_string_append_printf(text, " has the flags %s, %s's %s", b->row->flags, options->name_a,
                           a->row->flags);
    break;
  case DIFF_SEQ:
    append_number(text, b, "has sequence number", a->row->seq, b->row->seq, options);
    break;
  case DIFF_ACK:
    append_number(text, b, "acknowledges", a->row->ack, b->row->ack, options);
    break;
  case DIFF_LENGTH:
    append_number(text, b, "carries bytes:", a->row->len, b->row->len, options);
    break;
  case DIFF_OPTIONS:
    append_options(text, a, b, options);
    break;
  case DIFF_WINDOW:
    append_number(text, b, "offers a window of", a->row->win, b->row->win, options);
    break;
  case DIFF_TIME:
    append_time(text, difference, a, options);
    break;
  case DIFF_TRANSIT:
    append_transit(text, difference, b, options);
    break;
  case DIFF_FATE: {
    const DiffPacket *lost = a->lost != NULL ? a : b;
    g_string_append_printf(text, "%s loses ", a->lost != NULL ? options->name_a : options->name_b);
    append_label(text, lost);
    g_string_append_printf(text, " (%s) which %s does not", lost->lost,
                           a->lost != NULL ? options->name_b : options->name_a);
    break;
  }
  case DIFF_FLOW:
  case DIFF_MISSING:
    g_assert_not_reached(); /* they have one side only */
  }
}

char *
diff_text_sentence(const Difference *difference, const DiffOptions *options)
{
  GString *text = g_string_new(NULL);
  bool of_a = difference->pair.a != DIFF_NONE;
  const DiffFlow *flow = of_a ? difference->flows->a : difference->flows->b;
  const char *who = of_a ? options->name_a : options->name_b;
  const char *other = of_a ? options->name_b : options->name_a;
  if (difference->kind == DIFF_FLOW) {
    g_string_append_printf(text, "%s has the connection %s > %s which %s has not", who,
                           flow->opener, flow->responder, other);
  } else if (difference->kind == DIFF_MISSING) {
    guint index = of_a ? difference->pair.a : difference->pair.b;
    g_string_append_printf(text, "%s sends ", who);
    append_label(text, diff_flow_packet(flow, index));
    g_string_append_printf(text, " which %s does not", other);
  } else {
    append_pair(text, difference, options);
  }
  g_autofree char *raw = g_string_free(text, FALSE);
  return ladder_clean(raw);
}

/* -- the ladders -- */

/* Adds the packets from `*next` on that only B has and that stand before `a` (a row of A): those
 * before its fellow, or when it has none, those that were sent earlier. */
static void
add_rows_of_b(GArray *rows, const DiffFlowPair *flows, guint *next, guint a, SimTime shift)
{
  guint fellow = flows->match_a[a];
  SimTime time = diff_flow_packet(flows->a, a)->time + shift;
  for (; flows->b != NULL && *next < flows->b->packets->len; ++*next) {
    guint of_a = flows->match_b[*next];
    bool before =
        fellow != DIFF_NONE ? *next < fellow : diff_flow_packet(flows->b, *next)->time < time;
    bool shown = of_a != DIFF_NONE && of_a < a;
    if (!shown && (!before || (of_a != DIFF_NONE && fellow == DIFF_NONE)))
      return;
    if (of_a == DIFF_NONE)
      g_array_append_val(rows, ((DiffPair){DIFF_NONE, *next}));
  }
}

/* The rows of the table, in A's order. `shift` makes a time of A one of B. */
static GArray *
order_rows(const DiffFlowPair *flows, SimTime shift)
{
  GArray *rows = g_array_new(FALSE, FALSE, sizeof(DiffPair));
  guint count_a = flows->a != NULL ? flows->a->packets->len : 0;
  guint count_b = flows->b != NULL ? flows->b->packets->len : 0;
  guint next = 0;
  for (guint i = 0; i < count_a; i++) {
    add_rows_of_b(rows, flows, &next, i, shift);
    g_array_append_val(rows, ((DiffPair){i, flows->match_a[i]}));
  }
  for (; next < count_b; next++) {
    if (flows->match_b[next] == DIFF_NONE)
      g_array_append_val(rows, ((DiffPair){DIFF_NONE, next}));
  }
  return rows;
}

typedef struct Table {
  GPtrArray *cells; /* of char *, owned: 2 * CELLS a row */
  guint width[2 * CELLS];
} Table;

static void
add_cell(Table *table, char *text)
{
  guint column = table->cells->len % (2 * CELLS);
  table->width[column] = MAX(table->width[column], (guint)g_utf8_strlen(text, -1));
  g_ptr_array_add(table->cells, text);
}

static char *
number_cell(const char *name, bool has, gint64 value)
{
  return has ? g_strdup_printf("%s %" G_GINT64_FORMAT, name, value) : g_strdup("");
}

static char *
time_cell(SimTime time)
{
  gint64 us = time / SIM_MICROSECOND;
  return g_strdup_printf("%" G_GINT64_FORMAT ".%06" G_GINT64_FORMAT, us / 1000000, us % 1000000);
}

static void
add_packet(Table *table, const DiffFlow *flow, guint index, SimTime start)
{
  if (index == DIFF_NONE) {
    for (guint i = 0; i < CELLS; i++)
      add_cell(table, g_strdup(""));
    return;
  }
  const DiffPacket *packet = diff_flow_packet(flow, index);
  const RunRow *row = packet->row;
  const char *arrow = packet->lost != NULL ? (packet->direction == 0 ? "-x " : " x-")
                                           : (packet->direction == 0 ? "-->" : "<--");
  add_cell(table, time_cell(row->time - start));
  add_cell(table, g_strdup(arrow));
  add_cell(table, ladder_clean(row->flags[0] != '\0' ? row->flags : row->proto));
  add_cell(table, number_cell("seq", row->has_seq, row->seq));
  add_cell(table, number_cell("ack", row->has_ack, row->ack));
  add_cell(table, number_cell("len", true, row->len));
}

static void
append_padded(GString *text, const char *cell, guint width, bool right)
{
  guint pad = width - MIN(width, (guint)g_utf8_strlen(cell, -1));
  g_string_append_printf(text, "%*s%s%*s ", right ? (int)pad : 0, "", cell, right ? 0 : (int)pad,
                         "");
}

static guint
side_width(const Table *table, guint side)
{
  guint width = 0;
  for (guint i = 0; i < CELLS; i++)
    width += table->width[side * CELLS + i] + 1;
  return width;
}

static void
end_line(GString *text)
{
  while (text->len > 0 && text->str[text->len - 1] == ' ')
    g_string_truncate(text, text->len - 1);
  g_string_append_c(text, '\n');
}

static void
append_head(GString *text, const Table *table, const DiffFlowPair *flows,
            const DiffOptions *options)
{
  const DiffFlow *of[] = {flows->a, flows->b};
  const char *names[] = {options->name_a, options->name_b};
  g_string_append(text, "  ");
  for (guint side = 0; side < 2; side++) {
    g_autofree char *raw =
        of[side] != NULL
            ? g_strdup_printf("%s: %s > %s", names[side], of[side]->opener, of[side]->responder)
            : g_strdup_printf("%s: no such connection", names[side]);
    g_autofree char *head = ladder_clean(raw);
    append_padded(text, head, side_width(table, side), false);
    g_string_append(text, side == 0 ? "| " : "");
  }
  end_line(text);
}

static void
append_row(GString *text, const Table *table, guint row, bool marked)
{
  g_string_append(text, marked ? "> " : "  ");
  for (guint i = 0; i < 2 * CELLS; i++) {
    const char *cell = table->cells->pdata[row * 2 * CELLS + i];
    append_padded(text, cell, table->width[i], i % CELLS == 0);
    g_string_append(text, i == CELLS - 1 ? " | " : "");
  }
  end_line(text);
}

/* The widest head has to fit over its side. */
static void
widen(Table *table, const DiffFlowPair *flows, const DiffOptions *options)
{
  if (flows->a == NULL)
    return;
  guint needed =
      (guint)(strlen(options->name_a) + strlen(flows->a->opener) + strlen(flows->a->responder) + 5);
  guint width = side_width(table, 0);
  if (width < needed)
    table->width[CELLS - 1] += needed - width;
}

static void
append_option_lines(GString *text, const DiffFlowPair *flows, DiffPair pair,
                    const DiffOptions *options)
{
  g_autofree char *a = ladder_clean(diff_flow_packet(flows->a, pair.a)->row->options);
  g_autofree char *b = ladder_clean(diff_flow_packet(flows->b, pair.b)->row->options);
  g_string_append_printf(text, "  %s's options: %s\n  %s's options: %s\n", options->name_a, a,
                         options->name_b, b);
}

char *
diff_text_ladders(const Difference *difference, const DiffOptions *options, SimTime start_a,
                  SimTime start_b)
{
  const DiffFlowPair *flows = difference->flows;
  g_autoptr(GArray) rows = order_rows(flows, start_b - start_a);
  guint marked = 0;
  while (g_array_index(rows, DiffPair, marked).a != difference->pair.a ||
         g_array_index(rows, DiffPair, marked).b != difference->pair.b)
    marked++;
  guint first = marked > ROWS_BEFORE ? marked - ROWS_BEFORE : 0;
  guint last = MIN(marked + ROWS_AFTER, rows->len - 1);
  Table table = {.cells = g_ptr_array_new_with_free_func(g_free)};
  for (guint i = first; i <= last; i++) {
    DiffPair pair = g_array_index(rows, DiffPair, i);
    add_packet(&table, flows->a, pair.a, start_a);
    add_packet(&table, flows->b, pair.b, start_b);
  }
  widen(&table, flows, options);
  GString *text = g_string_new(NULL);
  append_head(text, &table, flows, options);
  if (first > 0)
    g_string_append_printf(text, "  ... %u before\n", first);
  for (guint i = first; i <= last; i++)
    append_row(text, &table, i - first, i == marked);
  if (last + 1 < rows->len)
    g_string_append_printf(text, "  ... %u more\n", rows->len - last - 1);
  if (difference->kind == DIFF_OPTIONS)
    append_option_lines(text, flows, difference->pair, options);
  g_ptr_array_unref(table.cells);
  return g_string_free(text, FALSE);
}
