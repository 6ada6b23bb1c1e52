/* record-timeline-cells: a packet's text in a row of timeline.csv: the cells from its number to its
 * retransmissions, and its raw numbers.
 *
 * They are the same each time the packet is seen, as long as relative numbers are relative to the
 * same, and are kept for the next time (packet-kept.h): the flow's epoch tells that. It goes up
 * before a position has moved by an eighth of the sequence space, which makes nothing of a near
 * number. */
#include <string.h>

#include "scenarios/runner/record-timeline-private.h"

#define NEAR (INT64_C(1) << 30)
#define TEXT_USUAL 128

static char *
put_flags(RecordTimeline *timeline, char *at, uint16_t flags)
{
  FlagsText *kept = &timeline->flags[flags & (FLAG_SETS - 1)];
  if (kept->length == 0)
    kept->length = (uint32_t)strlen(packet_flags_print(flags, kept->text));
  return csv_put_padded(at, kept->text, kept->length);
}

static char *
put_hex(char *at, const uint8_t *bytes, size_t count)
{
  static const char hex[] = "0123456789abcdef";
  for (size_t i = 0; i < count; i++) {
    *at++ = hex[bytes[i] >> 4];
    *at++ = hex[bytes[i] & 15];
  }
  return at;
}

static char *
put_sack(char *at, const Packet *packet, const ConnView *view)
{
  at = csv_put_word(at, "sack=");
  for (int i = 0; i < packet->tcp.sack_count; i++) {
    const TcpSackBlock *block = &packet->tcp.sack[i];
    if (i > 0)
      *at++ = ',';
    at = csv_put_i64(at, conn_names_acknowledged(view, packet, block->start));
    *at++ = '-';
    at = csv_put_i64(at, conn_names_acknowledged(view, packet, block->end));
  }
  return at;
}

/* "e0b=1449 ceb=0", in the option's own order. */
static char *
put_accecn(char *at, const PacketExt *ext)
{
  static const char *const names[3] = {"e0b=", "ceb=", "e1b="};
  g_assert(ext->accecn_fields <= G_N_ELEMENTS(names));
  for (unsigned i = 0; i < ext->accecn_fields; i++) {
    unsigned which = ext->accecn_ect1_first ? 2 - i : i;
    if (i > 0)
      *at++ = ' ';
    at = csv_put_u64(csv_put_word(at, names[which]), ext->accecn[which]);
  }
  return at;
}

/* The options in their order on the wire (wire.h), a space between them. */
static char *
put_options(char *at, const Packet *packet, const ConnView *view)
{
  const TcpHeader *tcp = &packet->tcp;
  if (tcp->options & TCP_OPT_RAW) {
    at = csv_put_word(at, "raw=");
    return put_hex(at, packet->ext->options, packet->ext->options_length);
  }
  char *start = at;
  bool quote = (tcp->options & TCP_OPT_SACK) && tcp->sack_count > 1; /* blocks with commas */
  if (quote)
    *at++ = '"';
  if (tcp->options & TCP_OPT_MSS) {
    at = csv_put_u64(csv_put_word(at, "mss="), tcp->mss);
    *at++ = ' ';
  }
  if (tcp->options & TCP_OPT_SACK_PERMITTED)
    at = csv_put_word(at, "sackOK ");
  if (tcp->options & TCP_OPT_TIMESTAMPS) {
    at = csv_put_u64(csv_put_word(at, "ts="), tcp->ts_value);
    *at++ = '/';
    at = csv_put_u64(at, tcp->ts_echo);
    *at++ = ' ';
  }
  if (tcp->options & TCP_OPT_WSCALE) {
    at = csv_put_u64(csv_put_word(at, "ws="), tcp->window_scale);
    *at++ = ' ';
  }
  if (tcp->options & TCP_OPT_SACK) {
    at = put_sack(at, packet, view);
    *at++ = ' ';
  }
  if (tcp->options & TCP_OPT_FAST_OPEN) {
    uint8_t length = packet->ext->cookie_length; /* 0: it asks for a cookie */
    at = put_hex(csv_put_word(at, length > 0 ? "tfo=" : "tfo"), packet->ext->cookie, length);
    *at++ = ' ';
  }
  if (tcp->options & TCP_OPT_ACCECN) {
    at = put_accecn(at, packet->ext);
    *at++ = ' ';
  }
  if (at > start && at[-1] == ' ')
    at--;
  if (quote)
    *at++ = '"';
  return at;
}

