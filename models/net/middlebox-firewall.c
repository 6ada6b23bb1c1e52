/* middlebox-firewall: which flows may pass, by rules, and by what passed before.
 *
 * A stateful firewall judges the first packet of a flow by its rules, the first that matches, and
 * lets the rest of it pass in both directions as long as it remembers it (flow-track.c); so do ICMP
 * errors about it. What no rule means is up to the side from which it comes: as at home, those
 * inside may open what they like, those outside nothing. A segment of TCP that belongs to no known
 * flow and opens none either comes when the firewall has forgotten a silent connection, or has
 * never seen its beginning; with `midstream` it is judged like a first one, as Linux does, else it
 * is dropped. Without `stateful` every packet is judged by itself.
 *
 * What passes, and what is for the box itself, is judged as it arrives; what the box makes is not.
 * The times are those of Linux's connection tracking, but for the steps of closing, which are one.
 * Left out: sequence numbers and windows, application gateways, limits of rates. */
#include "models/net/middlebox-firewall.h"

#include "models/net/flow-track.h"
#include "models/net/link.h"

typedef struct Firewall {
  int inbound, outbound; /* FirewallAction of what no rule means */
  bool stateful, midstream;
  int64_t most_flows;
  FlowTimes times;
  uint64_t flows, accepted; /* known now; packets that passed */

  Middlebox *box; /* borrowed */
  FlowTrack track;
  GArray *rules; /* of FirewallRule, in order */
} Firewall;

typedef struct Verdict {
  FirewallAction action;
  const char *reason; /* when it is not to pass */
} Verdict;

static const Verdict pass = {.action = FIREWALL_ACCEPT};

/* What the rules say. */
static Verdict
judge(Firewall *firewall, const Packet *packet, bool inbound)
{
  const Net *net = firewall->box->node->net;
  for (guint i = 0; i < firewall->rules->len; i++) {
    FirewallRule *rule = &g_array_index(firewall->rules, FirewallRule, i);
    if (!firewall_rule_matches(rule, net, packet, inbound))
      continue;
    rule->hits++;
    return (Verdict){rule->action, rule->reason};
  }
  return inbound ? (Verdict){(FirewallAction)firewall->inbound, "firewall: inbound"}
                 : (Verdict){(FirewallAction)firewall->outbound, "firewall: outbound"};
}

/* An error about a flow that is known passes with it (RFC 5508, RFC 4890 4.3.1). */
static bool
is_related(Firewall *firewall, const Packet *packet)
{
  const Packet *quoted = flow_quoted(packet);
  if (quoted == NULL)
    return false;
  FlowEnd ends[2] = {0};
  flow_ends(quoted, ends);
  int side;
  return flow_track_find(&firewall->track, quoted->protocol, ends, &side) != NULL;
}

static bool
is_midstream(const Packet *packet)
{
  return packet->protocol == NET_PROTO_TCP && !(packet->tcp.flags & TCP_SYN);
}

static Verdict
judge_flow(Firewall *firewall, const Packet *packet, bool inbound)
{
  if (is_related(firewall, packet))
    return pass;
  FlowEnd ends[2] = {0};
  flow_ends(packet, ends);
  int side = 0;
  Flow *flow = flow_track_find(&firewall->track, packet->protocol, ends, &side);
  if (flow == NULL) {
    if (is_midstream(packet) && !firewall->midstream)
      return (Verdict){FIREWALL_DROP, "firewall: no state"};
    Verdict verdict = judge(firewall, packet, inbound);
    bool error = packet->protocol == NET_PROTO_ICMP &&
                 icmp_kind_is_error(icmp_kind_of(&packet->icmp, packet->family));
    if (verdict.action != FIREWALL_ACCEPT || error)
      return verdict;
    flow = flow_track_add(&firewall->track, packet->protocol, ends);
    if (flow == NULL)
      return (Verdict){FIREWALL_DROP, "firewall: table full"};
  }
  flow_track_take(&firewall->track, flow, side, packet);
  firewall->flows = firewall->track.count;
  return pass;
}

/* RFC 9293 3.10.7.1, in the name of the destination, which will never know. */
static void
send_reset(Node *node, const Packet *packet)
{
  const TcpHeader *in = &packet->tcp;
  Packet *reset = packet_new(node->net, node);
  reset->protocol = NET_PROTO_TCP;
  reset->family = packet->family;
  reset->source = packet->destination;
  reset->destination = packet->source;
  reset->cause = PACKET_CAUSE_FIREWALL;
  reset->marks = PACKET_DONT_FRAGMENT;
  reset->tcp = (TcpHeader){
      .source_port = in->destination_port,
      .destination_port = in->source_port,
      .header_length = 20,
      .flags = TCP_RST,
      .seq = in->ack,
      .iss = in->irs,
      .irs = in->iss,
  };
  if (!(in->flags & TCP_ACK)) {
    reset->tcp.flags = TCP_RST | TCP_ACK;
    reset->tcp.ack = in->seq + packet_tcp_length(packet);
  }
  if (packet->marks & PACKET_HAS_IRS)
    reset->marks |= PACKET_HAS_ISS;
  if (packet->marks & PACKET_HAS_ISS)
    reset->marks |= PACKET_HAS_IRS;
  node_send(node, reset);
}

