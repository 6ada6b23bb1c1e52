/* ladder-label: what stands on an arrow, in the words of a packet's row.
 *
 * The order is that in which one reads a segment out: flags, seq, ack, length, a window of zero,
 * options, and what is special about it. An option is written where its sender uses it for the
 * first time on a connection (a block of SACK and an MTU each time: they are news each time), and
 * not again on the packet's next hop unless somebody has changed them.
 *
 * With fields chosen, exactly these stand there, in the same order, of every packet that has them:
 * all options with their values, the window in bytes, and cwnd as tcp.csv has it for the sender at
 * that moment (after what the segment's cause made of it). */
#include "plots/ladder-parts.h"

#include <string.h>

#include "plots/tcp-log.h"
#include "sim/error.h"
#include "sim/quantity.h"

enum { SEQ, ACK, LEN, WIN, OPTIONS, CWND, FIELDS };

const char *const ladder_fields[FIELDS + 1] = {
    [SEQ] = "seq", [ACK] = "ack",         [LEN] = "len",
    [WIN] = "win", [OPTIONS] = "options", [CWND] = "cwnd",
};

#define BIT(field) (1u << (field))
#define STANDARD (BIT(SEQ) | BIT(ACK) | BIT(LEN))

struct LadderLabels {
  bool raw;
  bool chosen;       /* the fields were; else they are what is news */
  guint fields;      /* of BIT() */
  GHashTable *used;  /* "conn|src|option": look-up only; owns its keys */
  GHashTable *hops;  /* packet -> its options, interned, on the hop before; look-up only */
  TcpLog *tcp;       /* owned; NULL: nobody asked for cwnd */
  guint next;        /* row of `tcp` that is still to come */
  GHashTable *cwnds; /* "node|conn" -> row of its latest cwnd + 1; look-up only; owns its keys */
};

static bool
read_fields(LadderLabels *labels, const char *text, GError **error)
{
  labels->fields = STANDARD;
  if (text == NULL)
    return true;
  labels->chosen = true;
  labels->fields = 0;
  g_auto(GStrv) names = g_strsplit(text, ",", -1);
  for (guint i = 0; names[i] != NULL; i++) {
    const char *name = g_strstrip(names[i]);
    guint field = 0;
    while (field < FIELDS && strcmp(ladder_fields[field], name) != 0)
      field++;
    if (field == FIELDS)
      return sim_error_unknown(error, "field", name, ladder_fields);
    labels->fields |= BIT(field);
  }
  return true;
}

static bool
read_cwnds(LadderLabels *labels, const RunLog *log, GError **error)
{
  if ((labels->fields & BIT(CWND)) == 0)
    return true;
  if (log->is_capture) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
                "the field \"cwnd\" is known to the sender alone: a capture does not hold it");
    return false;
  }
  labels->tcp = tcp_log_read(log->path, error);
  return labels->tcp != NULL;
}

LadderLabels *
ladder_labels_new(const RunLog *log, const LadderOptions *options, GError **error)
{
  LadderLabels *labels = g_new0(LadderLabels, 1);
  labels->raw = options->raw;
  labels->used = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  labels->hops = g_hash_table_new(g_int64_hash, g_int64_equal);
  labels->cwnds = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  if (read_fields(labels, options->fields, error) && read_cwnds(labels, log, error))
    return labels;
  ladder_labels_free(labels);
  return NULL;
}

void
ladder_labels_free(LadderLabels *labels)
{
  if (labels == NULL)
    return;
  g_hash_table_unref(labels->used);
  g_hash_table_unref(labels->hops);
  g_hash_table_unref(labels->cwnds);
  if (labels->tcp != NULL)
    tcp_log_free(labels->tcp);
  g_free(labels);
}

/* News each time, not once: a block of SACK, the MTU that an ICMP error tells. */
static bool
is_news(const char *option, gsize length)
{
  return (length == 4 && strncmp(option, "sack", 4) == 0) ||
         (length == 3 && strncmp(option, "mtu", 3) == 0);
}

/* "mss=1460" as "mss 1460"; the values of timestamps say nothing in a ladder. */
static void
append_option(LadderLabels *labels, const RunRow *row, const char *option, GString *list)
{
  const char *equals = strchr(option, '=');
  gsize length = equals != NULL ? (gsize)(equals - option) : strlen(option);
  if (!labels->chosen && !is_news(option, length)) {
    char *key = g_strdup_printf("%s|%s|%.*s", row->conn, row->src, (int)length, option);
    if (!g_hash_table_add(labels->used, key))
      return;
  }
  if (list->len > 0)
    g_string_append(list, ", ");
  g_string_append_len(list, option, (gssize)length);
  if (equals != NULL && (labels->chosen || !(length == 2 && strncmp(option, "ts", 2) == 0)))
    g_string_append_printf(list, " %s", equals + 1);
}

/* The same packet on its next hop with the same options: behind a NAT its connection has another
 * name, but nothing is new. Rows outlive the labels. */
