/* drill-expect: the host sent: is it what a line with '>' says?
 *
 * Compared are flags, numbers, lengths, the window and the ECN bits where they are written, options
 * with their order, and the time. Several packets in a row may meet one line together: all but the
 * last are then equally long, consecutive and alike in SYN, RST, ACK, ECE, ack, window and the
 * length of their options; PSH, FIN, options, ack and time are those of the last, seq and CWR of
 * the first. */
#include "scenarios/runner/drill/drill-run-private.h"

#include <string.h>

/* The packets that meet one line. */
typedef struct Met {
  DrillLook first, last;
  unsigned count;
  uint32_t length; /* payload of all */
  uint8_t option_length;
} Met;

static uint32_t
get32(const uint8_t *at)
{
  return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* -- options -- */

static bool
same_option(const DrillOption *wanted, const DrillOption *got)
{
  if (wanted->kind != got->kind || wanted->length != got->length)
    return false;
  /* The host's clock is only given a name; the echo is the peer's own number. */
  unsigned skip = wanted->kind == DRILL_OPTION_TIMESTAMPS ? 4 : 0;
  return memcmp(wanted->data + skip, got->data + skip, wanted->length - skip) == 0;
}

static bool
same_options(const DrillOptions *wanted, const DrillOptions *got)
{
  static const DrillOptions none;
  if (wanted == NULL)
    wanted = &none;
  if (wanted->any)
    return true;
  bool raw = false;
  for (unsigned i = 0; i < wanted->count; i++)
    raw |= wanted->items[i].kind == DRILL_OPTION_RAW;
  if (raw) {
    uint8_t a[DRILL_OPTIONS], b[DRILL_OPTIONS];
    unsigned n = drill_look_option_bytes(wanted, a);
    return n == drill_look_option_bytes(got, b) && memcmp(a, b, n) == 0;
  }
  if (wanted->count != got->count)
    return false;
  for (unsigned i = 0; i < wanted->count; i++)
    if (!same_option(&wanted->items[i], &got->items[i]))
      return false;
  return true;
}

/* -- what differs -- */

static void differ(GString *text, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void
differ(GString *text, const char *format, ...)
{
  va_list arguments;
  va_start(arguments, format);
  g_string_append(text, text->len > 0 ? "; " : "");
  g_string_append_vprintf(text, format, arguments);
  va_end(arguments);
}

static void
compare_flags(uint16_t wanted, const Met *met, GString *text)
{
  uint16_t got = (uint16_t)((met->last.flags & ~TCP_CWR) | (met->first.flags & TCP_CWR));
  if (wanted == got)
    return;
  g_autoptr(GString) a = g_string_new(NULL), b = g_string_new(NULL);
  drill_look_print_flags(a, wanted);
  drill_look_print_flags(b, got);
  differ(text, "flags %s expected, %s sent", a->str, b->str);
}

static void
compare_options(const DrillTcp *wanted, const Met *met, GString *text)
{
  if (same_options(wanted->options, &met->last.options))
    return;
  g_autoptr(GString) got = g_string_new(NULL);
  drill_look_print_options(got, &met->last.options);
  if (met->last.options.count == 0)
    differ(text, "options expected, none sent");
  else if (wanted->options == NULL || wanted->options->count == 0)
    differ(text, "no options expected, %s sent", got->str);
  else {
    g_autoptr(GString) expected = g_string_new(NULL);
    drill_look_print_options(expected, wanted->options);
    differ(text, "options %s expected, %s sent", expected->str, got->str);
  }
}

static void
compare_tcp(const DrillTcp *wanted, const Met *met, GString *text)
{
  compare_flags(wanted->flags, met, text);
  if (wanted->seq != met->first.seq)
    differ(text, "seq %u expected, %u sent", wanted->seq, met->first.seq);
  if (wanted->length != met->length)
    differ(text, "%u bytes expected, %u sent", wanted->length, met->length);
  if (wanted->ack != met->last.ack)
    differ(text, "ack %u expected, %u sent", wanted->ack, met->last.ack);
  if (wanted->window >= 0 && wanted->window != met->last.window)
    differ(text, "win %u expected, %u sent", (unsigned)wanted->window, met->last.window);
  if (MAX(wanted->urgent, 0) != met->last.urgent)
    differ(text, "urg %u expected, %u sent", (unsigned)MAX(wanted->urgent, 0), met->last.urgent);
  compare_options(wanted, met, text);
}

static void
compare_icmp(const DrillIcmp *wanted, const DrillLook *got, GString *text)
{
  IcmpKind kind = icmp_kind_of(&got->icmp, got->family);
  if (kind != wanted->kind)
    differ(text, "icmp %s expected, %s sent", icmp_kind_name(wanted->kind, got->family),
           icmp_kind_name(kind, got->family));
  if (wanted->mtu >= 0 && wanted->mtu != got->icmp.mtu)
    differ(text, "mtu %u expected, %u sent", (unsigned)wanted->mtu, got->icmp.mtu);
  if (wanted->id >= 0 && wanted->id != got->icmp.id)
    differ(text, "id %u expected, %u sent", (unsigned)wanted->id, got->icmp.id);
}

static void
compare_ip(const DrillIp *wanted, const DrillLook *got, GString *text)
{
  static const char *const names[] = {"noecn", "ect1", "ect0", "ce", "ect01"};
  int ecn = got->traffic & 3;
  bool either = wanted->ecn == DRILL_ECN_ANY_ECT && (ecn == NET_ECN_ECT0 || ecn == NET_ECN_ECT1);
  if (wanted->ecn >= 0 && wanted->ecn != ecn && !either)
    differ(text, "%s expected, %s sent", names[wanted->ecn], names[ecn]);
  if (wanted->traffic >= 0 && wanted->traffic != got->traffic)
    differ(text, "tos 0x%x expected, 0x%x sent", (unsigned)wanted->traffic, got->traffic);
  if (wanted->ttl >= 0 && wanted->ttl != got->ttl)
    differ(text, "ttl %u expected, %u sent", (unsigned)wanted->ttl, got->ttl);
  if (wanted->flow_label > 0)
    differ(text, "flow label 0x%x expected, 0 sent", (unsigned)wanted->flow_label);
}

/* -- time -- */

static void
append_time(GString *text, SimTime time)
{
  char print[SIM_TIME_TEXT];
  g_string_append(text, sim_time_print(MAX(time, 0), print));
}

static void
compare_time(const DrillRun *run, const DrillEvent *event, SimTime from, SimTime to, SimTime time,
             GString *text)
{
  if (drill_run_in_time(run, time, from, to, event->when.to))
    return;
  differ(text, "expected at ");
  append_time(text, from);
  if (to != from) {
    g_string_append(text, " to ");
    append_time(text, to);
  }
  g_string_append(text, " s, sent at ");
  append_time(text, time);
  g_string_append(text, " s");
}

/* --tcp_ts_tick_usecs: the host's clock must have gone on as the script's numbers say. */
static void
compare_clock(const DrillRun *run, uint32_t name, const Met *met, GString *text)
{
  SimTime tick = run->config.timestamp_tick;
  if (tick == 0 || run->flow.stamps->len == 0)
    return;
  const DrillStamp *first = &g_array_index(run->flow.stamps, DrillStamp, 0);
  SimTime wanted = (int32_t)(name - first->name) * tick;
  SimTime got = (int32_t)(met->last.stamp - first->value) * tick;
  SimTime difference = got > wanted ? got - wanted : wanted - got;
  if (difference > run->config.tolerance + tick)
    differ(text, "TS val %u expected, %d ticks after the first; %d ticks sent", name,
           (int)(int32_t)(name - first->name), (int)(int32_t)(met->last.stamp - first->value));
}

static void
take_stamp(DrillRun *run, const DrillTcp *wanted, const Met *met, GString *text)
{
  for (unsigned i = 0; wanted->options != NULL && i < wanted->options->count; i++) {
    const DrillOption *option = &wanted->options->items[i];
    if (option->kind != DRILL_OPTION_TIMESTAMPS || !met->last.has_stamp)
      continue;
    uint32_t name = get32(option->data);
    compare_clock(run, name, met, text);
    drill_flow_name_stamp(run, name, met->last.stamp, met->last.time);
  }
}

/* -- one line -- */

static bool
next_look(DrillRun *run, const DrillEvent *event, SimTime until, DrillLook *look)
{
  SimTime time;
  Packet *packet = drill_world_next(run, MAX(until, sim_now(run->sim)), &time);
  if (packet == NULL)
    return false;
  DrillFlow *flow = &run->flow;
  if (packet->protocol == NET_PROTO_TCP && packet->tcp.flags & TCP_SYN && !flow->host_named) {
    flow->host_named = true;
    flow->host_base = event->packet->tcp.seq;
  }
  drill_look_at(run, packet, time, false, look);
  packet_free(run->net, packet);
  return true;
}

static uint8_t
option_length(const DrillLook *look)
{
  uint8_t bytes[DRILL_OPTIONS];
  return (uint8_t)drill_look_option_bytes(&look->options, bytes);
}

/* May `look` join what was met so far, of which `met->last` is then no more the last? */
static bool
joins(const Met *met, const DrillLook *look)
{
  const uint16_t same = TCP_SYN | TCP_RST | TCP_ACK | TCP_ECE | TCP_AE;
  return look->seq == met->last.seq + met->last.length && look->length <= met->last.length &&
         look->ack == met->last.ack && look->window == met->last.window &&
         ((look->flags ^ met->last.flags) & same) == 0 &&
         option_length(look) == met->option_length && met->last.length == met->first.length;
}

/* False: no packet came, or one that cannot be part of it (it is in `look`). */
static bool
gather(DrillRun *run, const DrillEvent *event, SimTime until, Met *met, DrillLook *look)
{
  const DrillPacket *wanted = event->packet;
  bool may_join = wanted->protocol == DRILL_TCP && !run->config.strict_segments;
  if (!next_look(run, event, until, &met->first))
    return false;
  met->last = met->first;
  met->count = 1;
  met->length = met->first.length;
  met->option_length = option_length(&met->first);
  while (may_join && met->length > 0 && met->length < wanted->tcp.length) {
    if (!next_look(run, event, until, look))
      return true; /* the length will be found wrong */
    if (!joins(met, look))
      return false;
    drill_look_keep(run, &met->last);
    met->last = *look;
    met->count++;
    met->length += look->length;
  }
  return true;
}

static void
fail(DrillRun *run, const DrillEvent *event, const Met *met, const char *why)
{
  g_autoptr(GString) sent = g_string_new(NULL);
  drill_look_print(sent, &met->last);
  if (met->count > 1)
    g_string_append_printf(sent, " (the last of %u)", met->count);
  drill_run_fail(run, event, "%s\n  the host:    %s", why, sent->str);
}

static void
fail_missing(DrillRun *run, const DrillEvent *event, SimTime from)
{
  char time[SIM_TIME_TEXT];
  drill_run_fail(run, event, "a packet is expected at %s s, and the host sent none",
                 sim_time_print(from, time));
}

static void
compare(DrillRun *run, const DrillEvent *event, SimTime from, SimTime to, const Met *met)
{
  static const uint8_t protocols[] = {
      [DRILL_TCP] = NET_PROTO_TCP, [DRILL_UDP] = NET_PROTO_UDP, [DRILL_ICMP] = NET_PROTO_ICMP};
  const DrillPacket *wanted = event->packet;
  g_autoptr(GString) why = g_string_new(NULL);
  if (protocols[wanted->protocol] != met->last.protocol) {
    differ(why, "a packet of another protocol was sent");
  } else {
    if (wanted->protocol == DRILL_TCP)
      compare_tcp(&wanted->tcp, met, why);
    else if (wanted->protocol == DRILL_UDP && wanted->udp_length != met->last.length)
      differ(why, "%u bytes expected, %u sent", wanted->udp_length, met->last.length);
    else if (wanted->protocol == DRILL_ICMP)
      compare_icmp(&wanted->icmp, &met->last, why);
    compare_ip(&wanted->ip, &met->last, why);
    if (wanted->protocol == DRILL_TCP)
      take_stamp(run, &wanted->tcp, met, why);
  }
  compare_time(run, event, from, to, met->last.time, why);
  run->compared++;
  if (why->len > 0)
    fail(run, event, met, why->str);
}

void
drill_expect(DrillRun *run, const DrillEvent *event, SimTime from, SimTime to)
{
  bool any = event->when.kind == DRILL_TIME_ANY;
  Met met = {0};
  DrillLook other;
  if (gather(run, event, any ? to : to + DRILL_GRACE, &met, &other)) {
    compare(run, event, from, to, &met);
    drill_look_keep(run, &met.last);
  } else if (drill_run_going(run) && met.count == 0) {
    fail_missing(run, event, from);
  } else if (drill_run_going(run)) {
    g_autofree char *why =
        g_strdup_printf("%u bytes expected, %u sent before a packet that does not go on with them",
                        event->packet->tcp.length, met.length);
    drill_look_keep(run, &met.last);
    met.last = other;
    met.count = 1;
    fail(run, event, &met, why);
  }
  run->base = met.count > 0 ? met.last.time : sim_now(run->sim);
}
