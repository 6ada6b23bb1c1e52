/* firewall-rule: which packets a rule of a firewall means, and what it does with them.
 *
 * All that a rule says has to be so. What it does not say matters to nobody. */
#pragma once

#include "models/net/net.h"
#include "models/net/packet-match.h"

typedef enum {
  FIREWALL_ACCEPT,
  FIREWALL_DROP,
  FIREWALL_REJECT, /* ... and tell: ICMP "prohibited" (RFC 1812 5.3.9) */
  FIREWALL_RESET   /* ... and tell: a TCP reset in the destination's name; others as REJECT */
} FirewallAction;

/* "accept", "drop", "reject", "reset"; NULL-terminated. */
extern const char *const firewall_action_names[];

/* Addresses within prefix/length. */
typedef struct FirewallPrefix {
  NetAddress prefix; /* family 0: any address */
  unsigned length;   /* bits */
} FirewallPrefix;

typedef struct FirewallPorts {
  uint16_t first, last; /* inclusive; last 0: any */
} FirewallPorts;

typedef struct FirewallRule {
  FirewallAction action;
  enum { FIREWALL_BOTH, FIREWALL_IN, FIREWALL_OUT } direction; /* in: from outside */
  uint8_t protocol;                                            /* 0: any */
  FirewallPrefix from, to;
  FirewallPorts source, destination;
  PacketMatch *match; /* owned; NULL: none */
  char *reason;       /* owned: "firewall: rule 2" */
  uint64_t hits;
} FirewallRule;

bool firewall_rule_matches(FirewallRule *rule, const Net *net, const Packet *packet, bool inbound);
void firewall_rule_clear(FirewallRule *rule); /* frees what it owns */
