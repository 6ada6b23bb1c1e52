/* packet-story: "retransmission 2 of byte 1, after RTO 2 s", "about client:49152-server:80". */
#include "scenarios/runner/packet-story.h"

#include "models/net/icmp-kind.h"

#define RTO_DIGITS 4 /* significant ones */

static void
append_rto(GString *story, SimTime rto)
{
  char time[SIM_TIME_TEXT];
  g_string_append(story, ", after RTO");
  if (rto > 0)
    g_string_append_printf(story, " %s", sim_time_print_unit(rto, RTO_DIGITS, time));
}

static void
append_what(GString *story, const Packet *packet, const ConnView *view)
{
  char flags[PACKET_FLAGS_TEXT];
  if (packet->tcp.flags & TCP_SYN)
    g_string_append(story, packet_flags_print(packet->tcp.flags & (TCP_SYN | TCP_ACK), flags));
  else if (packet->payload > 0)
    g_string_append_printf(story, "byte %" G_GINT64_FORMAT, view->seq);
  else
    g_string_append(story, packet->tcp.flags & TCP_FIN ? "FIN" : "a segment");
}

static char *
retransmission(const Packet *packet, const ConnView *view)
{
  GString *story = g_string_new(NULL);
  g_string_printf(story, "retransmission %u of ", packet->retransmit);
  append_what(story, packet, view);
  const char *cause = packet_cause_name(packet->cause);
  if (packet->cause == PACKET_CAUSE_RTO)
    append_rto(story, view->flow->stream[view->side].rto);
  else if (*cause != '\0')
    g_string_append_printf(story, ", %s", cause);
  return g_string_free(story, FALSE);
}

/* What an ICMP error is about; a reader's tool says what the error is. NULL: it is none. */
static char *
message(ConnNames *names, const Packet *packet)
{
  const Packet *quoted = packet->ext != NULL ? packet->ext->quoted : NULL;
  if (packet->fragment != 0 || quoted == NULL)
    return NULL;
  const char *kind = icmp_kind_name(icmp_kind_of(&packet->icmp, packet->family), packet->family);
  const char *conn = conn_names_of_packet(names, quoted);
  if (*conn == '\0')
    return g_strdup_printf("%s: about an ICMP message", kind);
  return g_strdup_printf("%s: about %s", kind, conn);
}

bool
packet_story_is_plain(const Packet *packet)
{
  return packet->protocol != NET_PROTO_ICMP && packet->cause == PACKET_CAUSE_NEW &&
         !(packet->marks & PACKET_INJECTED) &&
         (packet->protocol != NET_PROTO_TCP || packet->retransmit == 0);
}

char *
packet_story_sent(ConnNames *names, const Packet *packet, const ConnView *view)
{
  if (packet->protocol == NET_PROTO_ICMP)
    return message(names, packet);
  if (packet->protocol == NET_PROTO_TCP && packet->retransmit > 0)
    return retransmission(packet, view);
  if (packet->marks & PACKET_INJECTED)
    return g_strdup("injected by the scenario");
  switch (packet->cause) {
  case PACKET_CAUSE_NEW:
  case PACKET_CAUSE_DELAYED_ACK:
  case PACKET_CAUSE_DUPLICATE_ACK:
  case PACKET_CAUSE_WINDOW_UPDATE:
    return NULL;
  default:
    return g_strdup(packet_cause_name(packet->cause));
  }
}

const char *
packet_story_received(const Packet *packet)
{
  if (packet->marks & PACKET_CORRUPT)
    return "damaged on the wire";
  return packet->marks & PACKET_COPY ? "a copy made by the link" : NULL;
}