static bool
was_said(LadderLabels *labels, const RunRow *row)
{
  gpointer key = (gpointer)(guintptr)&row->packet, options = (gpointer)(guintptr)row->options;
  if (labels->chosen || row->packet == 0)
    return false;
  bool same = g_hash_table_lookup(labels->hops, key) == options;
  g_hash_table_insert(labels->hops, key, options);
  return same;
}

static void
append_options(LadderLabels *labels, const RunRow *row, GString *text)
{
  if (row->options[0] == '\0' || was_said(labels, row))
    return;
  g_autoptr(GString) list = g_string_new(NULL);
  g_auto(GStrv) options = g_strsplit(row->options, " ", -1);
  for (guint i = 0; options[i] != NULL; i++)
    if (options[i][0] != '\0')
      append_option(labels, row, options[i], list);
  if (list->len > 0)
    g_string_append_printf(text, " <%s>", list->str);
}

/* The congestion window of the packet's sender when it left. */
static void
append_cwnd(LadderLabels *labels, const RunRow *row, GString *text)
{
  const GArray *rows = labels->tcp->rows;
  for (; labels->next < rows->len; labels->next++) {
    const TcpLogRow *sample = &g_array_index(rows, TcpLogRow, labels->next);
    if (sample->time > row->time)
      break;
    g_hash_table_insert(labels->cwnds, g_strdup_printf("%s|%s", sample->node, sample->conn),
                        GUINT_TO_POINTER(labels->next + 1));
  }
  g_autofree char *key = g_strdup_printf("%s|%s", row->node, row->conn);
  guint found = GPOINTER_TO_UINT(g_hash_table_lookup(labels->cwnds, key));
  double cwnd = found > 0 ? g_array_index(rows, TcpLogRow, found - 1).cwnd : 0;
  if (cwnd > 0) /* there is none before the connection is open */
    g_string_append_printf(text, " cwnd %.0f", cwnd);
}

static void
append_numbers(const LadderLabels *labels, const RunRow *row, GString *text)
{
  guint fields = labels->fields;
  bool raw =
      labels->raw && strcmp(row->proto, "TCP") == 0; /* the number of an echo is one already */
  if (row->has_seq && (fields & BIT(SEQ)) != 0 && raw)
    g_string_append_printf(text, " seq %u", row->seq_raw);
  else if (row->has_seq && (fields & BIT(SEQ)) != 0)
    g_string_append_printf(text, " seq %" G_GINT64_FORMAT, row->seq);
  if (row->has_ack && (fields & BIT(ACK)) != 0 && raw)
    g_string_append_printf(text, " ack %u", row->ack_raw);
  else if (row->has_ack && (fields & BIT(ACK)) != 0)
    g_string_append_printf(text, " ack %" G_GINT64_FORMAT, row->ack);
  if (row->len > 0 && (fields & BIT(LEN)) != 0)
    g_string_append_printf(text, " len %u", row->len);
  bool zero = !labels->chosen && row->win == 0 && strstr(row->flags, "RST") == NULL;
  if (zero || (row->win >= 0 && (fields & BIT(WIN)) != 0))
    g_string_append_printf(text, " win %" G_GINT64_FORMAT, row->win);
}

char *
ladder_label_packet(LadderLabels *labels, const RunRow *row, guint number)
{
  GString *text = g_string_new(NULL);
  if (number > 0)
    g_string_append_printf(text, "[%u] ", number);
  g_string_append(text, row->flags[0] != '\0' ? row->flags : row->proto);
  append_numbers(labels, row, text);
  if (labels->tcp != NULL && strcmp(row->proto, "TCP") == 0)
    append_cwnd(labels, row, text);
  if (!labels->chosen || (labels->fields & BIT(OPTIONS)) != 0)
    append_options(labels, row, text);
  if (row->retransmit > 0)
    g_string_append_printf(text, " (retransmission %u)", row->retransmit);
  return g_string_free(text, FALSE);
}

/* The name ends where the times begin: "RTO due 1", "delayed ACK, due 0.2 s". */
char *
ladder_label_timer_name(const char *detail)
{
  const char *const stops[] = {" due", " set", ",", ";", "(", ":", NULL};
  gsize length = strlen(detail);
  for (guint i = 0; stops[i] != NULL; i++) {
    const char *stop = strstr(detail, stops[i]);
    if (stop != NULL && (gsize)(stop - detail) < length)
      length = (gsize)(stop - detail);
  }
  return g_strchomp(g_strndup(detail, length));
}

bool
ladder_label_time_after(const char *detail, const char *word, SimTime *time)
{
  const char *at = strstr(detail, word);
  if (at == NULL)
    return false;
  at += strlen(word);
  if (g_str_has_prefix(at, " at "))
    at += strlen(" at");
  while (*at == ' ' || *at == '=')
    at++;
  /* Timelines give times as they give the column time: bare seconds. */
  g_autofree char *number = g_strndup(at, strspn(at, "0123456789."));
  g_autofree char *seconds = g_strdup_printf("%s s", number);
  SimQuantity quantity;
  if (number[0] == '\0' || !sim_quantity_parse(seconds, &quantity, NULL))
    return false;
  *time = quantity.time;
  return true;
}
