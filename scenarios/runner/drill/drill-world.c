/* drill-world: the host under test, the wire, and the far end that is the script; and the clock.
 *
 * What the host sends is kept until the script asks for it. The script's packets come in as
 * deliveries do: before the timers that go off at the same moment. */
#include "scenarios/runner/drill/drill-run-private.h"

#include <errno.h>
#include <glib/gstdio.h>

#include "models/icmp/icmp.h"

#define WATCH_EVENTS 4096
#define WATCHES 5000 /* twenty million events are no script's */
#define RECORD_LIMIT (UINT64_C(64) << 20)

static void
on_tick(Sim *sim, SimEvent *event)
{
  sim_stop(sim);
}

static bool
on_watch(Sim *sim, void *data)
{
  DrillRun *run = data;
  if (run->budget > 0)
    run->budget--;
  return run->budget > 0;
}

/* -- building it -- */

static bool
set_address(DrillRun *run, Node *node, const char *text)
{
  NetAddress address;
  GError *error = NULL;
  if (net_address_parse(text, &address, &error) && node_set_address(node, &address, &error))
    return true;
  drill_run_wrong(run, (DrillPlace){1, 1}, "%s", error->message);
  g_error_free(error);
  return false;
}

static void
on_host_sent(void *self, Packet *packet, LinkDirection *arrived_on)
{
  DrillRun *run = self;
  if (!drill_flow_take(run, packet)) {
    packet_free(run->net, packet);
    return;
  }
  DrillSeen *seen = g_new(DrillSeen, 1);
  *seen = (DrillSeen){NULL, sim_now(run->sim), packet};
  *run->seen_last = seen;
  run->seen_last = &seen->next;
  if (run->waiting)
    sim_stop(run->sim);
}

static bool
start_recording(DrillRun *run)
{
  GError *error = NULL;
  if (run->job->record == NULL)
    return true;
  RecordSettings settings = {
      .directory = run->job->record, .timeline = true, .pcap = true, .limit = RECORD_LIMIT};
  if (g_mkdir_with_parents(run->job->record, 0777) != 0)
    g_set_error(&error, G_FILE_ERROR, g_file_error_from_errno(errno), "cannot make %s: %s",
                run->job->record, g_strerror(errno));
  else
    run->record = record_new(run->net, &settings, &error);
  if (run->record != NULL)
    return true;
  drill_run_wrong(run, (DrillPlace){1, 1}, "%s", error->message);
  g_error_free(error);
  return false;
}

bool
drill_world_open(DrillRun *run)
{
  bool six = run->config.family == 6;
  run->sim = sim_new(1);
  sim_event_init(&run->tick, on_tick);
  run->budget = WATCHES;
  sim_watch(run->sim, WATCH_EVENTS, on_watch, run);
  run->net = net_new(run->sim);
  run->host = node_new(run->net, "host", NODE_HOST, NULL);
  run->peer = node_new(run->net, "peer", NODE_HOST, NULL);
  const char *local = run->config.local, *remote = run->config.remote;
  if (!set_address(run, run->host,
                   local != NULL ? local
                   : six         ? "fd3d:fa7b:d17d::1"
                                 : "192.168.0.1") ||
      !set_address(run, run->peer,
                   remote != NULL ? remote
                   : six          ? "fd3d:fa7b:d17d:8888::1"
                                  : "192.0.2.1"))
    return false;
  LinkSettings wire = link_settings_default();
  wire.delay = 0;
  wire.rate = 0;
  wire.mtu = run->config.mtu;
  link_new(run->host, run->peer, &wire, NULL);
  run->tcp = tcp_host_new(run->host, &run->profile);
  run->udp = udp_host_new(run->host);
  run->sock = sock_host_new(run->tcp, run->udp);
  run->icmp = icmp_host_new(run->host);
  node_set_protocol(run->peer, NET_PROTO_TCP, on_host_sent, run);
  node_set_protocol(run->peer, NET_PROTO_UDP, on_host_sent, run);
  node_set_protocol(run->peer, NET_PROTO_ICMP, on_host_sent, run);
  sim_trace_listen(run->sim, TCP_TRACE_STATE, drill_flow_on_state, run);
  run->listening = g_array_new(FALSE, FALSE, sizeof(int));
  run->fds = g_array_new(FALSE, FALSE, sizeof(DrillFd));
  run->variables = g_array_new(FALSE, FALSE, sizeof(DrillVariable));
  run->seen_last = &run->seen;
  run->next_peer_port = 40000;
  return start_recording(run);
}

