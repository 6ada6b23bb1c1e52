/* packet-fifo: packets in a row, counted: what the queue disciplines are made of. */
#pragma once

#include <stddef.h>

#include "models/net/packet.h"

typedef struct PacketFifo {
  Packet *head, *tail; /* by packet->next; NULL: empty */
  uint32_t packets;
  uint64_t bytes; /* IP bytes */
} PacketFifo;

static inline void
packet_fifo_push(PacketFifo *fifo, Packet *packet)
{
  packet->next = NULL;
  if (fifo->tail != NULL)
    fifo->tail->next = packet;
  else
    fifo->head = packet;
  fifo->tail = packet;
  fifo->packets++;
  fifo->bytes += packet_size(packet);
}

/* NULL when it is empty. */
static inline Packet *
packet_fifo_pop(PacketFifo *fifo)
{
  Packet *packet = fifo->head;
  if (packet == NULL)
    return NULL;
  fifo->head = packet->next;
  if (fifo->head == NULL)
    fifo->tail = NULL;
  packet->next = NULL;
  fifo->packets--;
  fifo->bytes -= packet_size(packet);
  return packet;
}
