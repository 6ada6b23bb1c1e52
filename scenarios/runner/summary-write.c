/* summary-write: the three files. summary.json and run.json (summary-run.c) say the same wherever
 * and whenever the run is made; what does not (times of the machine, paths as they were given) is
 * in machine.json. */
#include <string.h>
#include <sys/resource.h>

#include "models/net/link.h"
#include "models/net/middlebox.h"
#include "scenarios/runner/run-dir.h"
#include "scenarios/runner/summary-private.h"

#define BYTES_A_KILOBYTE 1024u /* of ru_maxrss on Linux */

bool
summary_write_file(JsonOut *out, const char *directory, const char *name, GError **error)
{
  g_autofree char *path = g_build_filename(directory, name, NULL);
  return json_out_write(out, path, error);
}

static void
put_expectations(JsonOut *out, const SummaryRun *run)
{
  json_out_array(out, "expectations");
  for (size_t i = 0; i < run->n_expectations; i++) {
    const SummaryExpectation *expectation = &run->expectations[i];
    json_out_object(out, NULL);
    json_out_string(out, "text", expectation->text);
    json_out_boolean(out, "passed", expectation->passed);
    json_out_string(out, "seen", expectation->seen != NULL ? expectation->seen : "");
    json_out_integer(out, "line", (uint64_t)expectation->line);
    json_out_object_end(out);
  }
  json_out_array_end(out);
}

static void
put_drops(JsonOut *out, const GArray *drops)
{
  json_out_object(out, "dropped_packets");
  for (guint i = 0; drops != NULL && i < drops->len; i++) {
    const SummaryDrops *one = &g_array_index(drops, SummaryDrops, i);
    json_out_integer(out, one->reason, one->packets);
  }
  json_out_object_end(out);
}

/* NULL when UINT64_MAX: there is no such number. */
static void
put_bytes(JsonOut *out, const char *name, uint64_t value)
{
  if (value == UINT64_MAX)
    json_out_string(out, name, NULL);
  else
    json_out_integer(out, name, value);
}

static void
put_end(JsonOut *out, const SummaryEnd *end)
{
  const TcpInfo *info = &end->info;
  json_out_object(out, NULL);
  json_out_string(out, "node", end->node);
  json_out_boolean(out, "opener", end->opener);
  json_out_string(out, "state", tcp_state_name(info->state));
  json_out_string(out, "error", end->error != TCP_OK ? tcp_error_name(end->error) : NULL);
  json_out_time(out, "opened_at", info->opened_at);
  json_out_time(out, "connect_time", info->connect_time);
  json_out_time(out, "closed_at", end->closed_at);
  json_out_integer(out, "sent_packets", info->segments_sent);
  json_out_integer(out, "sent_bytes", info->bytes_sent);
  json_out_integer(out, "acked_bytes", info->bytes_acked);
  json_out_integer(out, "received_packets", info->segments_received);
  json_out_integer(out, "received_bytes", info->bytes_received);
  json_out_integer(out, "retransmits", info->retransmits);
  json_out_integer(out, "timeouts", info->timeouts);
  json_out_integer(out, "lost", info->lost);
  json_out_integer(out, "duplicate_acks_received", info->duplicate_acks_received);
  json_out_integer(out, "mss", info->mss);
  json_out_integer(out, "cwnd", info->cwnd);
  put_bytes(out, "ssthresh", info->ssthresh);
  json_out_time(out, "srtt", info->srtt);
  json_out_time(out, "rttvar", info->rttvar);
  json_out_time(out, "rto", info->rto);
  json_out_object_end(out);
}

