/* icmp: what arrives: an echo request is answered, an error goes to the protocol it is about.
 *
 * A message that nothing is done with is dropped with a reason, as everything else.
 * Supported standards: RFC 792, RFC 1122 3.2.2, RFC 4443. */
#include "models/icmp/icmp.h"

#include "models/icmp/icmp-private.h"

/* RFC 1122 3.2.2.6: "Data received in an ICMP Echo Request MUST be entirely included in the
 * resulting Echo Reply". The packet itself goes back, under an id of its own. */
static void
answer_echo(IcmpHost *host, Packet *request)
{
  Packet *reply = packet_new(host->net, host->node);
  reply->family = request->family;
  reply->protocol = NET_PROTO_ICMP;
  reply->source = request->destination;
  reply->destination = request->source;
  reply->traffic_class = request->traffic_class;
  reply->payload = request->payload;
  reply->ext = request->ext;
  request->ext = NULL;
  reply->icmp = request->icmp;
  icmp_kind_write(ICMP_ECHO_REPLY, reply->family, &reply->icmp);
  host->counters.echoes_answered++;
  packet_free(host->net, request);
  node_send(host->node, reply);
}

/* RFC 1122 3.2.2: "the ICMP error message ... MUST be passed to the transport protocol". It has to
 * quote enough to tell whose it is: "the Internet header and at least the first 8 data octets". */
static void
take_error(IcmpHost *host, const Packet *packet, IcmpKind kind)
{
  const Packet *quoted = packet->ext->quoted;
  uint32_t header = quoted->family == 6 ? 40 : 20;
  if (packet->payload < header + 8 || !node_has_address(host->node, quoted->source))
    return;
  IcmpError error = {
      .kind = kind,
      .type = packet->icmp.type,
      .code = packet->icmp.code,
      .mtu = packet->icmp.mtu,
      .from = packet->source,
      .quoted = quoted,
      .quoted_length = packet->payload - header,
  };
  host->counters.errors_received++;
  node_error(host->node, &error);
}

static void
receive(void *self, Packet *packet, LinkDirection *arrived_on)
{
  IcmpHost *host = self;
  IcmpKind kind = icmp_kind_of(&packet->icmp, packet->family);
  if (kind == ICMP_ECHO_REQUEST) {
    answer_echo(host, packet);
  } else if (kind == ICMP_ECHO_REPLY && icmp_echo_answer(host, packet)) {
    packet_free(host->net, packet);
  } else if (icmp_kind_is_error(kind) && packet->ext != NULL && packet->ext->quoted != NULL) {
    take_error(host, packet, kind);
    packet_free(host->net, packet);
  } else {
    node_drop(host->node, packet, "ICMP not asked for");
  }
}

IcmpHost *
icmp_host_new(Node *node)
{
  IcmpHost *host = g_new0(IcmpHost, 1);
  host->node = node;
  host->net = node->net;
  host->sim = node->net->sim;
  host->interval = ICMP_RATE_INTERVAL;
  host->buckets = g_array_new(false, false, sizeof(IcmpBucket));
  node_set_protocol(node, NET_PROTO_ICMP, receive, host);
  host->echoes = g_ptr_array_new();
  node_set_error(node, NET_PROTO_ICMP, icmp_echo_error);
  node_set_report(node, icmp_error_report, host);
  return host;
}

void
icmp_host_free(IcmpHost *host)
{
  node_set_report(host->node, NULL, NULL);
  node_set_protocol(host->node, NET_PROTO_ICMP, NULL, NULL);
  while (host->echoes->len > 0)
    icmp_echo_free(g_ptr_array_index(host->echoes, host->echoes->len - 1));
  g_ptr_array_unref(host->echoes);
  g_array_unref(host->buckets);
  g_free(host);
}

Node *
icmp_host_node(const IcmpHost *host)
{
  return host->node;
}

void
icmp_host_set_rate(IcmpHost *host, SimTime interval)
{
  host->interval = interval;
}

const IcmpCounters *
icmp_host_counters(const IcmpHost *host)
{
  return &host->counters;
}
