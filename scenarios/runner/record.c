/* record: listens, and hands what it hears to a writer for each kind of file.
 *
 * The limit is one account for all files: a row is taken into a buffer only when it still fits.
 * links.csv, when it is written at the end, has its share kept for it, so that it covers the whole
 * run even when the rest was cut. */
#include "scenarios/runner/record.h"

#include <string.h>

#include "models/net/link.h"
#include "scenarios/runner/record-private.h"

SIM_HOT G_GNUC_NO_INLINE const ConnView *
record_view(Record *record, RecordSeen *seen)
{
  if (seen->viewed)
    return &seen->view;
  const NetPacketRecord *event = seen->event;
  /* What a scenario sends in another's name is believed by nobody. */
  bool sent = event->event == NET_PACKET_SEND &&
              net_address_node(record->net, event->packet->source) == event->node;
  conn_names_view(record->names, event->packet, sent, &seen->view);
  seen->viewed = true;
  return &seen->view;
}

/* Where a packet is made, or becomes another, its flow may learn from it; elsewhere a view is made
 * only for who wants one. */
static bool
tells(const NetPacketRecord *event)
{
  const Node *node = event->node;
  return event->event == NET_PACKET_SEND &&
         (packet_maker(event->packet) == node->owner.id || node->middlebox != NULL);
}

static bool
ends(const Record *record, const NetPacketRecord *event)
{
  return event->event == NET_PACKET_DROP ||
         (event->event == NET_PACKET_RECEIVE && event->node->middlebox == NULL &&
          net_address_node(record->net, event->packet->destination) == event->node);
}

SIM_HOT void
record_take_packet(Record *record, const NetPacketRecord *event)
{
  if (G_UNLIKELY(record->error != NULL))
    return;
  if (record->links != NULL)
    record_links_packet(record, event);
  if (record->truncated || (record->timeline == NULL && record->pcap == NULL))
    return;
  RecordSeen seen;
  seen.event = event;
  seen.looked = seen.viewed = false;
  if (tells(event))
    record_view(record, &seen);
  if (record->timeline != NULL)
    record_timeline_packet(record, &seen);
  if (record->pcap != NULL && !record->truncated)
    record_pcap_packet(record, &seen);
  if (ends(record, event))
    packet_kept_forget(record->kept, event->packet);
}

static bool
is_over(const Record *record)
{
  return record->truncated || record->error != NULL;
}

const char *
record_name(const Record *record, const RecordEnd *end)
{
  int side;
  return conn_names_flow_of(record->names, &end->ends, &side)->name;
}

RecordEnd
record_end_of(const TcpConn *conn)
{
  return (RecordEnd){.key = (uint64_t)(uintptr_t)conn,
                     .node = tcp_host_node(tcp_conn_host(conn)),
                     .ends = conn_names_ends(conn)};
}

void
record_take_state(Record *record, const RecordEnd *end, const TcpStateRecord *event)
{
  if (record->timeline != NULL && !is_over(record))
    record_timeline_state(record, end, event);
  if (record->tcp != NULL && (event->from == TCP_CLOSED || event->from == TCP_LISTEN))
    record_tcp_begin(record, end);
}

void
record_take_timer(Record *record, const RecordEnd *end, const TcpTimerRecord *event)
{
  if (record->timeline != NULL && !is_over(record))
    record_timeline_timer(record, end, event);
  if (record->pcap != NULL && !is_over(record))
    record_pcap_timer(record, end, event);
}

void
record_take_recovery(Record *record, const RecordEnd *end, const TcpRecoveryRecord *event,
                     const TcpInfo *info)
{
  if (!is_over(record))
    record_timeline_recovery(record, end, event, info);
}

void
record_take_sample(Record *record, const RecordEnd *end, const TcpSampleRecord *event,
                   const TcpInfo *info)
{
  if (!is_over(record))
    record_tcp_sample(record, end, event->time, info);
}

void
record_take_listener(Record *record, const TcpListenerRecord *event)
{
  if (record->listeners != NULL && !is_over(record))
    record_listeners_row(record, event);
}

/* What is heard where it happens. */

static SIM_HOT void
on_packet(Sim *sim, const void *data, void *self)
{
  record_take_packet(self, data);
}

