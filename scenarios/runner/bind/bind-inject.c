/* bind-inject: host:inject{...}: one TCP packet that belongs to no connection: a spoofed SYN, an
 * old duplicate, a blind reset. Sequence numbers are as on the wire: nobody told its sender the
 * initial ones (a scenario may fix them: tcp = {isn = 1000}). */
#include "scenarios/runner/bind/bind.h"

#include "models/net/wire.h"

typedef struct InjectOptions {
  int64_t sport, dport, seq, ack, win, ttl, mss;
  uint64_t len;
} InjectOptions;

#define FIELD(member) offsetof(InjectOptions, member)
#define SEQUENCE_MAX 4294967295.0

static const SimParam params[] = {
    {.name = "sport",
     .kind = SIM_PARAM_INTEGER,
     .offset = FIELD(sport),
     .min = 1,
     .max = 65535,
     .help = "source port; it has to be said"},
    {.name = "dport",
     .kind = SIM_PARAM_INTEGER,
     .offset = FIELD(dport),
     .min = 1,
     .max = 65535,
     .help = "destination port; it has to be said"},
    {.name = "seq",
     .kind = SIM_PARAM_INTEGER,
     .offset = FIELD(seq),
     .max = SEQUENCE_MAX,
     .help = "sequence number, as on the wire"},
    {.name = "ack",
     .kind = SIM_PARAM_INTEGER,
     .offset = FIELD(ack),
     .max = SEQUENCE_MAX,
     .help = "acknowledgment number, with the flag ACK"},
    {.name = "len", .kind = SIM_PARAM_SIZE, .offset = FIELD(len), .max = 65495, .help = "payload"},
    {.name = "win",
     .kind = SIM_PARAM_INTEGER,
     .offset = FIELD(win),
     .max = 65535,
     .help = "window, as on the wire"},
    {.name = "ttl",
     .kind = SIM_PARAM_INTEGER,
     .offset = FIELD(ttl),
     .min = 1,
     .max = 255,
     .help = "time to live, hop limit"},
    {.name = "mss",
     .kind = SIM_PARAM_INTEGER,
     .offset = FIELD(mss),
     .min = 1,
     .max = 65535,
     .help = "the option; without it there is none"},
    {.name = NULL},
};

static const InjectOptions inject_defaults = {
    .sport = -1, .dport = -1, .ack = -1, .win = 65535, .ttl = 64};

static const BindField inject_extras[] = {
    {"flags", "string", "\"SYN\", \"RST+ACK\", \"none\"; it has to be said"},
    {"src", "Node|string", "source (the host itself)"},
    {"dst", "Node|string", "destination; it has to be said"},
    {.name = NULL},
};

const BindOptions bind_inject_options = {
    .name = "InjectFields",
    .what = "field of inject",
    .params = params,
    .extras = inject_extras,
    .defaults = &inject_defaults,
    .help = "host:inject{...}",
};

static void
check_complete(lua_State *L, const InjectOptions *options, uint16_t flags)
{
  if (options->sport < 0)
    bind_error(L, "host:inject: sport, the source port, is missing");
  if (options->dport < 0)
    bind_error(L, "host:inject: dport, the destination port, is missing");
  if (options->ack >= 0 && !(flags & TCP_ACK))
    bind_error(L, "host:inject: ack = %" G_GINT64_FORMAT ": without the flag ACK nobody reads it",
               options->ack);
}

static Packet *
make_packet(Net *net, Node *node, const InjectOptions *options, uint16_t flags)
{
  Packet *packet = packet_new(net, node);
  packet->protocol = NET_PROTO_TCP;
  packet->marks = PACKET_INJECTED;
  packet->ttl = (uint8_t)options->ttl;
  packet->payload = (uint32_t)options->len;
  TcpHeader *tcp = &packet->tcp;
  tcp->source_port = (uint16_t)options->sport;
  tcp->destination_port = (uint16_t)options->dport;
  tcp->seq = (uint32_t)options->seq;
  tcp->ack = options->ack >= 0 ? (uint32_t)options->ack : 0;
  tcp->flags = flags;
  tcp->window = (uint16_t)options->win;
  if (options->mss > 0) {
    tcp->options = TCP_OPT_MSS;
    tcp->mss = (uint16_t)options->mss;
  }
  tcp->header_length = (uint8_t)(20 + wire_tcp_options_length(tcp, NULL));
  return packet;
}

int
bind_host_inject(lua_State *L)
{
  Scenario *scenario = bind_scenario(L);
  BindNode *host = bind_self(L, &bind_node_type, "inject");
  bind_check_acting(L, "host:inject");
  bind_check_parallel(L, "host:inject");
  bind_value_count(L, 2, "host:inject{flags =, dst =, sport =, dport =, ...}");
  if (scenario->loading)
    bind_error(L, "host:inject: nothing is on the wire yet; say when: "
                  "at(0, function () host:inject{...} end)");
  InjectOptions options = inject_defaults;
  lua_settop(L, 2);
  if (!bind_options_check(L, 2, &bind_inject_options))
    bind_error(L, "host:inject: the fields are missing: host:inject{flags = \"SYN\", dst =, "
                  "sport =, dport =}");
  bind_options_read(L, 2, "host:inject", params, &options);
  lua_getfield(L, 2, "flags");
  uint16_t flags = bind_rule_flags(L, -1, "host:inject", "flags");
  check_complete(L, &options, flags);
  lua_getfield(L, 2, "src");
  NetAddressId source =
      lua_isnil(L, -1) ? node_address(host->node) : bind_address(L, -1, "host:inject", "src");
  lua_getfield(L, 2, "dst");
  NetAddressId destination = bind_address(L, -1, "host:inject", "dst");
  uint8_t family = net_address(scenario->net, source)->family;
  if (family != net_address(scenario->net, destination)->family)
    bind_error(L, "host:inject: src and dst are of different families, IPv4 and IPv6");
  Packet *packet = make_packet(scenario->net, host->node, &options, flags);
  packet->family = family;
  packet->source = source;
  packet->destination = destination;
  char print[PACKET_FLAGS_TEXT], text[PACKET_FLAGS_TEXT + 16];
  g_snprintf(text, sizeof text, "inject(%s)", packet_flags_print(flags, print));
  scenario_note(scenario, "call", host->node, NULL, text);
  node_send(host->node, packet);
  return 0;
}
