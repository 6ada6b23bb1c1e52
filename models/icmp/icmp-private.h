/* icmp-private: what icmp.c (what arrives), icmp-echo.c (asking) and icmp-error.c (telling) share.
 * Nobody else includes it. */
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
  SimTime interval;  /* 0: no limit */
  GArray *buckets;   /* of IcmpBucket, in order of first use */
  GPtrArray *echoes; /* of IcmpEcho, owned */
  uint16_t last_id;  /* given to one of them */
  IcmpCounters counters;
};

/* Hands an echo reply to who asked; false: nobody did. */
bool icmp_echo_answer(IcmpHost *host, const Packet *packet);
/* A NodeErrorFn, for errors about our echo requests. */
void icmp_echo_error(void *host, const IcmpError *error);
/* A NodeReportFn. */
void icmp_error_report(void *host, const Packet *packet, IcmpKind kind, uint32_t mtu);
