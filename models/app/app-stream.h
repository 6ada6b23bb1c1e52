/* app-stream: datagrams at a constant rate over UDP, steadily or by turns of on and off.
 *
 * While it is on, a datagram leaves every size / rate; nobody listens to what the network says of
 * it. On and off periods are drawn from distributions; a steady stream has no off periods. A period
 * that ends takes the datagram that would leave later with it. The sink counts what arrives. */
#pragma once

#include "models/app/app-dist.h"
#include "models/udp/udp.h"

typedef struct AppStream AppStream;

typedef struct AppStreamSettings {
  const char *name;   /* copied; names the stream of random numbers */
  UdpHost *from, *to; /* borrowed */
  uint16_t port;      /* of the sink */
  SimTime start;
  SimTime until;   /* nothing leaves from then on; SIM_TIME_NEVER: no limit */
  uint64_t rate;   /* bit/s of IP packets while it is on; above 0 */
  uint32_t size;   /* IP bytes of a packet, its headers included */
  bool steady;     /* always on */
  AppDist on, off; /* s; taken over */
  uint8_t traffic_class;
} AppStreamSettings;

typedef struct AppStreamCounters {
  uint64_t sent, received; /* datagrams */
  uint64_t bytes;          /* received, payload */
} AppStreamCounters;

/* NULL and an error when the port is taken or the size is less than that of the headers. */
AppStream *app_stream_new(Sim *sim, const AppStreamSettings *settings, GError **error);
/* After its hosts have been freed. */
void app_stream_free(AppStream *stream);
const char *app_stream_name(const AppStream *stream);
const AppStreamCounters *app_stream_counters(const AppStream *stream);

/* In a network that several processes run (models/net/part.h): nothing leaves here when the source
 * is another's; what all of them have counted, in place of this one's. */
void app_stream_divide(AppStream *stream);
void app_stream_set_counters(AppStream *stream, const AppStreamCounters *counters);
