/* packet-pack: writing and reading in the same order. */
#include "models/net/packet-pack.h"

#include <string.h>

#include "models/net/net.h"

static void
pack_ext(GByteArray *bytes, const Packet *packet)
{
  const PacketExt *ext = packet->ext;
  g_byte_array_append(bytes, (const guint8 *)ext, sizeof *ext);
  if (ext->payload != NULL)
    g_byte_array_append(bytes, ext->payload, packet->payload);
  if (ext->options != NULL)
    g_byte_array_append(bytes, ext->options, ext->options_length);
  if (ext->quoted != NULL)
    packet_pack(bytes, ext->quoted);
}

void
packet_pack(GByteArray *bytes, const Packet *packet)
{
  g_byte_array_append(bytes, (const guint8 *)packet, sizeof *packet);
  if (packet->ext != NULL)
    pack_ext(bytes, packet);
}

static void
read_bytes(const uint8_t **at, const uint8_t *end, void *to, size_t size)
{
  g_assert(size <= (size_t)(end - *at));
  memcpy(to, *at, size);
  *at += size;
}

/* A copy of the bytes by g_malloc; NULL for none, as g_memdup2() has it. */
static uint8_t *
read_new(const uint8_t **at, const uint8_t *end, size_t size)
{
  g_assert(size <= (size_t)(end - *at));
  uint8_t *copy = g_memdup2(*at, size);
  *at += size;
  return copy;
}

static PacketExt *
unpack_ext(Net *net, uint32_t payload, const uint8_t **at, const uint8_t *end)
{
  PacketExt *ext = sim_slab_alloc(&net->exts);
  read_bytes(at, end, ext, sizeof *ext);
  if (ext->payload != NULL)
    ext->payload = read_new(at, end, payload);
  if (ext->options != NULL)
    ext->options = read_new(at, end, ext->options_length);
  if (ext->quoted != NULL)
    ext->quoted = packet_unpack(net, at, end);
  return ext;
}

Packet *
packet_unpack(Net *net, const uint8_t **at, const uint8_t *end)
{
  Packet *packet = sim_slab_alloc(&net->packets);
  read_bytes(at, end, packet, sizeof *packet);
  packet->next = NULL;
  if (packet->ext != NULL)
    packet->ext = unpack_ext(net, packet->payload, at, end);
  return packet;
}
