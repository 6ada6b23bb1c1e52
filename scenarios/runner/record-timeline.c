/* record-timeline: timeline.csv: a row for each packet event, state change, timer, call and note.
 *
 * Packets are numbered 1, 2, 3 ... as they first appear: an id holds its maker's number in the
 * upper bits, and nobody wants to read 1099511627777 on a slide. What happens at one end of a
 * connection is written by record-timeline-conn.c. */
#include <string.h>

#include "models/net/link.h"
#include "scenarios/runner/record-private.h"

#define HEADER                                                                                     \
  "time,event,node,link,packet,conn,src,dst,proto,flags,seq,ack,len,size,win,options,retransmit,"  \
  "state,detail,seq_raw,ack_raw"

#define ID_COUNT_BITS 40 /* of a packet's id: its maker's count; its maker's number above */
#define FLAG_SETS 512    /* nine flags */

typedef struct FlagsText {
  uint32_t length; /* 0: not made yet */
  char text[PACKET_FLAGS_TEXT];
} FlagsText;

struct RecordTimeline {
  CsvFile *file;      /* owned */
  GPtrArray *numbers; /* by maker's number: of GArray of uint32_t, by its count; 0: not yet seen */
  uint32_t packets;   /* numbers given out */
  FlagsText flags[FLAG_SETS];
};

typedef struct Word {
  const char *text;
  size_t length;
} Word;

#define WORD(text)                                                                                 \
  {                                                                                                \
    text, sizeof(text) - 1                                                                         \
  }

static const Word packet_events[] = {
    [NET_PACKET_SEND] = WORD("send"),       [NET_PACKET_TRANSMIT] = WORD("transmit"),
    [NET_PACKET_RECEIVE] = WORD("receive"), [NET_PACKET_DROP] = WORD("drop"),
    [NET_PACKET_MARK] = WORD("mark"),       [NET_PACKET_DUPLICATE] = WORD("duplicate"),
};

static void
free_numbers(void *numbers)
{
  if (numbers != NULL)
    g_array_unref(numbers);
}

RecordTimeline *
record_timeline_new(Record *record, GError **error)
{
  CsvFile *file = record_open(record, "timeline.csv", HEADER, error);
  if (file == NULL)
    return NULL;
  RecordTimeline *timeline = g_new0(RecordTimeline, 1);
  timeline->file = file;
  timeline->numbers = g_ptr_array_new_with_free_func(free_numbers);
  return timeline;
}

CsvFile *
record_timeline_file(RecordTimeline *timeline)
{
  return timeline->file;
}

bool
record_timeline_finish(RecordTimeline *timeline, GError **error)
{
  bool good = csv_close(timeline->file, error);
  g_ptr_array_unref(timeline->numbers);
  g_free(timeline);
  return good;
}

/* A maker counts its packets from 1 without gaps, so that arrays do for a map. */
static uint32_t
number_of(RecordTimeline *timeline, uint64_t id)
{
  guint maker = (guint)(id >> ID_COUNT_BITS);
  guint count = (guint)(id & ((UINT64_C(1) << ID_COUNT_BITS) - 1));
  if (G_UNLIKELY(maker >= timeline->numbers->len))
    g_ptr_array_set_size(timeline->numbers, (gint)maker + 1);
  GArray *numbers = g_ptr_array_index(timeline->numbers, maker);
  if (G_UNLIKELY(numbers == NULL)) {
    numbers = g_array_new(FALSE, TRUE, sizeof(uint32_t));
    g_ptr_array_index(timeline->numbers, maker) = numbers;
  }
  if (count >= numbers->len)
    g_array_set_size(numbers, count + 1);
  uint32_t *number = &g_array_index(numbers, uint32_t, count);
  if (*number == 0)
    *number = ++timeline->packets;
  return *number;
}

