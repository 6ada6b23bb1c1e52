/* pcapng: section header, one interface, then an enhanced packet block for each packet.
 *
 * Blocks stand one behind the other in memory, and a comment may still be added to one, until it is
 * settled: then it may be written. The memory grows to BUFFER_FULL, is written when it is full, and
 * grows beyond that where less than half of it is settled. Comments are few: they are kept beside
 * the blocks, and those that are written with some are copied once more.
 *
 * Everything is little-endian whatever the machine, and the section says nothing about it, so that
 * the same run gives the same bytes. A failed write is remembered and told by pcapng_close().
 * Supported standards: draft-ietf-opsawg-pcapng. */
#include "models/net/pcapng.h"

#include <string.h>

#include "models/net/wire.h"
#include "sim/error.h"
#include "sim/out-file.h"

enum {
  BLOCK_SECTION = 0x0a0d0d0a,
  BLOCK_INTERFACE = 1,
  BLOCK_PACKET = 6,
};

enum {
  OPTION_END = 0,
  OPTION_COMMENT = 1,
  OPTION_APPLICATION = 4, /* of a section */
  OPTION_NAME = 2,        /* of an interface */
  OPTION_RESOLUTION = 9,
};

#define BYTE_ORDER_MAGIC 0x1a2b3c4d
#define LINKTYPE_RAW 101
#define RESOLUTION_NANOSECONDS 9
#define OPTION_LONGEST 65535
#define BUFFER_FIRST ((size_t)4 << 10)
#define BUFFER_FULL ((size_t)128 << 10)
#define TYPE_AND_LENGTH 8 /* before a block's contents, and the length again behind them */
#define PACKET_BYTES 28   /* where a packet's bytes are in its block */
#define PACKET_ROOM 36    /* of a packet's block around its bytes and three of padding */
#define OPTION_ROOM 12    /* of an option, its padding, and the end of the options */

/* Positions count the bytes of all blocks without comments. */
typedef struct Comment {
  uint64_t position; /* of its block */
  char *text;        /* owned */
} Comment;

struct Pcapng {
  char *path; /* owned */
  SimOutFile out;
  uint64_t base;    /* position of the buffer's first byte */
  uint64_t settled; /* what stands before this position may be written */
  uint64_t added;   /* bytes of all comments so far */
  uint8_t *buffer;  /* owned */
  size_t used, capacity;
  GArray *comments; /* of Comment, of blocks in the buffer, by position */
};

static uint8_t *
put16(uint8_t *at, uint16_t value)
{
  uint16_t wire = GUINT16_TO_LE(value);
  memcpy(at, &wire, sizeof wire);
  return at + sizeof wire;
}

static uint8_t *
put32(uint8_t *at, uint32_t value)
{
  uint32_t wire = GUINT32_TO_LE(value);
  memcpy(at, &wire, sizeof wire);
  return at + sizeof wire;
}

/* Zeros behind `length` bytes, up to a multiple of four; four are written, and something else
 * behind. */
static uint8_t *
pad(uint8_t *at, size_t length)
{
  memset(at, 0, 4);
  return at + (4 - length % 4) % 4;
}

static uint8_t *
put_option(uint8_t *at, uint16_t code, const void *data, size_t length)
{
  at = put16(put16(at, code), (uint16_t)length);
  memcpy(at, data, length);
  return pad(at + length, length);
}

/* Text that is longer than an option can be is cut where a character begins. */
static size_t
option_length(const char *text)
{
  size_t length = strlen(text);
  if (length > OPTION_LONGEST) {
    length = OPTION_LONGEST;
    while (length > 0 && (text[length] & 0xc0) == 0x80)
      length--;
  }
  return length;
}

/* The block at `start` ends behind `at`: its length stands there and at its beginning. */
static size_t
block_end(uint8_t *start, uint32_t type, uint8_t *at)
{
  uint32_t length = (uint32_t)(at + 4 - start);
  put32(put32(start, type), length);
  put32(at, length);
  return length;
}

/* Puts a comment into the block at `start`, behind which there is room. */
static size_t
add_comment(uint8_t *start, size_t length, const char *comment)
{
  uint8_t *at = start + length - 4;
  at = put_option(at, OPTION_COMMENT, comment, option_length(comment));
  return block_end(start, BLOCK_PACKET, put32(at, OPTION_END));
}

/* By how much that makes the block longer. */
static size_t
comment_size(const char *comment)
{
  return (4 + option_length(comment) + 3) / 4 * 4 + 4;
}

/* -- the buffer -- */

static void
comment_clear(void *data)
{
  Comment *comment = data;
  g_free(comment->text);
}

