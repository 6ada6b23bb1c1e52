/* icmp-kind: the table of messages: RFC 792, RFC 1122, RFC 1812 and RFC 4443 in one. */
#include "models/net/icmp-kind.h"

#define NONE 0xff

typedef struct Row {
  const char *name;
  uint8_t type, code;   /* ICMPv4 */
  uint8_t type6, code6; /* ICMPv6; NONE: there is none */
} Row;

static const Row rows[ICMP_KINDS] = {
    [ICMP_OTHER] = {"ICMP", NONE, NONE, NONE, NONE},
    [ICMP_ECHO_REQUEST] = {"echo request", 8, 0, 128, 0},
    [ICMP_ECHO_REPLY] = {"echo reply", 0, 0, 129, 0},
    [ICMP_NET_UNREACHABLE] = {"net unreachable", 3, 0, 1, 0}, /* ICMPv6: no route to destination */
    [ICMP_HOST_UNREACHABLE] = {"host unreachable", 3, 1, 1, 3},
    [ICMP_PROTOCOL_UNREACHABLE] = {"protocol unreachable", 3, 2, 4, 1},
    [ICMP_PORT_UNREACHABLE] = {"port unreachable", 3, 3, 1, 4},
    [ICMP_TOO_BIG] = {"fragmentation needed", 3, 4, 2, 0},
    [ICMP_SOURCE_ROUTE_FAILED] = {"source route failed", 3, 5, NONE, NONE},
    [ICMP_NET_UNKNOWN] = {"net unknown", 3, 6, NONE, NONE},
    [ICMP_HOST_UNKNOWN] = {"host unknown", 3, 7, NONE, NONE},
    [ICMP_SOURCE_ISOLATED] = {"source host isolated", 3, 8, NONE, NONE},
    [ICMP_NET_PROHIBITED] = {"net prohibited", 3, 9, NONE, NONE},
    [ICMP_HOST_PROHIBITED] = {"host prohibited", 3, 10, NONE, NONE},
    [ICMP_NET_UNREACHABLE_FOR_TOS] = {"net unreachable for TOS", 3, 11, NONE, NONE},
    [ICMP_HOST_UNREACHABLE_FOR_TOS] = {"host unreachable for TOS", 3, 12, NONE, NONE},
    [ICMP_PROHIBITED] = {"prohibited", 3, 13, 1, 1},
    [ICMP_PRECEDENCE_VIOLATION] = {"precedence violation", 3, 14, NONE, NONE},
    [ICMP_PRECEDENCE_CUTOFF] = {"precedence cutoff", 3, 15, NONE, NONE},
    [ICMP_SOURCE_QUENCH] = {"source quench", 4, 0, NONE, NONE},
    [ICMP_TTL_EXCEEDED] = {"time exceeded", 11, 0, 3, 0},
    [ICMP_REASSEMBLY_EXCEEDED] = {"reassembly time exceeded", 11, 1, 3, 1},
    [ICMP_PARAMETER_PROBLEM] = {"parameter problem", 12, 0, 4, 0},
};

const char *
icmp_kind_name(IcmpKind kind, uint8_t family)
{
  return kind == ICMP_TOO_BIG && family == 6 ? "packet too big" : rows[kind].name;
}

IcmpKind
icmp_kind_of(const IcmpHeader *icmp, uint8_t family)
{
  for (int kind = ICMP_OTHER + 1; kind < ICMP_KINDS && icmp->type != NONE; kind++) {
    const Row *row = &rows[kind];
    if ((family == 6 ? row->type6 : row->type) == icmp->type &&
        (family == 6 ? row->code6 : row->code) == icmp->code)
      return (IcmpKind)kind;
  }
  return ICMP_OTHER;
}

bool
icmp_kind_write(IcmpKind kind, uint8_t family, IcmpHeader *icmp)
{
  const Row *row = &rows[kind];
  icmp->type = family == 6 ? row->type6 : row->type;
  icmp->code = family == 6 ? row->code6 : row->code;
  return icmp->type != NONE;
}

bool
icmp_kind_is_error(IcmpKind kind)
{
  return kind >= ICMP_NET_UNREACHABLE;
}