static char *
put_flags(RecordTimeline *timeline, char *at, uint16_t flags)
{
  FlagsText *kept = &timeline->flags[flags & (FLAG_SETS - 1)];
  if (kept->length == 0)
    kept->length = (uint32_t)strlen(packet_flags_print(flags, kept->text));
  return csv_put_plain(at, kept->text, kept->length);
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

/* The packet that an ICMP error is about; NULL: it is none. */
static const Packet *
quoted_by(const Packet *packet)
{
  bool quotes = packet->protocol == NET_PROTO_ICMP && packet->ext != NULL && packet->fragment == 0;
  return quotes ? packet->ext->quoted : NULL;
}

/* conn, src, dst, proto: each with its comma behind. */
static char *
put_flow(Record *record, char *at, const Packet *packet, const ConnView *view)
{
  const ConnFlow *flow = view->flow;
  if (G_LIKELY(flow != NULL)) {
    int source = view->side, destination = 1 - view->side;
    at = csv_put_plain(at, flow->name, flow->name_length);
    *at++ = ',';
    at = csv_put_plain(at, flow->text[source], flow->text_length[source]);
    *at++ = ',';
    at = csv_put_plain(at, flow->text[destination], flow->text_length[destination]);
    return csv_put_word(at, packet->protocol == NET_PROTO_TCP ? ",TCP," : ",UDP,");
  }
  char address[NET_ADDRESS_TEXT];
  const Packet *quoted = quoted_by(packet);
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

/* "about packet 17"; one that was never sent (a test's) has no number. */
static char *
put_about(RecordTimeline *timeline, char *at, const Packet *quoted)
{
  if (quoted->id == 0)
    return at;
  return csv_put_u64(csv_put_word(at, "about packet "), number_of(timeline, quoted->id));
}

static char *
put_detail(RecordTimeline *timeline, char *at, const NetPacketRecord *event)
{
  const Packet *packet = event->packet;
  if (event->event == NET_PACKET_SEND && quoted_by(packet) != NULL)
    return put_about(timeline, at, quoted_by(packet));
  if (event->event == NET_PACKET_SEND) {
    const char *cause = packet_cause_name(packet->cause);
    bool injected = *cause == '\0' && (packet->marks & PACKET_INJECTED);
    return csv_put_word(at, injected ? "injected" : cause);
  }
  if (event->event != NET_PACKET_DUPLICATE)
    return event->reason != NULL ? csv_put_text(at, event->reason) : at;
  char text[32];
  uint32_t original = number_of(timeline, event->original);
  g_snprintf(text, sizeof text, "copy of %u", original);
  if (event->reason == NULL)
    return csv_put_word(at, text);
  g_autofree char *both = g_strconcat(text, ", ", event->reason, NULL);
  return csv_put_text(at, both);
}

void
record_timeline_packet(Record *record, const NetPacketRecord *event, const ConnView *view)
{
  RecordTimeline *timeline = record->timeline;
  const Packet *packet = event->packet;
  const Word *name = &packet_events[event->event];
  size_t room = RECORD_ROW_ROOM + (event->reason != NULL ? csv_text_room(event->reason) : 0);
  char *at = csv_begin(timeline->file, room);
  at = csv_put_time(timeline->file, at, event->time);
  *at++ = ',';
  at = csv_put_plain(at, name->text, name->length);
  *at++ = ',';
  at = csv_put_word(at, event->node->name);
  *at++ = ',';
  if (event->direction != NULL)
    at = csv_put_word(at, event->direction->name);
  *at++ = ',';
  at = csv_put_u64(at, number_of(timeline, packet->id));
  *at++ = ',';
  at = put_flow(record, at, packet, view);
  at = put_segment(timeline, at, packet, view);
  *at++ = ','; /* no state */
  at = put_detail(timeline, at, event);
  *at++ = ',';
  if (packet->protocol == NET_PROTO_TCP)
    at = csv_put_u64(at, packet->tcp.seq);
  *at++ = ',';
  if (packet->protocol == NET_PROTO_TCP && (packet->tcp.flags & TCP_ACK))
    at = csv_put_u64(at, packet->tcp.ack);
  record_row(record, timeline->file, at);
}

void
record_timeline_note(Record *record, const NetNoteRecord *event)
{
  CsvFile *file = record->timeline->file;
  const char *conn = event->conn != NULL ? event->conn : "";
  size_t texts = csv_text_room(event->text) + csv_text_room(event->event) + strlen(conn);
  char *at = csv_begin(file, RECORD_ROW_ROOM + texts);
  at = csv_put_time(file, at, event->time);
  *at++ = ',';
  at = csv_put_text(at, event->event);
  *at++ = ',';
  if (event->node != NULL)
    at = csv_put_word(at, event->node->name);
  at = csv_put_commas(at, NODE_TO_CONN);
  at = csv_put_word(at, conn);
  at = csv_put_text(csv_put_commas(at, CONN_TO_DETAIL), event->text);
  record_row(record, file, csv_put_commas(at, DETAIL_TO_END));
}
