/* icmp-echo: who sends echo requests and waits for what comes back: a ping's half of the protocol.
 *
 * Each sender has an identifier of its own, by which answers and errors find it.
 * Supported standards: RFC 792, RFC 1122 3.2.2.6, RFC 4443 4. */
#include "models/icmp/icmp-private.h"
#include "models/net/path-mtu.h"

struct IcmpEcho {
  IcmpHost *host; /* borrowed */
  uint16_t id;
  IcmpEchoFn answered;
  void *user;
};

IcmpEcho *
icmp_echo_new(IcmpHost *host, IcmpEchoFn answered, void *user)
{
  IcmpEcho *echo = g_new0(IcmpEcho, 1);
  echo->host = host;
  echo->id = ++host->last_id;
  echo->answered = answered;
  echo->user = user;
  g_ptr_array_add(host->echoes, echo);
  return echo;
}

void
icmp_echo_free(IcmpEcho *echo)
{
  g_ptr_array_remove(echo->host->echoes, echo);
  g_free(echo);
}

bool
icmp_echo_send(IcmpEcho *echo, const IcmpEchoArgs *args)
{
  IcmpHost *host = echo->host;
  Packet *packet = packet_new(host->net, host->node);
  packet->family = net_address(host->net, args->destination)->family;
  packet->protocol = NET_PROTO_ICMP;
  packet->source = node_address_of(host->node, packet->family);
  packet->destination = args->destination;
  packet->payload = args->size;
  if (args->ttl > 0)
    packet->ttl = args->ttl;
  if (args->dont_fragment)
    packet->marks |= PACKET_DONT_FRAGMENT;
  icmp_kind_write(ICMP_ECHO_REQUEST, packet->family, &packet->icmp);
  packet->icmp.id = echo->id;
  packet->icmp.sequence = args->sequence;
  return node_send(host->node, packet);
}

/* NULL: nobody here has that identifier. */
static IcmpEcho *
echo_of(const IcmpHost *host, uint16_t id)
{
  for (guint i = 0; i < host->echoes->len; i++) {
    IcmpEcho *echo = g_ptr_array_index(host->echoes, i);
    if (echo->id == id)
      return echo;
  }
  return NULL;
}

bool
icmp_echo_answer(IcmpHost *host, const Packet *packet)
{
  IcmpEcho *echo = echo_of(host, packet->icmp.id);
  if (echo == NULL)
    return false;
  IcmpEchoAnswer answer = {
      .kind = ICMP_ECHO_REPLY,
      .from = packet->source,
      .sequence = packet->icmp.sequence,
      .ttl = packet->ttl,
      .size = packet->payload,
  };
  echo->answered(echo, &answer, echo->user);
  return true;
}

void
icmp_echo_error(void *self, const IcmpError *error)
{
  IcmpHost *host = self;
  const Packet *quoted = error->quoted;
  if (icmp_kind_of(&quoted->icmp, quoted->family) != ICMP_ECHO_REQUEST)
    return;
  if (error->kind == ICMP_TOO_BIG)
    path_mtu_learn(host->node, quoted->destination, error->mtu);
  IcmpEcho *echo = echo_of(host, quoted->icmp.id);
  if (echo == NULL)
    return;
  IcmpEchoAnswer answer = {
      .kind = error->kind,
      .from = error->from,
      .sequence = quoted->icmp.sequence,
      .mtu = error->mtu,
  };
  echo->answered(echo, &answer, echo->user);
}
