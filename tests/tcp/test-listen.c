/* test-listen: listeners and their queues. "port N" lets another peer speak. */
#include "tests/tcp/script.h"

#define OPENS(port)                                                                                \
  port, "< S 0:0(0) win 65535 <mss 1460>", "> S. 0:0(0) ack 1 <...>",                              \
      "+.1 < . 1:1(0) ack 1 win 65535"

#define SYN(port) port, "< S 0:0(0) win 65535 <mss 1460>", "> S. 0:0(0) ack 1 <...>"
#define SYNACK "> S. 0:0(0) ack 1 <...>"
#define RESET "> R. 1:1(0) ack 1"

static const ScriptTest tests[] = {
    {"/tcp/listen/accept-queue-holds-backlog-and-one", SCRIPT_BOTH,
     SCRIPT("set backlog 1", "listen", OPENS("port 1"), "is ready 1", OPENS("port 2"), "is ready 2",
            "port 3", "< S 0:0(0) win 65535 <mss 1460>", "+10 is half_open 0", "is ready 2",
            "is connections 2", "accept", OPENS("port 3"), "is ready 2")},
    {"/tcp/listen/syn-queue-holds-backlog-and-one", SCRIPT_BOTH,
     SCRIPT("set backlog 1", "set syn_cookies off", "listen", SYN("port 1"), SYN("port 2"),
            "port 3", "< S 0:0(0) win 65535 <mss 1460>", "is half_open 2", "is dropped 1",
            "is overflows 0", "port 1", "+.1 < . 1:1(0) ack 1 win 65535", "is half_open 1",
            SYN("port 3"), "is half_open 2")},
    /* Linux: without cookies three quarters of syn_backlog. */
    {"/tcp/listen/last-quarter-is-for-known-peers", SCRIPT_BOTH,
     SCRIPT("set syn_backlog 4", "set syn_cookies off", "listen", SYN("port 1"), SYN("port 2"),
            SYN("port 3"), SYN("port 4"), "port 5", "< S 0:0(0) win 65535 <mss 1460>",
            "is half_open 4", "is dropped 1")},
    {"/tcp/listen/backlog-has-a-ceiling", SCRIPT_BOTH,
     SCRIPT("set backlog_max 0", "set syn_cookies off", "listen", SYN("port 1"), "port 2",
            "< S 0:0(0) win 65535 <mss 1460>", "is half_open 1", "is dropped 1")},
    /* All five have got a second SYN+ACK: two more time-outs in place of four. */
    {"/tcp/listen/old-ones-go-first-when-half-full", SCRIPT_LINUX,
     SCRIPT("set backlog 4", "listen", SYN("port 1"), SYN("port 2"), SYN("port 3"), SYN("port 4"),
            SYN("port 5"), "+1 > S. 0:0(0) ack 1 <...>", SYNACK, SYNACK, SYNACK, SYNACK,
            "+2 > S. 0:0(0) ack 1 <...>", SYNACK, SYNACK, SYNACK, SYNACK, "+3.999 is half_open 5",
            /* With the first gone the queue is four long: the others have all their retries. */
            "+.001 > S. 0:0(0) ack 1 <...>", SYNACK, SYNACK, SYNACK, "is half_open 4",
            "is connections 4", "unlisten", "is connections 0")},
    {"/tcp/listen/unanswered-synack-is-given-up-after-63-s", SCRIPT_BOTH,
     SCRIPT("set synack_retries 5", "listen", SYN("port 1"), "+1 > S. 0:0(0) ack 1 <...>",
            "+2 > S. 0:0(0) ack 1 <...>", "+4 > S. 0:0(0) ack 1 <...>",
            "+8 > S. 0:0(0) ack 1 <...>", "+16 > S. 0:0(0) ack 1 <...>", "+31.999 is half_open 1",
            "+.001 is half_open 0")},

    /* -- SYN cookies -- */
    {"/tcp/listen/cookie-when-the-syn-queue-is-full", SCRIPT_BOTH,
     SCRIPT("set backlog 0", "set syn_cookies when full", "listen", SYN("port 1"), SYN("port 2"),
            "is half_open 1", "is connections 1", "is cookies_sent 1", "is dropped 0",
            "+.1 < . 1:1(0) ack 1 win 1000", "is cookies_received 1", "is ready 1",
            "is half_open 1", "accept", "is state ESTABLISHED", "is snd_wnd 1000", "write 100",
            "> P. 1:101(100) ack 1")},
    {"/tcp/listen/cookies-always-keep-nothing", SCRIPT_BOTH,
     SCRIPT("set syn_cookies always", "listen", SYN("port 1"), "is half_open 0", "is connections 0",
            "+100 wait", SYN("port 1"), "is cookies_sent 2")},
    {"/tcp/listen/cookie-comes-back-with-data", SCRIPT_BOTH,
     SCRIPT("set syn_cookies always", "listen", SYN("port 1"),
            "+.1 < P. 1:101(100) ack 1 win 65535", "+0~+.5 > . 1:1(0) ack 101", "accept",
            "read 100")},
    {"/tcp/listen/cookie-that-is-wrong-draws-a-reset", SCRIPT_BOTH,
     SCRIPT("set syn_cookies always", "listen", SYN("port 1"), "< . 1:1(0) ack 2 win 65535",
            "> R 2:2(0)", "is cookies_failed 1", "is connections 0")},
    {"/tcp/listen/cookie-of-another-peer-draws-a-reset", SCRIPT_BOTH,
     SCRIPT("set syn_cookies always", "listen", SYN("port 1"), "port 2",
            "< . 1:1(0) ack 1 win 65535", "> R 1:1(0)", "is cookies_failed 1")},
    /* The second SYN gets the same one: 119 s are its second minute, 120 s the third. */
    {"/tcp/listen/cookie-is-good-for-two-minutes-of-the-clock", SCRIPT_BOTH,
     SCRIPT("set syn_cookies always", "listen", SYN("port 1"), "+59 wait", SYN("port 1"),
            "+60 < . 1:1(0) ack 1 win 65535", "is cookies_received 1", "is ready 1")},
    {"/tcp/listen/cookie-is-too-old-in-the-third-minute", SCRIPT_BOTH,
     SCRIPT("set syn_cookies always", "listen", SYN("port 1"), "+59 wait", SYN("port 1"),
            "+61 < . 1:1(0) ack 1 win 65535", "> R 1:1(0)", "is cookies_failed 1")},
    {"/tcp/listen/cookie-that-nobody-sent-is-not-looked-at", SCRIPT_BOTH,
     SCRIPT("set syn_cookies always", "listen", "< . 1:1(0) ack 1 win 65535", "> R 1:1(0)",
            "is cookies_failed 0")},
    {"/tcp/listen/cookie-keeps-options-in-the-timestamp", SCRIPT_BOTH,
     SCRIPT("set syn_cookies always", "set window_scale 7", "listen",
            "< S 0:0(0) win 65535 <mss 1400,sackOK,TS val 100 ecr 0,nop,wscale 3>",
            "> S. 0:0(0) ack 1 <mss 1460,sackOK,TS val 10 ecr 100,nop,wscale 7>",
            "+.1 < . 1:1(0) ack 1 win 100 <nop,nop,TS val 200 ecr 10>", "accept", "is snd_wnd 800",
            /* 1300 of the table, less the timestamp */
            "is mss 1288", "< P. 501:601(100) ack 1 win 100 <nop,nop,TS val 201 ecr 10>",
            "> . 1:1(0) ack 1 <nop,nop,TS val 20 ecr 200,nop,nop,sack 501:601>")},
    {"/tcp/listen/cookie-without-timestamp-loses-options", SCRIPT_BOTH,
     SCRIPT("set syn_cookies always", "listen",
            "< S 0:0(0) win 65535 <mss 1400,sackOK,nop,wscale 3>", "> S. 0:0(0) ack 1 <mss 1460>",
            "+.1 < . 1:1(0) ack 1 win 100", "accept", "is snd_wnd 100", "is mss 1300")},
    {"/tcp/listen/cookie-finds-the-accept-queue-full", SCRIPT_BOTH,
     SCRIPT("set syn_cookies always", "set backlog 0", "listen", SYN("port 1"),
            "< . 1:1(0) ack 1 win 65535", "is ready 1", "< R 1:1(0) win 0", "is connections 0",
            "< . 1:1(0) ack 1 win 65535", "is cookies_received 2", "is overflows 1",
            "is connections 0", "port 2", "< S 0:0(0) win 65535 <mss 1460>", "is overflows 2",
            "is dropped 2")},

    /* -- TCP_DEFER_ACCEPT -- */
    {"/tcp/listen/deferred-until-data-comes", SCRIPT_BOTH,
     SCRIPT("set defer_accept 1", "listen", SYN("port 1"), "+.05 < . 1:1(0) ack 1 win 65535",
            "+.05 accept nothing", "is half_open 1", "+.05 < P. 1:101(100) ack 1 win 65535",
            "+0~+.5 > . 1:1(0) ack 101", "accept", "read 100")},
    /* Three seconds are two time-outs: the second SYN+ACK asks, and a bare ACK will do. */
    {"/tcp/listen/deferred-no-longer-than-asked-for", SCRIPT_BOTH,
     SCRIPT("set defer_accept 3", "listen", SYN("port 1"), "+.05 < . 1:1(0) ack 1 win 65535",
            "+2.95 > S. 0:0(0) ack 1 <...>", "accept nothing", "+.05 < . 1:1(0) ack 1 win 65535",
            "accept", "is state ESTABLISHED")},
    /* Its sender believes it is connected; the SYN+ACK timer goes on, and asks again. */
    {"/tcp/listen/third-packet-is-ignored-when-the-queue-is-full", SCRIPT_BOTH,
     SCRIPT("set backlog 2", "listen", OPENS("port 1"), OPENS("port 2"), "port 3",
            "< S 0:0(0) win 65535 <mss 1460>", "> S. 0:0(0) ack 1 <...>", "port 4",
            "< S 0:0(0) win 65535 <mss 1460>", "> S. 0:0(0) ack 1 <...>", "port 3",
            "+.1 < . 1:1(0) ack 1 win 65535", "is ready 3", "port 4", "< . 1:1(0) ack 1 win 65535",
            "is ready 3", "is half_open 1", "< P. 1:101(100) ack 1 win 65535", "is half_open 1",
            "+.9 > S. 0:0(0) ack 1 <...>", "accept", "< P. 1:101(100) ack 1 win 65535",
            "+0~+.5 > . 1:1(0) ack 101", "is ready 3", "is half_open 0")},
    {"/tcp/listen/accepts-in-the-order-of-the-third-packets", SCRIPT_BOTH,
     SCRIPT("set backlog 4", "set delayed_ack 0", "listen", "port 1",
            "< S 0:0(0) win 65535 <mss 1460>", "> S. 0:0(0) ack 1 <...>", OPENS("port 2"),
            "< P. 1:21(20) ack 1 win 65535", "> . 1:1(0) ack 21", "port 1",
            "< P. 1:11(10) ack 1 win 65535", "> . 1:1(0) ack 11", "accept", "read 20", "accept",
            "read 10", "accept nothing")},
    {"/tcp/listen/reset-while-it-waits-is-heard-of-at-accept", SCRIPT_BOTH,
     SCRIPT("listen", OPENS("port 1"), "+.1 < R 1:1(0) win 0", "is ready 1", "is connections 0",
            "accept", "is state CLOSED", "is error reset")},
    {"/tcp/listen/close-resets-what-was-not-accepted", SCRIPT_BOTH,
     SCRIPT("listen", OPENS("port 1"), OPENS("port 2"), "accept", "unlisten", "> R. 1:1(0) ack 1",
            "is connections 1", "is state ESTABLISHED")},
    /* The first and the last of four wait, one of them half open, and one that is dead. */
    {"/tcp/listen/close-finds-who-waits-among-others", SCRIPT_BOTH,
     SCRIPT("set listen_close_resets true", "listen", SYN("port 1"), OPENS("port 2"), "accept",
            OPENS("port 3"), "accept", OPENS("port 4"), OPENS("port 5"), "+.1 < R 1:1(0) win 0",
            "is ready 2", "is half_open 1", "is connections 4", "port 1", "unlisten", RESET,
            "port 4", RESET, "is connections 2", "is state ESTABLISHED")},
    {"/tcp/listen/close-is-silent-to-who-is-half-open", SCRIPT_LINUX,
     SCRIPT("listen", SYN("port 1"), OPENS("port 2"), "port 1", "+.1 unlisten", "port 2", RESET,
            "is connections 0", "port 1", "+.1 < . 1:1(0) ack 1 win 65535", "> R 1:1(0)")},
    /* RFC 9293 3.10.5, ABORT in SYN-RECEIVED: "Send a reset segment". */
    {"/tcp/listen/close-resets-who-is-half-open", SCRIPT_RFC,
     SCRIPT("listen", SYN("port 1"), "+.1 unlisten", RESET, "is connections 0")},
    {"/tcp/listen/syn-with-fin-is-dropped", SCRIPT_LINUX,
     SCRIPT("listen", "< SF 0:0(0) win 65535 <mss 1460>", "is half_open 0", "+.5 wait",
            SYN("port 1"), "is half_open 1")},
    /* RFC 9293 3.10.7.2: "any other incoming control or data (combined with SYN) will be processed
     * in the SYN-RECEIVED state". */
    {"/tcp/listen/syn-with-fin-is-answered", SCRIPT_RFC,
     SCRIPT("listen", "< SF 0:0(0) win 65535 <mss 1460>", SYNACK, "is half_open 1")},
    {"/tcp/listen/ack-gets-rst-and-rst-nothing", SCRIPT_BOTH,
     SCRIPT("listen", "< R 5:5(0) win 0", "< . 5:5(0) ack 700 win 100", "> R 700:700(0)",
            "< S. 5:5(0) ack 700 win 100 <mss 1460>", "> R 700:700(0)", "< F 5:5(0) win 100",
            "+1 is connections 0")},
    {"/tcp/listen/restart-forgets-connections-but-not-the-listener", SCRIPT_BOTH,
     SCRIPT("listen", OPENS("port 1"), "accept", OPENS("port 2"), "port 3",
            "< S 0:0(0) win 65535 <mss 1460>", "> S. 0:0(0) ack 1 <...>", "restart",
            "is connections 0", "is state CLOSED", "is error aborted", "is ready 0",
            "is half_open 0", "port 2", "< P. 1:11(10) ack 1 win 65535", "> R 1:1(0)",
            OPENS("port 4"), "is ready 1")},
    {NULL},
};

int
main(int argc, char **argv)
{
  return script_main(argc, argv, tests);
}
