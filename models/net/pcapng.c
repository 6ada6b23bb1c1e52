/* pcapng: section header, one interface, then an enhanced packet block for each packet.
 *
 * Everything is little-endian whatever the machine, and the section says nothing about it, so that
 * the same run gives the same bytes. A failed write is remembered and told by pcapng_close().
 * Supported standards: draft-ietf-opsawg-pcapng. */
#include "models/net/pcapng.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

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
#define BUFFER_SIZE (64 << 10)

struct Pcapng {
  FILE *file;
  char *path;        /* owned */
  uint64_t size;     /* bytes given to the file so far */
  int failed;        /* errno of the first failure; 0: none */
  GByteArray *block; /* the block under construction */
  GByteArray *bytes; /* the packet's */
};

static void
put_padded(GByteArray *block, const void *data, size_t length)
{
  static const uint8_t zeros[4];
  g_byte_array_append(block, data, length);
  g_byte_array_append(block, zeros, (4 - length % 4) % 4);
}

static void
put16(GByteArray *block, uint16_t value)
{
  uint8_t bytes[2] = {value & 0xff, value >> 8};
  g_byte_array_append(block, bytes, sizeof bytes);
}

static void
put32(GByteArray *block, uint32_t value)
{
  put16(block, value & 0xffff);
  put16(block, value >> 16);
}

static void
put_option(GByteArray *block, uint16_t code, const void *data, size_t length)
{
  put16(block, code);
  put16(block, length);
  put_padded(block, data, length);
}

/* Text that is longer than an option can be is cut where a character begins. */
static void
put_text(GByteArray *block, uint16_t code, const char *text)
{
  size_t length = strlen(text);
  if (length > OPTION_LONGEST) {
    length = OPTION_LONGEST;
    while (length > 0 && (text[length] & 0xc0) == 0x80)
      length--;
  }
  put_option(block, code, text, length);
}

static void
block_begin(Pcapng *pcapng, uint32_t type)
{
  g_byte_array_set_size(pcapng->block, 0);
  put32(pcapng->block, type);
  put32(pcapng->block, 0); /* the length, known at the end */
}

static void
block_end(Pcapng *pcapng)
{
  GByteArray *block = pcapng->block;
  uint32_t length = block->len + 4;
  put32(block, length);
  memcpy(block->data + 4, block->data + block->len - 4, 4);
  pcapng->size += block->len;
  if (pcapng->failed == 0 && fwrite(block->data, 1, block->len, pcapng->file) != block->len)
    pcapng->failed = errno != 0 ? errno : EIO;
}

static void
write_section(Pcapng *pcapng, const char *application)
{
  GByteArray *block = pcapng->block;
  block_begin(pcapng, BLOCK_SECTION);
  put32(block, BYTE_ORDER_MAGIC);
  put16(block, 1); /* version 1.0 */
  put16(block, 0);
  put32(block, UINT32_MAX); /* the section's length is not given */
  put32(block, UINT32_MAX);
  put_text(block, OPTION_APPLICATION, application);
  put32(block, OPTION_END);
  block_end(pcapng);
}

static void
write_interface(Pcapng *pcapng, const char *interface)
{
  GByteArray *block = pcapng->block;
  uint8_t resolution = RESOLUTION_NANOSECONDS;
  block_begin(pcapng, BLOCK_INTERFACE);
  put16(block, LINKTYPE_RAW);
  put16(block, 0);
  put32(block, 0); /* packets of any length */
  put_text(block, OPTION_NAME, interface);
  put_option(block, OPTION_RESOLUTION, &resolution, 1);
  put32(block, OPTION_END);
  block_end(pcapng);
}

Pcapng *
pcapng_open(const char *path, const char *interface, const char *application, GError **error)
{
  FILE *file = fopen(path, "wb");
  if (file == NULL) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_FILE, "cannot write \"%s\": %s", path,
                g_strerror(errno));
    return NULL;
  }
  setvbuf(file, NULL, _IOFBF, BUFFER_SIZE);
  Pcapng *pcapng = g_new0(Pcapng, 1);
  pcapng->file = file;
  pcapng->path = g_strdup(path);
  pcapng->block = g_byte_array_new();
  pcapng->bytes = g_byte_array_new();
  errno = 0;
  write_section(pcapng, application);
  write_interface(pcapng, interface);
  return pcapng;
}

void
pcapng_write(Pcapng *pcapng, const Net *net, const Packet *packet, SimTime time, bool full,
             const char *comment)
{
  g_byte_array_set_size(pcapng->bytes, 0);
  if (full)
    wire_write(net, packet, pcapng->bytes);
  else
    wire_write_cut(net, packet, pcapng->bytes);
  uint64_t nanoseconds = time / SIM_NANOSECOND;
  GByteArray *block = pcapng->block;
  block_begin(pcapng, BLOCK_PACKET);
  put32(block, 0); /* the interface */
  put32(block, nanoseconds >> 32);
  put32(block, nanoseconds & UINT32_MAX);
  put32(block, pcapng->bytes->len);
  put32(block, packet_size(packet));
  put_padded(block, pcapng->bytes->data, pcapng->bytes->len);
  if (comment != NULL) {
    put_text(block, OPTION_COMMENT, comment);
    put32(block, OPTION_END);
  }
  block_end(pcapng);
}

uint64_t
pcapng_size(const Pcapng *pcapng)
{
  return pcapng->size;
}

bool
pcapng_close(Pcapng *pcapng, GError **error)
{
  errno = 0;
  if (fclose(pcapng->file) != 0 && pcapng->failed == 0)
    pcapng->failed = errno != 0 ? errno : EIO;
  int failed = pcapng->failed;
  if (failed != 0)
    g_set_error(error, SIM_ERROR, SIM_ERROR_FILE, "cannot write \"%s\": %s", pcapng->path,
                g_strerror(failed));
  g_byte_array_unref(pcapng->bytes);
  g_byte_array_unref(pcapng->block);
  g_free(pcapng->path);
  g_free(pcapng);
  return failed == 0;
}
