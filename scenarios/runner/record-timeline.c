/* record-timeline: timeline.csv: a row for each packet event, state change, timer, call and note.
 *
 * Packets are numbered 1, 2, 3 ... as they first appear: an id holds its maker's number in the
 * upper bits, and nobody wants to read 1099511627777 on a slide. A packet's cells are made by
 * record-timeline-cells.c; what happens at one end of a connection is written by
 * record-timeline-conn.c. */
#include <string.h>

#include "models/net/link.h"
#include "scenarios/runner/record-timeline-private.h"

#define HEADER                                                                                     \
  "time,event,node,link,packet,conn,src,dst,proto,flags,seq,ack,len,size,win,options,retransmit,"  \
  "state,detail,seq_raw,ack_raw"

#define RAW_ROOM 32 /* two commas and two numbers of 32 bits */

/* "send,client,client>server,": the cells of an event on one direction, which never change. */
typedef struct Place {
  const Node *node;
  uint32_t length;
  char text[]; /* with what csv_put_padded() reads too much */
} Place;

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

RecordTimeline *
record_timeline_new(Record *record, GError **error)
{
  CsvFile *file = record_open(record, "timeline.csv", HEADER, error);
  if (file == NULL)
    return NULL;
  RecordTimeline *timeline = g_new0(RecordTimeline, 1);
  timeline->file = file;
  timeline->places = g_ptr_array_new_with_free_func(g_free);
  packet_map_init(&timeline->numbers);
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
  packet_map_clear(&timeline->numbers);
  g_ptr_array_unref(timeline->places);
  g_free(timeline);
  return good;
}

uint32_t
record_timeline_number(RecordTimeline *timeline, uint64_t id)
{
  uint32_t *number = packet_map_at(&timeline->numbers, id);
  if (*number == 0)
    *number = ++timeline->packets;
  return *number;
}

/* The packet that an ICMP error is about; NULL: it is none. */
const Packet *
record_timeline_quoted(const Packet *packet)
{
  bool quotes = packet->protocol == NET_PROTO_ICMP && packet->ext != NULL && packet->fragment == 0;
  return quotes ? packet->ext->quoted : NULL;
}

/* "about packet 17"; one that was never sent (a test's) has no number. */
static char *
put_about(RecordTimeline *timeline, char *at, const Packet *quoted)
{
  if (quoted->id == 0)
    return at;
  return csv_put_u64(csv_put_word(at, "about packet "),
                     record_timeline_number(timeline, quoted->id));
}

static char *
put_detail(RecordTimeline *timeline, char *at, const NetPacketRecord *event)
{
  const Packet *packet = event->packet;
  if (event->event == NET_PACKET_SEND && record_timeline_quoted(packet) != NULL)
    return put_about(timeline, at, record_timeline_quoted(packet));
  if (event->event == NET_PACKET_SEND) {
    const char *cause = packet_cause_name(packet->cause);
    bool injected = *cause == '\0' && (packet->marks & PACKET_INJECTED);
    return csv_put_word(at, injected ? "injected" : cause);
  }
  if (event->event != NET_PACKET_DUPLICATE)
    return event->reason != NULL ? csv_put_text(at, event->reason) : at;
  char text[32];
  uint32_t original = record_timeline_number(timeline, event->original);
  g_snprintf(text, sizeof text, "copy of %u", original);
  if (event->reason == NULL)
    return csv_put_word(at, text);
  g_autofree char *both = g_strconcat(text, ", ", event->reason, NULL);
  return csv_put_text(at, both);
}

static SIM_RARE char *
put_new_place(char *at, const NetPacketRecord *event)
{
  const Word *name = &packet_events[event->event];
  at = csv_put_plain(at, name->text, name->length);
  *at++ = ',';
  at = csv_put_word(at, event->node->name);
  *at++ = ',';
  if (event->direction != NULL)
    at = csv_put_word(at, event->direction->name);
  *at++ = ',';
  return at;
}

/* Of a direction: kept for the next time. */
static SIM_RARE char *
make_place(RecordTimeline *timeline, guint index, char *at, const NetPacketRecord *event)
{
  char *end = put_new_place(at, event);
  size_t length = (size_t)(end - at);
  Place *made = g_malloc0(sizeof *made + length + CSV_PADDING);
  made->node = event->node;
  made->length = (uint32_t)length;
  memcpy(made->text, at, length);
  if (index >= timeline->places->len)
    g_ptr_array_set_size(timeline->places, (gint)index + 1);
  g_free(g_ptr_array_index(timeline->places, index));
  g_ptr_array_index(timeline->places, index) = made;
  return end;
}

/* event, node, link: each with its comma behind. */
static char *
put_place(RecordTimeline *timeline, char *at, const NetPacketRecord *event)
{
  if (G_UNLIKELY(event->direction == NULL))
    return put_new_place(at, event);
  guint index = event->direction->owner.id * G_N_ELEMENTS(packet_events) + event->event;
  const GPtrArray *places = timeline->places;
  const Place *place = index < places->len ? g_ptr_array_index(places, index) : NULL;
  if (G_UNLIKELY(place == NULL || place->node != event->node))
    return make_place(timeline, index, at, event);
  return csv_put_padded(at, place->text, place->length);
}

/* Whether put_detail() has nothing to say. */
static bool
is_plain(const NetPacketRecord *event)
{
  const Packet *packet = event->packet;
  if (event->event == NET_PACKET_SEND)
    return packet->cause == PACKET_CAUSE_NEW && !(packet->marks & PACKET_INJECTED) &&
           packet->protocol != NET_PROTO_ICMP;
  return event->reason == NULL && event->event != NET_PACKET_DUPLICATE;
}

/* Puts the detail at its place in a text without one, which ends before `end`. */
static SIM_RARE char *
insert_detail(RecordTimeline *timeline, char *place, char *end, const NetPacketRecord *event)
{
  char raw[RAW_ROOM];
  size_t length = (size_t)(end - place);
  memcpy(raw, place, length);
  return csv_put_plain(put_detail(timeline, place, event), raw, length);
}

void
record_timeline_packet(Record *record, RecordSeen *seen)
{
  RecordTimeline *timeline = record->timeline;
  const NetPacketRecord *event = seen->event;
  size_t room = RECORD_ROW_ROOM + (event->reason != NULL ? csv_text_room(event->reason) : 0);
  char *at = csv_begin(timeline->file, room);
  at = csv_put_time(timeline->file, at, event->time);
  *at++ = ',';
  at = put_place(timeline, at, event);
  size_t cells;
  char *end = record_timeline_text(record, at, seen, &cells);
  if (G_UNLIKELY(!is_plain(event)))
    end = insert_detail(timeline, at + cells, end, event);
  record_row(record, timeline->file, end);
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
