/* packet-match: the small language of rules, parsed once and asked for every packet.
 *
 *   [NODE ">"] (CLASS | "byte" N) ["#" RANGE {"," RANGE}]      RANGE: N | N-M | N+
 *
 * A class with more than one flag ("PSH+ACK") means exactly these; ECE, CWR and AE, which ECN and
 * its negotiation set on any segment, matter only where they are named. Sequence numbers are
 * relative to the sender's ISN as the packet carries it; a packet of no connection (injected) has
 * none and is never "byte N". */
#include "models/net/packet-match.h"

#include <string.h>

#include "models/net/net.h"
#include "models/net/node.h"
#include "sim/error.h"

#define ECN_FLAGS (TCP_ECE | TCP_CWR | TCP_AE)

typedef enum {
  CLASS_SYN,
  CLASS_ACK,
  CLASS_DATA,
  CLASS_REXMIT,
  CLASS_UDP,
  CLASS_ICMP,
  CLASS_ANY,
  CLASS_WITH_FLAG,   /* `flags` and any other */
  CLASS_EXACT_FLAGS, /* `flags` and no other, ECN's aside */
  CLASS_BYTE,        /* the segment that carries byte `byte` */
  CLASS_FIELDS,
  CLASS_FUNCTION,
} Class;

typedef struct Range {
  uint64_t first, last; /* inclusive; last is UINT64_MAX for "N+" */
} Range;

struct PacketMatch {
  Class class;
  uint16_t flags; /* WITH_FLAG, EXACT_FLAGS */
  uint32_t byte;  /* BYTE: relative sequence number, from 1 */
  PacketMatchFields fields;
  PacketMatchFn function;
  void *data;               /* of function */
  GDestroyNotify free_data; /* NULL: nothing to free */
  const Node *from;         /* borrowed; NULL: any sender */
  GArray *ranges;           /* of Range; NULL: every one */
  uint64_t count;           /* that matched the class so far */
  char *text;               /* owned */
};

static const struct {
  const char *name;
  Class class;
  uint16_t flags;
} classes[] = {
    {"SYN", CLASS_SYN, 0},
    {"SYN+ACK", CLASS_EXACT_FLAGS, TCP_SYN | TCP_ACK},
    {"ACK", CLASS_ACK, 0},
    {"FIN", CLASS_WITH_FLAG, TCP_FIN},
    {"RST", CLASS_WITH_FLAG, TCP_RST},
    {"PSH", CLASS_WITH_FLAG, TCP_PSH},
    {"URG", CLASS_WITH_FLAG, TCP_URG},
    {"ECE", CLASS_WITH_FLAG, TCP_ECE},
    {"CWR", CLASS_WITH_FLAG, TCP_CWR},
    {"AE", CLASS_WITH_FLAG, TCP_AE},
    {"DATA", CLASS_DATA, 0},
    {"REXMIT", CLASS_REXMIT, 0},
    {"UDP", CLASS_UDP, 0},
    {"ICMP", CLASS_ICMP, 0},
    {"ANY", CLASS_ANY, 0},
};

static uint16_t
flag_of(const char *name)
{
  static const struct {
    const char *name;
    uint16_t flag;
  } flags[] = {
      {"SYN", TCP_SYN}, {"FIN", TCP_FIN}, {"RST", TCP_RST}, {"PSH", TCP_PSH}, {"URG", TCP_URG},
      {"ACK", TCP_ACK}, {"ECE", TCP_ECE}, {"CWR", TCP_CWR}, {"AE", TCP_AE},
  };
  for (size_t i = 0; i < G_N_ELEMENTS(flags); i++) {
    if (strcmp(flags[i].name, name) == 0)
      return flags[i].flag;
  }
  return 0;
}

/* Parsing. */

static bool
fail(const char *text, const char *problem, GError **error)
{
  g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
              "\"%s\": %s; accepted: a class such as SYN, DATA#5, client>ACK#1-3, REXMIT#2+, "
              "byte 14601#1",
              text, problem);
  return false;
}

