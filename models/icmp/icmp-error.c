/* icmp-error: telling a sender what became of its packet: whether to, how often, and with what
 * quote.
 *
 * Linux's two limits are one here: to each destination a burst of six and then one a second; the
 * limit over all destinations together (10,000 a second) is left out.
 * Supported standards: RFC 1122 3.2.2, RFC 1812 4.3.2, RFC 4443 2.4. */
#include "models/icmp/icmp-private.h"

#define BURST 6              /* Linux's XRLIM_BURST_FACTOR */
#define MESSAGE_LIMIT 576    /* RFC 1812 4.3.2.3: the whole message, IPv4 */
#define MESSAGE_LIMIT_6 1280 /* RFC 4443 2.4 (c): IPv6's least MTU */

/* RFC 1122 3.2.2: "An ICMP error message MUST NOT be sent as the result of receiving: an ICMP error
 * message, or a datagram destined to an IP broadcast or IP multicast address, ... or a non-initial
 * fragment, or a datagram whose source address does not define a single host". */
static bool
may_be_told(const IcmpHost *host, const Packet *packet)
{
  if (packet->fragment & PACKET_FRAGMENT_OFFSET)
    return false;
  if (packet->protocol == NET_PROTO_ICMP &&
      icmp_kind_is_error(icmp_kind_of(&packet->icmp, packet->family)))
    return false;
  return net_address_is_unicast(net_address(host->net, packet->destination)) &&
         net_address_is_unicast(net_address(host->net, packet->source));
}

static IcmpBucket *
bucket_of(IcmpHost *host, NetAddressId destination)
{
  for (guint i = 0; i < host->buckets->len; i++) {
    IcmpBucket *bucket = &g_array_index(host->buckets, IcmpBucket, i);
    if (bucket->destination == destination)
      return bucket;
  }
  IcmpBucket fresh = {
      .destination = destination,
      .at = sim_now(host->sim),
      .allowance = BURST * host->interval,
  };
  g_array_append_val(host->buckets, fresh);
  return &g_array_index(host->buckets, IcmpBucket, host->buckets->len - 1);
}

/* RFC 1812 4.3.2.8: "A router which sends ICMP ... error messages SHOULD be able to limit the
 * rate". Path MTU discovery waits for its messages, so that they are not held back (Linux). */
static bool
rate_allows(IcmpHost *host, NetAddressId destination, IcmpKind kind)
{
  if (host->interval == 0 || kind == ICMP_TOO_BIG || node_has_address(host->node, destination))
    return true;
  IcmpBucket *bucket = bucket_of(host, destination);
  SimTime now = sim_now(host->sim);
  bucket->allowance = MIN(bucket->allowance + (now - bucket->at), BURST * host->interval);
  bucket->at = now;
  if (bucket->allowance < host->interval)
    return false;
  bucket->allowance -= host->interval;
  return true;
}

/* RFC 1812 4.3.2.3: "the ICMP datagram SHOULD contain as much of the original datagram as possible
 * without the length of the ICMP datagram exceeding 576 bytes." */
static uint32_t
quote_length(const Packet *about, uint32_t asked)
{
  uint32_t most = about->family == 6 ? MESSAGE_LIMIT_6 - 48 : MESSAGE_LIMIT - 28;
  return MIN(packet_size(about), asked > 0 ? asked : most);
}

Packet *
icmp_error_new(Net *net, Node *creator, const IcmpErrorArgs *args)
{
  IcmpHeader icmp = {.mtu = args->mtu};
  const Packet *about = args->about;
  if (!icmp_kind_write(args->kind, about->family, &icmp))
    return NULL;
  Packet *packet = packet_new(net, creator);
  packet->family = about->family;
  packet->protocol = NET_PROTO_ICMP;
  packet->source =
      args->source != NET_ADDRESS_NONE ? args->source : node_address_of(creator, about->family);
  packet->destination = about->source;
  packet->icmp = icmp;
  packet->payload = quote_length(about, args->quote_length);
  packet_ext(net, packet)->quoted = packet_quote(net, about);
  return packet;
}

void
icmp_error_report(void *self, const Packet *about, IcmpKind kind, uint32_t mtu)
{
  IcmpHost *host = self;
  if (!may_be_told(host, about))
    return;
  if (!rate_allows(host, about->source, kind)) {
    host->counters.errors_suppressed++;
    return;
  }
  /* RFC 1812 4.3.2.4: the address that the packet was sent to, when it is ours. */
  bool ours = node_has_address(host->node, about->destination);
  IcmpErrorArgs args = {
      .kind = kind,
      .mtu = mtu,
      .source = ours ? about->destination : NET_ADDRESS_NONE,
      .about = about,
  };
  Packet *packet = icmp_error_new(host->net, host->node, &args);
  if (packet == NULL)
    return;
  host->counters.errors_sent++;
  node_send(host->node, packet);
}
