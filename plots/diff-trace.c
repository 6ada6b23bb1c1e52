/* diff-trace: sorts the rows of a log into flows and finds what caused each packet.
 *
 * What caused a packet: the last packet that arrived at its sender, when it left within 1 ms of
 * that; else a timer or an application, which count from the sender's last packet or the last
 * arrival, whichever is later. At a single place arrivals elsewhere are not seen: there the packet
 * seen before it stands in. */
#include "plots/diff-trace.h"

#include <string.h>

#include "plots/capture-conn.h"

/* What leaves later than this after an arrival was not caused by it alone. */
#define PACKET_DRIVEN SIM_MILLISECOND

/* What becomes of a packet, by its number. */
typedef struct Fate {
  guint last_receive; /* index of its last receive row (the final hop's); DIFF_NONE */
  const char *lost;   /* the reason, when no receive row comes after the drop; NULL */
  DiffFlow *flow;     /* where its first send row went; NULL: not yet */
  guint index;        /* in that flow */
} Fate;

typedef struct Builder {
  const RunLog *log;
  const char *at; /* NULL: what was sent, or all of a capture */
  bool single;    /* one place only */
  DiffTrace *trace;
  GHashTable *fates; /* packet number -> Fate; look-up only */
  GHashTable *flows; /* "proto|a|b" -> the latest DiffFlow of these endpoints; look-up only */
} Builder;

static void
packet_clear(void *data)
{
  g_free(((DiffPacket *)data)->kinds);
}

static void
flow_free(void *data)
{
  DiffFlow *flow = data;
  g_array_unref(flow->packets);
  g_free(flow);
}

void
diff_trace_free(DiffTrace *trace)
{
  if (trace == NULL)
    return;
  g_ptr_array_unref(trace->flows);
  g_free(trace);
}

static bool
has_flag(const RunRow *row, const char *flag)
{
  const char *found = strstr(row->flags, flag); /* no flag's name holds another's */
  return found != NULL;
}

/* -- flows -- */

size_t
diff_host_length(const char *endpoint)
{
  const char *colon = strrchr(endpoint, ':');
  bool has_port = colon != NULL && (strchr(endpoint, ':') == colon || colon[-1] == ']');
  return has_port ? (size_t)(colon - endpoint) : strlen(endpoint);
}

bool
diff_same_host(const char *a, const char *b)
{
  size_t length = diff_host_length(a);
  return length == diff_host_length(b) && strncmp(a, b, length) == 0;
}

static DiffFlow *
flow_new(const RunRow *row, bool answers)
{
  DiffFlow *flow = g_new0(DiffFlow, 1);
  flow->opener = answers ? row->dst : row->src;
  flow->responder = answers ? row->src : row->dst;
  flow->proto = row->proto;
  flow->packets = g_array_new(FALSE, FALSE, sizeof(DiffPacket));
  g_array_set_clear_func(flow->packets, packet_clear);
  for (int i = 0; i < 2; i++)
    flow->last_sent[i] = flow->last_arrival[i] = DIFF_NONE;
  return flow;
}

/* The flow that `row` belongs to: a new one for endpoints not seen yet, and for a new SYN between
 * endpoints whose connection is over. */
static DiffFlow *
flow_of(Builder *builder, const RunRow *row)
{
  bool ordered = strcmp(row->src, row->dst) <= 0;
  g_autofree char *key = g_strdup_printf("%s|%s|%s", row->proto, ordered ? row->src : row->dst,
                                         ordered ? row->dst : row->src);
  DiffFlow *flow = g_hash_table_lookup(builder->flows, key);
  bool syn = has_flag(row, "SYN"), answers = syn && has_flag(row, "ACK");
  bool reopens =
      flow != NULL && syn && !answers && flow->closed && flow->has_syn && flow->syn != row->seq_raw;
  if (flow == NULL || reopens) {
    flow = flow_new(row, answers);
    g_ptr_array_add(builder->trace->flows, flow);
    g_hash_table_insert(builder->flows, g_steal_pointer(&key), flow);
  }
  return flow;
}

/* -- packets -- */

