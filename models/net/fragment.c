/* fragment: see the header.
 *
 * What has arrived of a datagram stands in the order of its offsets, and a timer that begins with
 * the first of it ends the waiting. Then the sender is told, if the fragment with the transport
 * header is there to be quoted (RFC 792: "If fragment zero is not available then no time exceeded
 * need be sent"). Left out: a limit to the memory of what waits. Of IPv6's 32 bits of
 * identification 16 are used. Supported standards: RFC 791, RFC 815 (the test for "whole"), RFC
 * 8200 4.5, RFC 3168 5.3. */
#include "models/net/fragment.h"

#include "sim/timer.h"

#define FRAGMENT_HEADER_6 8 /* bytes of IPv6's extension header */
#define UNIT 8              /* offsets count so many bytes */

struct FragmentSet {
  struct FragmentSet *next; /* of the node's list */
  Node *node;
  NetAddressId source, destination;
  uint8_t protocol;
  uint16_t identification;
  Packet *first; /* by `next`, in the order of offsets */
  SimTimer timer;
};

static uint32_t
offset_of(const Packet *packet)
{
  return (packet->fragment & PACKET_FRAGMENT_OFFSET) * UNIT;
}

/* -- cutting -- */

static Packet *
piece_of(Node *node, const Packet *packet, const Packet *whole, uint32_t offset, uint32_t length)
{
  Packet *piece = packet_new(node->net, node);
  uint64_t id = piece->id;
  *piece = *packet;
  piece->id = id;
  piece->next = NULL;
  piece->ext = NULL;
  piece->payload = length;
  piece->fragment = (uint16_t)(offset / UNIT) | PACKET_MORE_FRAGMENTS;
  piece->identification =
      packet->fragment != 0 ? packet->identification : (uint16_t)(packet->id & UINT16_MAX);
  packet_ext(node->net, piece)->quoted = packet_quote(node->net, whole);
  return piece;
}

Packet *
fragment_cut(Node *node, Packet *packet, uint32_t mtu)
{
  uint32_t headers = packet->family == 6 ? 40 + FRAGMENT_HEADER_6 : 20;
  uint32_t most = mtu > headers ? (mtu - headers) / UNIT * UNIT : 0;
  if (most == 0) {
    node_drop(node, packet, "larger than MTU");
    return NULL;
  }
  bool again = packet->fragment != 0;
  const Packet *whole = again ? packet->ext->quoted : packet;
  uint32_t start = again ? offset_of(packet) : 0;
  uint32_t length = again ? packet->payload : packet_size(packet) - (packet->family == 6 ? 40 : 20);
  bool more = packet->fragment & PACKET_MORE_FRAGMENTS;
  Packet *list = NULL, **end = &list;
  for (uint32_t at = 0; at < length; at += most) {
    Packet *piece = piece_of(node, packet, whole, start + at, MIN(most, length - at));
    if (at + most >= length && !more)
      piece->fragment &= PACKET_FRAGMENT_OFFSET;
    *end = piece;
    end = &piece->next;
  }
  packet_free(node->net, packet);
  return list;
}

/* -- putting together -- */

static void
set_free(FragmentSet *set)
{
  Node *node = set->node;
  FragmentSet **at = &node->fragments;
  while (*at != set)
    at = &(*at)->next;
  *at = set->next;
  sim_timer_cancel(node->net->sim, &set->timer);
  while (set->first != NULL) {
    Packet *packet = set->first;
    set->first = packet->next;
    packet_free(node->net, packet);
  }
  g_free(set);
}

/* RFC 1122 3.3.2: "When this timer expires, the partially-reassembled datagram MUST be discarded
 * and an ICMP Time Exceeded message sent to the source host (if fragment zero has been received)."
 */
static void
on_timer(Sim *sim, SimTimer *timer)
{
  FragmentSet *set = sim_container(timer, FragmentSet, timer);
  Node *node = set->node;
  Packet *packet = set->first;
  set->first = NULL;
  set_free(set);
  for (Packet *next; packet != NULL; packet = next) {
    next = packet->next;
    if (offset_of(packet) == 0)
      node_refuse(node, packet, ICMP_REASSEMBLY_EXCEEDED, "reassembly time-out");
    else
      node_drop(node, packet, "reassembly time-out");
  }
}

static FragmentSet *
set_of(Node *node, const Packet *packet)
{
  FragmentSet *set = node->fragments;
  for (; set != NULL; set = set->next)
    if (set->source == packet->source && set->destination == packet->destination &&
        set->protocol == packet->protocol && set->identification == packet->identification)
      return set;
  set = g_new0(FragmentSet, 1);
  set->next = node->fragments;
  node->fragments = set;
  set->node = node;
  set->source = packet->source;
  set->destination = packet->destination;
  set->protocol = packet->protocol;
  set->identification = packet->identification;
  Sim *sim = node->net->sim;
  sim_timer_init(&set->timer, on_timer);
  sim_timer_set(sim, &set->timer, sim_time_add(sim_now(sim), FRAGMENT_TIME), &node->owner);
  return set;
}

static void
insert(FragmentSet *set, Packet *packet)
{
  Packet **at = &set->first;
  while (*at != NULL && offset_of(*at) <= offset_of(packet))
    at = &(*at)->next;
  packet->next = *at;
  *at = packet;
}

/* From the first byte to the last one's, without a gap? */
static bool
is_whole(const FragmentSet *set)
{
  uint32_t reached = 0;
  bool last = false;
  for (const Packet *packet = set->first; packet != NULL; packet = packet->next) {
    if (offset_of(packet) > reached)
      return false;
    reached = MAX(reached, offset_of(packet) + packet->payload);
    last = last || !(packet->fragment & PACKET_MORE_FRAGMENTS);
  }
  return last;
}

Packet *
fragment_take(Node *node, Packet *packet)
{
  FragmentSet *set = set_of(node, packet);
  insert(set, packet);
  if (!is_whole(set))
    return NULL;
  Packet *whole = g_steal_pointer(&packet->ext->quoted);
  whole->ttl = packet->ttl;
  for (const Packet *part = set->first; part != NULL; part = part->next) {
    whole->marks |= part->marks & PACKET_CORRUPT;         /* its checksum will not match */
    if ((part->traffic_class & NET_ECN_CE) == NET_ECN_CE) /* RFC 3168 5.3 */
      whole->traffic_class |= NET_ECN_CE;
  }
  set_free(set);
  return whole;
}

void
fragment_free(Node *node)
{
  while (node->fragments != NULL)
    set_free(node->fragments);
}