static void
on_note(Sim *sim, const void *data, void *self)
{
  Record *record = self;
  if (!is_over(record))
    record_timeline_note(record, data);
}

static void
on_state(Sim *sim, const void *data, void *self)
{
  const TcpStateRecord *event = data;
  RecordEnd end = record_end_of(event->conn);
  record_take_state(self, &end, event);
}

static void
on_timer(Sim *sim, const void *data, void *self)
{
  const TcpTimerRecord *event = data;
  RecordEnd end = record_end_of(event->conn);
  record_take_timer(self, &end, event);
}

static void
on_recovery(Sim *sim, const void *data, void *self)
{
  const TcpRecoveryRecord *event = data;
  RecordEnd end = record_end_of(event->conn);
  TcpInfo info;
  tcp_info(event->conn, &info);
  record_take_recovery(self, &end, event, &info);
}

static void
on_sample(Sim *sim, const void *data, void *self)
{
  const TcpSampleRecord *event = data;
  if (is_over(self)) /* or it would be asked for nothing, at every event */
    return;
  RecordEnd end = record_end_of(event->conn);
  TcpInfo info;
  tcp_info(event->conn, &info);
  record_take_sample(self, &end, event, &info);
}

static void
on_listener(Sim *sim, const void *data, void *self)
{
  record_take_listener(self, data);
}

static void
on_flow(Sim *sim, const void *data, void *self)
{
  Record *record = self;
  if (!is_over(record))
    record_flows_flow(record, data);
}

static const struct {
  SimTracePointId point;
  SimTraceFn fn;
} heard[] = {
    {NET_TRACE_PACKET, on_packet}, {NET_TRACE_HOP, on_packet},
    {NET_TRACE_NOTE, on_note},     {TCP_TRACE_RECOVERY, on_recovery},
    {TCP_TRACE_STATE, on_state},   {TCP_TRACE_TIMER, on_timer},
    {TCP_TRACE_SAMPLE, on_sample}, {TCP_TRACE_LISTENER, on_listener},
    {APP_TRACE_FLOW, on_flow},
};

uint32_t
record_points(const RecordSettings *settings)
{
  uint32_t points = 0;
  if (settings->timeline || settings->links)
    points |= SIM_TRACE_BIT(NET_TRACE_PACKET);
  else if (settings->pcap)
    points |= SIM_TRACE_BIT(NET_TRACE_HOP);
  if (settings->timeline)
    points |= SIM_TRACE_BIT(NET_TRACE_NOTE) | SIM_TRACE_BIT(TCP_TRACE_RECOVERY);
  if (settings->timeline || settings->tcp)
    points |= SIM_TRACE_BIT(TCP_TRACE_STATE);
  if (settings->timeline || settings->pcap)
    points |= SIM_TRACE_BIT(TCP_TRACE_TIMER);
  if (settings->tcp)
    points |= SIM_TRACE_BIT(TCP_TRACE_SAMPLE);
  if (settings->listeners)
    points |= SIM_TRACE_BIT(TCP_TRACE_LISTENER);
  return points != 0 ? points | SIM_TRACE_BIT(APP_TRACE_FLOW) : 0;
}

static void
for_each_point(Record *record, void (*act)(Sim *, SimTracePointId, SimTraceFn, void *))
{
  for (size_t i = 0; i < G_N_ELEMENTS(heard); i++)
    if (record->points & SIM_TRACE_BIT(heard[i].point))
      act(record->net->sim, heard[i].point, heard[i].fn, record);
}

static Record *
new_at(uint32_t points, Net *net, const RecordSettings *settings, GError **error)
{
  Record *record = g_new0(Record, 1);
  *record = (Record){.net = net,
                     .directory = g_strdup(settings->directory),
                     .points = points,
                     .full_payload = settings->full_payload,
                     .interval = settings->interval,
                     .limit = settings->limit,
                     .left = settings->limit,
                     .files = g_ptr_array_new_with_free_func(g_free),
                     .names = conn_names_new(net),
                     .kept = packet_kept_new()};
  bool good =
      !settings->timeline || (record->timeline = record_timeline_new(record, error)) != NULL;
  good = good && (!settings->tcp || (record->tcp = record_tcp_new(record, error)) != NULL);
  good = good && (!settings->links || (record->links = record_links_new(record, error)) != NULL);
  good = good && (!settings->listeners ||
                  (record->listeners = record_listeners_new(record, error)) != NULL);
  if (settings->pcap)
    record->pcap = record_pcap_new(record);
  for_each_point(record, sim_trace_listen);
  if (good)
    return record;
  record_abandon(record);
  return NULL;
}

