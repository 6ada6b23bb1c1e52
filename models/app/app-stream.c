/* app-stream: a source that is one event, and a sink that takes what is there. */
#include "models/app/app-stream.h"

#include "models/net/part.h"
#include "sim/error.h"

#define HEADERS 28   /* IPv4 and UDP */
#define HEADERS_6 48 /* IPv6 and UDP */

struct AppStream {
  Sim *sim;
  char *name;
  AppStreamSettings settings;
  UdpSocket *source, *sink; /* their hosts' */
  SimRng rng;
  SimEvent next;    /* the next datagram, or the end of an off period */
  SimTime interval; /* between two datagrams */
  uint32_t headers; /* bytes of each datagram that are no payload */
  SimTime off_at;   /* when the on period ends; SIM_TIME_NEVER: steady */
  AppStreamCounters counters;
};

static void
on_readable(UdpSocket *socket, void *user)
{
  AppStream *stream = user;
  UdpDatagram datagram;
  while (udp_receive(socket, &datagram)) {
    stream->counters.received++;
    stream->counters.bytes += datagram.length;
    g_free(datagram.bytes);
  }
}

static SimTime
draw(AppStream *stream, const AppDist *dist)
{
  double seconds = app_dist_draw(dist, &stream->rng);
  return sim_time_from_seconds(seconds > 0 ? seconds : 0);
}

static void
schedule(AppStream *stream, SimTime time)
{
  if (time < stream->settings.until)
    sim_schedule(stream->sim, &stream->next, time, SIM_APPLICATION,
                 &udp_host_node(stream->settings.from)->owner);
}

static void
send_one(AppStream *stream)
{
  const AppStreamSettings *settings = &stream->settings;
  UdpSendArgs args = {
      .destination = node_address(udp_host_node(settings->to)),
      .port = settings->port,
      .length = settings->size - stream->headers,
      .traffic_class = settings->traffic_class,
  };
  stream->counters.sent++;
  udp_send(stream->source, &args); /* what has no route is lost, as on any other way */
}

static void
on_next(Sim *sim, SimEvent *event)
{
  AppStream *stream = sim_container(event, AppStream, next);
  SimTime now = sim_now(sim);
  if (now >= stream->off_at) { /* an off period is over */
    SimTime on = draw(stream, &stream->settings.on);
    stream->off_at = sim_time_add(now, on > 0 ? on : 1);
  }
  send_one(stream);
  SimTime next = sim_time_add(now, stream->interval);
  if (next >= stream->off_at)
    next = MAX(sim_time_add(stream->off_at, draw(stream, &stream->settings.off)), next);
  schedule(stream, next);
}

AppStream *
app_stream_new(Sim *sim, const AppStreamSettings *settings, GError **error)
{
  static const UdpUserOps ops = {.readable = on_readable};
  const Node *to = udp_host_node(settings->to);
  uint32_t headers = net_address(to->net, node_address(to))->family == 6 ? HEADERS_6 : HEADERS;
  AppStream *stream = g_new0(AppStream, 1);
  *stream = (AppStream){
      .sim = sim,
      .name = g_strdup(settings->name),
      .settings = *settings,
      .interval = sim_time_to_send(settings->size, settings->rate),
      .headers = headers,
      .off_at = settings->steady ? SIM_TIME_NEVER : settings->start,
  };
  char *name = g_strconcat("load ", settings->name, NULL);
  sim_rng_init(&stream->rng, sim->seed, name);
  g_free(name);
  sim_event_init(&stream->next, on_next);
  UdpOpenArgs args = {.port = settings->port, .ops = &ops, .user = stream};
  if (settings->size < headers)
    g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
                "size = %u B: the headers of a datagram have %u bytes already", settings->size,
                headers);
  else
    stream->sink = udp_open(settings->to, &args, error);
  if (stream->sink == NULL) {
    app_stream_free(stream);
    return NULL;
  }
  stream->source = udp_open(settings->from, &(UdpOpenArgs){0}, NULL);
  g_assert(stream->source != NULL); /* any port will do */
  schedule(stream, settings->start);
  return stream;
}

void
app_stream_free(AppStream *stream)
{
  sim_cancel(stream->sim, &stream->next);
  app_dist_clear(&stream->settings.on);
  app_dist_clear(&stream->settings.off);
  g_free(stream->name);
  g_free(stream);
}

void
app_stream_divide(AppStream *stream)
{
  const Node *from = udp_host_node(stream->settings.from);
  if (!net_part_has(from->net, from->index))
    sim_cancel(stream->sim, &stream->next);
}

void
app_stream_set_counters(AppStream *stream, const AppStreamCounters *counters)
{
  stream->counters = *counters;
}

const char *
app_stream_name(const AppStream *stream)
{
  return stream->name;
}

const AppStreamCounters *
app_stream_counters(const AppStream *stream)
{
  return &stream->counters;
}
