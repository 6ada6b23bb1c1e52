/* script: one host under test, and a peer that is the test itself.
 *
 * A test is a list of lines; each is one thing that happens, in order, with an optional time
 * before it: "+.1" after the event before it, "+.1~+1" (expected packets only) within that span.
 * Without a time it happens at once. The wire between them takes no time.
 *
 *   "< S 0:0(0) win 65535 <mss 1460>"   the peer sends this
 *   "> S. 0:0(0) ack 1 <mss 1460>"      the host sends this, at exactly this time, and nothing
 *                                       else before it. Segments of one size in a row may be told
 *                                       as one: "> P. 1:5001(5000) ack 1". Without "<...>" it has
 *                                       no options; "<...>" itself: any. `win` and the timestamp's
 *                                       value are compared only if written.
 *   "< [ce] P. ...", "> [ect0] P. ..."  with the ECN field of IP: noecn, ect0, ect1, ce; "A": AE
 *   "listen", "connect", "connect 500" (Fast Open), "accept", "accept nothing", "write 100", "urgent 100", "write 100 40" (only 40 find
 * room), "read 100" (exactly that many are there), "take 100" (perhaps more are), "close",
 * "shutdown", "stop reading", "abort", "vanish", "release", "quick ack", "unlisten", "restart" (of the host) "port 2" from now
 * on another peer speaks, with the same numbers "set NAME VALUE"                    an option of
 * the profile: the host's, the connection's "is NAME VALUE"                     state, error,
 * recovery; cwnd, ssthresh in segments; snd_wnd, srtt_us, rto_us, retransmits, ready, half_open ...
 *   "wait"                              nothing
 *
 * Numbers of a segment with SYN are the script's own; all others count from the SYN, as in the
 * packetdrill language. "TS val 100" names the clock value that the host sent there, and
 * "ecr 100" puts it into what the peer sends ("future 5": five ticks beyond it). At the end nothing
 * may be left that was not expected, no slab may hold anything, and "connected" and "closed" were
 * told at most once. */
#pragma once

#include "models/tcp/tcp.h"

typedef enum {
  SCRIPT_LINUX = 0x01,
  SCRIPT_RFC = 0x02,
  SCRIPT_BOTH = 0x03, /* two tests: the path gets "/linux" and "/rfc9293" */
} ScriptProfiles;

typedef struct ScriptTest {
  const char *path; /* "/tcp/close/rst-on-unread-data" */
  ScriptProfiles profiles;
  const char *const *lines; /* NULL-terminated */
} ScriptTest;

#define SCRIPT(...) ((const char *const[]){__VA_ARGS__, NULL})

/* A connection that the peer opened to us, accepted; options of its SYN in angle brackets. The
 * round trip is 0.1 s. Without options in `syn` but mss, ours are "<mss 1460>". */
#define PASSIVE(syn)                                                                               \
  "listen", "< S 0:0(0) win 65535 " syn, "> S. 0:0(0) ack 1 <...>",                                \
      "+.1 < . 1:1(0) ack 1 win 65535", "accept"
/* A connection that we opened; options of the peer's SYN+ACK in angle brackets. */
#define ACTIVE(syn)                                                                                \
  "connect", "> S 0:0(0) <...>", "+.1 < S. 0:0(0) ack 1 win 65535 " syn, "> . 1:1(0) ack 1"

/* Adds the tests of a table that ends with a NULL path. */
void script_add(const ScriptTest *tests);
/* g_test_init(), one table, g_test_run(). */
int script_main(int argc, char **argv, const ScriptTest *tests);
