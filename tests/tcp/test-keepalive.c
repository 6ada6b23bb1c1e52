/* test-keepalive: is the peer still there, and how long may data go unacknowledged. */
#include "tests/tcp/lab.h"
#include "tests/tcp/script.h"

#define KEEPALIVE "set keepalive.idle 1", "set keepalive.interval 1", "set keepalive.probes 2"

static const ScriptTest tests[] = {
    {"/tcp/keepalive/unanswered-probes-end-the-connection", SCRIPT_BOTH,
     SCRIPT(ACTIVE("<mss 1460>"), KEEPALIVE, "+1~+1.045 > . 0:0(0) ack 1",
            "+1~+1.045 > . 0:0(0) ack 1", "+1~+1.045 > R. 1:1(0) ack 1", "is error timed out")},
    {"/tcp/keepalive/an-answer-is-life", SCRIPT_BOTH,
     SCRIPT(PASSIVE("<mss 1460>"), KEEPALIVE, "+1~+1.045 > . 0:0(0) ack 1",
            "+.01 < . 1:1(0) ack 1 win 65535", "+.98~+1.045 > . 0:0(0) ack 1",
            "+.01 < . 1:1(0) ack 1 win 65535", "is state ESTABLISHED")},
    {"/tcp/keepalive/data-puts-the-probe-off", SCRIPT_BOTH,
     SCRIPT("set delayed_ack 0", PASSIVE("<mss 1460>"), KEEPALIVE,
            "+.7 < P. 1:101(100) ack 1 win 65535", "> . 1:1(0) ack 101",
            "+.98~+1.045 > . 0:0(0) ack 101", "< . 101:101(0) ack 1 win 65535")},
    {"/tcp/keepalive/the-peers-probe-is-answered", SCRIPT_BOTH,
     SCRIPT(PASSIVE("<mss 1460>"), "+5 < . 0:0(0) ack 1 win 65535", "> . 1:1(0) ack 1")},
    {"/tcp/keepalive/off-unless-asked-for", SCRIPT_BOTH,
     SCRIPT(PASSIVE("<mss 1460>"), "+100000 < . 1:1(0) ack 1 win 65535", "is state ESTABLISHED")},
    {"/tcp/user-timeout/unacknowledged-data-ends-the-connection", SCRIPT_LINUX,
     SCRIPT(ACTIVE("<mss 1460>"), "set user_timeout 0.7", "write 1000", "> P. 1:1001(1000) ack 1",
            "+.3~+.345 > P. 1:1001(1000) ack 1", "+.3 is state ESTABLISHED",
            "+.3 is error timed out")},
    {"/tcp/user-timeout/an-answer-starts-it-anew", SCRIPT_LINUX,
     SCRIPT(ACTIVE("<mss 1460>"), "set user_timeout 0.7", "write 1000", "> P. 1:1001(1000) ack 1",
            "+.2 < . 1:1(0) ack 1001 win 65535", "+.6 write 1000", "> P. 1001:2001(1000) ack 1",
            "+.2 < . 1:1(0) ack 2001 win 65535", "is state ESTABLISHED")},
    {"/tcp/user-timeout/a-silent-peer-ends-the-opening", SCRIPT_LINUX,
     SCRIPT("set user_timeout 1.5", "connect", "> S 0:0(0) <...>", "+1 > S 0:0(0) <...>",
            "+.6 is error timed out")},
    {"/tcp/user-timeout/a-shut-window-counts", SCRIPT_LINUX,
     SCRIPT(ACTIVE("<mss 1460>"), "set user_timeout 1", "+.1 < . 1:1(0) ack 1 win 0", "write 1000",
            "+.19~+.6 > . 0:0(0) ack 1", "+.01 < . 1:1(0) ack 1 win 0", "+.3~+1 > . 0:0(0) ack 1",
            "+.01 < . 1:1(0) ack 1 win 0", "is state ESTABLISHED", "+1 is error timed out")},
    {"/tcp/user-timeout/a-window-that-opens-starts-it-anew", SCRIPT_LINUX,
     SCRIPT(ACTIVE("<mss 1460>"), "set user_timeout 1", "+.1 < . 1:1(0) ack 1 win 0", "write 1000",
            "+.19~+.6 > . 0:0(0) ack 1", "+.01 < . 1:1(0) ack 1 win 1000",
            "> P. 1:1001(1000) ack 1", "+.01 < . 1:1(0) ack 1001 win 0", "+.8 write 1000",
            "+.19~+.6 > . 1000:1000(0) ack 1", "+.01 < . 1:1(0) ack 1001 win 0",
            "+.3 is state ESTABLISHED")},
    {"/tcp/user-timeout/decides-in-place-of-the-number-of-probes", SCRIPT_BOTH,
     SCRIPT(ACTIVE("<mss 1460>"), KEEPALIVE, "set user_timeout 3.5", "+1~+1.045 > . 0:0(0) ack 1",
            "+1~+1.045 > . 0:0(0) ack 1", "+1~+1.045 > . 0:0(0) ack 1",
            "+1~+1.045 > R. 1:1(0) ack 1", "is error timed out")},
    {NULL},
};

int
main(int argc, char **argv)
{
  return script_main(argc, argv, tests);
}
