/* drill-run-private: a script under way, as the files that run it share it. Nobody else includes
 * it.
 *
 * Where is what:
 *   the events, one after the other     drill-run
 *   the network, and time               drill-world
 *   options of the script               drill-config
 *   sysctls and the rest of the shell   drill-shell, drill-shell-table
 *   which connection, which numbers     drill-flow
 *   the peer sends                      drill-inject
 *   the host sent                       drill-expect
 *   how packets look                    drill-look
 *   calls                               drill-call, drill-call-option, drill-value
 *   %{ code }%                          drill-code */
#pragma once

#include "models/net/link.h"
#include "models/sock/sock.h"
#include "scenarios/runner/drill/drill-lex.h"
#include "scenarios/runner/drill/drill.h"
#include "scenarios/runner/record.h"

#define DRILL_LOOKS 10               /* packets that a failure shows */
#define DRILL_GRACE (2 * SIM_SECOND) /* after its time a packet is still waited for */

/* What options of a script set. */
typedef struct DrillConfig {
  uint8_t family;             /* of the packets: 4 or 6 */
  bool mapped;                /* IPv4 packets of IPv6 sockets */
  const char *local, *remote; /* addresses; NULL: the usual ones */
  uint32_t mtu;
  uint16_t bind_port, connect_port;
  SimTime tolerance;
  double tolerance_share; /* of the stated gap, when that is more */
  bool strict_segments;
  SimTime timestamp_tick; /* check the host's clock; 0: not */
} DrillConfig;

/* A packet as a script would write it. Numbers count as the script's do. */
typedef struct DrillLook {
  SimTime time;
  bool inbound;
  uint8_t protocol; /* NET_PROTO_... */
  uint8_t traffic, ttl, family;
  uint16_t flags, window, urgent;
  uint32_t seq, length, ack;
  IcmpHeader icmp;
  uint32_t stamp; /* the host's clock, when it has one; that is, its TS val as it was sent */
  bool has_stamp;
  DrillOptions options;
} DrillLook;

typedef struct DrillStamp {
  uint32_t name, value; /* the script's and the host's */
  SimTime time;
} DrillStamp;

/* The connection that packets belong to. */
typedef struct DrillFlow {
  bool known;
  bool over;    /* the host has forgotten it */
  bool reopens; /* the peer's last packet was a SYN in the middle of it, of number ... */
  uint32_t reopening_seq;
  bool active;      /* opened by the host */
  bool bare;        /* its first packet was no SYN: numbers of the host's are as they are */
  uint8_t protocol; /* NET_PROTO_... */
  int fd;           /* the script's; -1: not accepted yet, or none */
  uint16_t host_port, peer_port;
  bool host_seen;  /* host_iss is what its SYN said */
  bool host_named; /* host_base is what the script calls that */
  uint32_t host_iss, host_base;
  bool peer_seen;
  uint32_t peer_iss;
  GArray *stamps; /* of DrillStamp, owned */
} DrillFlow;

typedef struct DrillFd {
  int script, live;
} DrillFd;

/* What the host has sent and no line of the script has asked for yet. */
typedef struct DrillSeen {
  struct DrillSeen *next;
  SimTime time;
  Packet *packet; /* owned */
} DrillSeen;

/* The call that has not returned yet. */
typedef struct DrillPending {
  const DrillEvent *event; /* NULL: none */
  SimTime base;            /* its end counts from here */
  SockWait wait;
  bool done;
  SimTime done_at;
  int64_t result;
  SockPollEntry *polled; /* owned; NULL: no poll */
  unsigned polled_count;
} DrillPending;

typedef struct DrillVariable {
  const char *name; /* borrowed from the script */
  double value;
} DrillVariable;

typedef struct DrillRun {
  const DrillScript *script;
  const DrillJob *job;
  DrillProblem problem;
  DrillConfig config;
  TcpProfile profile; /* of the host, while it is set up */
  unsigned compared;
  GString *printed;

  Sim *sim;
  Net *net;
  Node *host, *peer;
  TcpHost *tcp;
  UdpHost *udp;
  SockHost *sock;
  struct IcmpHost *icmp;
  bool expects_icmp; /* a line asks for what the host says by ICMP; else that is not looked at */
  Record *record;    /* NULL: not recorded */
  SimEvent tick;     /* so that the clock reaches a time at which nothing happens */
  uint64_t budget;   /* calls of the watch that are left */
  SimTime base;      /* of relative times: when the event before was over */

  DrillFlow flow;
  uint16_t next_peer_port;
  GArray *listening; /* of int: the script's descriptors that listen, the last is the current one */
  GArray *fds;       /* of DrillFd */
  GArray *variables; /* of DrillVariable */
  DrillSeen *seen, **seen_last;
  bool waiting; /* stop when the host sends */
  DrillPending pending;

  DrillLook looks[DRILL_LOOKS]; /* a ring */
  unsigned looked;
} DrillRun;

