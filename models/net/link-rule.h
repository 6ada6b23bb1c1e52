/* link-rule: exactly this packet: lose it, hold it, copy it, damage it, mark it.
 *
 * Rules are asked in the order in which they were made, for each packet whose transmission has
 * ended, before the loss model. Every rule is offered every packet of its window, also one that
 * another rule has lost already, so that "drop SYN#1" and "drop SYN#2" are the first and second
 * SYN of the link; a rule on the whole link counts both directions together.
 *
 * HOLD by time: the packet arrives by `delay` later and others may overtake it. HOLD behind n: the
 * packet stays aside until n later packets have gone on to the receiver (lost and held ones do not
 * count), and arrives directly behind the last of them; but no longer than LINK_HOLD_LONGEST, so
 * that a link that falls silent does not keep it for good.
 * COPY: the copy is made here, so that later rules and the models do not see it, and it arrives
 * whatever becomes of the original; 0: directly behind it. DAMAGE: the receiver's checksum fails.
 * MARK sets congestion experienced. */
#pragma once

#include "models/net/packet-match.h"
#include "sim/time.h"

/* The maximum segment lifetime of RFC 9293: no network keeps a packet longer. */
#define LINK_HOLD_LONGEST (120 * SIM_SECOND)

typedef enum { RULE_DROP, RULE_HOLD, RULE_COPY, RULE_DAMAGE, RULE_MARK } RuleAction;

typedef struct LinkRule {
  RuleAction action;
  PacketMatch *match;              /* owned */
  char *text;                      /* owned: "drop SYN#1", for the summary */
  char *reason;                    /* owned: "rule SYN#1", for the timeline */
  struct LinkDirection *direction; /* only there; NULL: both */
  SimTime from, to; /* holds for transmissions that end in [from, to]; 0 ... SIM_TIME_NEVER */
  SimTime delay;    /* HOLD: by so much longer; COPY: the copy so much later */
  uint32_t behind;  /* HOLD: until so many later packets have passed; 0: by `delay` */
  uint64_t hits;    /* packets it acted on */
} LinkRule;

const char *rule_action_name(RuleAction action); /* "drop" */

/* A rule for both directions and all times, without delay. Takes ownership of `match`. */
LinkRule *link_rule_new(RuleAction action, PacketMatch *match);
void link_rule_free(LinkRule *rule);
/* Offers a packet whose transmission in `direction` ends now; true when the rule means it. */
bool link_rule_asked(LinkRule *rule, const struct LinkDirection *direction, const Packet *packet,
                     SimTime now);
