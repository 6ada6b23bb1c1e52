/* conn-names: the flows of a run: what they are called, and sequence numbers as people count them.
 *
 * A flow is a pair of endpoints of TCP or UDP. Its name, "client:49152-server:80", is fixed when it
 * is first seen and the same at both ends: the opener stands first, who sent the first SYN, else
 * who sent first. A flow that is opened again keeps its name.
 *
 * Numbers are relative to the initial sequence number that the packet's sender believes in; what
 * belongs to no connection (injected, a reset) is measured by the SYNs seen of its flow, and is
 * raw when there were none. Who believes in an injected SYN is measured like that SYN: a SYN with
 * seq -10 is answered with ack -9. Numbers before the initial one are negative; those of a stream
 * longer than 4 GB go on, since each direction keeps its position with 64 bits. */
#pragma once

#include "models/net/net.h"

struct TcpConn;

typedef struct ConnNames ConnNames;

/* How well a direction's initial sequence number is known. */
typedef enum {
  CONN_ISS_UNKNOWN,
  CONN_ISS_SEEN,    /* from a SYN of no connection, or as the peer believes */
  CONN_ISS_CERTAIN, /* from its own sender */
} ConnIss;

typedef struct ConnStream {
  ConnIss known;
  uint32_t iss;     /* meaningful when known */
  uint32_t stray;   /* the number of the last injected SYN; meaningful when `has_stray` */
  bool has_stray;   /* a SYN of its was injected */
  int64_t position; /* the greatest relative number seen since `iss` */
  SimTime rto;      /* of the retransmission time-out that fired last; 0: none (record-pcap.c) */
} ConnStream;

#define CONN_EPOCH_BITS 29

/* Side 0 is the opener. */
typedef struct ConnFlow {
  NetAddressId address[2];
  uint16_t port[2];
  uint8_t protocol;
  uint32_t index; /* 0, 1, 2 ... in the order in which flows were first seen */
  uint32_t epoch; /* counts the changes of what numbers are relative to, and of a position's bits
                     above CONN_EPOCH_BITS */
  char *name;     /* owned */
  char *cells[2]; /* owned; by the side that sends; NULL: conn_names_cells() makes them */
  uint32_t cells_length[2];
  ConnStream stream[2]; /* what that side sends; TCP only */
} ConnFlow;

/* A packet as its flow sees it. */
typedef struct ConnView {
  ConnFlow *flow; /* borrowed; NULL: neither TCP nor UDP */
  int side;       /* which one its source is */
  int64_t seq;    /* relative; TCP only */
  int64_t ack;    /* relative; only with TCP_ACK */
} ConnView;

ConnNames *conn_names_new(Net *net);
void conn_names_free(ConnNames *names);

/* What the timeline says of the flow in a row of a packet that `side` sends,
 * flow->cells_length[side] bytes: "client:49152-server:80,10.0.0.1:49152,10.0.0.2:80,TCP,";
 * CSV_PADDING bytes stand behind.
 */
const char *conn_names_cells(const ConnNames *names, ConnFlow *flow, int side);

/* Looks at a packet. `sent`: it is being sent now by who has its source address, so that it says
 * what its sender believes; a packet that was under way for long must not. */
void conn_names_view(ConnNames *names, const Packet *packet, bool sent, ConnView *view);
/* A number of the stream that the packet acknowledges (SACK), relative. */
int64_t conn_names_acknowledged(const ConnView *view, const Packet *packet, uint32_t number);

/* The name for a packet of TCP or UDP; "" for others. Borrowed, valid until freed. */
const char *conn_names_of_packet(ConnNames *names, const Packet *packet);
const char *conn_names_of_conn(ConnNames *names, const struct TcpConn *conn);

/* One end of a connection, as it sees both. */
typedef struct ConnEnds {
  NetAddressId local, remote;
  uint16_t local_port, remote_port;
  bool opener;
} ConnEnds;

ConnEnds conn_names_ends(const struct TcpConn *conn);
/* The flow of a connection, and which side of it that end is. */
ConnFlow *conn_names_flow(ConnNames *names, const struct TcpConn *conn, int *side);
ConnFlow *conn_names_flow_of(ConnNames *names, const ConnEnds *ends, int *side);
/* The same without making a new one: NULL when the flow was never seen. Of TCP only. */
const ConnFlow *conn_names_known(ConnNames *names, const ConnEnds *ends, int *side);
const ConnFlow *conn_names_known_of_packet(ConnNames *names, const Packet *packet);
