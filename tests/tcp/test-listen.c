/* test-listen: listeners and their queues. "port N" lets another peer speak. */
#include "tests/tcp/script.h"

#define OPENS(port)                                                                                \
  port, "< S 0:0(0) win 65535 <mss 1460>", "> S. 0:0(0) ack 1 <...>",                              \
      "+.1 < . 1:1(0) ack 1 win 65535"

static const ScriptTest tests[] = {
    {"/tcp/listen/accept-queue-holds-backlog-and-one", SCRIPT_BOTH,
     SCRIPT("set backlog 1", "listen", OPENS("port 1"), "is ready 1", OPENS("port 2"), "is ready 2",
            "port 3", "< S 0:0(0) win 65535 <mss 1460>", "+10 is half_open 0", "is ready 2",
            "is connections 2", "accept", OPENS("port 3"), "is ready 2")},
    {"/tcp/listen/half-open-ones-are-limited-by-the-backlog", SCRIPT_BOTH,
     SCRIPT("set backlog 1", "listen", "port 1", "< S 0:0(0) win 65535 <mss 1460>",
            "> S. 0:0(0) ack 1 <...>", "port 2", "< S 0:0(0) win 65535 <mss 1460>",
            "is half_open 1", "port 1", "+.1 < . 1:1(0) ack 1 win 65535", "is half_open 0",
            OPENS("port 2"), "is ready 2")},
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
