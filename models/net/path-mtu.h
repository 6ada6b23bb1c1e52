/* path-mtu: what a node has learnt about the paths that it sends over (RFC 1191, RFC 8201).
 *
 * Learnt by whichever protocol was told "too big" and believes it, read by all of them through
 * node_mtu(), forgotten after ten minutes. A path that is said to be narrower than an IPv4 host
 * believes (552 bytes, Linux's min_pmtu) is not discovered any further: what is larger is sent
 * without DF then, for a router to fragment. IPv6 has 1280 everywhere. */
#pragma once

#include "models/net/node.h"

#define PATH_MTU_LEAST 552                   /* bytes: Linux's net.ipv4.route.min_pmtu */
#define PATH_MTU_LEAST_6 1280                /* RFC 8200 5 */
#define PATH_MTU_LIFETIME (600 * SIM_SECOND) /* RFC 8201 4: "recommended ... is 10 minutes" */

/* A router said that no more than `mtu` bytes pass on the way to `destination` (0: it did not say
 * how many). A larger MTU than is known is not believed (RFC 8201 4). */
void path_mtu_learn(Node *node, NetAddressId destination, uint32_t mtu);
/* What is known now; UINT32_MAX: nothing. */
uint32_t path_mtu_known(Node *node, NetAddressId destination);
/* Is the path narrower than what is believed, so that DF has to stay off? */
bool path_mtu_is_locked(Node *node, NetAddressId destination);
void path_mtu_free(Node *node); /* by node_free() only */

/* Whether node_mtu() may say something else than it did at `epoch` (a net->mtu_epoch): a cheap
 * question for who asks it with every packet. */
static inline bool
path_mtu_may_differ(const Node *node, uint32_t epoch)
{
  return node->net->mtu_epoch != epoch || sim_now(node->net->sim) >= node->path_mtu_expires;
}