/* conn, src, dst, proto: each with its comma behind. */
static char *
put_flow(Record *record, char *at, const Packet *packet, const ConnView *view)
{
  ConnFlow *flow = view->flow;
  if (G_LIKELY(flow != NULL)) {
    const char *cells = conn_names_cells(record->names, flow, view->side);
    return csv_put_padded(at, cells, flow->cells_length[view->side]);
  }
  char address[NET_ADDRESS_TEXT];
  const Packet *quoted = record_timeline_quoted(packet);
  if (quoted != NULL) /* an ICMP error belongs to the connection that it is about */
    at = csv_put_word(at, conn_names_of_packet(record->names, quoted));
  *at++ = ',';
  at = csv_put_word(at, net_address_print(net_address(record->net, packet->source), address));
  *at++ = ',';
  at = csv_put_word(at, net_address_print(net_address(record->net, packet->destination), address));
  *at++ = ',';
  if (packet->protocol == NET_PROTO_ICMP)
    at = csv_put_word(at, "ICMP");
  else
    at = csv_put_u64(at, packet->protocol);
  *at++ = ',';
  return at;
}

/* flags to retransmit of an ICMP message: what it says, the number of an echo, and an MTU. */
static char *
put_message(char *at, const Packet *packet)
{
  const IcmpHeader *icmp = &packet->icmp;
  IcmpKind kind = icmp_kind_of(icmp, packet->family);
  at = csv_put_word(at, icmp_kind_name(kind, packet->family));
  *at++ = ',';
  if (!icmp_kind_is_error(kind))
    at = csv_put_u64(at, icmp->sequence);
  at = csv_put_commas(at, 2);
  at = csv_put_u64(at, packet->payload);
  *at++ = ',';
  at = csv_put_u64(at, packet_size(packet));
  at = csv_put_commas(at, 2);
  if (kind == ICMP_TOO_BIG)
    at = csv_put_u64(csv_put_word(at, "mtu="), icmp->mtu);
  return csv_put_commas(at, 2);
}

/* flags to retransmit of a fragment: seq is its offset in the datagram. */
static char *
put_fragment(char *at, const Packet *packet)
{
  at = csv_put_word(at, "fragment,");
  at = csv_put_u64(at, (packet->fragment & PACKET_FRAGMENT_OFFSET) * 8u);
  at = csv_put_commas(at, 2);
  at = csv_put_u64(at, packet->payload);
  *at++ = ',';
  at = csv_put_u64(at, packet_size(packet));
  return csv_put_commas(at, 4);
}

/* flags to retransmit, each with its comma behind. */
static char *
put_segment(RecordTimeline *timeline, char *at, const Packet *packet, const ConnView *view)
{
  const TcpHeader *tcp = packet->protocol == NET_PROTO_TCP ? &packet->tcp : NULL;
  if (packet->fragment != 0)
    return put_fragment(at, packet);
  if (packet->protocol == NET_PROTO_ICMP)
    return put_message(at, packet);
  if (tcp != NULL) {
    at = put_flags(timeline, at, tcp->flags);
    *at++ = ',';
    at = csv_put_i64(at, view->seq);
    *at++ = ',';
    if (tcp->flags & TCP_ACK)
      at = csv_put_i64(at, view->ack);
    *at++ = ',';
  } else
    at = csv_put_commas(at, 3);
  at = csv_put_u64(at, packet->payload);
  *at++ = ',';
  at = csv_put_u64(at, packet_size(packet));
  *at++ = ',';
  if (tcp == NULL)
    return csv_put_commas(at, 3);
  at = csv_put_u64(at, (uint64_t)tcp->window << packet->window_scale);
  *at++ = ',';
  if (tcp->options != 0)
    at = put_options(at, packet, view);
  *at++ = ',';
  at = csv_put_u64(at, packet->retransmit);
  *at++ = ',';
  return at;
}

