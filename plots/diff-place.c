/* diff-place: from where two sides are looked at.
 *
 * A run knows what every node sent and received, a capture what passed at one place. To compare
 * them the run is looked at from that place. */
#include "plots/diff-place.h"

#include <string.h>

#include "plots/diff-trace.h"
#include "sim/error.h"

/* The node of `run` that has `endpoint`'s address: the one that first sent a packet from it; when
 * none did, the one that last received a packet for it. */
static const char *
node_of_endpoint(const RunLog *run, const char *endpoint)
{
  const char *receiver = NULL;
  for (guint i = 0; i < run->rows->len; i++) {
    const RunRow *row = &g_array_index(run->rows, RunRow, i);
    if (row->event == RUN_SEND && diff_same_host(row->src, endpoint))
      return row->node;
    if (row->event == RUN_RECEIVE && diff_same_host(row->dst, endpoint))
      receiver = row->node;
  }
  return receiver;
}

static const char *
known_node(const RunLog *run, const char *name)
{
  for (guint i = 0; i < run->nodes->len; i++) {
    if (strcmp(run->nodes->pdata[i], name) == 0)
      return run->nodes->pdata[i];
  }
  return NULL;
}

/* The end of `flow` whose host took part in every packet, when the other's did not: 0 the opener,
 * 1 the responder; -1. */
static int
common_end(const RunLog *capture, const DiffFlow *flow)
{
  const char *ends[] = {flow->opener, flow->responder};
  bool in_all[] = {true, true};
  for (guint i = 0; i < capture->rows->len; i++) {
    const RunRow *row = &g_array_index(capture->rows, RunRow, i);
    for (int end = 0; end < 2; end++)
      in_all[end] &= diff_same_host(row->src, ends[end]) || diff_same_host(row->dst, ends[end]);
  }
  return in_all[0] == in_all[1] ? -1 : in_all[0] ? 0 : 1;
}

/* A handshake seen at its opener has the round trip before the SYN+ACK, at the other end behind
 * it. 0: the opener, 1: the responder, -1: no handshake. */
static int
end_by_handshake(const DiffFlow *flow)
{
  SimTime syn = SIM_TIME_NEVER, syn_ack = SIM_TIME_NEVER;
  for (guint i = 0; i < flow->packets->len; i++) {
    const DiffPacket *packet = diff_flow_packet(flow, i);
    bool is_syn = strcmp(packet->class, "SYN") == 0;
    if (packet->direction == 0 && is_syn && syn_ack == SIM_TIME_NEVER)
      syn = packet->time;
    else if (packet->direction == 1 && strcmp(packet->class, "SYN+ACK") == 0)
      syn_ack = MIN(syn_ack, packet->time);
    else if (packet->direction == 0 && !is_syn && syn != SIM_TIME_NEVER &&
             syn_ack != SIM_TIME_NEVER)
      return syn_ack - syn > packet->time - syn_ack ? 0 : 1;
  }
  return -1;
}

/* From the first packet of `flow` to the first answer; SIM_TIME_NEVER: none. */
static SimTime
first_answer(const DiffFlow *flow)
{
  for (guint i = 0; i < flow->packets->len; i++) {
    const DiffPacket *packet = diff_flow_packet(flow, i);
    if (packet->direction == 1)
      return packet->time - diff_flow_packet(flow, 0)->time;
  }
  return SIM_TIME_NEVER;
}

/* Of two nodes the one that saw its first answer after about the same time as the capture did; a
 * node that saw no packet is none. NULL: they do not differ in this. */
static const char *
place_by_answer(const RunLog *run, const char *const nodes[2], const DiffFlow *seen)
{
  SimTime apart[2] = {SIM_TIME_NEVER, SIM_TIME_NEVER}, answer = first_answer(seen);
  bool saw[2] = {false, false};
  for (int i = 0; i < 2; i++) {
    g_autoptr(DiffTrace) trace = nodes[i] != NULL ? diff_trace_new(run, nodes[i]) : NULL;
    saw[i] = trace != NULL && trace->packets > 0;
    SimTime there = saw[i] ? first_answer(trace->flows->pdata[0]) : SIM_TIME_NEVER;
    if (there != SIM_TIME_NEVER && answer != SIM_TIME_NEVER)
      apart[i] = ABS(there - answer);
  }
  if (saw[0] != saw[1])
    return nodes[saw[0] ? 0 : 1];
  return apart[0] == apart[1] ? NULL : nodes[apart[0] < apart[1] ? 0 : 1];
}

/* The node of `run` at which `capture` was made: its file says so, its addresses leave one, the
 * times of the first handshake tell which end, or those of the first answer do. */
static const char *
place_of_capture(const RunLog *capture, const RunLog *run)
{
  g_autoptr(DiffTrace) seen = diff_trace_new(capture, NULL), sent = diff_trace_new(run, NULL);
  diff_trace_ignore_noise(seen, sent);
  if (seen->flows->len == 0 || sent->flows->len == 0)
    return NULL;
  const char *named = known_node(run, g_array_index(capture->rows, RunRow, 0).node);
  if (named != NULL)
    return named;
  /* Who has the capture's addresses; when nobody has, who plays the same part. */
  const DiffFlow *first = seen->flows->pdata[0], *model = sent->flows->pdata[0];
  const char *nodes[] = {node_of_endpoint(run, first->opener),
                         node_of_endpoint(run, first->responder)};
  if (nodes[0] == NULL && nodes[1] == NULL) {
    nodes[0] = node_of_endpoint(run, model->opener);
    nodes[1] = node_of_endpoint(run, model->responder);
  }
  int end = common_end(capture, first);
  if (end < 0)
    end = end_by_handshake(first);
  return end >= 0 ? nodes[end] : place_by_answer(run, nodes, first);
}

static bool
check_place(const RunLog *run, const char *at, GError **error)
{
  if (run->is_capture || known_node(run, at) != NULL)
    return true;
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (guint i = 0; i < run->nodes->len; i++)
    g_ptr_array_add(names, run->nodes->pdata[i]);
  g_ptr_array_add(names, NULL);
  return sim_error_unknown(error, "node", at, (const char *const *)names->pdata);
}

bool
diff_place(const RunLog *a, const RunLog *b, const char *wanted, const char **at, GError **error)
{
  *at = wanted;
  if (*at != NULL)
    return check_place(a, *at, error) && check_place(b, *at, error);
  if (a->is_capture == b->is_capture)
    return true;
  const RunLog *capture = a->is_capture ? a : b, *run = a->is_capture ? b : a;
  *at = place_of_capture(capture, run);
  if (*at == NULL)
    g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
                "%s: cannot tell at which node of %s it was made; name it: --at NODE",
                capture->path, run->path);
  return *at != NULL;
}
