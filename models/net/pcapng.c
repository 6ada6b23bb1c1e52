/* pcapng: section header, one interface, then an enhanced packet block for each packet.
 *
 * Everything is little-endian whatever the machine, and the section says nothing about it, so that
 * the same run gives the same bytes. A failed write is remembered and told by pcapng_close().
 * Supported standards: draft-ietf-opsawg-pcapng. */
#include "models/net/pcapng.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "models/net/wire.h"
#include "sim/error.h"

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
#define BUFFER_SIZE ((size_t)64 << 10)
#define FILE_MODE 0666
#define TYPE_AND_LENGTH 8 /* before a block's contents, and the length again behind them */
#define PACKET_BYTES 28   /* where a packet's bytes are in its block */
#define PACKET_ROOM 36    /* of a packet's block around its bytes and three of padding */
#define OPTION_ROOM 12    /* of an option, its padding, and the end of the options */

struct Pcapng {
  char *path; /* owned */
  int fd;
  int failed;      /* errno of the first failure; 0: none */
  uint64_t size;   /* bytes given to the file so far, in the buffer too */
  uint8_t *buffer; /* owned */
  size_t used, capacity;
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

/* -- the buffer -- */

static void
flush(Pcapng *pcapng)
{
  size_t done = 0;
  while (done < pcapng->used && pcapng->failed == 0) {
    ssize_t count = write(pcapng->fd, pcapng->buffer + done, pcapng->used - done);
    if (count > 0)
      done += (size_t)count;
    else if (count == 0 || errno != EINTR)
      pcapng->failed = count == 0 ? ENOSPC : errno;
  }
  pcapng->used = 0;
}

/* Where at most `room` bytes may be put. */
static uint8_t *
begin(Pcapng *pcapng, size_t room)
{
  if (G_UNLIKELY(room > pcapng->capacity - pcapng->used)) {
    flush(pcapng);
    if (room > pcapng->capacity) {
      pcapng->capacity = room;
      pcapng->buffer = g_realloc(pcapng->buffer, room);
    }
  }
  return pcapng->buffer + pcapng->used;
}

static void
keep(Pcapng *pcapng, size_t length)
{
  pcapng->used += length;
  pcapng->size += length;
}

static void
write_section(Pcapng *pcapng, const char *application)
{
  size_t length = option_length(application);
  uint8_t *start = begin(pcapng, 28 + OPTION_ROOM + length);
  uint8_t *at = put32(start + TYPE_AND_LENGTH, BYTE_ORDER_MAGIC);
  at = put16(put16(at, 1), 0);                   /* version 1.0 */
  at = put32(put32(at, UINT32_MAX), UINT32_MAX); /* the section's length is not given */
  at = put_option(at, OPTION_APPLICATION, application, length);
  at = put32(at, OPTION_END);
  keep(pcapng, block_end(start, BLOCK_SECTION, at));
}

static void
write_interface(Pcapng *pcapng, const char *interface)
{
  uint8_t resolution = RESOLUTION_NANOSECONDS;
  size_t length = option_length(interface);
  uint8_t *start = begin(pcapng, 28 + 2 * OPTION_ROOM + length);
  uint8_t *at = put16(put16(start + TYPE_AND_LENGTH, LINKTYPE_RAW), 0);
  at = put32(at, 0); /* packets of any length */
  at = put_option(at, OPTION_NAME, interface, length);
  at = put_option(at, OPTION_RESOLUTION, &resolution, 1);
  at = put32(at, OPTION_END);
  keep(pcapng, block_end(start, BLOCK_INTERFACE, at));
}

Pcapng *
pcapng_open(const char *path, const char *interface, const char *application, GError **error)
{
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, FILE_MODE);
  if (fd < 0) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_FILE, "cannot write \"%s\": %s", path,
                g_strerror(errno));
    return NULL;
  }
  Pcapng *pcapng = g_new0(Pcapng, 1);
  *pcapng = (Pcapng){
      .path = g_strdup(path), .fd = fd, .capacity = BUFFER_SIZE, .buffer = g_malloc(BUFFER_SIZE)};
  write_section(pcapng, application);
  write_interface(pcapng, interface);
  return pcapng;
}

size_t
pcapng_room(const Packet *packet, bool full)
{
  bool bytes = full || packet->fragment != 0 || packet->protocol == NET_PROTO_ICMP ||
               (packet->ext != NULL && packet->ext->payload != NULL);
  return PACKET_ROOM + packet_size(packet) - (bytes ? 0 : packet->payload);
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
  memcpy(at + PACKET_BYTES, bytes, length);
  return finish_packet(at, length, original, time);
}

/* Puts a comment into the block at `start`, behind which there is room. */
static size_t
add_comment(uint8_t *start, size_t length, const char *comment)
{
  uint8_t *at = start + length - 4;
  at = put_option(at, OPTION_COMMENT, comment, option_length(comment));
  return block_end(start, BLOCK_PACKET, put32(at, OPTION_END));
}

uint8_t *
pcapng_begin(Pcapng *pcapng, size_t room, const char *comment)
{
  return begin(pcapng, room + (comment != NULL ? option_length(comment) + OPTION_ROOM : 0));
}

void
pcapng_end(Pcapng *pcapng, size_t length, const char *comment)
{
  if (comment != NULL)
    length = add_comment(pcapng->buffer + pcapng->used, length, comment);
  keep(pcapng, length);
}

void
pcapng_append(Pcapng *pcapng, const uint8_t *block, size_t length, const char *comment)
{
  memcpy(pcapng_begin(pcapng, length, comment), block, length);
  pcapng_end(pcapng, length, comment);
}

void
pcapng_write(Pcapng *pcapng, const Net *net, const Packet *packet, SimTime time, bool full,
             const char *comment)
{
  uint8_t *block = pcapng_begin(pcapng, pcapng_room(packet, full), comment);
  pcapng_end(pcapng, pcapng_block(block, net, packet, time, full), comment);
}

uint64_t
pcapng_size(const Pcapng *pcapng)
{
  return pcapng->size;
}

bool
pcapng_close(Pcapng *pcapng, GError **error)
{
  flush(pcapng);
  if (close(pcapng->fd) != 0 && pcapng->failed == 0)
    pcapng->failed = errno;
  int failed = pcapng->failed;
  if (failed != 0)
    g_set_error(error, SIM_ERROR, SIM_ERROR_FILE, "cannot write \"%s\": %s", pcapng->path,
                g_strerror(failed));
  g_free(pcapng->buffer);
  g_free(pcapng->path);
  g_free(pcapng);
  return failed == 0;
}
