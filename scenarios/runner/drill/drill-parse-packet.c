/* drill-parse-packet: "< S 0:0(0) win 65535 <mss 1460>", "> udp (100)", "< icmp ...". */
#include <string.h>

#include "models/net/packet.h"
#include "scenarios/runner/drill/drill-parse-private.h"

#define SEQUENCE "a sequence number"

/* -- "[ect0]", "[ttl 3, flowlabel 0x1, noecn]" -- */

static const struct {
  const char *word;
  int ecn;
} ecn_words[] = {{"noecn", NET_ECN_NOT},
                 {"ect0", NET_ECN_ECT0},
                 {"ect1", NET_ECN_ECT1},
                 {"ce", NET_ECN_CE},
                 {"ect01", DRILL_ECN_ANY_ECT}};

static bool
parse_ip_item(DrillLex *lex, DrillIp *ip)
{
  for (size_t i = 0; i < G_N_ELEMENTS(ecn_words); i++)
    if (drill_lex_word(lex, ecn_words[i].word)) {
      ip->ecn = ecn_words[i].ecn;
      return true;
    }
  const struct {
    const char *word;
    int64_t *to;
    int64_t most;
  } numbers[] = {
      {"ttl", &ip->ttl, 255}, {"tos", &ip->traffic, 255}, {"flowlabel", &ip->flow_label, 0xfffff}};
  for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++) {
    uint64_t value;
    if (!drill_lex_word(lex, numbers[i].word))
      continue;
    if (!drill_lex_need_number(lex, numbers[i].word, (uint64_t)numbers[i].most, &value))
      return false;
    *numbers[i].to = (int64_t)value;
    return true;
  }
  return drill_lex_expected(lex, "noecn, ect0, ect1, ect01, ce, ttl, tos or flowlabel");
}

static bool
parse_ip(DrillLex *lex, DrillIp *ip)
{
  *ip = (DrillIp){.ecn = -1, .traffic = -1, .ttl = -1, .flow_label = -1};
  ip->place = drill_lex_place(lex);
  if (!drill_lex_symbol(lex, "["))
    return true;
  do {
    if (!parse_ip_item(lex, ip))
      return false;
  } while (drill_lex_symbol(lex, ","));
  return drill_lex_need(lex, "]");
}

/* -- TCP -- */

static const struct {
  char letter;
  uint16_t flag;
} letters[] = {{'S', TCP_SYN}, {'F', TCP_FIN}, {'R', TCP_RST}, {'P', TCP_PSH}, {'E', TCP_ECE},
               {'W', TCP_CWR}, {'C', TCP_CWR}, {'A', TCP_AE},  {'U', TCP_URG}, {'.', TCP_ACK}};

static bool
take_letter(DrillLex *lex, char letter, DrillTcp *tcp)
{
  if (g_ascii_isdigit(letter)) {
    tcp->ace = letter - '0';
    return true;
  }
  for (size_t i = 0; i < G_N_ELEMENTS(letters); i++)
    if (letters[i].letter == letter) {
      if (tcp->flags & letters[i].flag)
        return drill_lex_expected(lex, "each flag once");
      tcp->flags |= letters[i].flag;
      return true;
    }
  return false;
}

/* "S.", "FP.", "-" for none, "5." for AccECN's counter of five. */
static bool
parse_flags(DrillLex *lex, DrillTcp *tcp)
{
  tcp->ace = -1;
  const char *flags = drill_lex_letters(lex, "SFRPEWCAU.01234567-");
  if (*flags == '\0')
    return drill_lex_expected(lex, "TCP flags (S F R P E W A U and . for ACK), udp or icmp");
  if (strcmp(flags, "-") == 0)
    return true;
  unsigned digits = 0;
  for (; *flags != '\0'; flags++) {
    digits += g_ascii_isdigit(*flags);
    if (digits > 1 || !take_letter(lex, *flags, tcp))
      return drill_lex_expected(lex, "each flag once, or \"-\" for none");
  }
  if (tcp->ace >= 0)
    tcp->flags |= (uint16_t)((tcp->ace & 1 ? TCP_ECE : 0) | (tcp->ace & 2 ? TCP_CWR : 0) |
                             (tcp->ace & 4 ? TCP_AE : 0));
  return true;
}

