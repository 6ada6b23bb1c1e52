/* net-account: counting what is under way. Nothing here changes anything, but for bringing counters
 * up to now. */
#include "models/net/net-account.h"

#include "models/net/link-private.h"

static uint64_t
count_list(const Packet *packet)
{
  uint64_t count = 0;
  for (; packet != NULL; packet = packet->next)
    count++;
  return count;
}

static uint64_t
under_way(LinkDirection *direction)
{
  uint64_t count = count_list(direction->pipe_head); /* fast: what waits stands there, too */
  if (direction->way == LINK_WATCHED)
    count += direction->qdisc->packets(direction->qdisc_state);
  count += direction->transmitting != NULL;
  count += direction->held != NULL ? direction->held->len : 0;
  return count;
}

static bool
account_direction(LinkDirection *direction, uint64_t *total, GError **error)
{
  const LinkCounters *counters = link_counters(direction);
  uint64_t count = under_way(direction), dropped = link_dropped(direction);
  *total += count;
  count += link_cut_given(direction); /* they are another process's */
  if (counters->sent_packets + counters->duplicated ==
      counters->delivered_packets + dropped + count)
    return true;
  g_set_error(error, SIM_ERROR, SIM_ERROR_STATE,
              "%s: %" G_GUINT64_FORMAT " packets sent and %" G_GUINT64_FORMAT
              " copied are not %" G_GUINT64_FORMAT " delivered, %" G_GUINT64_FORMAT
              " dropped and %" G_GUINT64_FORMAT " under way",
              direction->name, counters->sent_packets, counters->duplicated,
              counters->delivered_packets, dropped, count);
  return false;
}

/* What links delivered to a node, and what it sent to itself, is what it received. */
static bool
account_node(const Node *node, GError **error)
{
  uint64_t delivered = 0;
  for (unsigned i = 0; i < node->directions->len; i++) {
    LinkDirection *out = g_ptr_array_index(node->directions, i);
    LinkDirection *in = out == &out->link->forward ? &out->link->backward : &out->link->forward;
    delivered += link_counters(in)->delivered_packets;
  }
  delivered += node->looped_back - count_list(node->loopback_head);
  if (delivered == node->received)
    return true;
  g_set_error(error, SIM_ERROR, SIM_ERROR_STATE,
              "%s: %" G_GUINT64_FORMAT " packets delivered are not %" G_GUINT64_FORMAT " received",
              node->name, delivered, node->received);
  return false;
}

bool
net_account(Net *net, GError **error)
{
  uint64_t total = 0;
  for (unsigned i = 0; i < net->links->len; i++) {
    Link *link = g_ptr_array_index(net->links, i);
    if (!account_direction(&link->forward, &total, error) ||
        !account_direction(&link->backward, &total, error))
      return false;
  }
  for (unsigned i = 0; i < net->nodes->len; i++) {
    const Node *node = g_ptr_array_index(net->nodes, i);
    if (!account_node(node, error))
      return false;
    total += count_list(node->inbox_head) + count_list(node->loopback_head);
  }
  /* Besides them only a protocol may keep packets, such as fragments whose rest is to come. */
  if (total <= net->packets.live)
    return true;
  g_set_error(error, SIM_ERROR, SIM_ERROR_STATE,
              "%" G_GUINT64_FORMAT " packets are under way or wait in nodes, but %" G_GUINT64_FORMAT
              " are alive",
              total, net->packets.live);
  return false;
}

uint64_t
net_packets_sent(const Net *net)
{
  uint64_t sent = 0;
  for (unsigned i = 0; i < net->links->len; i++) {
    const Link *link = g_ptr_array_index(net->links, i);
    sent += link->forward.counters.sent_packets + link->backward.counters.sent_packets;
  }
  for (unsigned i = 0; i < net->nodes->len; i++)
    sent += ((const Node *)g_ptr_array_index(net->nodes, i))->looped_back;
  return sent;
}
