/* ladder-items: the items of a ladder, out of the rows of a log.
 *
 * One walk over the rows. What is under way (a packet on a link, a state, an armed timer) is found
 * again by its name when the row comes that ends it; what the end of the log leaves open stays
 * open. Rows outside the chosen time still decide what is under way at its start, so that a window
 * into a run shows the states and timers that are in force. */
#include "plots/ladder-parts.h"

#include <string.h>

#include "plots/link-rates.h"

typedef struct Builder {
  const RunLog *log;
  const LadderOptions *options;
  GHashTable *chosen; /* connections, interned by the log; NULL: all; look-up only */
  GHashTable
      *part; /* nodes, interned by the log, that have a part in these; NULL: all; look-up only */
  Ladder *ladder;
  LadderLabels *labels;
  LadderGroups *groups;
  const LinkRates *rates; /* NULL: not known */
  GHashTable *nodes;      /* name -> index + 1; look-up only */
  GHashTable *packets;    /* packet -> index of its latest arrow + 1 */
  GHashTable *states;     /* "node|conn" -> index of the state it is in + 1 */
  GHashTable *timers;     /* "node|conn|name" -> index of the armed timer + 1 */
} Builder;

/* The lifeline of a node: its own, or its group's. */
static guint
node_index(Builder *builder, const char *node)
{
  const char *name = ladder_groups_of(builder->groups, node);
  gpointer found = g_hash_table_lookup(builder->nodes, name);
  if (found != NULL)
    return GPOINTER_TO_UINT(found) - 1;
  char *kept = g_string_chunk_insert_const(builder->ladder->text, name);
  g_ptr_array_add(builder->ladder->nodes, kept);
  g_hash_table_insert(builder->nodes, kept, GUINT_TO_POINTER(builder->ladder->nodes->len));
  return builder->ladder->nodes->len - 1;
}

/* The number of `conn` in the legend, 0 while there is only one to show. */
static guint
conn_number(const Builder *builder, const char *conn)
{
  const GPtrArray *conns = builder->ladder->conns;
  if (conns->len < 2)
    return 0;
  for (guint i = 0; i < conns->len; i++)
    if (conns->pdata[i] == (gconstpointer)conn)
      return i + 1;
  return 0;
}

static bool
in_window(const Builder *builder, SimTime time)
{
  return time >= builder->options->from && time <= builder->options->to;
}

static guint
find(GHashTable *table, const char *key)
{
  return GPOINTER_TO_UINT(g_hash_table_lookup(table, key));
}

static guint
find_packet(const Builder *builder, const RunRow *row)
{
  return GPOINTER_TO_UINT(g_hash_table_lookup(builder->packets, &row->packet));
}

/* The receiver's name in "client>server" or "client>server.2" is the text behind '>', without the
 * number unless a node is really called so. */
static const char *
link_end(Builder *builder, const char *link)
{
  const char *end = strchr(link, '>');
  if (end == NULL)
    return NULL;
  end++;
  const char *dot = strrchr(end, '.');
  for (guint i = 0; i < builder->log->nodes->len; i++)
    if (strcmp(builder->log->nodes->pdata[i], end) == 0)
      return end;
  if (dot == NULL || dot[1] == '\0' || strspn(dot + 1, "0123456789") != strlen(dot + 1))
    return end;
  g_autofree char *name = g_strndup(end, (gsize)(dot - end));
  return g_string_chunk_insert_const(builder->ladder->text, name);
}

/* "10.0.0.1" of "10.0.0.1:80"; "fe80::1" of "[fe80::1]:80", and of "fe80::1", which has no port. */
static const char *
address_of(Builder *builder, const char *endpoint)
{
  const char *colon = strrchr(endpoint, ':');
  bool bracket = colon > endpoint && endpoint[0] == '[' && colon[-1] == ']';
  if (colon == NULL || (!bracket && strchr(endpoint, ':') != colon))
    return endpoint;
  g_autofree char *name = bracket ? g_strndup(endpoint + 1, (gsize)(colon - endpoint) - 2)
                                  : g_strndup(endpoint, (gsize)(colon - endpoint));
  return g_string_chunk_insert_const(builder->ladder->text, name);
}

