/* tcp-held: what the segments that wait for the application really take of a receive buffer.
 *
 * Linux counts memory, not bytes: a segment takes its structs and a power of two of room for
 * headers and data ("truesize"). How much of the buffer can be data is told by the last full
 * segment; before one came it is half. Counted only where profile->receive_memory says how much
 * there is; otherwise profile->receive_buffer is the bytes of data that can be stored. */
#include "models/tcp/tcp-conn.h"

#define STRUCTS 256     /* sizeof(struct sk_buff), rounded up */
#define SHARED_INFO 320 /* struct skb_shared_info, behind the data */
#define HEAD_ROOM 66    /* before it: NET_SKB_PAD + NET_IP_ALIGN */
#define RATIO_SHIFT 8   /* Linux's TCP_RMEM_TO_WIN_SCALE */
#define RATIO_FIRST 128 /* half: TCP_DEFAULT_SCALING_RATIO */

/* A segment that was received up to position `end`, and the memory it takes. */
typedef struct TcpHeld {
  uint64_t end;
  uint32_t size;
} TcpHeld;

static uint32_t
true_size(const Packet *packet)
{
  uint32_t room = 512;
  while (room < packet_size(packet) + HEAD_ROOM + SHARED_INFO)
    room *= 2;
  return room + STRUCTS;
}

/* Called while conn->rcv_mss is what it was before this segment. */
void
tcp_held_add(TcpConn *conn, const Packet *packet, uint64_t end)
{
  if (conn->profile->receive_memory == 0)
    return;
  TcpReceiving *receiving = tcp_work_receiving(conn);
  TcpHeld held = {end, true_size(packet)};
  if (receiving->held == NULL)
    receiving->held = g_array_new(FALSE, FALSE, sizeof(TcpHeld));
  g_array_append_val(receiving->held, held);
  receiving->held_memory += held.size;
  if (packet->payload >= conn->rcv_mss)
    receiving->held_ratio =
        (uint16_t)MAX(((uint64_t)packet->payload << RATIO_SHIFT) / held.size, 1);
}

void
tcp_held_taken(TcpConn *conn)
{
  TcpReceiving *receiving = conn->receiving;
  guint kept = 0;
  for (guint i = 0; i < receiving->held->len; i++) {
    TcpHeld held = g_array_index(receiving->held, TcpHeld, i);
    if (held.end <= conn->taken)
      receiving->held_memory -= held.size;
    else
      g_array_index(receiving->held, TcpHeld, kept++) = held;
  }
  g_array_set_size(receiving->held, kept);
}

/* Bytes of data that so much memory has room for. */
static uint64_t
data_in(const TcpConn *conn, uint64_t memory)
{
  uint64_t ratio = conn->receiving->held_ratio != 0 ? conn->receiving->held_ratio : RATIO_FIRST;
  return memory * ratio >> RATIO_SHIFT;
}

uint64_t
tcp_held_space(const TcpConn *conn)
{
  uint64_t memory = conn->profile->receive_memory, used = conn->receiving->held_memory;
  return used < memory ? data_in(conn, memory - used) : 0;
}

uint64_t
tcp_held_most(const TcpConn *conn)
{
  return data_in(conn, conn->profile->receive_memory);
}