/* Of the whole connection: both ends together; the times are those of who opened it. */
static void
put_totals(JsonOut *out, const SummaryConn *conn)
{
  uint64_t sent = 0, sent_bytes = 0, delivered = 0, delivered_bytes = 0, retransmits = 0;
  const SummaryEnd *opener = &conn->ends[conn->ends[0].node != NULL ? 0 : 1];
  for (int side = 0; side < 2; side++) {
    const TcpInfo *info = &conn->ends[side].info;
    if (conn->ends[side].node == NULL)
      continue;
    sent += info->segments_sent;
    sent_bytes += info->bytes_sent;
    delivered += info->segments_received;
    delivered_bytes += info->bytes_received;
    retransmits += info->retransmits;
  }
  json_out_string(out, "opener", opener->node);
  json_out_time(out, "opened_at", opener->info.opened_at);
  json_out_time(out, "connect_time", opener->info.connect_time);
  json_out_integer(out, "sent_packets", sent);
  json_out_integer(out, "sent_bytes", sent_bytes);
  json_out_integer(out, "delivered_packets", delivered);
  json_out_integer(out, "delivered_bytes", delivered_bytes);
  json_out_integer(out, "retransmits", retransmits);
}

static void
put_connections(JsonOut *out, Summary *summary)
{
  json_out_object(out, "connections");
  for (guint i = 0; i < summary->conns->len; i++) {
    SummaryConn *conn = g_ptr_array_index(summary->conns, i);
    json_out_object(out, conn->name);
    put_totals(out, conn);
    put_drops(out, conn->drops);
    json_out_array(out, "ends");
    for (int side = 0; side < 2; side++)
      if (conn->ends[side].node != NULL)
        put_end(out, &conn->ends[side]);
    json_out_array_end(out);
    json_out_object_end(out);
  }
  json_out_object_end(out);
}

/* Only where there are more connections than are listed. */
static void
put_rest(JsonOut *out, const Summary *summary)
{
  const SummaryRest *rest = &summary->rest;
  if (rest->ends == 0)
    return;
  json_out_object(out, "connections_not_listed");
  json_out_integer(out, "connections", rest->connections);
  json_out_integer(out, "ends", rest->ends);
  json_out_integer(out, "open_ends", rest->open);
  json_out_integer(out, "sent_packets", rest->sent_packets);
  json_out_integer(out, "sent_bytes", rest->sent_bytes);
  json_out_integer(out, "delivered_packets", rest->received_packets);
  json_out_integer(out, "delivered_bytes", rest->received_bytes);
  json_out_integer(out, "retransmits", rest->retransmits);
  json_out_integer(out, "timeouts", rest->timeouts);
  json_out_integer(out, "lost", rest->lost);
  json_out_object(out, "errors");
  for (TcpError error = 0; error < TCP_ERROR_COUNT; error++)
    if (error != TCP_OK && rest->errors[error] > 0)
      json_out_integer(out, tcp_error_name(error), rest->errors[error]);
  json_out_object_end(out);
  json_out_object_end(out);
}

static void
put_listeners(JsonOut *out, const Summary *summary)
{
  json_out_array(out, "listeners");
  for (guint i = 0; i < summary->listeners->len; i++) {
    const SummaryListener *listener = &g_array_index(summary->listeners, SummaryListener, i);
    const TcpListenerInfo *info = &listener->info;
    json_out_object(out, NULL);
    json_out_string(out, "node", listener->node);
    json_out_integer(out, "port", listener->port);
    json_out_integer(out, "half_open", info->half_open);
    json_out_integer(out, "ready", info->ready);
    json_out_integer(out, "most_half_open", info->most_half_open);
    json_out_integer(out, "most_ready", info->most_ready);
    json_out_integer(out, "dropped", info->dropped);
    json_out_integer(out, "overflows", info->overflows);
    json_out_integer(out, "deferred", info->deferred);
    json_out_integer(out, "cookies_sent", info->cookies_sent);
    json_out_integer(out, "cookies_received", info->cookies_received);
    json_out_integer(out, "cookies_failed", info->cookies_failed);
    json_out_object_end(out);
  }
  json_out_array_end(out);
}

