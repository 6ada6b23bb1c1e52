/* link: a full-duplex wire between two nodes, as two directions that know nothing of each other.
 *
 * A packet's way through one direction: queue (waiting packets; the one being sent is not
 * counted), transmitter (IP length + overhead at the rate), rules, loss, corruption, duplication,
 * jitter and reordering, then propagation; a policer stands before the queue, a shaper behind it. A
 * packet lost by a rule or a model has used its time on the wire.
 *
 * Packets under way stand in `pipe` in the order of their arrival; only the head's arrival is in
 * the event queue. There are three ways of working that give the same packets at the same times:
 * - fast: drop-tail, no rules, no models but of loss, nobody listening: the departure of a packet
 *   follows by arithmetic when it is handed over, and it costs one event;
 * - told: the same without a loss model, where somebody listens: when a packet that had to wait
 *   begins to leave is an event, too;
 * - watched: the end of each transmission is an event of its own, at which rules and models are
 *   asked. A direction changes over when the first rule, such a model or change of rate comes,
 *   taking along what is under way, and does not change back.
 * Where two processes run its ends it works as the fast way does, divided, or has all but the pipe
 * at the near one (link-cut.h).
 * A hop's packets are conserved: sent = delivered + dropped + waiting + under way. */
#pragma once

#include "models/net/link-extra.h"
#include "models/net/link-rule.h"
#include "models/net/loss.h"
#include "models/net/node.h"
#include "models/net/qdisc.h"
#include "sim/timer.h"

typedef struct LinkCounters {
  uint64_t sent_packets, sent_bytes;               /* handed over by the node, before the queue */
  uint64_t transmitted_packets, transmitted_bytes; /* first bit left */
  uint64_t delivered_packets, delivered_bytes;     /* arrived */
  uint64_t dropped_queue, dropped_loss, dropped_rule, dropped_down, dropped_mtu; /* by reason */
  uint64_t dropped_policer;
  uint64_t corrupted, duplicated, held, reordered, marked;
} LinkCounters;

/* LINK_NEAR: the near end of one that is cut (link-cut.h). */
typedef enum { LINK_FAST, LINK_TOLD, LINK_WATCHED, LINK_NEAR } LinkWay;

/* What every packet needs stands first, by cache lines: of the arrival; of sending, as far as the
 * counters of what was sent. What waits for others needs one more. */
struct LinkDirection {
  _Alignas(SIM_LINE) SimEvent arrival; /* of the pipe's head */
  Packet *pipe_head, *pipe_tail;       /* under way (fast: waiting ones too), by packet->time */
  Packet *next_to_leave; /* fast: the first of the pipe that counts as waiting; NULL */
  Node *to;
  SimOwner owner;

  Sim *sim;               /* borrowed */
  SimTime busy_until;     /* fast: when the last packet handed over will have left */
  SimTime delay;          /* propagation */
  uint64_t rate;          /* bit/s; 0: unlimited */
  uint32_t byte_time;     /* ps that a byte takes at `rate`; 0: no whole number, or too many */
  uint32_t overhead;      /* bytes added to each packet on the wire */
  uint32_t mtu;           /* IP bytes */
  uint8_t way;            /* LinkWay; what is said of the fast one holds for the told one, too */
  bool up, paused;        /* either change makes it watched */
  bool lossy;             /* `loss` is not NULL, said in the line that sending needs */
  LinkCounters counters;  /* read it with link_counters() */
  uint64_t refused_bytes; /* of packets that found no room, or no link */

  SimTime next_leaves;      /* fast: when the first bit of next_to_leave leaves */
  uint32_t waiting_packets; /* fast: from next_to_leave on; some may have begun to leave since */
  uint64_t waiting_bytes;   /* fast: as waiting_packets */
  uint64_t most_packets;    /* fast: drop-tail's limits, of what waits; UINT64_MAX: none */
  uint64_t most_bytes;      /* ... IP bytes */
  uint64_t lost_bytes;      /* fast: by the loss model */
  Node *from;
  Link *link;       /* borrowed */
  char *name;       /* owned: "client>server", "client>server.2" */
  bool rate_varies; /* it was changed under way, or follows a trace */

  const QdiscOps *qdisc;
  void *qdisc_state;   /* owned */
  const LossOps *loss; /* NULL: none */
  void *loss_state;    /* owned */
  Packet *unasked;     /* fast: the first of the pipe for which the loss model has not been asked */
  double corrupt;      /* probability that a packet is damaged */
  double duplicate;    /* probability that a packet is doubled */
  SimRng rng;          /* "link client>server": loss, corruption, duplication, in this order */
  LinkExtra *extra;    /* owned: jitter, token buckets ...; NULL: never asked for */

