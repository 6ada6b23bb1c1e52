/* record-pcap: a capture for each node: what it sent (when it handed it to the link, where tcpdump
 * sees it) and what it received.
 *
 * "lost on the wire" is known only after the packet was sent, and a comment stands beside its
 * packet. So a packet that was sent is held back, as a copy of how it was then, until its fate is
 * known: dropped somewhere, or received where it was going. What comes later waits behind it, so
 * that the order stays. A capture holds back HELD_MAX packets at most; beyond that the oldest are
 * written with what is known, so that on a path with more packets under way than that a late loss
 * has no comment.
 *
 * A packet looped back within a node is seen once, when it is sent. */
#include <errno.h>
#include <string.h>
#include <sys/resource.h>

#include "models/net/link.h"
#include "models/net/pcapng.h"
#include "scenarios/runner/packet-story.h"
#include "scenarios/runner/record-private.h"

#define DIRECTORY "pcap"
#define APPLICATION "roundtrip"
#define HELD_MAX 16384u
#define HELD_FIRST 16u     /* capacity at first; a power of two as HELD_MAX */
#define SILENT_MOST 100    /* nodes of a network in which silent hosts leave an empty capture */
#define MANY_CAPTURES 200u /* open at once, from which on the limit of open files is raised */
#define BLOCK_ROOM 160u    /* of a capture's block around packet and comment, and a bit more */
#define NO_FATE UINT32_MAX

/* What becomes of a packet under way. */
typedef struct Fate {
  uint64_t packet;     /* its id */
  uint32_t holders;    /* held copies that wait for it; 0: this place is unused */
  bool known;          /* lost, or arrived where it was going */
  bool on_wire;        /* its first bit has left on this hop */
  const char *comment; /* interned; NULL: it arrived whole */
} Fate;

typedef struct Held {
  SimTime time;
  Packet packet; /* a copy; its ext is a copy that is owned */
  uint32_t fate; /* index in fates; NO_FATE: known */
  char *comment; /* owned; NULL: none so far */
} Held;

typedef struct Capture {
  Pcapng *file;  /* owned */
  uint64_t size; /* bytes counted in record->written */
  Held *held;    /* owned ring of `capacity`, a power of two; NULL until needed */
  uint32_t first, count, capacity;
} Capture;

struct RecordPcap {
  Record *record;      /* borrowed */
  GPtrArray *captures; /* of Capture, owned; by the node's index; NULL: none */
  guint open;          /* captures */
  GArray *fates;       /* of Fate */
  GArray *unused;      /* of uint32_t: indices in fates */
  IdMap by_packet;     /* packet -> index in fates */
  GStringChunk *comments;
};

RecordPcap *
record_pcap_new(Record *record)
{
  RecordPcap *pcap = g_new0(RecordPcap, 1);
  pcap->record = record;
  pcap->captures = g_ptr_array_new();
  pcap->fates = g_array_new(FALSE, TRUE, sizeof(Fate));
  pcap->unused = g_array_new(FALSE, FALSE, sizeof(uint32_t));
  pcap->comments = g_string_chunk_new(1024);
  return pcap;
}

/* Captures. */

/* A large network has more nodes than the soft limit of open files, often 1,024. */
static void
raise_file_limit(void)
{
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= limit.rlim_max)
    return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit); /* when it fails, opening says what is wrong */
}

static Pcapng *
open_file(Record *record, const Node *node, GError **error)
{
  g_autofree char *folder = g_build_filename(record->directory, DIRECTORY, NULL);
  if (g_mkdir_with_parents(folder, 0777) != 0) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_FILE, "cannot create the folder %s: %s", folder,
                g_strerror(errno));
    return NULL;
  }
  g_autofree char *name = g_strconcat(DIRECTORY "/", node->name, ".pcapng", NULL);
  g_autofree char *path = g_build_filename(record->directory, name, NULL);
  Pcapng *file = pcapng_open(path, node->name, APPLICATION, error);
  if (file != NULL)
    record_made(record, g_steal_pointer(&name));
  return file;
}

/* The node's capture, a new one when it has none. NULL: it could not be made. */
static Capture *
capture_of(RecordPcap *pcap, const Node *node)
{
  if (node->index >= pcap->captures->len)
    g_ptr_array_set_size(pcap->captures, (gint)node->index + 1);
  Capture *capture = g_ptr_array_index(pcap->captures, node->index);
  if (capture != NULL)
    return capture;
  if (pcap->open == MANY_CAPTURES)
    raise_file_limit();
  GError *error = NULL;
  Pcapng *file = open_file(pcap->record, node, &error);
  if (file == NULL) {
    record_failed(pcap->record, error);
    return NULL;
  }
  capture = g_new0(Capture, 1);
  capture->file = file;
  capture->size = pcapng_size(file);
  pcap->record->written += capture->size;
  pcap->open++;
  g_ptr_array_index(pcap->captures, node->index) = capture;
  return capture;
}

