/* record-pcap: a capture for each node: what it sent (when it handed it to the link, where tcpdump
 * sees it) and what it received.
 *
 * "lost on the wire" is known only after the packet was sent, and a comment stands beside its
 * packet. So a packet that was sent is held back, as the block that it will be, until its fate is
 * known (packet-fate.h). What comes later waits behind it, so that the order stays. A capture holds
 * back HELD_MAX packets at most; beyond that the oldest are written with what is known, so that on
 * a path with more packets under way than that a late loss has no comment.
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
#define BLOCKS_FIRST ((size_t)4096)
#define BLOCK_ROOM 160u /* of a capture's block around packet and comment, and a bit more */

typedef struct Held {
  PacketFate fate; /* PACKET_FATE_NONE: nothing more will be known of it */
  uint32_t length; /* of its block */
  uint32_t most;   /* bytes that the block with a comment may take, but for the comment's */
  char *comment;   /* owned; NULL: none so far */
} Held;

typedef struct Capture {
  Pcapng *file;  /* owned */
  uint64_t size; /* bytes counted in record->written */
  Held *held;    /* owned ring of `capacity`, a power of two; NULL until needed */
  uint32_t first, count, capacity;
  uint8_t *blocks; /* owned: of what is held back, one behind the other; NULL until needed */
  size_t blocks_first, blocks_end, blocks_capacity;
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

static uint32_t
most_of(const Record *record, const Packet *packet)
{
  bool payload = record->full_payload || (packet->ext != NULL && packet->ext->payload != NULL);
  return BLOCK_ROOM + packet_size(packet) - (payload ? 0 : packet->payload);
}

static bool
fits(Record *record, uint32_t most, const char *comment)
{
  return record_fits(record, most + (comment != NULL ? strlen(comment) : 0));
}

/* Something was written. */
static void
count_bytes(Record *record, Capture *capture)
{
  uint64_t size = pcapng_size(capture->file);
  record->written += size - capture->size;
  capture->size = size;
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

/* Where the next block goes. They move to the front when there is no room behind them, and that
 * only when half of it is free. */
static uint8_t *
blocks_begin(Capture *capture, size_t room)
{
  if (G_LIKELY(capture->blocks_capacity - capture->blocks_end >= room))
    return capture->blocks + capture->blocks_end;
  size_t used = capture->blocks_end - capture->blocks_first;
  if (used > 0)
    memmove(capture->blocks, capture->blocks + capture->blocks_first, used);
  capture->blocks_first = 0;
  capture->blocks_end = used;
  if (capture->blocks_capacity < 2 * used + room) {
    capture->blocks_capacity = MAX(2 * (2 * used + room), BLOCKS_FIRST);
    capture->blocks = g_realloc(capture->blocks, capture->blocks_capacity);
  }
  return capture->blocks + capture->blocks_end;
}

static void
write_first(RecordPcap *pcap, Capture *capture)
{
  Held *held = &capture->held[capture->first];
  const char *more = packet_fate_comment(pcap->fates, held->fate);
  if (more != NULL && held->comment != NULL) {
    char *both = g_strconcat(held->comment, "; ", more, NULL);
    g_free(held->comment);
    held->comment = both;
    more = NULL;
  }
  const char *comment = more != NULL ? more : held->comment;
  if (fits(pcap->record, held->most, comment)) {
    pcapng_append(capture->file, capture->blocks + capture->blocks_first, held->length, comment);
    count_bytes(pcap->record, capture);
  }
  packet_fate_release(pcap->fates, held->fate);
  g_free(held->comment);
  capture->blocks_first += held->length;
  capture->first = (capture->first + 1) & (capture->capacity - 1);
  if (--capture->count == 0)
    capture->blocks_first = capture->blocks_end = 0;
}

static void
write_known(RecordPcap *pcap, Capture *capture)
{
  while (capture->count > 0) {
    PacketFate fate = capture->held[capture->first].fate;
    if (!packet_fate_known(pcap->fates, fate) && capture->count < HELD_MAX)
      return;
    write_first(pcap, capture);
  }
}

/* The block of a packet, by the bytes that are kept of it where there are some. */
static size_t
make_block(const Record *record, uint8_t *block, RecordSeen *seen)
{
  const Packet *packet = seen->event->packet;
  PacketKept *kept = record->full_payload ? NULL : record_kept(record, seen);
  if (kept == NULL)
    return pcapng_block(block, record->net, packet, seen->event->time, record->full_payload);
  if (kept->wire_length == 0)
    kept->wire_length = (uint16_t)(wire_put_cut(kept->wire, record->net, packet) - kept->wire);
  else
    wire_set_hop(kept->wire, packet);
  return pcapng_block_of(block, kept->wire, kept->wire_length, packet_size(packet),
                         seen->event->time);
}

/* Takes the comment. */
static void
hold(RecordPcap *pcap, Capture *capture, RecordSeen *seen, PacketFate fate, char *comment)
{
  Record *record = pcap->record;
  const Packet *packet = seen->event->packet;
  uint8_t *block = blocks_begin(capture, pcapng_room(packet, record->full_payload));
  size_t length = make_block(record, block, seen);
  capture->blocks_end += length;
  *ring_append(capture) = (Held){.fate = fate,
                                 .length = (uint32_t)length,
                                 .most = most_of(record, packet),
                                 .comment = comment};
}

/* What need not be held back. */
static void
write_now(RecordPcap *pcap, Capture *capture, RecordSeen *seen, const char *comment)
{
  Record *record = pcap->record;
  const Packet *packet = seen->event->packet;
  if (!fits(record, most_of(record, packet), comment))
    return;
  uint8_t *block = pcapng_begin(capture->file, pcapng_room(packet, record->full_payload), comment);
  pcapng_end(capture->file, make_block(record, block, seen), comment);
  count_bytes(record, capture);
}

/* Events. */

static void
on_send(RecordPcap *pcap, RecordSeen *seen)
{
  const NetPacketRecord *event = seen->event;
  Capture *capture = capture_of(pcap, event->node);
  if (capture == NULL)
    return;
  Record *record = pcap->record;
  char *story = packet_story_is_plain(event->packet)
                    ? NULL
                    : packet_story_sent(record->names, event->packet, record_view(record, seen));
  hold(pcap, capture, seen, packet_fate_hold(pcap->fates, event->packet->id), story);
  write_known(pcap, capture);
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
  write_known(pcap, capture);
  const char *story = packet_story_received(event->packet);
  if (capture->count > 0) {
    hold(pcap, capture, seen, PACKET_FATE_NONE, g_strdup(story));
    return;
  }
  write_now(pcap, capture, seen, story);
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
  case NET_PACKET_TRANSMIT:
    packet_fate_on_wire(pcap->fates, event->packet);
    break;
  case NET_PACKET_RECEIVE:
    on_receive(pcap, seen);
    break;
  case NET_PACKET_DROP:
    packet_fate_lost(pcap->fates, event);
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
      g_free(capture->held[(capture->first + k) & (capture->capacity - 1)].comment);
    g_free(capture->held);
    g_free(capture->blocks);
    good = pcapng_close(capture->file, good ? error : NULL) && good;
    g_free(capture);
  }
  g_ptr_array_unref(pcap->captures);
  packet_fates_free(pcap->fates);
  g_free(pcap);
  return good;
}