  SimEvent transmitted; /* told, where others wait, and watched: the end of what is being sent */
  uint64_t end_key;     /* told: of that event, whether or not others wait */
  Packet *transmitting; /* watched: being sent, time is its end; NULL: idle */
  bool working;         /* watched: at an end of transmission; what comes now is only queued */
  Packet *in_order;     /* watched: the last of the pipe that nobody held; NULL: it has arrived */
  GPtrArray *held;      /* of what RULE_HOLD keeps until others have passed; NULL: nothing yet */
  SimTimer release;     /* of the first of `held`, when nothing passes */
  struct LinkCut *cut;  /* owned: link-cut.h; NULL: both ends are here */
};

G_STATIC_ASSERT(offsetof(LinkDirection, counters.transmitted_packets) == 2 * SIM_LINE);
G_STATIC_ASSERT(offsetof(LinkDirection, next_leaves) == 4 * SIM_LINE);

struct Link {
  LinkDirection forward, backward; /* a to b, b to a */
  Net *net;                        /* borrowed */
  char *name;                      /* owned: "client-server", "client-server.2" */
  GPtrArray *rules;                /* of LinkRule, owned, in order */
};

#define LINK_MTU_DEFAULT 1500 /* IP bytes, as on Ethernet */

/* Settings of one direction, with the defaults of link_settings_default(). */
typedef struct LinkSettings {
  uint64_t rate; /* bit/s; 0: unlimited */
  SimTime delay;
  uint32_t mtu;      /* LINK_MTU_DEFAULT */
  uint32_t overhead; /* 0 */
} LinkSettings;

LinkSettings link_settings_default(void);

/* A link between two nodes of the same network, both directions with `settings` and a drop-tail
 * queue of 100 packets, no loss. An error for a link from a node to itself. It is called "a-b";
 * when there is a link between the two already "a-b.2", "a-b.3", in whichever order they are
 * named. */
Link *link_new(Node *a, Node *b, const LinkSettings *settings, GError **error);
void link_free(Link *link); /* by net_free() only; frees what is under way */

/* The direction that leaves `node`; NULL when the link does not touch it. */
LinkDirection *link_toward(Link *link, const Node *to);

/* Hands a packet to the direction. Takes ownership. */
void link_send(LinkDirection *direction, Packet *packet);
/* The same where `size` is known, which is packet_size(packet). */
void link_send_sized(LinkDirection *direction, Packet *packet, uint32_t size);

/* Changes while the run goes on. A new rate holds from the next transmission on; a new delay for
 * transmissions that end later (packets do not overtake, as on a wire: an arrival is never before
 * that of the packet ahead). */
void link_set_rate(LinkDirection *direction, uint64_t rate);
void link_set_delay(LinkDirection *direction, SimTime delay);
void link_set_mtu(LinkDirection *direction, uint32_t mtu);
void link_set_overhead(LinkDirection *direction, uint32_t overhead);
void link_set_corrupt(LinkDirection *direction, double probability);
void link_set_duplicate(LinkDirection *direction, double probability);
/* Gives `state` to the direction: ops->state_size zeroed bytes (g_malloc0), then ops->init, then
 * the parameters set and checked. NULL ops: no loss. */
void link_set_loss(LinkDirection *direction, const LossOps *ops, void *state);
/* The same for the queue; what waits moves over, and what does not fit is dropped. */
void link_set_queue(LinkDirection *direction, const QdiscOps *ops, void *state);

/* Takes ownership of the rule; returns it. */
LinkRule *link_add_rule(Link *link, LinkRule *rule);

/* Cut (what waits or is under way is lost, "link down") and restore; stop the transmitter after
 * the packet under way and let it go on. */
void link_down(LinkDirection *direction);
void link_up(LinkDirection *direction);
void link_pause(LinkDirection *direction);
void link_resume(LinkDirection *direction);

/* Waiting now, the one being sent not counted. */
uint32_t link_queue_packets(LinkDirection *direction);
uint64_t link_queue_bytes(LinkDirection *direction);
/* The counters, brought up to now: the fast way counts what was handed over alone, and the rest
 * follows from what is under way. */
const LinkCounters *link_counters(LinkDirection *direction);
/* All drops together. */
uint64_t link_dropped(const LinkDirection *direction);
