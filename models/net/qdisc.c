/* qdisc: the list of queue disciplines. A new one is a file of its own (qdisc-NAME.c) and a row. */
#include "models/net/qdisc.h"

#include <string.h>

#include "models/net/link-private.h"

static const QdiscOps *const list[] = {
    &qdisc_droptail, &qdisc_red,      &qdisc_codel, &qdisc_fq_codel,
    &qdisc_pie,      &qdisc_priority, &qdisc_drr,   NULL,
};

const QdiscOps *const *
qdisc_list(void)
{
  return list;
}

const QdiscOps *
qdisc_find(const char *name)
{
  for (size_t i = 0; list[i] != NULL; i++) {
    if (strcmp(list[i]->name, name) == 0)
      return list[i];
  }
  return NULL;
}

void
qdisc_drop(LinkDirection *direction, Packet *packet, const char *reason)
{
  link_discard(direction, packet, reason, &direction->counters.dropped_queue);
}

bool
qdisc_mark(LinkDirection *direction, Packet *packet, const char *reason)
{
  if ((packet->traffic_class & NET_ECN_CE) == NET_ECN_NOT)
    return false;
  if ((packet->traffic_class & NET_ECN_CE) == NET_ECN_CE)
    return true; /* another queue has said so */
  packet->traffic_class |= NET_ECN_CE;
  direction->counters.marked++;
  link_trace(direction, NET_PACKET_MARK, packet, reason, 0);
  return true;
}

void
qdisc_rng_init(SimRng *rng, const LinkDirection *direction)
{
  char *stream = g_strconcat("queue ", direction->name, NULL);
  sim_rng_init(rng, direction->link->net->sim->seed, stream);
  g_free(stream);
}