static void
stop_recording(DrillRun *run)
{
  GError *error = NULL;
  if (run->record == NULL || record_finish(run->record, sim_now(run->sim), &error))
    return;
  drill_run_wrong(run, (DrillPlace){1, 1}, "%s", error->message);
  g_error_free(error);
}

void
drill_world_close(DrillRun *run)
{
  if (run->sim == NULL)
    return;
  stop_recording(run);
  run->flow.known = false; /* what the host still sends is for nobody */
  if (run->sock != NULL)
    sock_host_free(run->sock);
  if (run->tcp != NULL)
    tcp_host_free(run->tcp);
  if (run->udp != NULL)
    udp_host_free(run->udp);
  if (run->icmp != NULL)
    icmp_host_free(run->icmp);
  sim_watch(run->sim, 0, NULL, NULL);
  sim_cancel(run->sim, &run->tick);
  sim_run(run->sim, sim_now(run->sim));
  for (DrillSeen *seen = run->seen, *next; seen != NULL; seen = next) {
    next = seen->next;
    packet_free(run->net, seen->packet);
    g_free(seen);
  }
  net_free(run->net);
  sim_free(run->sim);
  drill_flow_clear(&run->flow);
  g_free(run->pending.polled);
  if (run->fds == NULL)
    return;
  g_array_unref(run->listening);
  g_array_unref(run->fds);
  g_array_unref(run->variables);
}

NetAddressId
drill_world_host_address(const DrillRun *run)
{
  return node_address(run->host);
}

NetAddressId
drill_world_peer_address(const DrillRun *run)
{
  return node_address(run->peer);
}

/* -- the clock -- */

static void
check_budget(DrillRun *run)
{
  if (run->budget == 0)
    drill_run_unsupported(run, (DrillPlace){1, 1}, "a script in which so much happens");
}

static void
reach(DrillRun *run, SimTime time, SimClass class)
{
  sim_schedule(run->sim, &run->tick, time, class, &run->sim->scenario);
  while (sim_event_pending(&run->tick) && run->budget > 0)
    sim_run(run->sim, time);
  sim_cancel(run->sim, &run->tick);
  check_budget(run);
}

void
drill_world_reach(DrillRun *run, SimTime time)
{
  reach(run, time, SIM_APPLICATION);
  drill_world_settle(run);
}

void
drill_world_reach_before(DrillRun *run, SimTime time)
{
  reach(run, time, SIM_DELIVERY);
}

void
drill_world_settle(DrillRun *run)
{
  sim_run(run->sim, sim_now(run->sim));
  check_budget(run);
}

Packet *
drill_world_next(DrillRun *run, SimTime until, SimTime *time)
{
  run->waiting = true;
  while (run->seen == NULL && run->budget > 0 && sim_run(run->sim, until) == SIM_RUN_STOPPED)
    ;
  run->waiting = false;
  check_budget(run);
  DrillSeen *seen = run->seen;
  if (seen == NULL)
    return NULL;
  run->seen = seen->next;
  if (run->seen == NULL)
    run->seen_last = &run->seen;
  Packet *packet = seen->packet;
  *time = seen->time;
  g_free(seen);
  return packet;
}

void
drill_world_note(DrillRun *run, const char *text)
{
  if (!sim_traced(run->sim, NET_TRACE_NOTE))
    return;
  NetNoteRecord record = {sim_now(run->sim), "call", run->host, NULL, text};
  sim_trace_emit(run->sim, NET_TRACE_NOTE, &record);
}
