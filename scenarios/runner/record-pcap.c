/* record-pcap: a capture for each node: what it sent (when it handed it to the link, where tcpdump
 * sees it) and what it received.
 *
 * "lost on the wire" is known only after the packet was sent, and a comment stands beside its
 * packet. So blocks stay in the memory of their capture (pcapng.h) behind one that was sent and
 * whose fate is not known (packet-fate.h). Nobody looks for fates until that memory is full. A
 * capture holds back HELD_MAX packets at most; beyond that the oldest are final with what is known,
 * so that on a path with more packets under way than that a late loss has no comment.
 *
 * A packet looped back within a node is seen once, when it is sent. */
#include <errno.h>
#include <string.h>
#include <sys/resource.h>

#include "models/net/link.h"
#include "models/net/pcapng.h"
#include "models/net/wire.h"
#include "scenarios/runner/packet-fate.h"
#include "scenarios/runner/packet-story.h"
#include "scenarios/runner/record-private.h"

#define DIRECTORY "pcap"
#define APPLICATION "roundtrip"
#define HELD_MAX 16384u
#define HELD_FIRST 16u     /* capacity at first; a power of two as HELD_MAX */
#define SILENT_MOST 100    /* nodes of a network in which silent hosts leave an empty capture */
#define MANY_CAPTURES 200u /* open at once, from which on the limit of open files is raised */
#define COMMENT_ROOM 16u   /* of a comment around its text */

/* A block that was sent, which may get another comment. */
typedef struct Held {
  uint64_t position; /* of the block in its file */
  uint64_t packet;   /* its id */
  uint64_t number;   /* how many blocks were made before it */
} Held;

typedef struct Capture {
  Pcapng *file;    /* owned */
  uint64_t blocks; /* made so far */
  uint64_t oldest; /* the number of the first that is held, where there is one */
  Held *held;      /* owned ring of `capacity`, a power of two; NULL until needed */
  uint32_t first, count, capacity;
} Capture;

struct RecordPcap {
  Record *record;      /* borrowed */
  GPtrArray *captures; /* of Capture, owned; by the node's index; NULL: none */
  guint open;          /* captures */
  PacketFates *fates;  /* owned */
};

