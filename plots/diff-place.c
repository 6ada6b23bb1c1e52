/* diff-place: from where two sides are looked at.
 *
 * A run knows what every node sent and received, a capture what passed at one place. To compare
 * them the run is looked at from that place. */
#include "plots/diff-place.h"

#include <string.h>

#include "plots/diff-trace.h"
#include "sim/error.h"

/* The node of `run` that has `endpoint`'s address: the one that first sent a packet from it. */
static const char *
node_of_endpoint(const RunLog *run, const char *endpoint)
{
  for (guint i = 0; i < run->rows->len; i++) {
    const RunRow *row = &g_array_index(run->rows, RunRow, i);
    if (row->event == RUN_SEND && diff_same_host(row->src, endpoint))
      return row->node;
  }
  return NULL;
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

/* The one endpoint (of the two in `flow`) whose host took part in every packet, when the other's
 * did not; NULL. */
static const char *
common_endpoint(const RunLog *capture, const DiffFlow *flow)
{
  const char *ends[] = {flow->opener, flow->responder};
  bool in_all[] = {true, true};
  for (guint i = 0; i < capture->rows->len; i++) {
    const RunRow *row = &g_array_index(capture->rows, RunRow, i);
    for (int end = 0; end < 2; end++)
      in_all[end] &= diff_same_host(row->src, ends[end]) || diff_same_host(row->dst, ends[end]);
  }
  return in_all[0] == in_all[1] ? NULL : ends[in_all[0] ? 0 : 1];
}

/* A handshake seen at its opener has the round trip before the SYN+ACK, at the other end behind
 * it. 0: the opener, 1: the responder, -1: no handshake. */
static int
end_by_handshake(const DiffFlow *flow)
{
  SimTime syn = SIM_TIME_NEVER, syn_ack = SIM_TIME_NEVER;
  for (guint i = 0; i < flow->packets->len; i++) {
    const DiffPacket *packet = diff_flow_packet(flow, i);
    if (strcmp(packet->class, "SYN") == 0 && packet->direction == 0)
      syn = packet->time;
    else if (strcmp(packet->class, "SYN+ACK") == 0)
      syn_ack = packet->time;
    else if (packet->direction == 0 && syn != SIM_TIME_NEVER && syn_ack != SIM_TIME_NEVER)
      return syn_ack - syn > packet->time - syn_ack ? 0 : 1;
  }
  return -1;
}

/* The node of `run` at which `capture` was made: its file says so, its addresses leave one, or the
 * times of the first handshake tell which end. */
static const char *
place_of_capture(const RunLog *capture, const RunLog *run)
{
  g_autoptr(DiffTrace) seen = diff_trace_new(capture, NULL), sent = diff_trace_new(run, NULL);
  diff_trace_ignore_noise(seen, sent);
  if (seen->flows->len == 0 || sent->flows->len == 0)
    return NULL;
  const char *place = known_node(run, g_array_index(capture->rows, RunRow, 0).node);
  const DiffFlow *first = seen->flows->pdata[0], *model = sent->flows->pdata[0];
  if (place == NULL) {
    const char *common = common_endpoint(capture, first);
    place = common != NULL ? node_of_endpoint(run, common) : NULL;
  }
  int end = place == NULL ? end_by_handshake(first) : -1;
  if (end >= 0)
    place = node_of_endpoint(run, end == 0 ? model->opener : model->responder);
  return place;
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
