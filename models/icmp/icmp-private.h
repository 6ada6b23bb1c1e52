/* icmp-private: what icmp.c (what arrives) and icmp-error.c (what is told) share. Nobody else
 * includes it. */
#pragma once

#include "models/icmp/icmp.h"

/* How many errors may go to one destination now (Linux's inet_peer_xrlim_allow()). */
typedef struct IcmpBucket {
  NetAddressId destination;
  SimTime at;        /* when `allowance` was brought up to date */
  SimTime allowance; /* time saved up; an error takes one interval */
} IcmpBucket;

struct IcmpHost {
  Node *node; /* borrowed */
  Net *net;
  Sim *sim;
  SimTime interval; /* 0: no limit */
  GArray *buckets;  /* of IcmpBucket, in order of first use */
  IcmpCounters counters;
};

/* A NodeReportFn. */
void icmp_error_report(void *host, const Packet *packet, IcmpKind kind, uint32_t mtu);