static void
put_direction(JsonOut *out, const Summary *summary, LinkDirection *direction)
{
  uint32_t waiting = link_queue_packets(direction);
  const LinkCounters *counters = link_counters(direction);
  json_out_object(out, direction->name);
  json_out_integer(out, "sent_packets", counters->sent_packets);
  json_out_integer(out, "sent_bytes", counters->sent_bytes);
  json_out_integer(out, "transmitted_packets", counters->transmitted_packets);
  json_out_integer(out, "transmitted_bytes", counters->transmitted_bytes);
  json_out_integer(out, "delivered_packets", counters->delivered_packets);
  json_out_integer(out, "delivered_bytes", counters->delivered_bytes);
  put_drops(out, summary_drops(summary, &direction->owner));
  json_out_integer(out, "corrupted_packets", counters->corrupted);
  json_out_integer(out, "duplicated_packets", counters->duplicated);
  json_out_integer(out, "held_packets", counters->held);
  json_out_integer(out, "marked_packets", counters->marked);
  json_out_integer(out, "reordered_packets", counters->reordered);
  json_out_integer(out, "waiting_packets", waiting);
  json_out_string(out, "from", direction->from->name);
  json_out_string(out, "to", direction->to->name);
  if (direction->rate > 0)
    json_out_integer(out, "rate", direction->rate);
  else
    json_out_string(out, "rate", NULL); /* no limit */
  json_out_boolean(out, "rate_varies", direction->rate_varies);
  json_out_integer(out, "overhead", direction->overhead);
  json_out_time(out, "delay", direction->delay);
  json_out_integer(out, "mtu", direction->mtu);
  json_out_object_end(out);
}

static void
put_links(JsonOut *out, const Summary *summary)
{
  const GPtrArray *links = summary->net->links;
  json_out_object(out, "links");
  for (guint i = 0; i < links->len; i++) {
    Link *link = g_ptr_array_index(links, i);
    put_direction(out, summary, &link->forward);
    put_direction(out, summary, &link->backward);
  }
  json_out_object_end(out);
  json_out_array(out, "rules");
  for (guint i = 0; i < links->len; i++) {
    const Link *link = g_ptr_array_index(links, i);
    for (guint k = 0; k < link->rules->len; k++) {
      const LinkRule *rule = g_ptr_array_index(link->rules, k);
      json_out_object(out, NULL);
      json_out_string(out, "link", rule->direction != NULL ? rule->direction->name : link->name);
      json_out_string(out, "rule", rule->text);
      json_out_integer(out, "hits", rule->hits);
      json_out_object_end(out);
    }
  }
  json_out_array_end(out);
}

static void
put_middlebox(JsonOut *out, Middlebox *box)
{
  uint64_t value;
  json_out_integer(out, "looked_at", box->looked_at);
  for (const MiddleboxCounter *counter = box->ops->counters;
       counter != NULL && counter->name != NULL; counter++)
    if (middlebox_counter(box, counter->name, &value))
      json_out_integer(out, counter->name, value);
}

static void
put_addresses(JsonOut *out, const Node *node)
{
  char text[NET_ADDRESS_TEXT];
  json_out_array(out, "addresses");
  for (guint i = 0; i < node->addresses->len; i++) {
    NetAddressId id = g_array_index(node->addresses, NetAddressId, i);
    json_out_string(out, NULL, net_address_print(net_address(node->net, id), text));
  }
  json_out_array_end(out);
}

static void
put_nodes(JsonOut *out, const Summary *summary)
{
  json_out_object(out, "nodes");
  for (guint i = 0; i < summary->net->nodes->len; i++) {
    const Node *node = g_ptr_array_index(summary->net->nodes, i);
    json_out_object(out, node->name);
    json_out_string(out, "kind", node_kind_name(node));
    put_addresses(out, node);
    put_drops(out, summary_drops(summary, &node->owner));
    if (node->middlebox != NULL)
      put_middlebox(out, node->middlebox);
    json_out_object_end(out);
  }
  json_out_object_end(out);
}

/* A place in the scenario is said with the scenario's name, not with the path that was given. */
static void
put_unfinished(JsonOut *out, const SummaryRun *run)
{
  g_autofree char *name = run_dir_scenario(run->scenario);
  json_out_array(out, "unfinished");
  for (size_t i = 0; run->unfinished != NULL && run->unfinished[i] != NULL; i++) {
    const char *text = run->unfinished[i];
    size_t length = strlen(run->scenario);
    bool ours = strncmp(text, run->scenario, length) == 0 && text[length] == ':';
    g_autofree char *named = ours ? g_strconcat(name, text + length, NULL) : NULL;
    json_out_string(out, NULL, ours ? named : text);
  }
  json_out_array_end(out);
}