static void
write_packet(RecordPcap *pcap, Capture *capture, const Packet *packet, SimTime time,
             const char *comment)
{
  Record *record = pcap->record;
  bool payload = record->full_payload || (packet->ext != NULL && packet->ext->payload != NULL);
  uint64_t most = BLOCK_ROOM + packet_size(packet) - (payload ? 0 : packet->payload);
  if (!record_fits(record, most + (comment != NULL ? strlen(comment) : 0)))
    return;
  pcapng_write(capture->file, record->net, packet, time, record->full_payload, comment);
  uint64_t size = pcapng_size(capture->file);
  record->written += size - capture->size;
  capture->size = size;
}

/* Fates. */

static Fate *
fate_at(const RecordPcap *pcap, uint32_t index)
{
  return &g_array_index(pcap->fates, Fate, index);
}

/* One more waits to hear what becomes of the packet. */
static uint32_t
fate_hold(RecordPcap *pcap, uint64_t packet)
{
  uint32_t index;
  if (!id_map_get(&pcap->by_packet, packet, &index)) {
    index = pcap->fates->len;
    if (pcap->unused->len > 0) {
      index = g_array_index(pcap->unused, uint32_t, pcap->unused->len - 1);
      g_array_set_size(pcap->unused, pcap->unused->len - 1);
    } else
      g_array_set_size(pcap->fates, index + 1);
    *fate_at(pcap, index) = (Fate){.packet = packet};
    id_map_put(&pcap->by_packet, packet, index);
  }
  Fate *fate = fate_at(pcap, index);
  fate->holders++;
  fate->on_wire = false; /* it is handed to a link */
  return index;
}

static void
fate_release(RecordPcap *pcap, uint32_t index)
{
  Fate *fate = fate_at(pcap, index);
  if (--fate->holders > 0)
    return;
  id_map_take(&pcap->by_packet, fate->packet, NULL);
  g_array_append_val(pcap->unused, index);
}

/* NULL: nobody waits for it. */
static Fate *
fate_of(const RecordPcap *pcap, uint64_t packet)
{
  uint32_t index;
  return id_map_get(&pcap->by_packet, packet, &index) ? fate_at(pcap, index) : NULL;
}

static void
fate_lost(RecordPcap *pcap, const NetPacketRecord *event)
{
  Fate *fate = fate_of(pcap, event->packet->id);
  if (fate == NULL || fate->known)
    return;
  char *comment = g_strconcat(
      fate->on_wire && event->direction != NULL ? "lost on the wire: " : "lost: ", event->reason,
      NULL);
  fate->known = true;
  fate->comment = g_string_chunk_insert_const(pcap->comments, comment);
  g_free(comment);
}

static void
fate_arrived(RecordPcap *pcap, const Packet *packet)
{
  Fate *fate = fate_of(pcap, packet->id);
  if (fate == NULL || fate->known)
    return;
  fate->known = true;
  if (packet->marks & PACKET_CORRUPT)
    fate->comment = "damaged on the wire";
}

/* Holding back. */

static void
held_clear(RecordPcap *pcap, Held *held)
{
  g_free(held->comment);
  if (held->packet.ext != NULL)
    packet_ext_free(pcap->record->net, held->packet.ext);
}

static Held *
ring_append(Capture *capture)
{
  if (capture->count == capture->capacity) {
    uint32_t capacity = MAX(2 * capture->capacity, HELD_FIRST);
    Held *ring = g_new(Held, capacity);
    for (uint32_t i = 0; i < capture->count; i++)
      ring[i] = capture->held[(capture->first + i) & (capture->capacity - 1)];
    g_free(capture->held);
    capture->held = ring;
    capture->capacity = capacity;
    capture->first = 0;
  }
  uint32_t last = (capture->first + capture->count++) & (capture->capacity - 1);
  return &capture->held[last];
}

static void
write_first(RecordPcap *pcap, Capture *capture)
{
  Held *held = &capture->held[capture->first];
  const char *more = held->fate != NO_FATE ? fate_at(pcap, held->fate)->comment : NULL;
  if (more != NULL && held->comment != NULL) {
    char *both = g_strconcat(held->comment, "; ", more, NULL);
    g_free(held->comment);
    held->comment = both;
    more = NULL;
  }
  write_packet(pcap, capture, &held->packet, held->time, more != NULL ? more : held->comment);
  if (held->fate != NO_FATE)
    fate_release(pcap, held->fate);
  held_clear(pcap, held);
  capture->first = (capture->first + 1) & (capture->capacity - 1);
  capture->count--;
}

