/* diff-align: the flows of two traces that are the same connection, and the packets of two flows
 * that are the same packet.
 *
 * Packets are paired in each direction by itself, so that two that cross on the way are no
 * difference; the times say whether they should have. A packet without a fellow is skipped when
 * what follows fits again soon; otherwise two that differ are a pair. */
#include "plots/diff-align.h"

#include <string.h>

/* How far ahead the fellow of a packet is looked for. */
#define LOOK_AHEAD 16
/* Packets of two kinds are a pair ("a reset where a FIN should be") only this close in time. */
#define SAME_MOMENT (10 * SIM_MILLISECOND)

/* How alike two flows are: 3 between the same hosts to the same port, 2 to the same port, 1 of the
 * same protocol, 0 not at all. Who opens chooses his port anew each time. */
static int
likeness(const DiffFlow *a, const DiffFlow *b)
{
  if (strcmp(a->proto, b->proto) != 0)
    return 0;
  const char *port_a = a->responder + diff_host_length(a->responder);
  const char *port_b = b->responder + diff_host_length(b->responder);
  if (strcmp(port_a, port_b) != 0)
    return 1;
  bool hosts = diff_same_host(a->opener, b->opener) && diff_same_host(a->responder, b->responder);
  return hosts ? 3 : 2;
}

static void
flow_pair_free(void *data)
{
  DiffFlowPair *pair = data;
  g_array_unref(pair->pairs);
  g_free(pair->match_a);
  g_free(pair->match_b);
  g_free(pair);
}

static DiffFlowPair *
flow_pair_new(const DiffFlow *a, const DiffFlow *b)
{
  DiffFlowPair *pair = g_new0(DiffFlowPair, 1);
  guint count_a = a != NULL ? a->packets->len : 0, count_b = b != NULL ? b->packets->len : 0;
  pair->a = a;
  pair->b = b;
  pair->pairs = g_array_new(FALSE, FALSE, sizeof(DiffPair));
  pair->match_a = g_new(guint, count_a + 1);
  pair->match_b = g_new(guint, count_b + 1);
  for (guint i = 0; i < count_a; i++)
    pair->match_a[i] = DIFF_NONE;
  for (guint i = 0; i < count_b; i++)
    pair->match_b[i] = DIFF_NONE;
  return pair;
}

/* The most alike first, then in order of opening. Flows that share the protocol only are a pair
 * when there is nothing to choose: one on each side. */
static void
pair_flows(const GPtrArray *a, const GPtrArray *b, GPtrArray *pairs)
{
  g_autofree const DiffFlow **fellow = g_new0(const DiffFlow *, a->len + 1);
  g_autofree bool *taken = g_new0(bool, b->len + 1);
  int least = a->len == 1 && b->len == 1 ? 1 : 2;
  for (int wanted = 3; wanted >= least; wanted--) {
    for (guint i = 0; i < a->len; i++) {
      for (guint j = 0; fellow[i] == NULL && j < b->len; j++) {
        if (taken[j] || likeness(a->pdata[i], b->pdata[j]) < wanted)
          continue;
        fellow[i] = b->pdata[j];
        taken[j] = true;
      }
    }
  }
  for (guint i = 0; i < a->len; i++)
    g_ptr_array_add(pairs, flow_pair_new(a->pdata[i], fellow[i]));
  for (guint j = 0; j < b->len; j++) {
    if (!taken[j])
      g_ptr_array_add(pairs, flow_pair_new(NULL, b->pdata[j]));
  }
}

/* -- which packets belong together -- */

/* The indices of one direction's packets. */
static GArray *
packets_of(const DiffFlow *flow, guint direction)
{
  GArray *indices = g_array_new(FALSE, FALSE, sizeof(guint));
  for (guint i = 0; i < flow->packets->len; i++) {
    if (diff_flow_packet(flow, i)->direction == direction)
      g_array_append_val(indices, i);
  }
  return indices;
}

