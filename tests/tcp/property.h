/* property: one seed's world: two applications that talk over a wire that does its worst.
 *
 *   property-options.c  every option of both profiles, drawn from what it accepts
 *   property-world.c    the network, what it does to packets, and the two applications
 *   property-check.c    what has to hold after every event
 *   property-fail.c     a failure is told: the seed, the options, the last packets
 *   test-property.c     runs the seeds */
#pragma once

#include "models/icmp/icmp.h"
#include "models/net/link.h"
#include "models/tcp/tcp.h"
#include "sim/timer.h"

typedef struct PropertyWorld PropertyWorld;

/* What an application does to its connection before it is over. */
typedef enum {
  PROPERTY_ABORTS = 1, /* a reset */
  PROPERTY_VANISHES,   /* without a word */
  PROPERTY_RESTARTS,   /* the same, with its host */
  PROPERTY_CLOSES,     /* at once, with whatever is queued and unread */
  PROPERTY_RELEASES,   /* the same by letting go */
} PropertyDoom;

typedef struct PropertyEnd {
  PropertyWorld *world;
  const char *name; /* "client" */
  Node *node;
  TcpHost *host;
  IcmpHost *icmp;
  TcpProfile profile; /* as drawn */
  TcpConn *conn;      /* NULL before it is made and when it was released */
  struct PropertyEnd *peer;
  SimRng rng; /* of its behaviour */

  uint8_t *bytes;                 /* what it sends; 0: is only counted */
  uint64_t total, sent;           /* of them; handed over so far */
  uint64_t write_most, read_most; /* at a time */
  double urgent;                  /* probability that a write is urgent */
  double pause;                   /* probability of one behind a read or write */
  SimTime longest;                /* pause */
  bool waits_for_end;             /* of what the peer sends before it ends its own stream */
  bool early;                     /* begins with Fast Open */

  uint64_t got;              /* bytes taken, all of them as sent */
  bool saw_end;              /* of the peer's stream, in order */
  SimTimer reading, writing; /* armed: it pauses */
  PropertyDoom doom;         /* 0: none */
  SimTimer fate;
  bool doomed; /* it has happened */

  /* property-check.c */
  const TcpConn *watched; /* for which the next is meant */
  uint32_t edge;          /* of the window that was offered */
  bool edge_known;
} PropertyEnd;

#define PROPERTY_EVENTS 60

/* Of a packet, or of a timer. */
typedef struct PropertyEvent {
  SimTime time;
  const char *node;
  const char *timer; /* its name; NULL: it is a packet */
  TcpTimerEvent timer_event;
  SimTime due;
  NetPacketEvent what;
  const char *reason;
  Packet packet; /* without its ext */
} PropertyEvent;

struct PropertyWorld {
  uint64_t seed;
  Sim *sim;
  Net *net;
  Link *wire;           /* on which things happen */
  IcmpHost *routers[2]; /* NULL: no routers, or ones that say nothing */
  const char *base;     /* name of the profile that the drawing began with */
  bool patient;         /* nothing in the options ends a connection that works */
  uint32_t path_mtu;    /* 0: the link's is all there is */
  TcpListener *listener;
  PropertyEnd client, server;
  SimRng chaos;
  double hold, mark;                     /* probability for a packet */
  PropertyEvent events[PROPERTY_EVENTS]; /* a ring */
  uint64_t event_count;
};

/* Draws every option of world->client and world->server. */
void property_draw_options(PropertyWorld *world, SimRng *rng);

void property_world_init(PropertyWorld *world, uint64_t seed);
/* Until nothing is left to happen, and checks what has come of it. True: whole on both sides. */
bool property_world_run(PropertyWorld *world);

/* Both ends, as they are between two events. */
void property_check(PropertyWorld *world);
/* When all is over and released. */
void property_check_empty(PropertyWorld *world);

/* For signals: the world under way. */
void property_fail_watch(const PropertyWorld *world);
void property_fail(const PropertyWorld *world, const char *format, ...)
    G_GNUC_PRINTF(2, 3) G_GNUC_NORETURN;