static void
write_known(RecordPcap *pcap, Capture *capture)
{
  while (capture->count > 0) {
    uint32_t fate = capture->held[capture->first].fate;
    if (fate != NO_FATE && !fate_at(pcap, fate)->known && capture->count < HELD_MAX)
      return;
    write_first(pcap, capture);
  }
}

/* Takes the comment. */
static void
hold(RecordPcap *pcap, Capture *capture, const NetPacketRecord *event, uint32_t fate, char *comment)
{
  Held *held = ring_append(capture);
  *held = (Held){.time = event->time, .packet = *event->packet, .fate = fate, .comment = comment};
  held->packet.next = NULL;
  if (held->packet.ext != NULL)
    held->packet.ext = packet_ext_copy(pcap->record->net, event->packet);
}

/* Events. */

static void
on_send(RecordPcap *pcap, const NetPacketRecord *event, const ConnView *view)
{
  Capture *capture = capture_of(pcap, event->node);
  if (capture == NULL)
    return;
  hold(pcap, capture, event, fate_hold(pcap, event->packet->id),
       packet_story_sent(pcap->record->names, event->packet, view));
  write_known(pcap, capture);
}

static void
on_receive(RecordPcap *pcap, const NetPacketRecord *event)
{
  /* What comes to the address of a NAT is not there yet. */
  if (node_has_address(event->node, event->packet->destination) && event->node->middlebox == NULL)
    fate_arrived(pcap, event->packet);
  Capture *capture = event->direction != NULL ? capture_of(pcap, event->node) : NULL;
  if (capture == NULL)
    return;
  write_known(pcap, capture);
  const char *story = packet_story_received(event->packet);
  if (capture->count == 0)
    write_packet(pcap, capture, event->packet, event->time, story);
  else
    hold(pcap, capture, event, NO_FATE, g_strdup(story));
}

void
record_pcap_packet(Record *record, const NetPacketRecord *event, const ConnView *view)
{
  RecordPcap *pcap = record->pcap;
  Fate *fate;
  switch (event->event) {
  case NET_PACKET_SEND:
    on_send(pcap, event, view);
    break;
  case NET_PACKET_TRANSMIT:
    if ((fate = fate_of(pcap, event->packet->id)) != NULL)
      fate->on_wire = true;
    break;
  case NET_PACKET_RECEIVE:
    on_receive(pcap, event);
    break;
  case NET_PACKET_DROP:
    fate_lost(pcap, event);
    break;
  case NET_PACKET_MARK:
  case NET_PACKET_DUPLICATE:
    break;
  }
}

void
record_pcap_timer(Record *record, const TcpTimerRecord *event)
{
  if (event->timer != TCP_TIMER_RETRANSMIT || event->event != TCP_TIMER_FIRE)
    return;
  int side;
  ConnFlow *flow = conn_names_flow(record->names, event->conn, &side);
  flow->stream[side].rto = event->due - event->set_at;
}

/* In a small network a host that saw nothing leaves an empty capture: that it saw nothing is what
 * one looks for there. */
static void
open_silent(Record *record)
{
  const GPtrArray *nodes = record->net->nodes;
  if (nodes->len > SILENT_MOST || record->pcap->captures->len == 0 || record->truncated)
    return;
  for (guint i = 0; i < nodes->len; i++) {
    const Node *node = g_ptr_array_index(nodes, i);
    if (node->kind == NODE_HOST)
      capture_of(record->pcap, node);
  }
}

void
record_pcap_end(Record *record)
{
  RecordPcap *pcap = record->pcap;
  open_silent(record);
  for (guint i = 0; i < pcap->captures->len; i++) {
    Capture *capture = g_ptr_array_index(pcap->captures, i);
    while (capture != NULL && capture->count > 0 && !record->truncated)
      write_first(pcap, capture);
  }
}

bool
record_pcap_finish(RecordPcap *pcap, GError **error)
{
  bool good = true;
  for (guint i = 0; i < pcap->captures->len; i++) {
    Capture *capture = g_ptr_array_index(pcap->captures, i);
    if (capture == NULL)
      continue;
    for (uint32_t k = 0; k < capture->count; k++)
      held_clear(pcap, &capture->held[(capture->first + k) & (capture->capacity - 1)]);
    g_free(capture->held);
    good = pcapng_close(capture->file, good ? error : NULL) && good;
    g_free(capture);
  }
  g_ptr_array_unref(pcap->captures);
  g_array_unref(pcap->fates);
  g_array_unref(pcap->unused);
  id_map_clear(&pcap->by_packet);
  g_string_chunk_free(pcap->comments);
  g_free(pcap);
  return good;
}