RecordPcap *
record_pcap_new(Record *record)
{
  RecordPcap *pcap = g_new0(RecordPcap, 1);
  pcap->record = record;
  pcap->captures = g_ptr_array_new();
  pcap->fates = packet_fates_new();
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

/* NULL: it could not be made. */
static SIM_RARE Capture *
make_capture(RecordPcap *pcap, const Node *node)
{
  if (pcap->open == MANY_CAPTURES)
    raise_file_limit();
  GError *error = NULL;
  Pcapng *file = open_file(pcap->record, node, &error);
  if (file == NULL) {
    record_failed(pcap->record, error);
    return NULL;
  }
  Capture *capture = g_new0(Capture, 1);
  capture->file = file;
  record_spend(pcap->record, pcapng_size(file));
  pcap->open++;
  if (node->index >= pcap->captures->len)
    g_ptr_array_set_size(pcap->captures, (gint)node->index + 1);
  g_ptr_array_index(pcap->captures, node->index) = capture;
  return capture;
}

/* The node's capture, a new one when it has none; NULL likewise. */
static Capture *
capture_of(RecordPcap *pcap, const Node *node)
{
  const GPtrArray *captures = pcap->captures;
  Capture *capture = node->index < captures->len ? g_ptr_array_index(captures, node->index) : NULL;
  return G_LIKELY(capture != NULL) ? capture : make_capture(pcap, node);
}

/* Holding back. */

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

static SIM_RARE void
comment_on(Record *record, Capture *capture, uint64_t position, const char *comment)
{
  if (comment == NULL || !record_fits(record, COMMENT_ROOM + strlen(comment)))
    return;
  record_spend(record, pcapng_comment(capture->file, position, comment));
}

/* Lets go of blocks up to the first whose fate is not known, or of more when they are too many. */
static void
settle(RecordPcap *pcap, Capture *capture)
{
  uint64_t settled = pcapng_position(capture->file);
  for (; capture->count > 0; capture->count--) {
    const Held *held = &capture->held[capture->first];
    const char *comment;
    if (!packet_fate_known(pcap->fates, held->packet, &comment) &&
        capture->blocks - held->number < HELD_MAX) {
      settled = held->position;
      break;
    }
    if (comment != NULL)
      comment_on(pcap->record, capture, held->position, comment);
    capture->first = (capture->first + 1) & (capture->capacity - 1);
  }
  pcapng_settle(capture->file, settled);
  if (capture->count > 0)
    capture->oldest = capture->held[capture->first].number;
}

static bool
holds_too_many(const Capture *capture)
{
  return capture->count > 0 && capture->blocks - capture->oldest >= HELD_MAX;
}

G_STATIC_ASSERT(PACKET_KEPT_WIRE % PCAPNG_PADDING == 0);

/* The block of a packet, by the bytes that are kept of it where there are some. */
static size_t
make_block(const Record *record, uint8_t *block, RecordSeen *seen, uint32_t size)
{
  const Packet *packet = seen->event->packet;
  PacketKept *kept = record->full_payload ? NULL : record_kept(record, seen);
  if (kept == NULL)
    return pcapng_block(block, record->net, packet, seen->event->time, record->full_payload);
  if (kept->wire_length == 0)
    kept->wire_length = (uint16_t)(wire_put_cut(kept->wire, record->net, packet) - kept->wire);
  else
    wire_set_hop(kept->wire, packet);
  return pcapng_block_of(block, kept->wire, kept->wire_length, size, seen->event->time);
}

/* Makes the packet's block, when it fits the limit; its position then, else false. */
static SIM_HOT bool
add_block(RecordPcap *pcap, Capture *capture, RecordSeen *seen, uint64_t *position)
{
  Record *record = pcap->record;
  uint32_t size = packet_size(seen->event->packet);
  size_t room = pcapng_room(seen->event->packet, size, record->full_payload);
  if (!record_fits(record, room))
    return false;
  if (G_UNLIKELY(pcapng_is_full(capture->file, room)))
    settle(pcap, capture);
  uint8_t *block = pcapng_begin(capture->file, room);
  size_t length = make_block(record, block, seen, size);
  *position = pcapng_end(capture->file, length);
  capture->blocks++;
  record_spend(record, length);
  return true;
}

/* Events. */

static SIM_RARE void
tell_story(Record *record, Capture *capture, uint64_t position, RecordSeen *seen)
{
  const Packet *packet = seen->event->packet;
  g_autofree char *story = packet_story_sent(record->names, packet, record_view(record, seen));
  comment_on(record, capture, position, story);
}

static void
on_send(RecordPcap *pcap, RecordSeen *seen)
{
  const NetPacketRecord *event = seen->event;
  Capture *capture = capture_of(pcap, event->node);
  if (capture == NULL)
    return;
  Record *record = pcap->record;
  uint64_t position;
  if (!add_block(pcap, capture, seen, &position))
    return;
  if (!packet_story_is_plain(event->packet))
    tell_story(record, capture, position, seen);
  if (capture->count == 0)
    capture->oldest = capture->blocks - 1;
  *ring_append(capture) =
      (Held){.position = position, .packet = event->packet->id, .number = capture->blocks - 1};
  if (G_UNLIKELY(holds_too_many(capture)))
    settle(pcap, capture);
}

static void
on_receive(RecordPcap *pcap, RecordSeen *seen)
{
  const NetPacketRecord *event = seen->event;
  /* What comes to the address of a NAT is not there yet. */
  if (node_has_address(event->node, event->packet->destination) && event->node->middlebox == NULL)
    packet_fate_arrived(pcap->fates, event->packet);
  Capture *capture = event->direction != NULL ? capture_of(pcap, event->node) : NULL;
  if (capture == NULL)
    return;
  if (G_UNLIKELY(holds_too_many(capture)))
    settle(pcap, capture);
  uint64_t position;
  const char *story = packet_story_received(event->packet);
  if (add_block(pcap, capture, seen, &position) && story != NULL)
    comment_on(pcap->record, capture, position, story);
}

void
record_pcap_packet(Record *record, RecordSeen *seen)
{
  const NetPacketRecord *event = seen->event;
  RecordPcap *pcap = record->pcap;
  switch (event->event) {
  case NET_PACKET_SEND:
    on_send(pcap, seen);
    break;
  case NET_PACKET_RECEIVE:
    on_receive(pcap, seen);
    break;
  case NET_PACKET_DROP:
    packet_fate_lost(pcap->fates, event);
    break;
  case NET_PACKET_TRANSMIT:
  case NET_PACKET_MARK:
  case NET_PACKET_DUPLICATE:
    break;
  }
}

void
record_pcap_timer(Record *record, const RecordEnd *end, const TcpTimerRecord *event)
{
  if (event->timer != TCP_TIMER_RETRANSMIT || event->event != TCP_TIMER_FIRE)
    return;
  int side;
  ConnFlow *flow = conn_names_flow_of(record->names, &end->ends, &side);
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
    if (capture != NULL)
      settle(pcap, capture);
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
    g_free(capture->held);
    good = pcapng_close(capture->file, good ? error : NULL) && good;
    g_free(capture);
  }
  g_ptr_array_unref(pcap->captures);
  packet_fates_free(pcap->fates);
  g_free(pcap);
  return good;
}