static void
add_arrow(Builder *builder, const RunRow *row)
{
  const char *to = NULL, *from = row->node;
  if (row->event == RUN_CAPTURE) {
    from = address_of(builder, row->src);
    to = address_of(builder, row->dst);
  } else {
    to = link_end(builder, row->link);
    if (to == NULL)
      to = row->node; /* within a node */
    const char *sign = strchr(row->link, '>');
    if (row->event == RUN_DUPLICATE && sign != NULL) { /* noted wherever: the link says it */
      g_autofree char *name = g_strndup(row->link, (gsize)(sign - row->link));
      from = g_string_chunk_insert_const(builder->ladder->text, name);
    }
  }
  LadderArrow arrow = {
      .sent = row->time,
      .transmitted = row->time,
      .arrived = row->event == RUN_CAPTURE ? row->time : SIM_TIME_NEVER,
      .lost_at = SIM_TIME_NEVER,
      .row = row,
      .end_line = row->line,
      .reason = "",
      .copy = row->event == RUN_DUPLICATE,
      .reach = row->event == RUN_CAPTURE ? 1 : 0.5,
  };
  arrow.from = node_index(builder, from);
  arrow.to = node_index(builder, to);
  arrow.serialised = link_rates_time(builder->rates, row->link, row->size);
  arrow.label = ladder_label_packet(builder->labels, row, conn_number(builder, row->conn));
  g_array_append_val(builder->ladder->arrows, arrow);
  if (row->packet != 0)
    g_hash_table_insert(builder->packets, (gpointer)(guintptr)&row->packet,
                        GUINT_TO_POINTER(builder->ladder->arrows->len));
}

static void
add_note(Builder *builder, const RunRow *row, const char *text)
{
  LadderNote note = {.time = row->time, .text = text, .line = row->line};
  note.call = row->event == RUN_CALL;
  note.node = row->node[0] != '\0' ? node_index(builder, row->node) : G_MAXUINT;
  g_array_append_val(builder->ladder->notes, note);
}

static void
on_packet(Builder *builder, const RunRow *row)
{
  guint index = find_packet(builder, row);
  LadderArrow *arrow =
      index > 0 ? &g_array_index(builder->ladder->arrows, LadderArrow, index - 1) : NULL;
  bool under_way =
      arrow != NULL && arrow->arrived == SIM_TIME_NEVER && arrow->lost_at == SIM_TIME_NEVER;
  if (row->event == RUN_TRANSMIT && under_way) {
    arrow->transmitted = row->time;
  } else if (row->event == RUN_RECEIVE && under_way) {
    arrow->arrived = row->time;
    arrow->end_line = row->line;
    arrow->reach = 1;
    arrow->to = node_index(builder, row->node);
  } else if (row->event == RUN_DROP && under_way) {
    arrow->lost_at = row->time;
    arrow->end_line = row->line;
    arrow->reason = row->detail;
    arrow->reach = row->link[0] == '\0' ? 1 : 0.5; /* by a node, or between: ladder-axis.c */
  } else if (row->event == RUN_DROP && in_window(builder, row->time)) {
    g_autofree char *text = g_strdup_printf("dropped: %s", row->detail);
    add_note(builder, row, g_string_chunk_insert_const(builder->ladder->text, text));
  } else if (row->event == RUN_MARK && under_way) {
    char *marked = g_strdup_printf("%s (marked CE)", arrow->label);
    g_free(arrow->label);
    arrow->label = marked;
  }
}

