/* test-fastopen: data in the SYN (RFC 7413), as client and as server, and every way it comes to
 * nothing. The first three are the scripts of the packetdrill language that say so of Linux. */
#include "tests/tcp/lab.h"
#include "tests/tcp/script.h"

/* A first connection has brought a cookie, and is over. */
#define WITH_COOKIE                                                                                \
  "set fastopen client", "set sack false", "connect 500", "> S 0:0(0) <...>",                      \
      "+.1 < S. 0:0(0) ack 1 win 65535 <mss 1460,nop,nop,FO abcd1234abcd1234>",                    \
      "> . 1:1(0) ack 1", "is early 0", "abort", "> R. 1:1(0) ack 1", "release"
/* As server we have granted one. */
#define GRANTED                                                                                    \
  "set fastopen server", "set sack false", "listen", "< S 0:0(0) win 65535 <mss 1460,FO>",         \
      "> S. 0:0(0) ack 1 <...>", "< R 1:1(0) win 0", "is half_open 0", "port 1"

static const ScriptTest tests[] = {
    {"/tcp/fastopen/client-asks-for-a-cookie", SCRIPT_LINUX,
     SCRIPT("set fastopen client", "connect 500",
            "> S 0:0(0) <mss 1460,sackOK,TS val 100 ecr 0,nop,wscale 7,FO,nop,nop>",
            "+.1 < S. 0:0(0) ack 1 win 65535 <mss 1460,nop,nop,FO abcd1234abcd1234>",
            "> . 1:1(0) ack 1", "is early 0", "write 500", "> P. 1:501(500) ack 1")},
    {"/tcp/fastopen/client-data-in-syn", SCRIPT_BOTH,
     SCRIPT(WITH_COOKIE, "connect 500", "> S 0:500(500) <...>", "is early 500",
            "+.1 < S. 0:0(0) ack 501 win 65535 <mss 1460>", "> . 501:501(0) ack 1",
            "is bytes_acked 500", "is retransmits 0", "write 100", "> P. 501:601(100) ack 1")},
    {"/tcp/fastopen/client-data-not-taken", SCRIPT_BOTH,
     SCRIPT(WITH_COOKIE, "connect 500", "> S 0:500(500) <...>",
            "+.1 < S. 0:0(0) ack 1 win 65535 <mss 1460>", "> P. 1:501(500) ack 1",
            "is bytes_acked 0", "is retransmits 1", "+.1 < . 1:1(0) ack 501 win 65535",
            "is bytes_acked 500")},
    {"/tcp/fastopen/client-data-taken-in-part", SCRIPT_BOTH,
     SCRIPT(WITH_COOKIE, "connect 500", "> S 0:500(500) <...>",
            "+.1 < S. 0:0(0) ack 301 win 65535 <mss 1460>", "> P. 301:501(200) ack 1",
            "is bytes_acked 300")},
    {"/tcp/fastopen/client-repeats-the-syn-without", SCRIPT_BOTH,
     SCRIPT("set timestamps false", "set window_scale off", WITH_COOKIE, "connect 500",
            "> S 0:500(500) <mss 1460,FO abcd1234abcd1234,nop,nop>", "+1 > S 0:0(0) <mss 1460>",
            "+.1 < S. 0:0(0) ack 1 win 65535 <mss 1460>", "> P. 1:501(500) ack 1")},
    /* The SYN+ACK was slow, and covers what the first SYN brought. */
    {"/tcp/fastopen/late-synack-covers-the-data", SCRIPT_BOTH,
     SCRIPT(WITH_COOKIE, "connect 500", "> S 0:500(500) <...>", "+1 > S 0:0(0) <...>",
            "+.1 < S. 0:0(0) ack 501 win 65535 <mss 1460>", "> . 501:501(0) ack 1",
            "is bytes_acked 500")},
    {"/tcp/fastopen/client-fills-the-syn-and-no-more", SCRIPT_BOTH,
     SCRIPT(WITH_COOKIE, "connect 5000", "> S 0:1420(1420) <...>", "is early 1420",
            "+.1 < S. 0:0(0) ack 1421 win 65535 <mss 1460>", "> . 1421:1421(0) ack 1")},
    {"/tcp/fastopen/client-keeps-the-mss-with-the-cookie", SCRIPT_BOTH,
     SCRIPT("set fastopen client", "connect 500", "> S 0:0(0) <...>",
            "+.1 < S. 0:0(0) ack 1 win 65535 <mss 600,nop,nop,FO abcd1234abcd1234>",
            "> . 1:1(0) ack 1", "abort", "> R. 1:1(0) ack 1", "release", "connect 5000",
            "> S 0:560(560) <...>", "is early 560", "+.1 < S. 0:0(0) ack 561 win 65535 <mss 600>",
            "> . 561:561(0) ack 1")},
    {"/tcp/fastopen/off-asks-for-nothing", SCRIPT_BOTH,
     SCRIPT("set timestamps false", "set window_scale off", "set sack false", "connect 500",
            "> S 0:0(0) <mss 1460>", "is early 0")},
    {"/tcp/fastopen/simultaneous-opening-sends-the-data-again", SCRIPT_BOTH,
     SCRIPT(WITH_COOKIE, "connect 500", "> S 0:500(500) <...>",
            "+.05 < S 0:0(0) win 65535 <mss 1460>", "> S. 0:0(0) ack 1 <...>",
            "+.05 < . 1:1(0) ack 1 win 65535", "> P. 1:501(500) ack 1",
            "+.1 < . 1:1(0) ack 501 win 65535", "is bytes_acked 500")},

    {"/tcp/fastopen/server-takes-data-and-answers-at-once", SCRIPT_BOTH,
     SCRIPT(GRANTED, "< S 0:500(500) win 65535 <mss 1460,FO ours>",
            "> S. 0:0(0) ack 501 <mss 1460>", "is ready 1", "is half_open 0", "accept",
            "is state SYN-RECEIVED", "read 500", "write 200", "> P. 1:201(200) ack 501",
            "+.1 < . 501:501(0) ack 1 win 65535", "is state ESTABLISHED", "is bytes_acked 0",
            "+.01 < . 501:501(0) ack 201 win 65535", "is bytes_acked 200")},
    {"/tcp/fastopen/server-data-is-covered-by-the-third-packet", SCRIPT_BOTH,
     SCRIPT(GRANTED, "< S 0:500(500) win 65535 <mss 1460,FO ours>", "> S. 0:0(0) ack 501 <...>",
            "accept", "write 200", "> P. 1:201(200) ack 501",
            "+.1 < . 501:501(0) ack 201 win 65535", "is state ESTABLISHED", "is bytes_acked 200",
            "+10 wait")},
    {"/tcp/fastopen/server-repeats-its-synack", SCRIPT_BOTH,
     SCRIPT(GRANTED, "< S 0:500(500) win 65535 <mss 1460,FO ours>", "> S. 0:0(0) ack 501 <...>",
            "accept", "write 200", "> P. 1:201(200) ack 501", "+1 > S. 0:0(0) ack 501 <...>",
            "+.1 < . 501:501(0) ack 1 win 65535", "is state ESTABLISHED")},
    /* What was not taken of the first reaches into the window. */
    {"/tcp/fastopen/server-sees-a-syn-again-of-which-it-took-a-part", SCRIPT_LINUX,
     SCRIPT("set receive_buffer 1001", GRANTED, "< S 0:1400(1400) win 65535 <mss 1460,FO ours>",
            "> S. 0:0(0) ack 1002 <...>", "+.01 < S 0:1400(1400) win 65535 <mss 1460,FO ours>",
            "> S. 0:0(0) ack 1002 <...>", "accept", "is state SYN-RECEIVED", "read 1001")},
    {"/tcp/fastopen/server-does-not-know-the-cookie", SCRIPT_BOTH,
     SCRIPT(GRANTED, "< S 0:500(500) win 65535 <mss 1460,FO 0123456789abcdef>",
            "> S. 0:0(0) ack 1 <...>", "is ready 0", "+.1 < P. 1:501(500) ack 1 win 65535",
            "+0~+.5 > . 1:1(0) ack 501", "accept", "read 500")},
    {"/tcp/fastopen/server-without-it-takes-an-ordinary-syn", SCRIPT_BOTH,
     SCRIPT("listen", "< S 0:500(500) win 65535 <mss 1460,FO 0123456789abcdef>",
            "> S. 0:0(0) ack 1 <mss 1460>")},
    {"/tcp/fastopen/too-many-pending-are-ordinary", SCRIPT_BOTH,
     SCRIPT("set backlog 1", GRANTED, "< S 0:500(500) win 65535 <mss 1460,FO ours>",
            "> S. 0:0(0) ack 501 <...>", "accept", "< R 501:501(0) win 0", "is state CLOSED",
            "release", "port 2", "< S 0:500(500) win 65535 <mss 1460,FO ours>",
            "> S. 0:0(0) ack 501 <...>", "port 3", "< S 0:500(500) win 65535 <mss 1460,FO ours>",
            "> S. 0:0(0) ack 501 <...>", "accept", "release", "> R. 1:1(0) ack 501", "accept",
            "release", "> R. 1:1(0) ack 501")},
    {"/tcp/fastopen/server-closes-before-the-third-packet", SCRIPT_BOTH,
     SCRIPT(GRANTED, "< S 0:500(500) win 65535 <mss 1460,FO ours>", "> S. 0:0(0) ack 501 <...>",
            "accept", "read 500", "write 100", "> P. 1:101(100) ack 501", "close",
            "is state SYN-RECEIVED", "+.1 < . 501:501(0) ack 1 win 65535",
            "> F. 101:101(0) ack 501", "is state FIN-WAIT-1")},
    {"/tcp/fastopen/unread-data-of-a-syn-draws-a-reset-at-close", SCRIPT_BOTH,
     SCRIPT(GRANTED, "< S 0:500(500) win 65535 <mss 1460,FO ours>", "> S. 0:0(0) ack 501 <...>",
            "accept", "close", "> R. 1:1(0) ack 501", "is state CLOSED")},
    {NULL},
};

int
main(int argc, char **argv)
{
  return script_main(argc, argv, tests);
}