static bool
class_unknown(const char *name, GError **error)
{
  const char *known[G_N_ELEMENTS(classes) + 2];
  for (size_t i = 0; i < G_N_ELEMENTS(classes); i++)
    known[i] = classes[i].name;
  known[G_N_ELEMENTS(classes)] = "byte N";
  known[G_N_ELEMENTS(classes) + 1] = NULL;
  return sim_error_unknown(error, "packet class", name, known);
}

/* "FIN+PSH+ACK" in any order. */
static bool
parse_flags(PacketMatch *match, const char *name, GError **error)
{
  char **parts = g_strsplit(name, "+", -1);
  bool known = true;
  match->class = CLASS_EXACT_FLAGS;
  match->flags = 0;
  for (size_t i = 0; parts[i] != NULL; i++) {
    known = known && flag_of(parts[i]) != 0;
    match->flags |= flag_of(parts[i]);
  }
  g_strfreev(parts);
  return known || class_unknown(name, error);
}

static bool
parse_class(PacketMatch *match, const char *name, GError **error)
{
  for (size_t i = 0; i < G_N_ELEMENTS(classes); i++) {
    if (strcmp(classes[i].name, name) == 0) {
      match->class = classes[i].class;
      match->flags = classes[i].flags;
      return true;
    }
  }
  if (strchr(name, '+') != NULL)
    return parse_flags(match, name, error);
  return class_unknown(name, error);
}

/* Digits only, no sign or space; at least 1. Moves `*at` behind them. */
static bool
parse_number(const char **at, uint64_t *number)
{
  if (!g_ascii_isdigit(**at))
    return false;
  char *end;
  *number = g_ascii_strtoull(*at, &end, 10);
  *at = end;
  return *number >= 1 && *number < UINT64_MAX;
}

static bool
parse_byte(PacketMatch *match, const char *what, GError **error)
{
  const char *at = what + strlen("byte ");
  while (*at == ' ')
    at++;
  uint64_t number;
  if (!parse_number(&at, &number) || *at != '\0' || number > UINT32_MAX)
    return fail(match->text, "\"byte\" is followed by a relative sequence number from 1", error);
  match->class = CLASS_BYTE;
  match->byte = number;
  return true;
}

/* "3", "1-3", "2+"; ends at ',' or the end of the text. */
static bool
parse_range(const char **at, Range *range)
{
  if (!parse_number(at, &range->first))
    return false;
  range->last = range->first;
  if (**at == '+') {
    range->last = UINT64_MAX;
    ++*at;
  } else if (**at == '-') {
    ++*at;
    if (!parse_number(at, &range->last) || range->last < range->first)
      return false;
  }
  return **at == ',' || **at == '\0';
}

static bool
parse_ranges(PacketMatch *match, const char *at, GError **error)
{
  match->ranges = g_array_new(false, false, sizeof(Range));
  for (;; at++) {
    Range range;
    if (!parse_range(&at, &range))
      return fail(match->text, "after '#' come numbers from 1 on: #2  #2,5  #2-5  #2+", error);
    g_array_append_val(match->ranges, range);
    if (*at == '\0')
      return true;
  }
}

static bool
find_from(PacketMatch *match, Net *net, const char *name, GError **error)
{
  if (net == NULL)
    return true;
  match->from = net_node(net, name);
  if (match->from != NULL)
    return true;
  const char **known = g_new0(const char *, net->nodes->len + 1);
  for (unsigned i = 0; i < net->nodes->len; i++)
    known[i] = ((const Node *)g_ptr_array_index(net->nodes, i))->name;
  sim_error_unknown(error, "node", name, known);
  g_free(known);
  return false;
}

