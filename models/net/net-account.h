/* net-account: is every packet accounted for? Asked at the end of every run.
 *
 * Of each direction: sent + copied = delivered + dropped + under way, where what is under way is
 * counted anew, packet by packet, in the queue, the transmitter, the pipe and among the held (where
 * the fast way works, delivered is what follows from the others). Of each node: received =
 * delivered by its links + looped back. In total: no more is under way and waits in nodes than is
 * alive. An error is a bug of ours. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct Net;

/* False and an error that says which link and which numbers. */
bool net_account(struct Net *net, GError **error);
/* Handed to a link or looped back, over all nodes. */
uint64_t net_packets_sent(const struct Net *net);