/* Writes the first `count` bytes of the buffer and the comments of their blocks. */
static void
write_commented(Pcapng *pcapng, size_t count)
{
  guint comments = 0;
  size_t more = 0;
  for (; comments < pcapng->comments->len; comments++) {
    const Comment *comment = &g_array_index(pcapng->comments, Comment, comments);
    if (comment->position >= pcapng->base + count)
      break;
    more += comment_size(comment->text);
  }
  g_autofree uint8_t *bytes = g_malloc(count + more);
  uint8_t *at = bytes;
  size_t done = 0;
  for (guint i = 0; i < comments; i++) {
    const Comment *comment = &g_array_index(pcapng->comments, Comment, i);
    size_t block = (size_t)(comment->position - pcapng->base);
    uint32_t length;
    memcpy(&length, pcapng->buffer + block + 4, sizeof length);
    length = GUINT32_FROM_LE(length);
    memcpy(at, pcapng->buffer + done, block + length - done);
    at += block - done;
    at += add_comment(at, length, comment->text);
    done = block + length;
  }
  memcpy(at, pcapng->buffer + done, count - done);
  sim_out_file_write(&pcapng->out, bytes, count + more);
  g_array_remove_range(pcapng->comments, 0, comments);
}

static void
flush(Pcapng *pcapng)
{
  size_t count = (size_t)(pcapng->settled - pcapng->base);
  if (count == 0)
    return;
  if (pcapng->comments->len > 0)
    write_commented(pcapng, count);
  else
    sim_out_file_write(&pcapng->out, pcapng->buffer, count);
  pcapng->used -= count;
  pcapng->base += count;
  memmove(pcapng->buffer, pcapng->buffer + count, pcapng->used);
}

static void
make_room(Pcapng *pcapng, size_t room)
{
  if (pcapng->capacity >= BUFFER_FULL)
    flush(pcapng);
  if (pcapng->used + room <= pcapng->capacity && pcapng->used <= pcapng->capacity / 2)
    return;
  pcapng->capacity = MAX(2 * pcapng->capacity, pcapng->used + room);
  pcapng->buffer = g_realloc(pcapng->buffer, pcapng->capacity);
}

bool
pcapng_is_full(const Pcapng *pcapng, size_t room)
{
  return room > pcapng->capacity - pcapng->used && pcapng->capacity >= BUFFER_FULL;
}

uint8_t *
pcapng_begin(Pcapng *pcapng, size_t room)
{
  if (G_UNLIKELY(room > pcapng->capacity - pcapng->used))
    make_room(pcapng, room);
  return pcapng->buffer + pcapng->used;
}

uint64_t
pcapng_end(Pcapng *pcapng, size_t length)
{
  uint64_t position = pcapng_position(pcapng);
  pcapng->used += length;
  return position;
}

uint64_t
pcapng_position(const Pcapng *pcapng)
{
  return pcapng->base + pcapng->used;
}

void
pcapng_settle(Pcapng *pcapng, uint64_t position)
{
  g_assert(position >= pcapng->settled && position <= pcapng_position(pcapng));
  pcapng->settled = position;
}

size_t
pcapng_comment(Pcapng *pcapng, uint64_t position, const char *text)
{
  g_assert(position >= pcapng->settled);
  guint place = pcapng->comments->len;
  while (place > 0 && g_array_index(pcapng->comments, Comment, place - 1).position > position)
    place--;
  Comment *there = place > 0 ? &g_array_index(pcapng->comments, Comment, place - 1) : NULL;
  size_t before = 0;
  if (there != NULL && there->position == position) {
    before = comment_size(there->text);
    char *both = g_strconcat(there->text, "; ", text, NULL);
    g_free(there->text);
    there->text = both;
  } else {
    Comment comment = {.position = position, .text = g_strdup(text)};
    g_array_insert_val(pcapng->comments, place, comment);
    there = &g_array_index(pcapng->comments, Comment, place);
  }
  size_t added = comment_size(there->text) - before;
  pcapng->added += added;
  return added;
}

/* -- blocks -- */

static void
write_section(Pcapng *pcapng, const char *application)
{
  size_t length = option_length(application);
  uint8_t *start = pcapng_begin(pcapng, 28 + OPTION_ROOM + length);
  uint8_t *at = put32(start + TYPE_AND_LENGTH, BYTE_ORDER_MAGIC);
  at = put16(put16(at, 1), 0);                   /* version 1.0 */
  at = put32(put32(at, UINT32_MAX), UINT32_MAX); /* the section's length is not given */
  at = put_option(at, OPTION_APPLICATION, application, length);
  at = put32(at, OPTION_END);
  pcapng_end(pcapng, block_end(start, BLOCK_SECTION, at));
}