/* `text` is the caller's copy, to be cut up. */
static bool
parse(PacketMatch *match, Net *net, char *text, GError **error)
{
  char *what = text;
  char *arrow = strchr(text, '>');
  if (arrow != NULL) {
    *arrow = '\0';
    what = g_strstrip(arrow + 1);
    if (!find_from(match, net, g_strstrip(text), error))
      return false;
  }
  char *hash = strchr(what, '#');
  if (hash != NULL) {
    *hash = '\0';
    if (!parse_ranges(match, g_strstrip(hash + 1), error))
      return false;
  }
  g_strstrip(what);
  if (g_str_has_prefix(what, "byte "))
    return parse_byte(match, what, error);
  if (*what == '\0')
    return fail(match->text, "the packet class is missing", error);
  return parse_class(match, what, error);
}

PacketMatch *
packet_match_parse(Net *net, const char *text, GError **error)
{
  PacketMatch *match = g_new0(PacketMatch, 1);
  match->text = g_strdup(text);
  char *copy = g_strdup(text);
  bool ok = parse(match, net, g_strstrip(copy), error);
  g_free(copy);
  if (ok)
    return match;
  packet_match_free(match);
  return NULL;
}

/* The other forms. */

static void
describe_number(GString *text, bool given, const char *name, uint64_t value)
{
  if (given)
    g_string_append_printf(text, "%s%s=%" G_GUINT64_FORMAT, text->len > 0 ? " " : "", name, value);
}

static char *
describe_fields(const PacketMatchFields *fields)
{
  GString *text = g_string_new(NULL);
  char flags[PACKET_FLAGS_TEXT];
  if (fields->from != NULL)
    g_string_append_printf(text, "from=%s", fields->from);
  if (fields->has_flags)
    g_string_append_printf(text, "%sflags=%s", text->len > 0 ? " " : "",
                           packet_flags_print(fields->flags, flags));
  describe_number(text, fields->has_seq, "seq", fields->seq);
  describe_number(text, fields->has_ack, "ack", fields->ack);
  describe_number(text, fields->has_length, "len", fields->length);
  describe_number(text, fields->has_source_port, "sport", fields->source_port);
  describe_number(text, fields->has_destination_port, "dport", fields->destination_port);
  if (text->len == 0)
    g_string_append(text, "ANY");
  if (fields->first > 0 && fields->first == fields->last)
    g_string_append_printf(text, "#%" G_GUINT64_FORMAT, fields->first);
  else if (fields->first > 0 && fields->last == UINT64_MAX)
    g_string_append_printf(text, "#%" G_GUINT64_FORMAT "+", fields->first);
  else if (fields->first > 0)
    g_string_append_printf(text, "#%" G_GUINT64_FORMAT "-%" G_GUINT64_FORMAT, fields->first,
                           fields->last);
  return g_string_free(text, false);
}

PacketMatch *
packet_match_fields(Net *net, const PacketMatchFields *fields, GError **error)
{
  PacketMatch *match = g_new0(PacketMatch, 1);
  match->class = CLASS_FIELDS;
  match->text = describe_fields(fields);
  match->fields = *fields;
  match->fields.from = NULL;
  bool all = fields->first == 0 && fields->last == 0;
  if (!all && (fields->first == 0 || fields->last < fields->first)) {
    fail(match->text, "packets are counted from 1, the last is not before the first", error);
    packet_match_free(match);
    return NULL;
  }
  if (fields->from != NULL && !find_from(match, net, fields->from, error)) {
    packet_match_free(match);
    return NULL;
  }
  if (!all) {
    Range range = {fields->first, fields->last};
    match->ranges = g_array_new(false, false, sizeof(Range));
    g_array_append_val(match->ranges, range);
  }
  return match;
}

PacketMatch *
packet_match_function(PacketMatchFn function, void *data, GDestroyNotify free_data)
{
  PacketMatch *match = g_new0(PacketMatch, 1);
  match->class = CLASS_FUNCTION;
  match->text = g_strdup("function");
  match->function = function;
  match->data = data;
  match->free_data = free_data;
  return match;
}

