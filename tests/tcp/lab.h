/* lab: two hosts and a wire, for tests of TCP: written in the terms a test thinks in.
 *
 * Applications are C callbacks that read everything at once and write what the test queued. Every
 * packet handed to the wire is kept as a line of text, "c>s SYN 0:0(0) win 64240", with relative
 * numbers, so that a test compares what was sent with what the RFC draws. */
#pragma once

#include "models/net/link.h"
#include "models/tcp/tcp.h"

typedef struct LabEnd {
  TcpConn *conn;        /* NULL before it is made */
  GByteArray *received; /* bytes that came, zeros where only a count came */
  uint64_t received_count;
  uint64_t to_send;                   /* bytes that are still to be queued */
  const uint8_t *bytes;               /* their contents; NULL: only counted */
  uint64_t queued;                    /* of to_send's total already queued */
  bool close_when_sent, close_at_end; /* tcp_close() behind the last byte; on the peer's FIN */
  bool reads;                         /* takes what comes; true at first */
  unsigned events;                    /* all that were told */
} LabEnd;

typedef struct Lab {
  Sim *sim;
  Net *net;
  Node *client_node, *server_node;
  Link *wire;
  TcpHost *client_host, *server_host;
  TcpListener *listener;
  LabEnd client, server;                  /* released by lab_free() */
  GPtrArray *sent;                        /* of char *, one a packet handed to the wire */
  GString *timeline;                      /* all of them with their time, for messages */
  GString *client_states, *server_states; /* " SYN-SENT>ESTABLISHED ..." as they came to be */
  uint16_t client_port;                   /* 0: ephemeral */
  bool absolute;                          /* lines show sequence numbers as on the wire */
  struct LabCall *calls;                  /* owned */
} Lab;

typedef struct LabSettings {
  uint32_t mtu; /* of the wire; 0: 1500 */
  uint64_t seed;
  const char *profile;                            /* NULL: rfc9293 */
  SimTime delay;                                  /* one way; 0: 50 ms */
  uint64_t rate;                                  /* 0: unlimited */
  uint16_t client_port;                           /* 0: ephemeral */
  bool absolute;                                  /* lines show sequence numbers as on the wire */
  void (*tune)(TcpProfile *profile, bool server); /* NULL: nothing */
} LabSettings;

Lab *lab_new(const LabSettings *settings);
void lab_free(Lab *lab); /* checks that nothing is left in any slab */
void lab_listen(Lab *lab);
/* From the same port as before, when one was given; the connection before is released. */
void lab_connect(Lab *lab);
/* Calls `fn` as an application would, at `time`. */
void lab_at(Lab *lab, SimTime time, void (*fn)(Lab *));
void lab_rule(Lab *lab, RuleAction action, const char *text, SimTime delay);
void lab_run(Lab *lab, SimTime until);
/* Lets `end` send: `count` bytes (contents `bytes` or NULL), then close when asked. */
void lab_send(Lab *lab, LabEnd *end, uint64_t count, const uint8_t *bytes);
/* Puts a segment on the wire as if the host had sent it; fields absolute. */
void lab_inject(Lab *lab, Node *from, const TcpHeader *header, uint32_t payload);
/* Compares what was sent since the last call with the lines, NULL-terminated. */
#define lab_expect(lab, ...)                                                                       \
  lab_expect_lines(lab, __FILE__, __LINE__, (const char *const[]){__VA_ARGS__, NULL})
void lab_expect_lines(Lab *lab, const char *file, int line, const char *const *lines);