Record *
record_new(Net *net, const RecordSettings *settings, GError **error)
{
  return new_at(record_points(settings), net, settings, error);
}

Record *
record_new_told(Net *net, const RecordSettings *settings, GError **error)
{
  uint32_t own = SIM_TRACE_BIT(NET_TRACE_NOTE) | SIM_TRACE_BIT(APP_TRACE_FLOW);
  return new_at(record_points(settings) & own, net, settings, error);
}

/* Closes every file. False when one could not be written; record->error says which, first. */
static bool
close_all(Record *record)
{
  for_each_point(record, sim_trace_ignore);
  GError *error = NULL;
  if (record->timeline != NULL && !record_timeline_finish(record->timeline, &error))
    record_failed(record, g_steal_pointer(&error));
  if (record->tcp != NULL && !record_tcp_finish(record->tcp, &error))
    record_failed(record, g_steal_pointer(&error));
  if (record->links != NULL && !record_links_finish(record->links, &error))
    record_failed(record, g_steal_pointer(&error));
  if (record->listeners != NULL && !csv_close(record->listeners, &error))
    record_failed(record, g_steal_pointer(&error));
  if (record->flows != NULL && !csv_close(record->flows, &error))
    record_failed(record, g_steal_pointer(&error));
  if (record->pcap != NULL && !record_pcap_finish(record->pcap, &error))
    record_failed(record, g_steal_pointer(&error));
  return record->error == NULL;
}

static void
free_rest(Record *record)
{
  conn_names_free(record->names);
  packet_kept_free(record->kept);
  g_ptr_array_unref(record->files);
  g_free(record->directory);
  g_free(record);
}

/* What links have lost by now, but not told (NET_TRACE_HOP). */
static void
settle_links(const Net *net)
{
  for (guint i = 0; i < net->links->len; i++) {
    Link *link = g_ptr_array_index(net->links, i);
    link_counters(&link->forward);
    link_counters(&link->backward);
  }
}

bool
record_finish(Record *record, SimTime end, GError **error)
{
  settle_links(record->net);
  if (record->links != NULL && record->error == NULL)
    record_links_end(record, end);
  if (record->pcap != NULL && !is_over(record))
    record_pcap_end(record);
  bool good = close_all(record);
  if (!good)
    g_propagate_error(error, g_steal_pointer(&record->error));
  free_rest(record);
  return good;
}

void
record_abandon(Record *record)
{
  close_all(record);
  g_clear_error(&record->error);
  free_rest(record);
}

bool
record_truncated(const Record *record)
{
  return record->truncated;
}

static int
compare_names(const void *a, const void *b)
{
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

const char *const *
record_files(Record *record)
{
  GPtrArray *files = record->files;
  if (files->len > 0 && g_ptr_array_index(files, files->len - 1) == NULL)
    g_ptr_array_set_size(files, (int)files->len - 1);
  g_ptr_array_sort(files, compare_names);
  g_ptr_array_add(files, NULL);
  return (const char *const *)files->pdata;
}

void
record_made(Record *record, char *name)
{
  GPtrArray *files = record->files;
  if (files->len > 0 && g_ptr_array_index(files, files->len - 1) == NULL)
    g_ptr_array_set_size(files, (int)files->len - 1);
  g_ptr_array_add(files, name);
}

void
record_failed(Record *record, GError *error)
{
  if (record->error == NULL)
    record->error = error;
  else
    g_error_free(error);
}

CsvFile *
record_open(Record *record, const char *name, const char *header, GError **error)
{
  g_autofree char *path = g_build_filename(record->directory, name, NULL);
  CsvFile *file = csv_open(path, header, error);
  if (file == NULL)
    return NULL;
  record_made(record, g_strdup(name));
  record_spend(record, csv_size(file));
  return file;
}