static void
open_state(Builder *builder, const RunRow *row, const char *name, SimTime from)
{
  LadderState state = {.conn = row->conn, .from = from, .to = SIM_TIME_NEVER};
  state.line = from == row->time ? row->line : 0;
  state.node = node_index(builder, row->node);
  state.state = g_string_chunk_insert_const(builder->ladder->text, name);
  g_array_append_val(builder->ladder->states, state);
}

static void
on_state(Builder *builder, const RunRow *row)
{
  const char *sign = strchr(row->state, '>');
  if (sign == NULL || row->node[0] == '\0')
    return;
  g_autofree char *key = g_strdup_printf("%s|%s", row->node, row->conn);
  guint index = find(builder->states, key);
  if (index == 0 && row->conn[0] != '\0') { /* a listener's state goes on as its connection's */
    g_autofree char *listener = g_strdup_printf("%s|", row->node);
    index = builder->ladder->conns->len < 2 ? find(builder->states, listener) : 0;
    g_hash_table_remove(builder->states, listener);
  }
  if (index > 0) {
    g_array_index(builder->ladder->states, LadderState, index - 1).to = row->time;
  } else if (builder->ladder->conns->len < 2 && strcmp(row->state, "CLOSED>SYN-RECEIVED") != 0) {
    /* With one connection, what it was before is of interest; not of one that came out of a
     * listener, which was not there. */
    g_autofree char *before = g_strndup(row->state, (gsize)(sign - row->state));
    open_state(builder, row, before, 0);
    GArray *states = builder->ladder->states;
    g_array_index(states, LadderState, states->len - 1).to = row->time;
  }
  open_state(builder, row, sign + 1, row->time);
  g_hash_table_insert(builder->states, g_steal_pointer(&key),
                      GUINT_TO_POINTER(builder->ladder->states->len));
}

static void
on_timer(Builder *builder, const RunRow *row)
{
  if (row->node[0] == '\0')
    return;
  g_autofree char *name = ladder_label_timer_name(row->detail);
  g_autofree char *key = g_strdup_printf("%s|%s|%s", row->node, row->conn, name);
  GArray *timers = builder->ladder->timers;
  guint index = find(builder->timers, key);
  LadderTimer *open = index > 0 ? &g_array_index(timers, LadderTimer, index - 1) : NULL;
  SimTime at;
  if (open != NULL) {
    open->end = row->time;
    open->end_line = row->line;
    open->fired = row->event == RUN_TIMER_FIRE;
    g_hash_table_remove(builder->timers, key);
  }
  if (row->event == RUN_TIMER_SET) {
    LadderTimer timer = {.conn = row->conn, .set = row->time, .end = SIM_TIME_NEVER};
    timer.line = row->line;
    char text[SIM_TIME_TEXT] = "";
    timer.node = node_index(builder, row->node);
    if (ladder_label_time_after(row->detail, "due", &at) && at >= row->time)
      sim_time_print_unit(at - row->time, 3, text);
    timer.label = g_strdup_printf("%s%s%s", name, text[0] != '\0' ? " " : "", text);
    g_array_append_val(timers, timer);
    g_hash_table_insert(builder->timers, g_steal_pointer(&key), GUINT_TO_POINTER(timers->len));
  } else if (open != NULL && open->fired && ladder_label_time_after(row->detail, "set", &at) &&
             at > open->set && at <= row->time) {
    /* It was pushed back, without a row, until then. */
    char text[SIM_TIME_TEXT];
    g_free(open->label);
    open->set = at;
    open->label = g_strdup_printf("%s %s", name, sim_time_print_unit(row->time - at, 3, text));
  }
}

static bool
is_chosen(const Builder *builder, const char *conn)
{
  return builder->chosen == NULL || g_hash_table_contains(builder->chosen, conn);
}

/* What a node calls that has nothing to do with the chosen connections is not of interest. */
static bool
has_part(const Builder *builder, const char *node)
{
  return builder->part == NULL || *node == '\0' || g_hash_table_contains(builder->part, node);
}