/* Kinds of objects: there are about ten. */
typedef struct Kind {
  const char *name;
  uint64_t most, bytes;
} Kind;

static void
add_slab(GArray *kinds, const SimSlab *slab)
{
  guint i = 0;
  while (i < kinds->len && strcmp(g_array_index(kinds, Kind, i).name, slab->name) != 0)
    i++;
  if (i == kinds->len) {
    Kind fresh = {.name = slab->name};
    g_array_append_val(kinds, fresh);
  }
  Kind *kind = &g_array_index(kinds, Kind, i);
  kind->most += slab->peak;
  kind->bytes += slab->peak * slab->size;
}

static void
put_kind(JsonOut *out, const char *name, uint64_t most, uint64_t bytes)
{
  json_out_object(out, name);
  json_out_integer(out, "most", most);
  json_out_integer(out, "bytes", bytes);
  json_out_object_end(out);
}

/* What a run's objects took: their number at the busiest moment, of each host for itself. The same
 * on every machine; what the process took is in machine.json. */
static void
put_memory(JsonOut *out, const SummaryRun *run)
{
  g_autoptr(GArray) kinds = g_array_new(FALSE, FALSE, sizeof(Kind));
  for (size_t i = 0; i < run->n_slabs; i++)
    add_slab(kinds, run->slabs[i]);
  uint64_t total = run->event_bytes;
  json_out_object(out, "memory");
  for (guint i = 0; i < kinds->len; i++) {
    const Kind *kind = &g_array_index(kinds, Kind, i);
    put_kind(out, kind->name, kind->most, kind->bytes);
    total += kind->bytes;
  }
  put_kind(out, "event place", run->event_places, run->event_bytes);
  json_out_integer(out, "total_bytes", total);
  json_out_object_end(out);
}

static bool
write_summary(Summary *summary, const SummaryRun *run, const char *directory, GError **error)
{
  JsonOut out;
  json_out_init(&out);
  json_out_object(&out, "results");
  for (size_t i = 0; i < run->n_results; i++)
    json_out_number(&out, run->result_names[i], run->result_values[i]);
  json_out_object_end(&out);
  put_expectations(&out, run);
  put_connections(&out, summary);
  put_rest(&out, summary);
  put_listeners(&out, summary);
  put_links(&out, summary);
  json_out_time(&out, "end_time", run->end_time);
  json_out_integer(&out, "events", run->events);
  json_out_string(&out, "ended", run->ended);
  put_unfinished(&out, run);
  put_nodes(&out, summary);
  put_memory(&out, run);
  return summary_write_file(&out, directory, "summary.json", error);
}

static bool
write_machine(const SummaryRun *run, const SummaryMachine *machine, const char *directory,
              GError **error)
{
  struct rusage usage = {0};
  getrusage(RUSAGE_SELF, &usage);
  JsonOut out;
  json_out_init(&out);
  json_out_number(&out, "wall_s", machine->wall_s);
  json_out_number(&out, "cpu_s", machine->cpu_s);
  json_out_number(&out, "loop_cpu_s", machine->loop_cpu_s);
  json_out_integer(&out, "peak_rss_bytes", (uint64_t)usage.ru_maxrss * BYTES_A_KILOBYTE);
  json_out_string(&out, "host", g_get_host_name());
  json_out_string(&out, "scenario", run->scenario);
  json_out_string(&out, "output", machine->output);
  return summary_write_file(&out, directory, "machine.json", error);
}

bool
summary_write(Summary *summary, const SummaryRun *run, const SummaryMachine *machine,
              const char *directory, GError **error)
{
  return write_summary(summary, run, directory, error) &&
         summary_write_run(run, directory, error) && write_machine(run, machine, directory, error);
}
