/* flow-track: a hash table with chains, whose hash is the same for both orders of the ends. */
#include "models/net/flow-track.h"

#include "models/net/icmp-kind.h"
#include "sim/rng.h"

#define SIZE_FIRST 64
#define LOAD_MOST 2 /* flows a bucket, before there are twice as many buckets */

void
flow_track_init(FlowTrack *track, Sim *sim, const FlowTimes *times)
{
  *track = (FlowTrack){.sim = sim,
                       .size = SIZE_FIRST,
                       .most = UINT64_MAX,
                       .soonest = SIM_TIME_NEVER,
                       .times = times};
  sim_slab_init(&track->slab, "tracked flow", sizeof(Flow), &sim->memory);
  track->buckets = g_new0(Flow *, track->size);
}

void
flow_track_clear(FlowTrack *track)
{
  for (uint32_t i = 0; i < track->size; i++)
    for (Flow *flow = track->buckets[i], *next; flow != NULL; flow = next) {
      next = flow->next;
      sim_slab_free(&track->slab, flow);
    }
  g_free(track->buckets);
  sim_slab_clear(&track->slab);
}

void
flow_ends(const Packet *packet, FlowEnd ends[2])
{
  ends[0] = (FlowEnd){.address = packet->source};
  ends[1] = (FlowEnd){.address = packet->destination};
  if (packet->protocol == NET_PROTO_TCP || packet->protocol == NET_PROTO_UDP) {
    G_STATIC_ASSERT(offsetof(TcpHeader, source_port) == offsetof(UdpHeader, source_port));
    ends[0].port = packet->tcp.source_port;
    ends[1].port = packet->tcp.destination_port;
  } else if (packet->protocol == NET_PROTO_ICMP) {
    ends[0].port = ends[1].port = packet->icmp.id;
  }
}

Packet *
flow_quoted(const Packet *packet)
{
  if (packet->protocol != NET_PROTO_ICMP || packet->fragment != 0 || packet->ext == NULL ||
      packet->ext->quoted == NULL)
    return NULL;
  Packet *quoted = packet->ext->quoted;
  bool enough = packet->payload >= (quoted->family == 6 ? 48u : 28u);
  bool error = quoted->protocol == NET_PROTO_ICMP &&
               icmp_kind_is_error(icmp_kind_of(&quoted->icmp, quoted->family));
  return enough && !error && quoted->fragment == 0 ? quoted : NULL;
}

static Flow **
bucket_of(const FlowTrack *track, uint8_t protocol, const FlowEnd ends[2])
{
  uint64_t a = (uint64_t)ends[0].address << 16 | ends[0].port;
  uint64_t b = (uint64_t)ends[1].address << 16 | ends[1].port;
  uint64_t hash = sim_rng_mix(protocol, MIN(a, b), MAX(a, b));
  return &track->buckets[hash & (track->size - 1)];
}

bool
flow_track_is_over(const FlowTrack *track, const Flow *flow)
{
  return flow->expires <= sim_now(track->sim);
}

static void
unlink_flow(FlowTrack *track, Flow **place)
{
  Flow *flow = *place;
  *place = flow->next;
  track->count--;
  if (track->removed != NULL)
    track->removed(flow, track->user);
  sim_slab_free(&track->slab, flow);
}

static bool
is_end(const FlowEnd *a, const FlowEnd *b)
{
  return a->address == b->address && a->port == b->port;
}

Flow *
flow_track_find(FlowTrack *track, uint8_t protocol, const FlowEnd ends[2], int *side)
{
  for (Flow **place = bucket_of(track, protocol, ends); *place != NULL; place = &(*place)->next) {
    Flow *flow = *place;
    int from = is_end(&flow->end[0], &ends[0]) && is_end(&flow->end[1], &ends[1]) ? 0 : 1;
    if (flow->protocol != protocol || !is_end(&flow->end[from], &ends[0]) ||
        !is_end(&flow->end[1 - from], &ends[1]))
      continue;
    if (flow_track_is_over(track, flow)) {
      unlink_flow(track, place);
      return NULL;
    }
    *side = from;
    return flow;
  }
  return NULL;
}

