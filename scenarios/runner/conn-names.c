/* conn-names: flows are found through a small cache, else by two look-ups. Who only asks whether a
 * flow is known, among many that are not, mostly hears that from one bit. */
#include "scenarios/runner/conn-names.h"

#include <string.h>

#include "models/tcp/tcp.h"
#include "scenarios/runner/csv.h"
#include "scenarios/runner/id-map.h"

#define CACHE_SIZE 256u /* a power of two */
#define BITS_LOG2 17    /* 16 KiB of bits */

struct ConnNames {
  Net *net;                    /* borrowed */
  GPtrArray *flows;            /* of ConnFlow, owned, in the order in which they were first seen */
  IdMap endpoints;             /* protocol, address, port -> 1, 2, 3 ... */
  IdMap pairs;                 /* lesser endpoint << 32 | greater one -> index in flows */
  ConnFlow *cache[CACHE_SIZE]; /* the flow used last of each hash */
  uint64_t bits[(1u << BITS_LOG2) / 64]; /* set where a flow that is known may be */
};

#define ENDPOINT_TEXT (NET_ADDRESS_TEXT + 8)
#define NAME_TEXT 96 /* "node:port": a name of 63 bytes; or a spoofed address */

typedef struct Endpoint {
  NetAddressId address;
  uint16_t port;
} Endpoint;

static void
flow_free(void *data)
{
  ConnFlow *flow = data;
  g_free(flow->name);
  g_free(flow->cells[0]);
  g_free(flow->cells[1]);
  g_free(flow);
}

ConnNames *
conn_names_new(Net *net)
{
  ConnNames *names = g_new0(ConnNames, 1);
  names->net = net;
  names->flows = g_ptr_array_new_with_free_func(flow_free);
  return names;
}

void
conn_names_free(ConnNames *names)
{
  id_map_clear(&names->endpoints);
  id_map_clear(&names->pairs);
  g_ptr_array_unref(names->flows);
  g_free(names);
}

/* "10.0.0.1:80"; an IPv6 address in brackets (RFC 5952, section 6). */
static void
print_endpoint(const Net *net, Endpoint end, char text[ENDPOINT_TEXT])
{
  char address[NET_ADDRESS_TEXT] = "";
  if (end.address != NET_ADDRESS_NONE)
    net_address_print(net_address(net, end.address), address);
  bool brackets = strchr(address, ':') != NULL;
  g_snprintf(text, ENDPOINT_TEXT, "%s%s%s:%u", brackets ? "[" : "", address, brackets ? "]" : "",
             end.port);
}

/* "client:49152"; who has a spoofed address is called by it. */
static char *
put_name(const Net *net, Endpoint end, char *at)
{
  const Node *node = net_address_node(net, end.address);
  if (node == NULL) {
    print_endpoint(net, end, at);
    return at + strlen(at);
  }
  at = g_stpcpy(at, node->name);
  *at++ = ':';
  return csv_put_u64(at, end.port);
}

static ConnFlow *
flow_new(ConnNames *names, uint8_t protocol, Endpoint opener, Endpoint other)
{
  ConnFlow *flow = g_new0(ConnFlow, 1);
  *flow = (ConnFlow){.address = {opener.address, other.address},
                     .port = {opener.port, other.port},
                     .protocol = protocol,
                     .index = names->flows->len};
  char name[2 * NAME_TEXT], *at = put_name(names->net, opener, name);
  *at++ = '-';
  at = put_name(names->net, other, at);
  flow->name = g_strndup(name, (gsize)(at - name));
  g_ptr_array_add(names->flows, flow);
  return flow;
}

const char *
conn_names_cells(const ConnNames *names, ConnFlow *flow, int side)
{
  if (G_LIKELY(flow->cells[side] != NULL))
    return flow->cells[side];
  char text[2][ENDPOINT_TEXT];
  for (int i = 0; i < 2; i++)
    print_endpoint(names->net, (Endpoint){flow->address[i], flow->port[i]}, text[i]);
  const char *protocol = flow->protocol == NET_PROTO_TCP ? "TCP" : "UDP";
  flow->cells[side] = g_strdup_printf("%s,%s,%s,%s,%*s", flow->name, text[side], text[1 - side],
                                      protocol, CSV_PADDING, "");
  flow->cells_length[side] = (uint32_t)strlen(flow->cells[side]) - CSV_PADDING;
  return flow->cells[side];
}

static uint64_t
endpoint_key(uint8_t protocol, Endpoint end)
{
  return (uint64_t)protocol << 48 | (uint64_t)end.address << 16 | end.port;
}

/* 0: it is not known. */
static uint32_t
known_endpoint(const ConnNames *names, uint8_t protocol, Endpoint end)
{
  uint32_t number = 0;
  id_map_get(&names->endpoints, endpoint_key(protocol, end), &number);
  return number;
}

