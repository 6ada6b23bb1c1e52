/* drill-look: a packet as a script would write it, made from its bytes on the wire. */
#include "scenarios/runner/drill/drill-run-private.h"

#include <string.h>

#include "models/net/wire.h"

static uint32_t
get32(const uint8_t *at)
{
  return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static void
set32(uint8_t *at, uint32_t value)
{
  for (int i = 0; i < 4; i++)
    at[i] = (uint8_t)(value >> (24 - 8 * i));
}

/* -- options -- */

/* What does not have the form of an option is kept as bytes. */
static void
read_options(const uint8_t *at, const uint8_t *end, DrillOptions *options)
{
  options->any = false;
  options->count = 0;
  while (at < end) {
    DrillOption *option = &options->items[options->count++];
    memset(option, 0, sizeof *option);
    size_t left = (size_t)(end - at);
    option->kind = *at;
    if (*at == DRILL_OPTION_NOP || *at == DRILL_OPTION_EOL) {
      at++;
      continue;
    }
    size_t length = left > 1 ? at[1] : 0;
    if (length < 2 || length > left) {
      option->kind = DRILL_OPTION_RAW;
      option->length = (uint8_t)MIN(left, DRILL_OPTION_DATA);
      memcpy(option->data, at, option->length);
      return;
    }
    option->length = (uint8_t)(length - 2);
    memcpy(option->data, at + 2, length - 2);
    at += length;
  }
}

unsigned
drill_look_option_bytes(const DrillOptions *options, uint8_t bytes[DRILL_OPTIONS])
{
  unsigned n = 0;
  for (unsigned i = 0; i < options->count; i++) {
    const DrillOption *option = &options->items[i];
    bool bare = option->kind == DRILL_OPTION_NOP || option->kind == DRILL_OPTION_EOL;
    unsigned length = bare ? 1 : option->length + (option->kind == DRILL_OPTION_RAW ? 0 : 2);
    if (n + length > DRILL_OPTIONS)
      break;
    if (option->kind != DRILL_OPTION_RAW)
      bytes[n++] = option->kind;
    if (option->kind != DRILL_OPTION_RAW && !bare)
      bytes[n++] = (uint8_t)(option->length + 2);
    memcpy(bytes + n, option->data, bare ? 0 : option->length);
    n += bare ? 0 : option->length;
  }
  return n;
}

/* SACK blocks of the host's are of the peer's numbers, and the other way round. */
static void
count_sack_blocks(const DrillFlow *flow, bool inbound, DrillOption *option)
{
  for (unsigned i = 0; i + 4 <= option->length; i += 4) {
    uint32_t number = get32(option->data + i);
    set32(option->data + i, number - (inbound ? flow->host_iss : flow->peer_iss));
  }
}

static void
look_at_options(const DrillRun *run, const Packet *packet, DrillLook *look)
{
  if (packet->tcp.header_length <= 20)
    return;
  GByteArray *bytes = g_byte_array_new();
  wire_write_cut(run->net, packet, bytes);
  const uint8_t *header = bytes->data + (packet->family == 6 ? 40 : 20);
  read_options(header + 20, header + packet->tcp.header_length, &look->options);
  g_byte_array_free(bytes, TRUE);
  for (unsigned i = 0; i < look->options.count; i++) {
    DrillOption *option = &look->options.items[i];
    if (option->kind == DRILL_OPTION_SACK)
      count_sack_blocks(&run->flow, look->inbound, option);
    if (option->kind == DRILL_OPTION_TIMESTAMPS && option->length == 8) {
      look->has_stamp = true;
      look->stamp = get32(option->data);
    }
  }
}

void
drill_look_at(const DrillRun *run, const Packet *packet, SimTime time, bool inbound,
              DrillLook *look)
{
  const DrillFlow *flow = &run->flow;
  const TcpHeader *tcp = &packet->tcp;
  *look = (DrillLook){.time = time,
                      .inbound = inbound,
                      .protocol = packet->protocol,
                      .traffic = packet->traffic_class,
                      .ttl = packet->ttl,
                      .family = packet->family,
                      .length = packet->payload};
  if (packet->protocol == NET_PROTO_ICMP)
    look->icmp = packet->icmp;
  if (packet->protocol != NET_PROTO_TCP)
    return;
  bool syn = tcp->flags & TCP_SYN;
  look->flags = tcp->flags;
  look->window = tcp->window;
  look->urgent = tcp->urgent;
  if (inbound) {
    look->seq = syn ? tcp->seq : tcp->seq - flow->peer_iss;
    look->ack = tcp->ack - flow->host_iss + (syn ? flow->host_base : 0);
  } else {
    /* A reset that answers what has no ACK has number 0 (RFC 9293 3.10.7.1), not one of ours. */
    bool of_none = (tcp->flags & (TCP_RST | TCP_ACK)) == (TCP_RST | TCP_ACK) && tcp->seq == 0;
    look->seq = of_none ? 0 : drill_flow_outbound_seq(flow, tcp->seq, syn);
    look->ack = drill_flow_outbound_ack(flow, tcp->ack, syn);
  }
  if (!(tcp->flags & TCP_ACK))
    look->ack = 0;
  look_at_options(run, packet, look);
}

/* -- as text -- */

static const struct {
  char letter;
  uint16_t flag;
} letters[] = {{'S', TCP_SYN}, {'F', TCP_FIN}, {'R', TCP_RST}, {'P', TCP_PSH}, {'U', TCP_URG},
               {'E', TCP_ECE}, {'W', TCP_CWR}, {'A', TCP_AE},  {'.', TCP_ACK}};

void
drill_look_print_flags(GString *text, uint16_t flags)
{
  for (size_t i = 0; i < G_N_ELEMENTS(letters); i++)
    if (flags & letters[i].flag)
      g_string_append_c(text, letters[i].letter);
  if (flags == 0)
    g_string_append_c(text, '-');
}

static void
print_bytes(GString *text, const uint8_t *bytes, unsigned count)
{
  for (unsigned i = 0; i < count; i++)
    g_string_append_printf(text, "%02x", bytes[i]);
}

static void
print_sack(GString *text, const DrillOption *option)
{
  g_string_append(text, "sack");
  for (unsigned i = 0; i + 8 <= option->length; i += 8)
    g_string_append_printf(text, " %u:%u", get32(option->data + i), get32(option->data + i + 4));
}

static void
print_accecn(GString *text, const DrillOption *option)
{
  static const char *const orders[2][3] = {{"e0b", "ceb", "e1b"}, {"e1b", "ceb", "e0b"}};
  g_string_append(text, "accecn");
  for (unsigned i = 0; i < 3 && 3 * i + 3 <= option->length; i++)
    g_string_append_printf(text, " %s %u", orders[option->kind == DRILL_OPTION_ACCECN1][i],
                           (unsigned)option->data[3 * i] << 16 |
                               (unsigned)option->data[3 * i + 1] << 8 | option->data[3 * i + 2]);
}

static void
print_option(GString *text, const DrillOption *option)
{
  const uint8_t *data = option->data;
  switch (option->kind) {
  case DRILL_OPTION_EOL:
    g_string_append(text, "eol");
    return;
  case DRILL_OPTION_NOP:
    g_string_append(text, "nop");
    return;
  case DRILL_OPTION_MSS:
    g_string_append_printf(text, "mss %u", (unsigned)data[0] << 8 | data[1]);
    return;
  case DRILL_OPTION_WSCALE:
    g_string_append_printf(text, "wscale %u", data[0]);
    return;
  case DRILL_OPTION_SACK_PERMITTED:
    g_string_append(text, "sackOK");
    return;
  case DRILL_OPTION_SACK:
    print_sack(text, option);
    return;
  case DRILL_OPTION_TIMESTAMPS:
    g_string_append_printf(text, "TS val %u ecr %u", get32(data), get32(data + 4));
    return;
  case DRILL_OPTION_ACCECN0:
  case DRILL_OPTION_ACCECN1:
    print_accecn(text, option);
    return;
  case DRILL_OPTION_FAST_OPEN:
    g_string_append(text, option->length > 0 ? "FO " : "FO");
    print_bytes(text, data, option->length);
    return;
  default:
    g_string_append(text, "raw ");
    if (option->kind != DRILL_OPTION_RAW)
      g_string_append_printf(text, "%02x%02x", option->kind, option->length + 2);
    print_bytes(text, data, option->length);
    return;
  }
}

void
drill_look_print_options(GString *text, const DrillOptions *options)
{
  g_string_append(text, options->any ? "<..." : "<");
  for (unsigned i = 0; i < options->count; i++) {
    if (i > 0)
      g_string_append_c(text, ',');
    print_option(text, &options->items[i]);
  }
  g_string_append_c(text, '>');
}

static void
print_ecn(GString *text, uint8_t traffic)
{
  static const char *const names[] = {"", "[ect1] ", "[ect0] ", "[ce] "};
  g_string_append(text, names[traffic & 3]);
}

void
drill_look_print(GString *text, const DrillLook *look)
{
  char time[SIM_TIME_TEXT];
  g_string_append_printf(text, "%s %c ", sim_time_print(look->time, time),
                         look->inbound ? '<' : '>');
  print_ecn(text, look->traffic);
  if (look->protocol == NET_PROTO_UDP) {
    g_string_append_printf(text, "udp (%u)", look->length);
    return;
  }
  if (look->protocol == NET_PROTO_ICMP) {
    g_string_append_printf(text, "icmp %s",
                           icmp_kind_name(icmp_kind_of(&look->icmp, look->family), look->family));
    if (look->icmp.mtu != 0)
      g_string_append_printf(text, " mtu %u", look->icmp.mtu);
    return;
  }
  drill_look_print_flags(text, look->flags);
  g_string_append_printf(text, " %u:%u(%u)", look->seq, look->seq + look->length, look->length);
  if (look->flags & TCP_ACK)
    g_string_append_printf(text, " ack %u", look->ack);
  g_string_append_printf(text, " win %u", look->window);
  if (look->urgent != 0)
    g_string_append_printf(text, " urg %u", look->urgent);
  if (look->options.count > 0) {
    g_string_append_c(text, ' ');
    drill_look_print_options(text, &look->options);
  }
}

void
drill_look_keep(DrillRun *run, const DrillLook *look)
{
  run->looks[run->looked++ % DRILL_LOOKS] = *look;
}
