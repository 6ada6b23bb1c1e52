/* test-urgent: a mark in the stream (RFC 9293 3.8.5, RFC 6093). */
#include "tests/tcp/script.h"

static const ScriptTest tests[] = {
    /* The pointer is relative to the segment, and points behind the urgent bytes. */
    {"/tcp/urgent/mark-is-sent", SCRIPT_BOTH,
     SCRIPT(PASSIVE("<mss 1460>"), "write 100", "> P. 1:101(100) ack 1", "urgent 5",
            "> PU. 101:106(5) ack 1 urg 5", "+.1 < . 1:1(0) ack 106 win 65535", "write 10",
            "> P. 106:116(10) ack 1")},
    /* Every segment before the mark says where it is, until it is acknowledged. */
    {"/tcp/urgent/segments-before-the-mark-point-to-it", SCRIPT_BOTH,
     SCRIPT(PASSIVE("<mss 1000>"), "urgent 1500", "> U. 1:1001(1000) ack 1 urg 1500",
            "> PU. 1001:1501(500) ack 1 urg 500", "+.1 < . 1:1(0) ack 1501 win 65535",
            "< P. 1:101(100) ack 1501 win 65535", "+0~+.5 > . 1501:1501(0) ack 101")},
    {"/tcp/urgent/pointer-is-at-most-65535", SCRIPT_LINUX,
     SCRIPT("set autotune false", "set send_buffer 200000", PASSIVE("<mss 1000>"), "urgent 100000",
            "> U. 1:10001(10000) ack 1 urg 65535")},
    {"/tcp/urgent/is-not-held-by-nagle-or-a-cork", SCRIPT_BOTH,
     SCRIPT(PASSIVE("<mss 1000>"), "write 10", "> P. 1:11(10) ack 1", "write 10",
            "+.01 set cork true", "urgent 1", "> PU. 11:22(11) ack 1 urg 11")},
    {"/tcp/urgent/shut-window-lets-the-mark-through", SCRIPT_LINUX,
     SCRIPT(PASSIVE("<mss 1000>"), "< . 1:1(0) ack 1 win 0", "urgent 5",
            "+.3 > U. 0:0(0) ack 1 urg 6")},
    {"/tcp/urgent/mark-is-told-and-data-is-in-line", SCRIPT_BOTH,
     SCRIPT(PASSIVE("<mss 1460>"), "is before_mark 1000000",
            "< PU. 1:101(100) ack 1 win 65535 urg 60", "+0~+.5 > . 1:1(0) ack 101",
            "is readable 100", "is before_mark 59", "take 59", "is before_mark 0", "take 1",
            "is before_mark 1000000", "read 40")},
    /* The mark may be far ahead of the data that has come. */
    {"/tcp/urgent/mark-ahead-of-the-data", SCRIPT_BOTH,
     SCRIPT(PASSIVE("<mss 1460>"), "< PU. 1:101(100) ack 1 win 65535 urg 300",
            "+0~+.5 > . 1:1(0) ack 101", "is before_mark 299", "< P. 101:201(100) ack 1 win 65535",
            "+0~+.5 > . 1:1(0) ack 201", "is before_mark 299")},
    {"/tcp/urgent/mark-moves-on-and-never-back", SCRIPT_BOTH,
     SCRIPT(PASSIVE("<mss 1460>"), "< PU. 1:101(100) ack 1 win 65535 urg 100",
            "+0~+.5 > . 1:1(0) ack 101", "< PU. 101:201(100) ack 1 win 65535 urg 100",
            "+0~+.5 > . 1:1(0) ack 201", "is before_mark 199",
            "< PU. 201:211(10) ack 1 win 65535 urg 0", "+0~+.5 > . 1:1(0) ack 211",
            "is before_mark 199")},
    {NULL},
};

int
main(int argc, char **argv)
{
  return script_main(argc, argv, tests);
}