static bool
is_near(int64_t a, int64_t b)
{
  return a - b < NEAR && b - a < NEAR;
}

/* Whether every relative number in the cells stays what it is while positions are near. */
static bool
may_be_kept(const Packet *packet, const ConnView *view)
{
  const ConnFlow *flow = view->flow;
  if (flow == NULL || packet->protocol != NET_PROTO_TCP)
    return flow != NULL;
  int64_t peer = flow->stream[1 - view->side].position;
  bool near = is_near(view->seq, flow->stream[view->side].position) && is_near(view->ack, peer);
  for (int i = 0; (packet->tcp.options & TCP_OPT_SACK) && i < packet->tcp.sack_count; i++)
    near = near &&
           is_near(conn_names_acknowledged(view, packet, packet->tcp.sack[i].start), peer) &&
           is_near(conn_names_acknowledged(view, packet, packet->tcp.sack[i].end), peer);
  return near;
}

/* packet to state: each with its comma behind. */
static char *
put_cells(Record *record, char *at, RecordSeen *seen)
{
  const Packet *packet = seen->event->packet;
  const ConnView *view = record_view(record, seen);
  at = csv_put_u64(at, record_timeline_number(record->timeline, packet->id));
  *at++ = ',';
  at = put_flow(record, at, packet, view);
  at = put_segment(record->timeline, at, packet, view);
  *at++ = ','; /* no state */
  return at;
}

/* seq_raw and ack_raw, each with a comma before it. */
static char *
put_raw(char *at, const Packet *packet)
{
  bool tcp = packet->protocol == NET_PROTO_TCP;
  *at++ = ',';
  if (tcp)
    at = csv_put_u64(at, packet->tcp.seq);
  *at++ = ',';
  if (tcp && (packet->tcp.flags & TCP_ACK))
    at = csv_put_u64(at, packet->tcp.ack);
  return at;
}

/* Nearly every text is as long as the first of the two copies. */
static char *
put_kept(char *at, const PacketKept *kept)
{
  memcpy(at, kept->text, TEXT_USUAL);
  if (G_UNLIKELY(kept->text_length > TEXT_USUAL))
    memcpy(at + TEXT_USUAL, kept->text + TEXT_USUAL, PACKET_KEPT_TEXT - TEXT_USUAL);
  return at + kept->text_length;
}

static void
keep(PacketKept *kept, const ConnView *view, const char *text, size_t cells, size_t length)
{
  kept->flow = view->flow;
  kept->epoch = view->flow->epoch;
  kept->cells_length = (uint16_t)cells;
  kept->text_length = (uint16_t)length;
  memcpy(kept->text, text, length);
}

/* Once a packet, if nobody changes it. */
static SIM_HOT G_GNUC_NO_INLINE char *
make_text(Record *record, char *at, RecordSeen *seen, size_t *cells)
{
  const Packet *packet = seen->event->packet;
  char *cells_end = put_cells(record, at, seen), *end = put_raw(cells_end, packet);
  *cells = (size_t)(cells_end - at);
  size_t length = (size_t)(end - at);
  PacketKept *kept = seen->kept;
  if (kept != NULL && length <= PACKET_KEPT_TEXT && may_be_kept(packet, &seen->view))
    keep(kept, &seen->view, at, *cells, length);
  return end;
}

char *
record_timeline_text(Record *record, char *at, RecordSeen *seen, size_t *cells)
{
  const PacketKept *kept = record_kept(record, seen);
  if (G_UNLIKELY(kept == NULL || kept->text_length == 0 || kept->epoch != kept->flow->epoch))
    return make_text(record, at, seen, cells);
  *cells = kept->cells_length;
  return put_kept(at, kept);
}