void
flow_track_remove(FlowTrack *track, Flow *flow)
{
  Flow **place = bucket_of(track, flow->protocol, flow->end);
  while (*place != flow)
    place = &(*place)->next;
  unlink_flow(track, place);
}

void
flow_track_sweep(FlowTrack *track)
{
  if (track->soonest > sim_now(track->sim))
    return;
  track->soonest = SIM_TIME_NEVER;
  for (uint32_t i = 0; i < track->size; i++)
    for (Flow **place = &track->buckets[i]; *place != NULL;) {
      if (flow_track_is_over(track, *place)) {
        unlink_flow(track, place);
      } else {
        track->soonest = MIN(track->soonest, (*place)->expires);
        place = &(*place)->next;
      }
    }
}

static SIM_RARE void
grow(FlowTrack *track)
{
  Flow **old = track->buckets;
  uint32_t old_size = track->size;
  track->size *= 2;
  track->buckets = g_new0(Flow *, track->size);
  for (uint32_t i = 0; i < old_size; i++)
    for (Flow *flow = old[i], *next; flow != NULL; flow = next) {
      next = flow->next;
      Flow **place = bucket_of(track, flow->protocol, flow->end);
      flow->next = *place;
      *place = flow;
    }
  g_free(old);
}

Flow *
flow_track_add(FlowTrack *track, uint8_t protocol, const FlowEnd ends[2])
{
  if (track->count >= track->most || track->count >= (uint64_t)track->size * LOAD_MOST)
    flow_track_sweep(track);
  if (track->count >= track->most)
    return NULL;
  if (track->count >= (uint64_t)track->size * LOAD_MOST)
    grow(track);
  Flow *flow = sim_slab_alloc_zero(&track->slab);
  flow->protocol = protocol;
  flow->end[0] = ends[0];
  flow->end[1] = ends[1];
  flow->expires = SIM_TIME_NEVER;
  Flow **place = bucket_of(track, protocol, ends);
  flow->next = *place;
  *place = flow;
  track->count++;
  return flow;
}

/* The phase of a TCP flow behind a packet with these flags. */
static FlowPhase
tcp_phase(const Flow *flow, int side, uint16_t flags)
{
  if (flags & TCP_RST)
    return FLOW_CLOSING;
  if (flow->fin[0] && flow->fin[1])
    return FLOW_CLOSING;
  if (flow->phase == FLOW_OPENING && !(flags & TCP_SYN) && flow->seen[1 - side])
    return FLOW_ESTABLISHED;
  return (FlowPhase)flow->phase;
}

static SimTime
time_of(const FlowTimes *times, const Flow *flow)
{
  bool answered = flow->seen[0] && flow->seen[1];
  if (flow->protocol == NET_PROTO_UDP)
    return answered ? times->udp_stream : times->udp;
  if (flow->protocol != NET_PROTO_TCP)
    return times->icmp;
  switch ((FlowPhase)flow->phase) {
  case FLOW_OPENING:
    return times->opening;
  case FLOW_CLOSING:
    return times->closing;
  default:
    return times->established;
  }
}

void
flow_track_take(FlowTrack *track, Flow *flow, int side, const Packet *packet)
{
  if (flow->protocol == NET_PROTO_TCP) {
    uint16_t flags = packet->tcp.flags;
    if (flow->phase == FLOW_CLOSING && (flags & (TCP_SYN | TCP_ACK)) == TCP_SYN) {
      /* the same ends open again */
      flow->phase = FLOW_OPENING;
      flow->seen[0] = flow->seen[1] = flow->fin[0] = flow->fin[1] = false;
    }
    flow->fin[side] |= (flags & TCP_FIN) != 0;
    flow->phase = (uint8_t)tcp_phase(flow, side, flags);
  }
  flow->seen[side] = true;
  flow->expires = sim_time_add(sim_now(track->sim), time_of(track->times, flow));
  track->soonest = MIN(track->soonest, flow->expires);
}