/* The same segment of the stream? Numbers on the wire have 32 bits, so have these. */
static bool
same_segment(const DiffPacket *a, const DiffPacket *b)
{
  if (strcmp(a->class, b->class) != 0 || a->row->len != b->row->len)
    return false;
  if (strcmp(a->class, "ACK") == 0 && (guint32)a->row->ack != (guint32)b->row->ack)
    return false;
  return (guint32)a->row->seq == (guint32)b->row->seq;
}

typedef struct Aligner {
  DiffFlowPair *flows;
  const GArray *a, *b; /* of guint: one direction */
  SimTime start_a, start_b;
} Aligner;

static const DiffPacket *
packet_a(const Aligner *aligner, guint i)
{
  return diff_flow_packet(aligner->flows->a, g_array_index(aligner->a, guint, i));
}

static const DiffPacket *
packet_b(const Aligner *aligner, guint j)
{
  return diff_flow_packet(aligner->flows->b, g_array_index(aligner->b, guint, j));
}

static bool
same_at(const Aligner *aligner, guint i, guint j)
{
  if (i >= aligner->a->len || j >= aligner->b->len)
    return false;
  return same_segment(packet_a(aligner, i), packet_b(aligner, j));
}

/* May two that are not the same segment be a pair that differs? */
static bool
comparable_at(const Aligner *aligner, guint i, guint j)
{
  const DiffPacket *a = packet_a(aligner, i), *b = packet_b(aligner, j);
  SimTime apart = (a->time - aligner->start_a) - (b->time - aligner->start_b);
  return strcmp(a->class, b->class) == 0 || ABS(apart) < SAME_MOMENT;
}

static void
add_pair(const Aligner *aligner, guint i, guint j)
{
  DiffPair pair = {i != DIFF_NONE ? g_array_index(aligner->a, guint, i) : DIFF_NONE,
                   j != DIFF_NONE ? g_array_index(aligner->b, guint, j) : DIFF_NONE};
  if (pair.a != DIFF_NONE)
    aligner->flows->match_a[pair.a] = pair.b;
  if (pair.b != DIFF_NONE)
    aligner->flows->match_b[pair.b] = pair.a;
  g_array_append_val(aligner->flows->pairs, pair);
}

static void
align_direction(const Aligner *aligner)
{
  guint i = 0, j = 0;
  while (i < aligner->a->len && j < aligner->b->len) {
    guint skip_a = 0, skip_b = 0;
    for (guint k = 1; !same_at(aligner, i, j) && k <= LOOK_AHEAD; k++) {
      skip_a = same_at(aligner, i + k, j) ? k : 0;
      skip_b = skip_a == 0 && same_at(aligner, i, j + k) ? k : 0;
      if (skip_a > 0 || skip_b > 0)
        break;
    }
    for (; skip_a > 0; skip_a--)
      add_pair(aligner, i++, DIFF_NONE);
    for (; skip_b > 0; skip_b--)
      add_pair(aligner, DIFF_NONE, j++);
    if (comparable_at(aligner, i, j)) {
      add_pair(aligner, i++, j++);
    } else {
      add_pair(aligner, i++, DIFF_NONE);
      add_pair(aligner, DIFF_NONE, j++);
    }
  }
  while (i < aligner->a->len)
    add_pair(aligner, i++, DIFF_NONE);
  while (j < aligner->b->len)
    add_pair(aligner, DIFF_NONE, j++);
}

static void
align_flow(DiffFlowPair *flows, SimTime start_a, SimTime start_b)
{
  for (guint direction = 0; direction < 2; direction++) {
    g_autoptr(GArray) a = packets_of(flows->a, direction);
    g_autoptr(GArray) b = packets_of(flows->b, direction);
    align_direction(&(Aligner){flows, a, b, start_a, start_b});
  }
}

GPtrArray *
diff_align(const DiffTrace *a, const DiffTrace *b)
{
  GPtrArray *pairs = g_ptr_array_new_with_free_func(flow_pair_free);
  pair_flows(a->flows, b->flows, pairs);
  for (guint i = 0; i < pairs->len; i++) {
    DiffFlowPair *flows = pairs->pdata[i];
    if (flows->a != NULL && flows->b != NULL)
      align_flow(flows, a->start, b->start);
  }
  return pairs;
}
