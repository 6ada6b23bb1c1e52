/* packet-classes: which of a few classes a packet is in: the first whose rule means it, else the
 * last one, which has no rule. */
#pragma once

#include "models/net/packet-match.h"

#define PACKET_CLASSES_MAX 16

typedef struct PacketClasses {
  PacketMatch *rules[PACKET_CLASSES_MAX - 1]; /* owned */
  unsigned count;                             /* of rules; there is one class more */
} PacketClasses;

/* Takes the rule; false: there are too many, and it is still the caller's. */
static inline bool
packet_classes_add(PacketClasses *classes, PacketMatch *rule)
{
  if (classes->count == G_N_ELEMENTS(classes->rules))
    return false;
  classes->rules[classes->count++] = rule;
  return true;
}

static inline unsigned
packet_classes_find(const PacketClasses *classes, const Packet *packet)
{
  unsigned class = 0;
  while (class < classes->count && !packet_match(classes->rules[class], packet))
    class ++;
  return class;
}

static inline void
packet_classes_clear(PacketClasses *classes)
{
  for (unsigned i = 0; i < classes->count; i++)
    packet_match_free(classes->rules[i]);
  classes->count = 0;
}