static void
write_interface(Pcapng *pcapng, const char *interface)
{
  uint8_t resolution = RESOLUTION_NANOSECONDS;
  size_t length = option_length(interface);
  uint8_t *start = pcapng_begin(pcapng, 28 + 2 * OPTION_ROOM + length);
  uint8_t *at = put16(put16(start + TYPE_AND_LENGTH, LINKTYPE_RAW), 0);
  at = put32(at, 0); /* packets of any length */
  at = put_option(at, OPTION_NAME, interface, length);
  at = put_option(at, OPTION_RESOLUTION, &resolution, 1);
  at = put32(at, OPTION_END);
  pcapng_end(pcapng, block_end(start, BLOCK_INTERFACE, at));
}

Pcapng *
pcapng_open(const char *path, const char *interface, const char *application, GError **error)
{
  SimOutFile out;
  if (!sim_out_file_open(&out, path)) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_FILE, "cannot write \"%s\": %s", path,
                g_strerror(out.error));
    return NULL;
  }
  Pcapng *pcapng = g_new0(Pcapng, 1);
  *pcapng = (Pcapng){.path = g_strdup(path),
                     .out = out,
                     .capacity = BUFFER_FIRST,
                     .buffer = g_malloc(BUFFER_FIRST)};
  pcapng->comments = g_array_new(FALSE, FALSE, sizeof(Comment));
  g_array_set_clear_func(pcapng->comments, comment_clear);
  write_section(pcapng, application);
  write_interface(pcapng, interface);
  pcapng_settle(pcapng, pcapng_position(pcapng));
  return pcapng;
}

size_t
pcapng_room(const Packet *packet, uint32_t size, bool full)
{
  bool bytes = full || packet->fragment != 0 || packet->protocol == NET_PROTO_ICMP ||
               (packet->ext != NULL && packet->ext->payload != NULL);
  return PACKET_ROOM + size + PCAPNG_PADDING - (bytes ? 0 : packet->payload);
}

/* The block at `start` whose packet's bytes are there already. */
static size_t
finish_packet(uint8_t *start, size_t length, uint32_t original, SimTime time)
{
  uint64_t nanoseconds = (uint64_t)time / SIM_NANOSECOND;
  uint8_t *at = put32(start + TYPE_AND_LENGTH, 0); /* the interface */
  at = put32(at, (uint32_t)(nanoseconds >> 32));
  at = put32(at, nanoseconds & UINT32_MAX);
  at = put32(at, (uint32_t)length);
  at = put32(at, original);
  return block_end(start, BLOCK_PACKET, pad(at + length, length));
}

size_t
pcapng_block(uint8_t *at, const Net *net, const Packet *packet, SimTime time, bool full)
{
  uint8_t *bytes = at + PACKET_BYTES;
  uint8_t *end = full ? wire_put(bytes, net, packet) : wire_put_cut(bytes, net, packet);
  return finish_packet(at, (size_t)(end - bytes), packet_size(packet), time);
}

size_t
pcapng_block_of(uint8_t *at, const uint8_t *bytes, size_t length, uint32_t original, SimTime time)
{
  for (size_t done = 0; done < length; done += PCAPNG_PADDING)
    memcpy(at + PACKET_BYTES + done, bytes + done, PCAPNG_PADDING);
  return finish_packet(at, length, original, time);
}

void
pcapng_write(Pcapng *pcapng, const Net *net, const Packet *packet, SimTime time, bool full,
             const char *comment)
{
  uint8_t *block = pcapng_begin(pcapng, pcapng_room(packet, packet_size(packet), full));
  uint64_t position = pcapng_end(pcapng, pcapng_block(block, net, packet, time, full));
  if (comment != NULL)
    pcapng_comment(pcapng, position, comment);
  pcapng_settle(pcapng, pcapng_position(pcapng));
}

uint64_t
pcapng_size(const Pcapng *pcapng)
{
  return pcapng_position(pcapng) + pcapng->added;
}

bool
pcapng_close(Pcapng *pcapng, GError **error)
{
  pcapng_settle(pcapng, pcapng_position(pcapng));
  flush(pcapng);
  sim_out_file_close(&pcapng->out);
  int failed = pcapng->out.error;
  if (failed != 0)
    g_set_error(error, SIM_ERROR, SIM_ERROR_FILE, "cannot write \"%s\": %s", pcapng->path,
                g_strerror(failed));
  g_array_unref(pcapng->comments);
  g_free(pcapng->buffer);
  g_free(pcapng->path);
  g_free(pcapng);
  return failed == 0;
}
