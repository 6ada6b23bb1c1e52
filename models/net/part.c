/* part: a message is a number, the direction's whose packet follows, or OTHER. */
#include "models/net/part.h"

#include <string.h>

#include "models/net/link-cut.h"
#include "models/net/packet-pack.h"

#define OTHER UINT32_MAX

LinkDirection *
net_part_direction(const Net *net, uint32_t number)
{
  g_assert(number / 2 < net->links->len);
  Link *link = g_ptr_array_index(net->links, number / 2);
  return number % 2 == 0 ? &link->forward : &link->backward;
}

/* `self` is the direction's number. */
static void
give(void *self, LinkDirection *direction, const Packet *packet)
{
  NetPart *part = direction->link->net->part;
  uint32_t number = GPOINTER_TO_UINT(self);
  GByteArray *out = part->out[part->of[direction->to->index]];
  if (G_UNLIKELY(out->len > part->most)) {
    sim_stop(part->net->sim);
    return;
  }
  g_byte_array_append(out, (const guint8 *)&number, sizeof number);
  packet_pack(out, packet);
  part->next_arrival = MIN(part->next_arrival, packet->time);
}

static void
divide(NetPart *part, LinkDirection *direction, uint32_t number)
{
  uint32_t from = part->of[direction->from->index], to = part->of[direction->to->index];
  if (from == to)
    return;
  part->ahead = MIN(part->ahead, link_cut_ahead(direction));
  part->cut[direction->owner.id] = direction;
  if (from == part->number)
    link_cut_near(direction, give, GUINT_TO_POINTER(number));
  else if (to == part->number)
    link_cut_far(direction);
}

NetPart *
net_part_new(Net *net, unsigned number, unsigned count, uint32_t *of)
{
  NetPart *part = g_new0(NetPart, 1);
  *part = (NetPart){.net = net,
                    .number = number,
                    .count = count,
                    .of = of,
                    .out = g_new0(GByteArray *, count),
                    .most = SIZE_MAX,
                    .cut = g_new0(LinkDirection *, net->sim->owners + 1),
                    .ahead = SIM_TIME_NEVER,
                    .next_arrival = SIM_TIME_NEVER};
  for (unsigned i = 0; i < count; i++)
    part->out[i] = g_byte_array_new();
  for (uint32_t i = 0; i < 2 * net->links->len; i++)
    divide(part, net_part_direction(net, i), i);
  net->part = part;
  return part;
}

void
net_part_free(NetPart *part)
{
  part->net->part = NULL;
  for (unsigned i = 0; i < part->count; i++)
    g_byte_array_unref(part->out[i]);
  g_free(part->out);
  g_free(part->cut);
  g_free(part->of);
  g_free(part);
}

/* At the end of a run, when counters are brought up to it, keys are no owners'. */
NetPartMoment
net_part_moment(const Net *net)
{
  const Sim *sim = net->sim;
  const LinkDirection *cut = net->part->cut[sim->part_key >> SIM_COUNTER_BITS & SIM_OWNER_MAX];
  bool is_of_cut = cut != NULL && sim->part_time != SIM_TIME_NEVER;
  uint64_t counter = sim->part_key & ((UINT64_C(1) << SIM_COUNTER_BITS) - 1);
  return (NetPartMoment){.time = sim->part_time,
                         .key = sim->part_key >> SIM_COUNTER_BITS,
                         .turn = is_of_cut ? link_cut_turn(cut, counter) : net->part->turn};
}

GByteArray *
net_part_message(NetPart *part, uint32_t node)
{
  static const uint32_t other = OTHER;
  GByteArray *out = part->out[part->of[node]];
  g_byte_array_append(out, (const guint8 *)&other, sizeof other);
  return out;
}

void
net_part_take(NetPart *part, const uint8_t *bytes, size_t length)
{
  const uint8_t *end = bytes + length;
  while (bytes < end) {
    uint32_t number;
    memcpy(&number, bytes, sizeof number);
    bytes += sizeof number;
    if (number == OTHER)
      bytes = part->take(part->self, bytes, end);
    else
      link_cut_take(net_part_direction(part->net, number), packet_unpack(part->net, &bytes, end));
  }
}

void
net_part_sent(NetPart *part)
{
  for (unsigned i = 0; i < part->count; i++)
    g_byte_array_set_size(part->out[i], 0);
  part->next_arrival = SIM_TIME_NEVER;
}