void
packet_match_free(PacketMatch *match)
{
  if (match == NULL)
    return;
  if (match->free_data != NULL)
    match->free_data(match->data);
  if (match->ranges != NULL)
    g_array_unref(match->ranges);
  g_free(match->text);
  g_free(match);
}

/* Matching. */

/* Whether the segment carries the byte with relative sequence number `byte`. A SYN takes a number
 * itself, so that its data (Fast Open) starts at 1. */
static bool
carries(const Packet *packet, uint32_t byte)
{
  if (!(packet->marks & PACKET_HAS_ISS))
    return false;
  uint32_t first = packet->tcp.seq - packet->tcp.iss + !!(packet->tcp.flags & TCP_SYN);
  return byte - first < packet->payload;
}

static bool
fields_match(const PacketMatchFields *fields, const Packet *packet)
{
  bool tcp = packet->protocol == NET_PROTO_TCP;
  bool ports = tcp || packet->protocol == NET_PROTO_UDP;
  uint32_t iss = packet->marks & PACKET_HAS_ISS ? packet->tcp.iss : 0;
  uint32_t irs = packet->marks & PACKET_HAS_IRS ? packet->tcp.irs : 0;
  if (fields->has_flags && !(tcp && packet->tcp.flags == fields->flags))
    return false;
  if (fields->has_seq && !(tcp && packet->tcp.seq - iss == fields->seq))
    return false;
  if (fields->has_ack &&
      !(tcp && packet->tcp.flags & TCP_ACK && packet->tcp.ack - irs == fields->ack))
    return false;
  if (fields->has_length && packet->payload != fields->length)
    return false;
  if (fields->has_source_port && !(ports && packet->tcp.source_port == fields->source_port))
    return false;
  return !fields->has_destination_port ||
         (ports && packet->tcp.destination_port == fields->destination_port);
}

static bool
tcp_class_matches(const PacketMatch *match, const Packet *packet)
{
  if (packet->protocol != NET_PROTO_TCP)
    return false;
  uint16_t flags = packet->tcp.flags;
  switch (match->class) {
  case CLASS_SYN:
    return (flags & (TCP_SYN | TCP_ACK)) == TCP_SYN;
  case CLASS_ACK:
    return packet->payload == 0 && (flags & ~ECN_FLAGS) == TCP_ACK;
  case CLASS_DATA:
    return packet->payload > 0 && packet->retransmit == 0;
  case CLASS_REXMIT:
    return packet->payload > 0 && packet->retransmit > 0;
  case CLASS_WITH_FLAG:
    return flags & match->flags;
  case CLASS_EXACT_FLAGS:
    return (flags & ~(ECN_FLAGS & ~match->flags)) == match->flags;
  default:
    return carries(packet, match->byte);
  }
}

static bool
class_matches(const PacketMatch *match, const Packet *packet)
{
  switch (match->class) {
  case CLASS_ANY:
    return true;
  case CLASS_UDP:
    return packet->protocol == NET_PROTO_UDP;
  case CLASS_ICMP:
    return packet->protocol == NET_PROTO_ICMP;
  case CLASS_FIELDS:
    return fields_match(&match->fields, packet);
  case CLASS_FUNCTION:
    return match->function(packet, match->data);
  default:
    return tcp_class_matches(match, packet);
  }
}

static bool
counted_in(const PacketMatch *match)
{
  if (match->ranges == NULL)
    return true;
  for (unsigned i = 0; i < match->ranges->len; i++) {
    const Range *range = &g_array_index(match->ranges, Range, i);
    if (match->count >= range->first && match->count <= range->last)
      return true;
  }
  return false;
}

bool
packet_match(PacketMatch *match, const Packet *packet)
{
  if (match->from != NULL && !node_has_address(match->from, packet->source))
    return false;
  if (!class_matches(match, packet))
    return false;
  match->count++;
  return counted_in(match);
}

const char *
packet_match_text(const PacketMatch *match)
{
  return match->text;
}