static uint32_t
endpoint_number(ConnNames *names, uint8_t protocol, Endpoint end)
{
  uint32_t number = known_endpoint(names, protocol, end);
  if (number == 0) {
    number = names->endpoints.count + 1;
    id_map_put(&names->endpoints, endpoint_key(protocol, end), number);
  }
  return number;
}

static uint64_t
pair_key(uint64_t a, uint64_t b)
{
  return MIN(a, b) << 32 | MAX(a, b);
}

static bool
is_side(const ConnFlow *flow, int side, Endpoint end)
{
  return flow->address[side] == end.address && flow->port[side] == end.port;
}

/* The same for both directions. */
static uint32_t
hash_pair(Endpoint from, Endpoint to)
{
  return from.address ^ to.address ^ ((uint32_t)from.port + to.port);
}

static uint32_t
bit_of(Endpoint from, Endpoint to)
{
  return hash_pair(from, to) * UINT32_C(0x9e3779b1) >> (32 - BITS_LOG2);
}

static bool
may_be_known(const ConnNames *names, Endpoint from, Endpoint to)
{
  uint32_t bit = bit_of(from, to);
  return names->bits[bit / 64] >> bit % 64 & 1;
}

/* The flow between two ends that was seen before; NULL: none was. */
static ConnFlow *
known_flow(ConnNames *names, uint8_t protocol, Endpoint from, Endpoint to, int *side)
{
  ConnFlow **cached = &names->cache[hash_pair(from, to) & (CACHE_SIZE - 1)];
  ConnFlow *flow = *cached;
  for (int i = 0; flow != NULL && i < 2; i++)
    if (is_side(flow, i, from) && is_side(flow, 1 - i, to) && flow->protocol == protocol) {
      *side = i;
      return flow;
    }
  uint32_t a = known_endpoint(names, protocol, from), b = known_endpoint(names, protocol, to);
  uint32_t index = 0;
  if (a == 0 || b == 0 || !id_map_get(&names->pairs, pair_key(a, b), &index))
    return NULL;
  *cached = flow = g_ptr_array_index(names->flows, index);
  *side = is_side(flow, 0, from) ? 0 : 1;
  return flow;
}

/* The flow between two ends; a new one is opened by `from` unless `answer`. */
static ConnFlow *
find_flow(ConnNames *names, uint8_t protocol, Endpoint from, Endpoint to, bool answer, int *side)
{
  ConnFlow *flow = known_flow(names, protocol, from, to, side);
  if (flow != NULL)
    return flow;
  uint64_t a = endpoint_number(names, protocol, from), b = endpoint_number(names, protocol, to);
  id_map_put(&names->pairs, pair_key(a, b), names->flows->len);
  uint32_t bit = bit_of(from, to);
  names->bits[bit / 64] |= UINT64_C(1) << bit % 64;
  flow = flow_new(names, protocol, answer ? to : from, answer ? from : to);
  *side = is_side(flow, 0, from) ? 0 : 1;
  return flow;
}

/* `number` as a distance from `iss` that is nearest to where the stream stands. */
static int64_t
unwrap(const ConnStream *stream, uint32_t iss, uint32_t number)
{
  uint32_t distance = number - iss;
  if (iss != stream->iss) /* another incarnation of the connection: its position is not known */
    return (int32_t)distance;
  return stream->position + (int32_t)(distance - (uint32_t)stream->position);
}

static void
learn(ConnFlow *flow, ConnStream *stream, ConnIss known, uint32_t iss)
{
  if (known < stream->known || (stream->known == known && stream->iss == iss))
    return;
  flow->epoch++;
  if (stream->iss != iss || stream->known == CONN_ISS_UNKNOWN)
    stream->position = 0;
  stream->known = known;
  stream->iss = iss;
}

static void
learn_from(ConnFlow *flow, int side, const Packet *packet)
{
  ConnStream *own = &flow->stream[side], *peer = &flow->stream[1 - side];
  bool syn = packet->tcp.flags & TCP_SYN;
  if (syn && (packet->marks & PACKET_INJECTED)) {
    own->has_stray = true;
    own->stray = packet->tcp.seq;
    flow->epoch++;
  }
  if (packet->marks & PACKET_HAS_ISS) {
    if (syn || own->known != CONN_ISS_CERTAIN)
      learn(flow, own, CONN_ISS_CERTAIN, packet->tcp.iss);
  } else if (syn && own->known == CONN_ISS_UNKNOWN)
    learn(flow, own, CONN_ISS_SEEN, packet->tcp.seq);
  if ((packet->marks & PACKET_HAS_IRS) && peer->known == CONN_ISS_UNKNOWN)
    learn(flow, peer, CONN_ISS_SEEN, packet->tcp.irs);
}

static int64_t
relative(const ConnStream *stream, bool believed, uint32_t iss, uint32_t number)
{
  bool misled = stream->known == CONN_ISS_CERTAIN && stream->has_stray && iss == stream->stray;
  if (believed && !misled)
    return unwrap(stream, iss, number);
  return stream->known != CONN_ISS_UNKNOWN ? unwrap(stream, stream->iss, number) : number;
}