static const char *
class_of(DiffFlow *flow, const RunRow *row, guint direction)
{
  if (strcmp(row->proto, "TCP") != 0)
    return row->proto;
  if (has_flag(row, "SYN"))
    return has_flag(row, "ACK") ? "SYN+ACK" : "SYN";
  if (has_flag(row, "RST"))
    return "RST";
  if (has_flag(row, "FIN"))
    return "FIN";
  if (row->len > 0) {
    bool again = (gint32)((guint32)row->seq + row->len - flow->reach[direction]) <= 0;
    return again ? "REXMIT" : "DATA";
  }
  return strcmp(row->flags, "ACK") == 0 ? "ACK" : "TCP";
}

static int
compare_text(const void *a, const void *b)
{
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* "mss=1460 ws=7 tfo8" -> "mss tfo ws": the names without values, in one order. */
static char *
option_kinds(const char *options)
{
  g_auto(GStrv) words = g_strsplit(options, " ", -1);
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (char **word = words; *word != NULL; word++) {
    if (g_str_has_prefix(*word, "tfo"))
      (*word)[3] = '\0';
    **word == '\0' ? (void)0 : g_ptr_array_add(names, *word);
    char *equals = strchr(*word, '=');
    if (equals != NULL)
      *equals = '\0';
  }
  g_ptr_array_sort(names, compare_text);
  g_ptr_array_add(names, NULL);
  return g_strjoinv(" ", (char **)names->pdata);
}

static guint
count_class(const DiffFlow *flow, const char *class, guint direction)
{
  for (guint i = flow->packets->len; i > 0; i--) {
    const DiffPacket *packet = diff_flow_packet(flow, i - 1);
    if (packet->direction == direction && strcmp(packet->class, class) == 0)
      return packet->nth;
  }
  return 0;
}

static void
find_cause(const Builder *builder, const DiffFlow *flow, DiffPacket *packet)
{
  guint sent = flow->last_sent[packet->direction];
  guint arrival = flow->last_arrival[packet->direction];
  packet->cause = flow->packets->len > 0 ? 0 : DIFF_NONE;
  if (builder->single) {
    packet->cause = flow->packets->len > 0 ? flow->packets->len - 1 : DIFF_NONE;
    return;
  }
  SimTime arrived = arrival != DIFF_NONE ? diff_flow_packet(flow, arrival)->arrived : -1;
  bool after_sent = sent == DIFF_NONE || arrived >= diff_flow_packet(flow, sent)->time;
  packet->packet_driven = arrival != DIFF_NONE && packet->time - arrived <= PACKET_DRIVEN;
  if (arrival != DIFF_NONE && (packet->packet_driven || after_sent)) {
    packet->cause = arrival;
    packet->by_arrival = true;
  } else if (sent != DIFF_NONE) {
    packet->cause = sent;
  }
}

/* What later packets are judged by. */
static void
note_packet(DiffFlow *flow, const DiffPacket *packet)
{
  const RunRow *row = packet->row;
  guint direction = packet->direction, other = 1 - direction;
  guint32 end = (guint32)row->seq + row->len;
  if (has_flag(row, "SYN")) {
    flow->reach[direction] = 1;
    if (direction == 0 && !has_flag(row, "ACK")) {
      flow->has_syn = true;
      flow->syn = row->seq_raw;
    }
  } else if (row->len > 0 && (gint32)(end - flow->reach[direction]) > 0) {
    flow->reach[direction] = end;
  }
  flow->fin[direction] |= has_flag(row, "FIN");
  flow->closed |= has_flag(row, "RST") || (flow->fin[direction] && flow->fin[other]);
  flow->last_sent[direction] = flow->packets->len - 1;
}

/* Adds the packet of `row` to its flow. Returns its index there. */
static guint
add_packet(Builder *builder, const RunRow *row, DiffFlow *flow)
{
  DiffPacket packet = {
      .row = row,
      .time = row->time,
      .arrived = builder->single ? row->time : SIM_TIME_NEVER,
      .direction = strcmp(row->src, flow->opener) == 0 ? 0 : 1,
  };
  packet.class = class_of(flow, row, packet.direction);
  packet.nth = count_class(flow, packet.class, packet.direction) + 1;
  packet.kinds = option_kinds(row->options);
  packet.cut = row->event == RUN_CAPTURE && strcmp(row->detail, CAPTURE_CUT) == 0;
  find_cause(builder, flow, &packet);
  g_array_append_val(flow->packets, packet);
  note_packet(flow, &packet);
  DiffTrace *trace = builder->trace;
  trace->start = trace->packets == 0 ? row->time : MIN(trace->start, row->time);
  trace->packets++;
  return flow->packets->len - 1;
}

static bool
has_protocol(const DiffTrace *trace, const char *proto)
{
  for (guint i = 0; i < trace->flows->len; i++) {
    const DiffFlow *flow = trace->flows->pdata[i];
    if (strcmp(flow->proto, proto) == 0)
      return true;
  }
  return false;
}

void
diff_trace_ignore_noise(DiffTrace *trace, const DiffTrace *other)
{
  for (guint i = trace->flows->len; i > 0; i--) {
    const DiffFlow *flow = trace->flows->pdata[i - 1];
    if (!has_protocol(other, flow->proto)) {
      trace->packets -= flow->packets->len;
      g_ptr_array_remove_index(trace->flows, i - 1);
    }
  }
  trace->start = SIM_TIME_NEVER;
  for (guint i = 0; i < trace->flows->len; i++)
    trace->start = MIN(trace->start, diff_flow_packet(trace->flows->pdata[i], 0)->time);
}

/* -- rows -- */

static Fate *
fate_of(Builder *builder, guint64 number)
{
  Fate *fate = g_hash_table_lookup(builder->fates, &number);
  if (fate == NULL) {
    fate = g_new0(Fate, 1);
    fate->last_receive = DIFF_NONE;
    guint64 *key = g_new(guint64, 1);
    *key = number;
    g_hash_table_insert(builder->fates, key, fate);
  }
  return fate;
}

static void
find_fates(Builder *builder)
{
  const GArray *rows = builder->log->rows;
  for (guint i = 0; i < rows->len; i++) {
    const RunRow *row = &g_array_index(rows, RunRow, i);
    if (row->event == RUN_RECEIVE) {
      Fate *fate = fate_of(builder, row->packet);
      fate->last_receive = i;
      fate->lost = NULL;
    } else if (row->event == RUN_DROP) {
      fate_of(builder, row->packet)->lost = row->detail;
    }
  }
}

/* One row of what was sent: a router that passes a packet on has not sent it, and a copy that a
 * link made was not sent either. */
static void
add_sent_row(Builder *builder, const RunRow *row, guint index)
{
  Fate *fate = fate_of(builder, row->packet);
  if (row->event == RUN_SEND && fate->flow == NULL) {
    fate->flow = flow_of(builder, row);
    fate->index = add_packet(builder, row, fate->flow);
    diff_flow_packet(fate->flow, fate->index)->lost = fate->lost;
  } else if (row->event == RUN_RECEIVE && fate->flow != NULL && index == fate->last_receive &&
             fate->lost == NULL) {
    DiffPacket *packet = diff_flow_packet(fate->flow, fate->index);
    packet->arrived = row->time;
    fate->flow->last_arrival[1 - packet->direction] = fate->index;
  }
}

DiffTrace *
diff_trace_new(const RunLog *log, const char *at)
{
  DiffTrace *trace = g_new0(DiffTrace, 1);
  trace->flows = g_ptr_array_new_with_free_func(flow_free);
  trace->fates = !log->is_capture && at == NULL;
  Builder builder = {
      .log = log,
      .at = at,
      .single = !trace->fates,
      .trace = trace,
      .fates = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free),
      .flows = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
  };
  if (trace->fates)
    find_fates(&builder);
  for (guint i = 0; i < log->rows->len; i++) {
    const RunRow *row = &g_array_index(log->rows, RunRow, i);
    bool seen = log->is_capture ? row->event == RUN_CAPTURE
                                : row->event == RUN_SEND || row->event == RUN_RECEIVE;
    if (!seen)
      continue;
    if (trace->fates)
      add_sent_row(&builder, row, i);
    else if (log->is_capture || strcmp(row->node, at) == 0)
      add_packet(&builder, row, flow_of(&builder, row));
  }
  g_hash_table_unref(builder.fates);
  g_hash_table_unref(builder.flows);
  return trace;
}