bool
drill_parse_sequence(DrillLex *lex, uint32_t *seq, uint32_t *length)
{
  uint64_t from, to, n;
  DrillPlace place = drill_lex_place(lex);
  if (!drill_lex_need_number(lex, SEQUENCE, UINT32_MAX, &from) || !drill_lex_need(lex, ":") ||
      !drill_lex_need_number(lex, SEQUENCE, UINT32_MAX, &to) || !drill_lex_need(lex, "(") ||
      !drill_lex_need_number(lex, "a length", INT32_MAX, &n) || !drill_lex_need(lex, ")"))
    return false;
  *seq = (uint32_t)from;
  *length = (uint32_t)n;
  if ((uint32_t)(from + n) != (uint32_t)to)
    drill_problem_set(lex->problem, DRILL_WRONG, place, "%u:%u(%u) does not add up: %u + %u is %u",
                      (unsigned)from, (unsigned)to, (unsigned)n, (unsigned)from, (unsigned)n,
                      (unsigned)(from + n));
  return !drill_lex_failed(lex);
}

static bool
parse_tcp(DrillLex *lex, DrillTcp *tcp)
{
  uint64_t number;
  if (!parse_flags(lex, tcp) || !drill_parse_sequence(lex, &tcp->seq, &tcp->length))
    return false;
  tcp->window = tcp->urgent = -1;
  if (drill_lex_word(lex, "ack")) {
    if (!drill_lex_need_number(lex, "ack", UINT32_MAX, &number))
      return false;
    tcp->ack = (uint32_t)number;
    tcp->has_ack = true;
  }
  if (drill_lex_word(lex, "win")) {
    if (!drill_lex_need_number(lex, "win", 65535, &number))
      return false;
    tcp->window = (int64_t)number;
  }
  if (drill_lex_word(lex, "urg")) {
    if (!drill_lex_need_number(lex, "urg", 65535, &number))
      return false;
    tcp->urgent = (int64_t)number;
  }
  if (drill_lex_peek(lex) == '<') {
    tcp->options = drill_parse_options(lex);
    return tcp->options != NULL;
  }
  return true;
}

static bool
check_inbound_tcp(DrillLex *lex, const DrillTcp *tcp, DrillPlace place)
{
  if (tcp->options != NULL && tcp->options->any)
    drill_problem_set(lex->problem, DRILL_WRONG, place,
                      "<...> is for packets that are expected; one that is sent needs its options");
  if (tcp->length > 65535)
    drill_problem_set(lex->problem, DRILL_WRONG, place,
                      "a packet that is sent has at most 65535 bytes");
  return !drill_lex_failed(lex);
}

static bool
parse_udp(DrillLex *lex, DrillPacket *packet)
{
  uint64_t length;
  if (!drill_lex_need(lex, "(") ||
      !drill_lex_need_number(lex, "a UDP payload's length", 65507, &length) ||
      !drill_lex_need(lex, ")"))
    return false;
  packet->udp_length = (uint32_t)length;
  return true;
}

static bool
parse_encapsulation(DrillLex *lex)
{
  static const char *const words[] = {"ipv4", "ipv6", "gre", "mpls", "sctp", "udplite", "esp"};
  DrillPlace place = drill_lex_place(lex);
  for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
    if (drill_lex_word(lex, words[i])) {
      drill_problem_set(lex->problem, DRILL_UNSUPPORTED, place, "packets of %s", words[i]);
      return false;
    }
  return true;
}

DrillPacket *
drill_parse_packet(DrillLex *lex)
{
  DrillPacket *packet = drill_script_alloc(lex->script, sizeof *packet);
  DrillPlace place = drill_lex_place(lex);
  packet->inbound = drill_lex_symbol(lex, "<");
  if (!packet->inbound && !drill_lex_need(lex, ">"))
    return NULL;
  if (!parse_ip(lex, &packet->ip) || !parse_encapsulation(lex))
    return NULL;
  bool good;
  if (drill_lex_word(lex, "udp")) {
    packet->protocol = DRILL_UDP;
    good = parse_udp(lex, packet);
  } else if (drill_lex_word(lex, "icmp")) {
    packet->protocol = DRILL_ICMP;
    good = drill_parse_icmp(lex, &packet->icmp);
  } else {
    packet->protocol = DRILL_TCP;
    good = parse_tcp(lex, &packet->tcp) &&
           (!packet->inbound || check_inbound_tcp(lex, &packet->tcp, place));
  }
  if (good && packet->inbound && packet->ip.ecn == DRILL_ECN_ANY_ECT)
    drill_problem_set(lex->problem, DRILL_WRONG, packet->ip.place,
                      "ect01 is for packets that are expected: say ect0 or ect1");
  return good && !drill_lex_failed(lex) ? packet : NULL;
}
