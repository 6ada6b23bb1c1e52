/* drill-parse-icmp: "icmp unreachable frag_needed mtu 1000 [1:1461(1460)]", "icmp echo_request". */
#include <string.h>

#include "scenarios/runner/drill/drill-parse-private.h"

/* A kind of message by its two words; the same for IPv4 and IPv6. */
static const struct {
  const char *type, *code; /* code NULL: it has none to choose */
  IcmpKind kind;
} messages[] = {
    {"unreachable", "net_unreachable", ICMP_NET_UNREACHABLE},
    {"unreachable", "no_route", ICMP_NET_UNREACHABLE},
    {"unreachable", "host_unreachable", ICMP_HOST_UNREACHABLE},
    {"unreachable", "address_unreachable", ICMP_HOST_UNREACHABLE},
    {"unreachable", "addr_unreachable", ICMP_HOST_UNREACHABLE},
    {"unreachable", "protocol_unreachable", ICMP_PROTOCOL_UNREACHABLE},
    {"unreachable", "port_unreachable", ICMP_PORT_UNREACHABLE},
    {"unreachable", "frag_needed", ICMP_TOO_BIG},
    {"unreachable", "source_route_failed", ICMP_SOURCE_ROUTE_FAILED},
    {"unreachable", "net_unknown", ICMP_NET_UNKNOWN},
    {"unreachable", "host_unknown", ICMP_HOST_UNKNOWN},
    {"unreachable", "source_host_isolated", ICMP_SOURCE_ISOLATED},
    {"unreachable", "net_prohibited", ICMP_NET_PROHIBITED},
    {"unreachable", "host_prohibited", ICMP_HOST_PROHIBITED},
    {"unreachable", "net_unreachable_for_tos", ICMP_NET_UNREACHABLE_FOR_TOS},
    {"unreachable", "host_unreachable_for_tos", ICMP_HOST_UNREACHABLE_FOR_TOS},
    {"unreachable", "packet_filtered", ICMP_PROHIBITED},
    {"unreachable", "admin_prohibited", ICMP_PROHIBITED},
    {"unreachable", "precedence_violation", ICMP_PRECEDENCE_VIOLATION},
    {"unreachable", "precedence_cutoff", ICMP_PRECEDENCE_CUTOFF},
    {"source_quench", NULL, ICMP_SOURCE_QUENCH},
    {"packet_too_big", NULL, ICMP_TOO_BIG},
    {"time_exceeded", "exc_ttl", ICMP_TTL_EXCEEDED},
    {"time_exceeded", "exc_fragtime", ICMP_REASSEMBLY_EXCEEDED},
    {"time_exceeded", NULL, ICMP_TTL_EXCEEDED},
    {"parameter_problem", NULL, ICMP_PARAMETER_PROBLEM},
    {"echo_request", NULL, ICMP_ECHO_REQUEST},
    {"echo_reply", NULL, ICMP_ECHO_REPLY},
};

static bool
parse_kind(DrillLex *lex, DrillIcmp *icmp)
{
  DrillPlace place = drill_lex_place(lex);
  const char *type = drill_lex_name(lex);
  if (type == NULL)
    return drill_lex_expected(lex,
                              "an ICMP message (unreachable, time_exceeded, echo_request ...)");
  bool known = false;
  for (size_t i = 0; i < G_N_ELEMENTS(messages); i++) {
    if (strcmp(messages[i].type, type) != 0)
      continue;
    known = true;
    if (messages[i].code != NULL && !drill_lex_word(lex, messages[i].code))
      continue;
    icmp->kind = messages[i].kind;
    return true;
  }
  if (known)
    return drill_lex_expected(lex,
                              "a code of that ICMP message (host_unreachable, frag_needed ...)");
  drill_problem_set(lex->problem, DRILL_UNSUPPORTED, place, "the ICMP message %s", type);
  return false;
}

/* What the message quotes: a segment of the host's, or a UDP packet. */
static bool
parse_quote(DrillLex *lex, DrillIcmp *icmp)
{
  uint64_t length;
  if (!drill_lex_symbol(lex, "["))
    return true;
  if (drill_lex_word(lex, "udp")) {
    icmp->quotes = DRILL_QUOTES_UDP;
    if (!drill_lex_need(lex, "(") ||
        !drill_lex_need_number(lex, "a UDP payload's length", 65507, &length) ||
        !drill_lex_need(lex, ")"))
      return false;
    icmp->length = (uint32_t)length;
  } else {
    icmp->quotes = DRILL_QUOTES_TCP;
    if (!drill_parse_sequence(lex, &icmp->seq, &icmp->length))
      return false;
  }
  return drill_lex_need(lex, "]");
}

bool
drill_parse_icmp(DrillLex *lex, DrillIcmp *icmp)
{
  uint64_t number;
  icmp->mtu = icmp->id = -1;
  if (!parse_kind(lex, icmp))
    return false;
  if (drill_lex_word(lex, "id")) {
    if (!drill_lex_need_number(lex, "id", 65535, &number))
      return false;
    icmp->id = (int64_t)number;
  }
  if (drill_lex_word(lex, "mtu")) {
    if (!drill_lex_need_number(lex, "mtu", 65535, &number))
      return false;
    icmp->mtu = (int64_t)number;
  }
  if (drill_lex_symbol(lex, "(")) {
    if (!drill_lex_need_number(lex, "a payload's length", 65507, &number) ||
        !drill_lex_need(lex, ")"))
      return false;
    icmp->payload = (uint32_t)number;
  }
  return parse_quote(lex, icmp);
}
