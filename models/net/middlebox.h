/* middlebox: a router that does more than forward: it looks at the packets that pass, and changes
 * or drops some.
 *
 * A kind is a const ops struct and a row in the list of middlebox.c. It meets a packet twice: when
 * it arrives over a link, before anybody asks where it goes, and when it is about to leave, behind
 * the TTL, the route and the MTU; packets that the node itself makes, such as ICMP errors, only
 * then. Loopback is not looked at.
 *
 * Some kinds have two sides: neighbours that are named are the inside (or the outside), all others
 * the other one. */
#pragma once

#include "models/net/node.h"
#include "sim/param.h"

typedef struct Middlebox Middlebox;

/* A number of the state that can be read: an uint64_t. */
typedef struct MiddleboxCounter {
  const char *name; /* NULL ends the list */
  size_t offset;    /* in the state */
} MiddleboxCounter;

typedef struct MiddleboxOps {
  const char *name; /* "nat" */
  const char *help;
  size_t state_size; /* bytes; parameters at the offsets that `params` says */
  const SimParam *params;
  const MiddleboxCounter *counters;           /* besides those of every kind; NULL: none */
  bool has_sides;                             /* it has to be told which neighbours are inside */
  void (*init)(void *state, Middlebox *box);  /* defaults, into zeroed state; NULL: nothing */
  bool (*check)(void *state, GError **error); /* parameters together; NULL: nothing */
  /* Takes the packet and gives it back, perhaps changed. NULL: it was dropped, by
   * middlebox_drop() or _refuse(), or it waits for its other fragments. */
  Packet *(*arrive)(Middlebox *box, Packet *packet, LinkDirection *from);
  Packet *(*leave)(Middlebox *box, Packet *packet, LinkDirection *to); /* NULL: as it is */
  void (*settle)(void *state); /* brings the counters up to now; NULL: they are */
  void (*clear)(void *state);  /* frees what the state owns, checked or not; NULL: nothing */
} MiddleboxOps;

struct Middlebox {
  const MiddleboxOps *ops;
  Node *node;         /* borrowed: where it stands */
  void *state;        /* owned */
  GPtrArray *named;   /* of Node, borrowed: these neighbours are ... */
  bool named_inside;  /* ... inside; else outside */
  uint64_t looked_at; /* packets that arrived */
  uint64_t dropped;
  bool told; /* the numbers are another process's, and have their last values */
};

extern const MiddleboxOps middlebox_firewall, middlebox_nat;
/* A callback; set up with middlebox_function_set(). Not in the list. */
extern const MiddleboxOps middlebox_function;

/* NULL: drop nothing; else why it drops. It may change the packet. `from`: the neighbour. */
typedef const char *(*MiddleboxFn)(Packet *packet, const Node *from, void *data);
void middlebox_function_set(void *state, MiddleboxFn fn, void *data, GDestroyNotify free_data);

const MiddleboxOps *const *middlebox_list(void); /* NULL-terminated */

/* Makes a middlebox of `node`, which owns it. `ops->params` of its state may then be set;
 * ops->check says whether they fit together. */
Middlebox *middlebox_new(Node *node, const MiddleboxOps *ops);
void middlebox_free(Middlebox *box); /* by node_free() only; NULL: nothing */
/* For kinds with sides: `neighbour` is inside (or outside; all of them the same). */
void middlebox_name_side(Middlebox *box, Node *neighbour, bool inside);
/* Once every link is there: each that was named is a neighbour, and there are both sides. */
bool middlebox_check_sides(const Middlebox *box, GError **error);
/* A number by its name: "looked_at", "dropped", or of ops->counters. False: there is none. */
bool middlebox_counter(Middlebox *box, const char *name, uint64_t *value);

/* All numbers by which it is known, middlebox_count_counters() of them: of one that another process
 * runs (models/net/part.h) they are put in place of its own, behind the run. */
unsigned middlebox_count_counters(const Middlebox *box);
void middlebox_read_counters(Middlebox *box, uint64_t *values);
void middlebox_put_counters(Middlebox *box, const uint64_t *values);

/* For node-packet.c. */
Packet *middlebox_arrive(Middlebox *box, Packet *packet, LinkDirection *from);
Packet *middlebox_leave(Middlebox *box, Packet *packet, LinkDirection *to);

/* For kinds: drops a packet; the same, and its sender is told; is the neighbour inside? */
void middlebox_drop(Middlebox *box, Packet *packet, const char *reason);
void middlebox_refuse(Middlebox *box, Packet *packet, IcmpKind kind, const char *reason);
bool middlebox_is_inside(const Middlebox *box, const Node *neighbour);