static int64_t
relative_seq(const ConnStream *stream, const Packet *packet)
{
  bool believed = packet->marks & PACKET_HAS_ISS;
  /* RFC 9293 3.10.7.1: "If the ACK bit is off, sequence number zero is used, <SEQ=0>...": the reset
   * of who knows no connection counts from nothing. */
  uint16_t reset = TCP_RST | TCP_ACK;
  if (!believed && packet->tcp.seq == 0 && (packet->tcp.flags & reset) == reset)
    return 0;
  return relative(stream, believed, packet->tcp.iss, packet->tcp.seq);
}

int64_t
conn_names_acknowledged(const ConnView *view, const Packet *packet, uint32_t number)
{
  const ConnStream *peer = &view->flow->stream[1 - view->side];
  return relative(peer, packet->marks & PACKET_HAS_IRS, packet->tcp.irs, number);
}

static Endpoint
source_of(const Packet *packet)
{
  uint16_t port =
      packet->protocol == NET_PROTO_TCP ? packet->tcp.source_port : packet->udp.source_port;
  return (Endpoint){packet->source, port};
}

static Endpoint
destination_of(const Packet *packet)
{
  uint16_t port = packet->protocol == NET_PROTO_TCP ? packet->tcp.destination_port
                                                    : packet->udp.destination_port;
  return (Endpoint){packet->destination, port};
}

static ConnFlow *
packet_flow(ConnNames *names, const Packet *packet, int *side)
{
  if (packet->protocol != NET_PROTO_TCP && packet->protocol != NET_PROTO_UDP)
    return NULL;
  uint16_t answer = TCP_SYN | TCP_ACK;
  bool answers = packet->protocol == NET_PROTO_TCP && (packet->tcp.flags & answer) == answer;
  return find_flow(names, packet->protocol, source_of(packet), destination_of(packet), answers,
                   side);
}

/* Whether the packet's number says how far the stream has come. */
static bool
is_in_stream(const ConnStream *own, const Packet *packet)
{
  if (own->known == CONN_ISS_UNKNOWN || (packet->marks & PACKET_INJECTED))
    return false;
  return !(packet->marks & PACKET_HAS_ISS) || packet->tcp.iss == own->iss;
}

SIM_HOT void
conn_names_view(ConnNames *names, const Packet *packet, bool sent, ConnView *view)
{
  *view = (ConnView){0};
  view->flow = packet_flow(names, packet, &view->side);
  if (view->flow == NULL || packet->protocol != NET_PROTO_TCP)
    return;
  ConnStream *own = &view->flow->stream[view->side];
  if (sent)
    learn_from(view->flow, view->side, packet);
  view->seq = relative_seq(own, packet);
  if (sent && view->seq > own->position && is_in_stream(own, packet)) {
    if (view->seq >> CONN_EPOCH_BITS != own->position >> CONN_EPOCH_BITS)
      view->flow->epoch++;
    own->position = view->seq;
  }
  if (packet->tcp.flags & TCP_ACK)
    view->ack = conn_names_acknowledged(view, packet, packet->tcp.ack);
}

const char *
conn_names_of_packet(ConnNames *names, const Packet *packet)
{
  int side;
  const ConnFlow *flow = packet_flow(names, packet, &side);
  return flow != NULL ? flow->name : "";
}

ConnEnds
conn_names_ends(const TcpConn *conn)
{
  TcpEndpoints ends = tcp_endpoints(conn);
  return (ConnEnds){.local = ends.local,
                    .remote = ends.remote,
                    .local_port = ends.local_port,
                    .remote_port = ends.remote_port,
                    .opener = tcp_conn_is_opener(conn)};
}

ConnFlow *
conn_names_flow(ConnNames *names, const TcpConn *conn, int *side)
{
  ConnEnds ends = conn_names_ends(conn);
  return conn_names_flow_of(names, &ends, side);
}

ConnFlow *
conn_names_flow_of(ConnNames *names, const ConnEnds *ends, int *side)
{
  return find_flow(names, NET_PROTO_TCP, (Endpoint){ends->local, ends->local_port},
                   (Endpoint){ends->remote, ends->remote_port}, !ends->opener, side);
}

const ConnFlow *
conn_names_known(ConnNames *names, const ConnEnds *ends, int *side)
{
  Endpoint from = {ends->local, ends->local_port}, to = {ends->remote, ends->remote_port};
  return may_be_known(names, from, to) ? known_flow(names, NET_PROTO_TCP, from, to, side) : NULL;
}

const ConnFlow *
conn_names_known_of_packet(ConnNames *names, const Packet *packet)
{
  int side;
  Endpoint from = source_of(packet), to = destination_of(packet);
  bool may_be = packet->protocol == NET_PROTO_TCP && may_be_known(names, from, to);
  return may_be ? known_flow(names, NET_PROTO_TCP, from, to, &side) : NULL;
}

const char *
conn_names_of_conn(ConnNames *names, const TcpConn *conn)
{
  int side;
  return conn_names_flow(names, conn, &side)->name;
}