/* Notes a failure at `event`: what, and the script's line and the last packets below it. */
void drill_run_fail(DrillRun *run, const DrillEvent *event, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
void drill_run_unsupported(DrillRun *run, DrillPlace place, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
void drill_run_wrong(DrillRun *run, DrillPlace place, const char *format, ...) G_GNUC_PRINTF(3, 4);
static inline bool
drill_run_going(const DrillRun *run)
{
  return run->problem.kind == DRILL_NO_PROBLEM;
}
/* Is `time` within the tolerance of [from, to]? `gap` is what the script wrote. */
bool drill_run_in_time(const DrillRun *run, SimTime time, SimTime from, SimTime to, SimTime gap);

/* drill-config.c */
void drill_config_read(DrillRun *run);

/* drill-world.c */
bool drill_world_open(DrillRun *run); /* false: the run has a problem */
void drill_world_close(DrillRun *run);
/* Everything up to `time` happens, and the clock stands there. Of what falls on `time` itself only
 * what happened before a delivery ("_before"), or all of it. */
void drill_world_reach(DrillRun *run, SimTime time);
void drill_world_reach_before(DrillRun *run, SimTime time);
/* What the script did now has its consequences. */
void drill_world_settle(DrillRun *run);
/* The next packet of the host's, waited for until `until`; NULL: there was none. Owned by the
 * caller. */
Packet *drill_world_next(DrillRun *run, SimTime until, SimTime *time);
void drill_world_note(DrillRun *run, const char *text);
NetAddressId drill_world_host_address(const DrillRun *run);
NetAddressId drill_world_peer_address(const DrillRun *run);

/* drill-flow.c */
void drill_flow_clear(DrillFlow *flow);
void drill_flow_connect(DrillRun *run, int fd); /* the host opens one */
/* The host's datagram socket speaks with the peer's `port`. */
void drill_flow_datagrams(DrillRun *run, int fd, uint16_t port);
/* A packet will come in: which connection is it for? */
void drill_flow_for_inbound(DrillRun *run, const DrillPacket *packet);
/* Does what the host sent belong to the connection? Learns from it. */
bool drill_flow_take(DrillRun *run, const Packet *packet);
void drill_flow_on_state(Sim *sim, const void *data, void *user);
uint32_t drill_flow_inbound_seq(const DrillFlow *flow, uint32_t seq, bool syn);
uint32_t drill_flow_inbound_ack(const DrillFlow *flow, uint32_t ack, bool syn);
uint32_t drill_flow_outbound_seq(const DrillFlow *flow, uint32_t seq, bool syn);
uint32_t drill_flow_outbound_ack(const DrillFlow *flow, uint32_t ack, bool syn);
void drill_flow_name_stamp(DrillRun *run, uint32_t name, uint32_t value, SimTime time);
const DrillStamp *drill_flow_stamp(const DrillFlow *flow, uint32_t name); /* NULL: none */

/* drill-look.c */
void drill_look_at(const DrillRun *run, const Packet *packet, SimTime time, bool inbound,
                   DrillLook *look);
void drill_look_print(GString *text, const DrillLook *look);
void drill_look_print_flags(GString *text, uint16_t flags);
void drill_look_print_options(GString *text, const DrillOptions *options);
void drill_look_keep(DrillRun *run, const DrillLook *look); /* for messages */
/* As they stand on the wire; the number of bytes. */
unsigned drill_look_option_bytes(const DrillOptions *options, uint8_t bytes[DRILL_OPTIONS]);

/* drill-inject.c */
void drill_inject(DrillRun *run, const DrillEvent *event);

/* drill-expect.c */
void drill_expect(DrillRun *run, const DrillEvent *event, SimTime from, SimTime to);

/* drill-call.c */
bool drill_call_known(const char *name);
void drill_call(DrillRun *run, const DrillEvent *event);
/* The pending call, if it has returned, is checked; at the `end`, or before another call, it is
 * waited for. */
void drill_call_check(DrillRun *run, bool end);
int drill_call_live_fd(const DrillRun *run, int script);
/* The first argument: the script's descriptor and ours, -1: a bad one, which the call itself finds
 * out. */
bool drill_call_fd(DrillRun *run, const DrillEvent *event, int64_t *script, int *live);
/* drill-call-data.c */
int64_t drill_call_write(DrillRun *run, const DrillEvent *event);
int64_t drill_call_read(DrillRun *run, const DrillEvent *event);
int64_t drill_call_send(DrillRun *run, const DrillEvent *event);
int64_t drill_call_recv(DrillRun *run, const DrillEvent *event);
int64_t drill_call_sendto(DrillRun *run, const DrillEvent *event);
int64_t drill_call_writev(DrillRun *run, const DrillEvent *event);
int64_t drill_call_readv(DrillRun *run, const DrillEvent *event);
int64_t drill_call_sendmsg(DrillRun *run, const DrillEvent *event);
int64_t drill_call_recvmsg(DrillRun *run, const DrillEvent *event);
/* drill-call-poll.c */
int64_t drill_call_poll(DrillRun *run, const DrillEvent *event);
void drill_call_poll_check(DrillRun *run,
                           const DrillEvent *event); /* what it found, entry by entry */
/* drill-call-option.c */
int64_t drill_call_setsockopt(DrillRun *run, const DrillEvent *event);
int64_t drill_call_getsockopt(DrillRun *run, const DrillEvent *event);

/* drill-value.c: arguments. */
const DrillValue *drill_value_at(const DrillCall *call, unsigned index); /* NULL: too few */
/* What a value says as a number; false, with a problem, when it says none. */
bool drill_value_number(DrillRun *run, const DrillValue *value, int64_t *number);
bool drill_value_argument(DrillRun *run, const DrillEvent *event, unsigned index, int64_t *number);
/* The item of a struct with this name; NULL: there is none. */
const DrillValue *drill_value_field(const DrillValue *value, const char *field);
/* Addresses: "..." leaves what is there. */
bool drill_value_address(DrillRun *run, const DrillValue *value, SockAddress *address);

/* drill-code.c */
bool drill_code_check(DrillRun *run, const DrillStatement *first); /* before it runs */
void drill_code_run(DrillRun *run, const DrillEvent *event);

/* drill-shell.c */
void drill_shell_run(DrillRun *run, const DrillCommand *first);
/* drill-shell-table.c: sets "net.ipv4.tcp_ecn" in run->profile. */
void drill_shell_sysctl(DrillRun *run, DrillPlace place, const char *name, const char *value);
/* The starting state of the scripts' common/defaults.sh. */
void drill_shell_defaults(DrillRun *run, DrillPlace place);