static Packet *
arrive(Middlebox *box, Packet *packet, LinkDirection *from)
{
  Firewall *firewall = box->state;
  bool inbound = !middlebox_is_inside(box, from->from);
  const Packet *judged = packet->fragment != 0 ? packet->ext->quoted : packet;
  Verdict verdict =
      firewall->stateful ? judge_flow(firewall, judged, inbound) : judge(firewall, judged, inbound);
  if (verdict.action == FIREWALL_ACCEPT) {
    firewall->accepted++;
    return packet;
  }
  bool tcp = judged->protocol == NET_PROTO_TCP;
  if (verdict.action == FIREWALL_RESET && tcp && !(judged->tcp.flags & TCP_RST))
    send_reset(box->node, judged);
  if (verdict.action == FIREWALL_REJECT || (verdict.action == FIREWALL_RESET && !tcp))
    middlebox_refuse(box, packet, ICMP_PROHIBITED, verdict.reason);
  else
    middlebox_drop(box, packet, verdict.reason);
  return NULL;
}

void
middlebox_firewall_add(Middlebox *box, const FirewallRule *rule)
{
  Firewall *firewall = box->state;
  FirewallRule added = *rule;
  added.reason = g_strdup_printf("firewall: rule %u", firewall->rules->len + 1);
  g_array_append_val(firewall->rules, added);
}

uint64_t
middlebox_firewall_hits(const Middlebox *box, unsigned rule)
{
  const Firewall *firewall = box->state;
  return rule < firewall->rules->len ? g_array_index(firewall->rules, FirewallRule, rule).hits : 0;
}

static void
init(void *state, Middlebox *box)
{
  Firewall *firewall = state;
  firewall->box = box;
  firewall->inbound = FIREWALL_DROP;
  firewall->outbound = FIREWALL_ACCEPT;
  firewall->stateful = firewall->midstream = true;
  firewall->most_flows = 65536;
  firewall->times = (FlowTimes){
      .opening = 120 * SIM_SECOND,
      .established = 432000 * SIM_SECOND, /* five days */
      .closing = 120 * SIM_SECOND,
      .udp = 30 * SIM_SECOND,
      .udp_stream = 120 * SIM_SECOND,
      .icmp = 30 * SIM_SECOND,
  };
  flow_track_init(&firewall->track, box->node->net->sim, &firewall->times);
  firewall->rules = g_array_new(false, false, sizeof(FirewallRule));
}

static bool
check(void *state, GError **error)
{
  Firewall *firewall = state;
  firewall->track.most = (uint64_t)firewall->most_flows;
  return true;
}

static void
settle(void *state)
{
  Firewall *firewall = state;
  flow_track_sweep(&firewall->track);
  firewall->flows = firewall->track.count;
}

static void
clear(void *state)
{
  Firewall *firewall = state;
  flow_track_clear(&firewall->track);
  for (guint i = 0; i < firewall->rules->len; i++)
    firewall_rule_clear(&g_array_index(firewall->rules, FirewallRule, i));
  g_array_unref(firewall->rules);
}

#define FIELD(member) offsetof(Firewall, member)

static const SimParam params[] = {
    {.name = "inbound",
     .kind = SIM_PARAM_CHOICE,
     .offset = FIELD(inbound),
     .choices = firewall_action_names,
     .help = "what becomes of a flow from outside that no rule means"},
    {.name = "outbound",
     .kind = SIM_PARAM_CHOICE,
     .offset = FIELD(outbound),
     .choices = firewall_action_names,
     .help = "the same of one from inside"},
    {.name = "stateful",
     .kind = SIM_PARAM_BOOL,
     .offset = FIELD(stateful),
     .help = "a flow that may begin may go on, in both directions"},
    {.name = "midstream",
     .kind = SIM_PARAM_BOOL,
     .offset = FIELD(midstream),
     .help = "TCP of an unknown flow that opens none is judged too, and not dropped"},
    {.name = "most_flows",
     .kind = SIM_PARAM_INTEGER,
     .offset = FIELD(most_flows),
     .min = 1,
     .max = 1e9,
     .help = "that are remembered; what begins then is dropped"},
    FLOW_TIME_PARAMS(FIELD(times)),
    {.name = NULL},
};

static const MiddleboxCounter counters[] = {
    {"flows", FIELD(flows)}, {"accepted", FIELD(accepted)}, {NULL, 0}};

const MiddleboxOps middlebox_firewall = {
    .name = "firewall",
    .help = "lets pass what its rules allow, and the rest of what it let pass",
    .state_size = sizeof(Firewall),
    .params = params,
    .counters = counters,
    .has_sides = true,
    .init = init,
    .check = check,
    .arrive = arrive,
    .settle = settle,
    .clear = clear,
};
