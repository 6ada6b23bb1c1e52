/* property-fail: what is told of a seed that failed: enough to repeat it and to see where to look.
 */
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/tcp/property.h"

static const PropertyWorld *watched; /* for signals, which have no argument */

static void
print_params(const SimParam *params, const TcpProfile *base, const TcpProfile *profile)
{
  for (const SimParam *param = params; param->name != NULL; param++) {
    char *before = sim_param_print(param, base), *now = sim_param_print(param, profile);
    if (strcmp(before, now) != 0)
      fprintf(stderr, "    %s = %s\n", param->name, now);
    g_free(before);
    g_free(now);
  }
}

static void
print_end(const PropertyWorld *world, const PropertyEnd *end)
{
  fprintf(stderr, "  %s: %s with cc = %s and\n", end->name, world->base, end->profile.cc->name);
  const TcpProfile *base = tcp_profile_find(world->base);
  print_params(tcp_profile_params, base, &end->profile);
  print_params(tcp_keepalive_params, base, &end->profile);
  fprintf(stderr,
          "    wrote %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " bytes, took %" G_GUINT64_FORMAT
          "%s%s\n",
          end->sent, end->total, end->got, end->saw_end ? " and the end" : "",
          end->doomed ? "; doomed" : "");
  if (end->conn == NULL)
    return;
  TcpInfo info;
  TcpDetails details;
  tcp_info(end->conn, &info);
  tcp_details(end->conn, &details);
  fprintf(stderr,
          "    %s, %s, %s: cwnd %" G_GUINT64_FORMAT ", ssthresh %" G_GUINT64_FORMAT
          ", mss %u, back-off %u, windows %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT "\n",
          tcp_state_name(info.state), tcp_error_name(tcp_error(end->conn)),
          tcp_recovery_name(info.recovery), info.cwnd, info.ssthresh, info.mss, info.backoff,
          info.snd_wnd, info.rcv_wnd);
  fprintf(stderr,
          "    out %u: %u sacked, %u lost, %u resent; unsent %" G_GUINT64_FORMAT
          ", waiting to be taken %" G_GUINT64_FORMAT "\n",
          details.segments_out, details.segments_sacked, details.segments_lost,
          details.segments_resent, details.unsent, tcp_receivable(end->conn));
}

static void
print_timer(const PropertyEvent *event)
{
  static const char *const acts[] = {"set", "fires", "cancelled"};
  char time[SIM_TIME_TEXT], due[SIM_TIME_TEXT];
  fprintf(stderr, "  %s %s timer %s %s, due %s\n", sim_time_print(event->time, time), event->node,
          event->timer, acts[event->timer_event], sim_time_print(event->due, due));
}

static void
print_packet(const PropertyEvent *event)
{
  static const char *const names[] = {"send", "transmit", "receive", "drop", "mark", "duplicate"};
  char time[SIM_TIME_TEXT], flags[PACKET_FLAGS_TEXT];
  const Packet *packet = &event->packet;
  const TcpHeader *tcp = &packet->tcp;
  fprintf(stderr, "  %s %s %s", sim_time_print(event->time, time), event->node, names[event->what]);
  if (packet->protocol != NET_PROTO_TCP)
    fprintf(stderr, " ICMP");
  else
    fprintf(stderr, " %u>%u %s %u:%u(%u) ack %u win %u sack %u", tcp->source_port,
            tcp->destination_port, packet_flags_print(tcp->flags, flags), tcp->seq - tcp->iss,
            tcp->seq - tcp->iss + packet->payload, packet->payload, tcp->ack - tcp->irs,
            (uint32_t)tcp->window << packet->window_scale, tcp->sack_count);
  for (unsigned i = 0; packet->protocol == NET_PROTO_TCP && i < tcp->sack_count; i++)
    fprintf(stderr, " %u:%u", tcp->sack[i].start - tcp->irs, tcp->sack[i].end - tcp->irs);
  fprintf(stderr, " %s%s\n", packet_cause_name(packet->cause),
          event->reason != NULL ? event->reason : "");
}

static void
print_world(const PropertyWorld *world)
{
  fprintf(stderr,
          "ROUNDTRIP_SEED=%" G_GUINT64_FORMAT " repeats it. %s; path MTU %u (0: the link's)\n",
          world->seed, world->patient ? "patient" : "impatient", world->path_mtu);
  print_end(world, &world->client);
  print_end(world, &world->server);
  uint64_t first = world->event_count > PROPERTY_EVENTS ? world->event_count - PROPERTY_EVENTS : 0;
  for (uint64_t i = first; i < world->event_count; i++)
    (world->events[i % PROPERTY_EVENTS].timer != NULL ? print_timer : print_packet)(
        &world->events[i % PROPERTY_EVENTS]);
}

/* An assertion of the model's own, or no end in sight. */
static void
on_signal(int number)
{
  signal(SIGABRT, SIG_DFL);
  fprintf(stderr, "stopped by signal %d\n", number);
  print_world(watched);
  abort();
}

void
property_fail_watch(const PropertyWorld *world)
{
  watched = world;
  signal(SIGABRT, on_signal);
  signal(SIGALRM, on_signal);
  signal(SIGSEGV, on_signal);
  alarm(120);
}

void
property_fail(const PropertyWorld *world, const char *format, ...)
{
  va_list arguments;
  va_start(arguments, format);
  vfprintf(stderr, format, arguments);
  va_end(arguments);
  fputs("\n", stderr);
  print_world(world);
  signal(SIGABRT, SIG_DFL);
  abort();
}
