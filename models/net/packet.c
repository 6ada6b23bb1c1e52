/* packet: making, copying and freeing packets, and the names of what they carry.
 *
 * A packet comes from the network's slab and goes back to it; the rarely needed extension has a
 * slab of its own and owns its byte arrays. */
#include "models/net/packet.h"

#include "models/net/net.h"
#include "models/net/node.h"

#define ID_COUNT_BITS 40

static uint64_t
id_next(Node *creator)
{
  return (uint64_t)creator->owner.id << ID_COUNT_BITS | ++creator->packet_count;
}

SIM_HOT Packet *
packet_new_of(Net *net, Node *creator, uint8_t family)
{
  Packet *packet = sim_slab_alloc(&net->packets);
  *packet = (Packet){.id = id_next(creator), .ttl = 64, .family = family};
  return packet;
}

Packet *
packet_new(Net *net, Node *creator)
{
  return packet_new_of(net, creator, net_address(net, node_address(creator))->family);
}

PacketExt *
packet_ext_copy(Net *net, const Packet *packet)
{
  const PacketExt *ext = packet->ext;
  PacketExt *copy = sim_slab_alloc(&net->exts);
  *copy = *ext;
  copy->payload = g_memdup2(ext->payload, packet->payload);
  copy->options = g_memdup2(ext->options, ext->options_length);
  copy->quoted = ext->quoted != NULL ? packet_quote(net, ext->quoted) : NULL;
  return copy;
}

Packet *
packet_quote(Net *net, const Packet *packet)
{
  Packet *copy = sim_slab_alloc(&net->packets);
  *copy = *packet;
  copy->next = NULL;
  if (packet->ext != NULL)
    copy->ext = packet_ext_copy(net, packet);
  return copy;
}

Packet *
packet_copy(Net *net, Node *creator, const Packet *packet)
{
  Packet *copy = packet_quote(net, packet);
  copy->id = id_next(creator);
  copy->marks |= PACKET_COPY;
  return copy;
}

G_GNUC_NO_INLINE void
packet_ext_free(Net *net, PacketExt *ext)
{
  g_free(ext->payload);
  g_free(ext->options);
  if (ext->quoted != NULL)
    packet_free(net, ext->quoted);
  sim_slab_free(&net->exts, ext);
}

SIM_HOT void
packet_free(Net *net, Packet *packet)
{
  if (packet->ext != NULL)
    packet_ext_free(net, packet->ext);
  sim_slab_free(&net->packets, packet);
}

PacketExt *
packet_ext(Net *net, Packet *packet)
{
  if (packet->ext == NULL)
    packet->ext = sim_slab_alloc_zero(&net->exts);
  return packet->ext;
}

const char *
packet_cause_name(PacketCause cause)
{
  static const char *const names[PACKET_CAUSE_COUNT] = {
      [PACKET_CAUSE_NEW] = "",
      [PACKET_CAUSE_RTO] = "RTO",
      [PACKET_CAUSE_FAST_RETRANSMIT] = "fast retransmit",
      [PACKET_CAUSE_PARTIAL_ACK] = "partial ACK",
      [PACKET_CAUSE_REPEATED_SYN] = "repeated SYN",
      [PACKET_CAUSE_DELAYED_ACK] = "delayed ACK",
      [PACKET_CAUSE_DUPLICATE_ACK] = "duplicate ACK",
      [PACKET_CAUSE_CHALLENGE_ACK] = "challenge ACK",
      [PACKET_CAUSE_WINDOW_PROBE] = "window probe",
      [PACKET_CAUSE_WINDOW_UPDATE] = "window update",
      [PACKET_CAUSE_KEEPALIVE] = "keepalive",
      [PACKET_CAUSE_TAIL_LOSS_PROBE] = "tail loss probe",
      [PACKET_CAUSE_RACK] = "RACK",
      [PACKET_CAUSE_SACK] = "SACK",
      [PACKET_CAUSE_LAST_RESORT] = "last resort",
      [PACKET_CAUSE_RESCUE] = "rescue",
      [PACKET_CAUSE_PATH_MTU] = "path MTU",
      [PACKET_CAUSE_MTU_PROBE] = "MTU probe",
      [PACKET_CAUSE_SYN_COOKIE] = "SYN cookie",
      [PACKET_CAUSE_FAST_OPEN] = "Fast Open",
      [PACKET_CAUSE_NO_CONNECTION] = "no connection",
      [PACKET_CAUSE_ABORT] = "abort",
      [PACKET_CAUSE_FIREWALL] = "firewall",
  };
  g_assert(cause < PACKET_CAUSE_COUNT);
  return names[cause];
}

char *
packet_flags_print(uint16_t flags, char text[PACKET_FLAGS_TEXT])
{
  static const struct {
    uint16_t flag;
    const char *name;
  } names[] = {
      {TCP_SYN, "SYN"}, {TCP_FIN, "FIN"}, {TCP_RST, "RST"}, {TCP_PSH, "PSH"}, {TCP_URG, "URG"},
      {TCP_ACK, "ACK"}, {TCP_ECE, "ECE"}, {TCP_CWR, "CWR"}, {TCP_AE, "AE"},
  };
  text[0] = '\0';
  for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
    if (!(flags & names[i].flag))
      continue;
    if (text[0] != '\0')
      g_strlcat(text, "+", PACKET_FLAGS_TEXT);
    g_strlcat(text, names[i].name, PACKET_FLAGS_TEXT);
  }
  if (text[0] == '\0')
    g_strlcpy(text, "none", PACKET_FLAGS_TEXT);
  return text;
}