static void
on_row(Builder *builder, const RunRow *row)
{
  bool note = row->event == RUN_NOTE || row->event == RUN_CALL;
  bool own = note && row->conn[0] == '\0' && has_part(builder, row->node);
  if (!is_chosen(builder, row->conn) && !own)
    return;
  switch (row->event) {
  case RUN_SEND:
  case RUN_DUPLICATE:
  case RUN_CAPTURE:
    if (in_window(builder, row->time))
      add_arrow(builder, row);
    break;
  case RUN_TRANSMIT:
  case RUN_RECEIVE:
  case RUN_DROP:
  case RUN_MARK:
    on_packet(builder, row);
    break;
  case RUN_STATE:
    on_state(builder, row);
    break;
  case RUN_TIMER_SET:
  case RUN_TIMER_FIRE:
  case RUN_TIMER_CANCEL:
    on_timer(builder, row);
    break;
  case RUN_CALL:
  case RUN_NOTE:
    if (in_window(builder, row->time))
      add_note(builder, row, row->detail);
    break;
  }
}

/* The connections that have something in the window, and the nodes of those that were chosen. */
static void
collect_conns(Builder *builder)
{
  g_autoptr(GHashTable) seen = g_hash_table_new(g_direct_hash, g_direct_equal);
  for (guint i = 0; i < builder->log->rows->len; i++) {
    const RunRow *row = &g_array_index(builder->log->rows, RunRow, i);
    bool shown =
        row->conn[0] != '\0' && in_window(builder, row->time) && is_chosen(builder, row->conn);
    if (builder->part != NULL && row->conn[0] != '\0' && is_chosen(builder, row->conn))
      g_hash_table_add(builder->part, (gpointer)(guintptr)row->node);
    if (shown && g_hash_table_add(seen, (gpointer)(guintptr)row->conn))
      g_ptr_array_add(builder->ladder->conns, (gpointer)(guintptr)row->conn);
  }
}

static bool
open_builder(Builder *builder, GError **error)
{
  const RunLog *log = builder->log;
  if (!run_log_choose_conns(log->conns, builder->options->conn, &builder->chosen, error) ||
      (builder->groups = ladder_groups_new(builder->options->group, log->nodes, error)) == NULL ||
      (builder->labels = ladder_labels_new(log, builder->options, error)) == NULL)
    return false;
  if (builder->chosen != NULL)
    builder->part = g_hash_table_new(g_direct_hash, g_direct_equal);
  builder->nodes = g_hash_table_new(g_str_hash, g_str_equal);
  builder->packets = g_hash_table_new(g_int64_hash, g_int64_equal);
  builder->states = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  builder->timers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  return true;
}

static void
close_builder(Builder *builder)
{
  ladder_labels_free(builder->labels);
  ladder_groups_free(builder->groups);
  g_clear_pointer(&builder->chosen, g_hash_table_unref);
  g_clear_pointer(&builder->part, g_hash_table_unref);
  g_clear_pointer(&builder->nodes, g_hash_table_unref);
  g_clear_pointer(&builder->packets, g_hash_table_unref);
  g_clear_pointer(&builder->states, g_hash_table_unref);
  g_clear_pointer(&builder->timers, g_hash_table_unref);
}

bool
ladder_items_collect(Ladder *ladder, const RunLog *log, const LadderOptions *options,
                     GError **error)
{
  g_autoptr(LinkRates) rates = options->serialisation ? link_rates_read(log->path) : NULL;
  Builder builder = {.log = log, .options = options, .ladder = ladder, .rates = rates};
  bool good = open_builder(&builder, error);
  if (good) {
    collect_conns(&builder);
    for (guint i = 0; i < log->rows->len; i++)
      on_row(&builder, &g_array_index(log->rows, RunRow, i));
  }
  close_builder(&builder);
  return good;
}
