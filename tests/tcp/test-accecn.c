/* test-accecn: accurate ECN (RFC 9768): agreeing on it and falling back, ACE, the option. */
#include "models/tcp/tcp-conn.h"
#include "tests/tcp/lab.h"
#include "tests/tcp/script.h"

#define OURS "set ecn accurate", "set timestamps false", "set sack false", "set window_scale off"
#define SERVER OURS, "listen"
#define CLIENT OURS, "connect", "> [noecn] SEWA 0:0(0) <mss 1460>"

/* A connection that the peer opened, and that is accurate; with sixteen segments out. */
#define ACCEPTED                                                                                   \
  SERVER, "< SWEA 0:0(0) win 65535 <mss 1460>", "> S.W 0:0(0) ack 1 <mss 1460,accecn0 1 0 1,nop>", \
      "+.1 < .W 1:1(0) ack 1 win 65535", "accept"
#define SIXTEEN                                                                                    \
  "set initial_window 16", ACCEPTED, "write 23360", "> [ect0] P.EA 1:23361(23360) ack 1"

/* -- table 2 of the RFC, and tables 3 and 4 -- */

/* What is agreed on shows in the third packet and in what our data says. */

static const ScriptTest scripts[] = {
    /* client, by the SYN+ACK's AE CWR ECE */
    {"/tcp/accecn/client/010-syn-was-not-ect", SCRIPT_BOTH,
     SCRIPT(CLIENT, "< S.W 0:0(0) ack 1 win 65535 <mss 1460>",
            "> [noecn] .W 1:1(0) ack 1 <accecn0 1,nop,nop,nop>", "write 100",
            "> [ect0] P.EA 1:101(100) ack 1")},
    {"/tcp/accecn/client/101-is-agreed-too", SCRIPT_BOTH,
     SCRIPT(CLIENT, "< S.EA 0:0(0) ack 1 win 65535 <mss 1460>",
            "> .W 1:1(0) ack 1 <accecn0 1,nop,nop,nop>", "write 100",
            "> [ect0] P.EA 1:101(100) ack 1")},
    {"/tcp/accecn/client/011-mangled-is-not-ect", SCRIPT_BOTH,
     SCRIPT(CLIENT, "< S.WE 0:0(0) ack 1 win 65535 <mss 1460>",
            "> .W 1:1(0) ack 1 <accecn0 1,nop,nop,nop>", "write 100",
            "> [noecn] P.EA 1:101(100) ack 1")},
    {"/tcp/accecn/client/100-mangled-is-not-ect", SCRIPT_BOTH,
     SCRIPT(CLIENT, "< S.A 0:0(0) ack 1 win 65535 <mss 1460>",
            "> .W 1:1(0) ack 1 <accecn0 1,nop,nop,nop>", "write 100",
            "> [noecn] P.EA 1:101(100) ack 1")},
    {"/tcp/accecn/client/110-mangled-is-not-ect", SCRIPT_BOTH,
     SCRIPT(CLIENT, "< S.WA 0:0(0) ack 1 win 65535 <mss 1460>",
            "> .W 1:1(0) ack 1 <accecn0 1,nop,nop,nop>", "write 100",
            "> [noecn] P.EA 1:101(100) ack 1")},
    {"/tcp/accecn/client/001-is-rfc3168", SCRIPT_BOTH,
     SCRIPT(CLIENT, "< S.E 0:0(0) ack 1 win 65535 <mss 1460>", "> . 1:1(0) ack 1", "write 100",
            "> [ect0] P. 1:101(100) ack 1", "< [ce] P. 1:101(100) ack 101 win 65535",
            "+0~+.2 > .E 101:101(0) ack 101")},
    {"/tcp/accecn/client/000-is-none", SCRIPT_BOTH,
     SCRIPT(CLIENT, "< S. 0:0(0) ack 1 win 65535 <mss 1460>", "> . 1:1(0) ack 1", "write 100",
            "> [noecn] P. 1:101(100) ack 1")},
    {"/tcp/accecn/client/111-is-a-mirror-and-none", SCRIPT_BOTH,
     SCRIPT(CLIENT, "< S.WEA 0:0(0) ack 1 win 65535 <mss 1460>", "> . 1:1(0) ack 1", "write 100",
            "> [noecn] P. 1:101(100) ack 1")},
    /* how the SYN+ACK arrived is in the third packet (table 3); r.cep is 6 when it was marked */
    {"/tcp/accecn/client/synack-ect1", SCRIPT_BOTH,
     SCRIPT(CLIENT, "< [ect1] S.W 0:0(0) ack 1 win 65535 <mss 1460>",
            "> .WE 1:1(0) ack 1 <accecn0 1,nop,nop,nop>", "write 100", "> P.EA 1:101(100) ack 1")},
    {"/tcp/accecn/client/synack-ect0", SCRIPT_BOTH,
     SCRIPT(CLIENT, "< [ect0] S.W 0:0(0) ack 1 win 65535 <mss 1460>",
            "> .A 1:1(0) ack 1 <accecn0 1,nop,nop,nop>", "write 100", "> P.EA 1:101(100) ack 1")},
    {"/tcp/accecn/client/synack-ce", SCRIPT_BOTH,
     SCRIPT(CLIENT, "< [ce] S.W 0:0(0) ack 1 win 65535 <mss 1460>",
            "> .WA 1:1(0) ack 1 <accecn0 1,nop,nop,nop>", "write 100", "> P.WA 1:101(100) ack 1")},
    /* a repeated SYN asks once more, the next no longer; an answer to either is taken, but what
     * may have been an answer to the last is not trusted with ECT */
    {"/tcp/accecn/client/the-second-syn-asks", SCRIPT_BOTH,
     SCRIPT(CLIENT, "+1 > SEWA 0:0(0) <mss 1460>", "+.1 < S.W 0:0(0) ack 1 win 65535 <mss 1460>",
            "> .W 1:1(0) ack 1 <accecn0 1,nop,nop,nop>", "write 100",
            "> [ect0] P.EA 1:101(100) ack 1")},
    {"/tcp/accecn/client/the-third-does-not", SCRIPT_BOTH,
     SCRIPT(CLIENT, "+1 > SEWA 0:0(0) <mss 1460>", "+.5~+3 > S 0:0(0) <mss 1460>",
            "+.1 < S.W 0:0(0) ack 1 win 65535 <mss 1460>",
            "> .W 1:1(0) ack 1 <accecn0 1,nop,nop,nop>", "write 100",
            "> [noecn] P.EA 1:101(100) ack 1")},
    {"/tcp/accecn/client/after-the-third-no-rfc3168", SCRIPT_BOTH,
     SCRIPT(CLIENT, "+1 > SEWA 0:0(0) <mss 1460>", "+.5~+3 > S 0:0(0) <mss 1460>",
            "+.1 < S.E 0:0(0) ack 1 win 65535 <mss 1460>", "> . 1:1(0) ack 1", "write 100",
            "> [noecn] P. 1:101(100) ack 1")},
    /* 3.2.2.4 */
    {"/tcp/accecn/client/ace-of-zero-is-mangled", SCRIPT_BOTH,
     SCRIPT(CLIENT, "< S.W 0:0(0) ack 1 win 65535 <mss 1460>",
            "> .W 1:1(0) ack 1 <accecn0 1,nop,nop,nop>", "write 100",
            "> [ect0] P.EA 1:101(100) ack 1", "< . 1:1(0) ack 101 win 65535", "write 100",
            "> [noecn] P.EA 101:201(100) ack 1")},

    /* server, by the SYN's AE CWR ECE and the IP header's field (tables 2 and 4) */
    {"/tcp/accecn/server/000-is-none", SCRIPT_BOTH,
     SCRIPT(SERVER, "< S 0:0(0) win 65535 <mss 1460>", "> S. 0:0(0) ack 1 <mss 1460>",
            "+.1 < . 1:1(0) ack 1 win 65535", "accept", "write 100",
            "> [noecn] P. 1:101(100) ack 1")},
    {"/tcp/accecn/server/011-is-rfc3168", SCRIPT_BOTH,
     SCRIPT(SERVER, "< SWE 0:0(0) win 65535 <mss 1460>", "> S.E 0:0(0) ack 1 <mss 1460>",
            "+.1 < . 1:1(0) ack 1 win 65535", "accept", "write 100",
            "> [ect0] P. 1:101(100) ack 1")},
    {"/tcp/accecn/server/111", SCRIPT_BOTH,
     SCRIPT(SERVER, "< SWEA 0:0(0) win 65535 <mss 1460>",
            "> S.W 0:0(0) ack 1 <mss 1460,accecn0 1 0 1,nop>", "+.1 < .W 1:1(0) ack 1 win 65535",
            "accept", "write 100", "> [ect0] P.EA 1:101(100) ack 1")},
    {"/tcp/accecn/server/100-counts-as-asking", SCRIPT_BOTH,
     SCRIPT(SERVER, "< SA 0:0(0) win 65535 <mss 1460>", "> S.W 0:0(0) ack 1 <...>")},
    {"/tcp/accecn/server/syn-ect1", SCRIPT_BOTH,
     SCRIPT(SERVER, "< [ect1] SWEA 0:0(0) win 65535 <mss 1460>", "> S.WE 0:0(0) ack 1 <...>")},
    {"/tcp/accecn/server/syn-ect0", SCRIPT_BOTH,
     SCRIPT(SERVER, "< [ect0] SWEA 0:0(0) win 65535 <mss 1460>", "> S.A 0:0(0) ack 1 <...>")},
    {"/tcp/accecn/server/syn-ce", SCRIPT_BOTH,
     SCRIPT(SERVER, "< [ce] SWEA 0:0(0) win 65535 <mss 1460>", "> S.WA 0:0(0) ack 1 <...>",
            "+.1 < .W 1:1(0) ack 1 win 65535", "accept", "write 100",
            "> [ect0] P.WA 1:101(100) ack 1")},
    {"/tcp/accecn/server/third-packet-of-zero-is-mangled", SCRIPT_BOTH,
     SCRIPT(SERVER, "< SWEA 0:0(0) win 65535 <mss 1460>", "> S.W 0:0(0) ack 1 <...>",
            "+.1 < . 1:1(0) ack 1 win 65535", "accept", "write 100",
            "> [noecn] P.EA 1:101(100) ack 1")},
    {"/tcp/accecn/server/third-packet-tells-of-a-change", SCRIPT_BOTH,
     SCRIPT(SERVER, "< SWEA 0:0(0) win 65535 <mss 1460>", "> S.W 0:0(0) ack 1 <...>",
            "+.1 < .A 1:1(0) ack 1 win 65535", "accept", "write 100",
            "> [noecn] P.EA 1:101(100) ack 1")},
    /* the option goes first, then the agreement; what follows is not ECT */
    {"/tcp/accecn/server/a-repeated-synack-falls-back", SCRIPT_BOTH,
     SCRIPT(SERVER, "< SWEA 0:0(0) win 65535 <mss 1460>",
            "> S.W 0:0(0) ack 1 <mss 1460,accecn0 1 0 1,nop>", "+1 > S.W 0:0(0) ack 1 <mss 1460>",
            "+2 > S. 0:0(0) ack 1 <mss 1460>", "+.1 < .W 1:1(0) ack 1 win 65535", "accept",
            "write 100", "> [noecn] P.EA 1:101(100) ack 1")},
    /* a server that knows RFC 3168 only answers with it */
    {"/tcp/accecn/server/that-is-passive", SCRIPT_BOTH,
     SCRIPT("set ecn passive", "listen", "< SWEA 0:0(0) win 65535 <mss 1460>",
            "> S.E 0:0(0) ack 1 <...>")},
    {"/tcp/accecn/server/that-knows-none", SCRIPT_BOTH,
     SCRIPT("set ecn off", "listen", "< SWEA 0:0(0) win 65535 <mss 1460>",
            "> S. 0:0(0) ack 1 <...>")},
    {"/tcp/accecn/server/with-syn-cookies-is-rfc3168", SCRIPT_BOTH,
     SCRIPT("set ecn accurate", "set syn_cookies always", "listen",
            "< SWEA 0:0(0) win 65535 <mss 1460,TS val 1 ecr 0>", "> S.E 0:0(0) ack 1 <...>")},

    /* -- the receiver -- */
    /* An ACK when marks begin, at every second one, and ACE goes round: 5, 6, 8. */
    {"/tcp/accecn/receiver/counts-packets-and-bytes", SCRIPT_RFC,
     SCRIPT(ACCEPTED, "< [ect0] .EA 1:1001(1000) ack 1 win 65535",
            "+.01 < [ce] .EA 1001:1401(400) ack 1 win 65535",
            "> [noecn] .WA 1:1(0) ack 1401 <accecn0 1001 400>",
            "+.01 < [ce] .EA 1401:1801(400) ack 1 win 65535",
            "+.01 < [ce] .EA 1801:2201(400) ack 1 win 65535",
            "> . 1:1(0) ack 2201 <accecn0 1001 1200>",
            "+.01 < [ect1] .EA 2201:2301(100) ack 1 win 65535",
            "+.2 > . 1:1(0) ack 2301 <accecn0 1001 1200 101,nop>",
            "+.01 < .EA 2301:2401(100) ack 1 win 65535", "+.2 > . 1:1(0) ack 2401")},
    {"/tcp/accecn/receiver/ect1-alone-goes-first", SCRIPT_RFC,
     SCRIPT(ACCEPTED, "< [ect1] .EA 1:1001(1000) ack 1 win 65535",
            "+.2 > .EA 1:1(0) ack 1001 <accecn1 1001,nop,nop,nop>")},
    /* A window of ours that is full leaves no room; the next ACK has some. */
    {"/tcp/accecn/receiver/the-option-waits-for-room", SCRIPT_RFC,
     SCRIPT(ACCEPTED, "< [ect0] .EA 1:101(100) ack 1 win 65535", "write 1460",
            "> [ect0] P.EA 1:1461(1460) ack 101",
            "+.01 < [ect0] .EA 101:201(100) ack 1461 win 65535", "write 1453",
            "> [ect0] P.EA 1461:2914(1453) ack 201",
            "+.01 < [ect0] .EA 201:301(100) ack 2914 win 65535", "write 100",
            "> [ect0] P.EA 2914:3014(100) ack 301 <accecn0 301,nop,nop,nop>")},
    /* Out of order: with timestamps and three SACK blocks there is none, and ACE goes on. */
    {"/tcp/accecn/receiver/sack-goes-first", SCRIPT_RFC,
     SCRIPT("set ecn accurate", "set window_scale off", "listen",
            "< SWEA 0:0(0) win 65535 <mss 1460,sackOK,TS val 1 ecr 0>",
            "> S.W 0:0(0) ack 1 <mss 1460,sackOK,TS val 100 ecr 1,accecn0 1 0 1,nop>",
            "+.1 < .W 1:1(0) ack 1 win 65535 <TS val 2 ecr 100>", "accept",
            "< [ect0] .EA 101:201(100) ack 1 win 65535 <TS val 2 ecr 100>",
            "> .EA 1:1(0) ack 1 <nop,nop,TS val 101 ecr 2,nop,nop,sack 101:201,accecn0 "
            "101,nop,nop,nop>",
            "< [ce] .EA 301:401(100) ack 1 win 65535 <TS val 2 ecr 100>",
            "> .WA 1:1(0) ack 1 <nop,nop,TS val 102 ecr 2,nop,nop,sack 301:401 101:201,accecn0 101 "
            "100>",
            "< [ce] .EA 501:601(100) ack 1 win 65535 <TS val 2 ecr 100>",
            "> .WEA 1:1(0) ack 1 <nop,nop,TS val 103 ecr 2,nop,nop,sack 501:601 301:401 101:201>")},

    /* -- the sender -- */
    /* A mark cuts, once a round trip, and no CWR answers it. */
    {"/tcp/accecn/sender/one-cut-a-round-trip", SCRIPT_RFC,
     SCRIPT(ACCEPTED, "write 4380", "> [ect0] P.EA 1:4381(4380) ack 1",
            "+.1 < .WA 1:1(0) ack 1461 win 65535", "is recovery cwr", "is ssthresh 2",
            "< .WEA 1:1(0) ack 2921 win 65535", "is recovery cwr", "is ssthresh 2",
            "< . 1:1(0) ack 4381 win 65535", "write 100", "> [ect0] P.EA 4381:4481(100) ack 1",
            "is ssthresh 2")},
    {"/tcp/accecn/sender/no-mark-no-cut", SCRIPT_RFC,
     SCRIPT(ACCEPTED, "write 4380", "> [ect0] P.EA 1:4381(4380) ack 1",
            "+.1 < .EA 1:1(0) ack 4381 win 65535", "is recovery open")},
    /* ACKs were lost: sixteen segments by one ACK, and ACE as before. Eight or sixteen marks are
     * the safe guess; the option says that there were none, or how many. */
    {"/tcp/accecn/sender/a-whole-turn-is-feared", SCRIPT_RFC,
     SCRIPT(SIXTEEN, "+.1 < .EA 1:1(0) ack 23361 win 65535", "is recovery cwr")},
    {"/tcp/accecn/sender/the-option-says-none", SCRIPT_RFC,
     SCRIPT(SIXTEEN, "+.1 < .EA 1:1(0) ack 23361 win 65535 <accecn0 23361 0 1>",
            "is recovery open")},
    {"/tcp/accecn/sender/a-field-left-out-has-not-moved", SCRIPT_RFC,
     SCRIPT(SIXTEEN, "+.1 < .EA 1:1(0) ack 23361 win 65535 <accecn0 23361>", "is recovery open")},
    {"/tcp/accecn/sender/the-option-says-some", SCRIPT_RFC,
     SCRIPT(SIXTEEN, "+.1 < .EA 1:1(0) ack 23361 win 65535 <accecn0 11681 11680>",
            "is recovery cwr")},
    {"/tcp/accecn/sender/of-a-cleared-option-nothing-is-believed", SCRIPT_RFC,
     SCRIPT(SIXTEEN, "+.1 < .EA 1:1(0) ack 23361 win 65535 <accecn0 0 0 0>", "is recovery cwr")},
    /* Its counts go round at 2^24. */
    {"/tcp/accecn/sender/counts-wrap", SCRIPT_RFC,
     SCRIPT("set initial_window 16", ACCEPTED,
            "< P.EA 1:2(1) ack 1 win 65535 <accecn0 1 8000000 1>", "+.2 > .EA 1:1(0) ack 2",
            "< P.EA 2:3(1) ack 1 win 65535 <accecn0 1 16000000 1>", "+.2 > .EA 1:1(0) ack 3",
            "write 23360", "> [ect0] P.EA 1:23361(23360) ack 3",
            "+.1 < .EA 3:3(0) ack 23361 win 65535 <accecn0 1 100 1>", "is recovery cwr")},
    {NULL, 0, NULL},
};

/* -- both ends -- */

static void
count(TcpProfile *profile, bool server)
{
  profile->cc = &cc_dctcp;
  profile->ecn = TCP_ECN_ACCURATE;
  profile->quick_acks = false;
  profile->initial_window = 120;
  profile->autotune = false;
  profile->receive_buffer = 1 << 20;
  profile->send_buffer = 1 << 20;
}

/* Two of three ACKs of a large window are lost, every fifth segment is marked: the sender has them
 * all, and DCTCP counts no byte more or less. */
static void
lost_acks_lose_no_mark(void)
{
  LabSettings settings = {.seed = 1, .profile = "linux", .tune = count};
  Lab *l = lab_new(&settings);
  lab_listen(l);
  unsigned marked = 0;
  for (unsigned i = 5; i <= 120; i += 5, marked++) {
    char *rule = g_strdup_printf("DATA#%u", i);
    lab_rule(l, RULE_MARK, rule, 0);
    g_free(rule);
  }
  for (unsigned i = 3; i < 50; i++)
    if (i % 3 != 0) {
      char *rule = g_strdup_printf("server>ACK#%u", i);
      lab_rule(l, RULE_DROP, rule, 0);
      g_free(rule);
    }
  lab_connect(l);
  lab_send(l, &l->client, 120 * 1448, NULL);
  lab_run(l, 5 * SIM_SECOND);
  g_assert_cmpuint(l->server.received_count, ==, 120 * 1448);
  g_assert_nonnull(l->client.conn->accecn);
  g_assert_cmpuint(l->client.conn->cc.path->delivered_marked, ==, (uint64_t)marked * 1448);
  g_assert_cmpuint(l->client.conn->retransmits, ==, 0);
  lab_free(l);
}

static void
count_one(TcpProfile *profile, bool server)
{
  profile->cc = &cc_reno;
  profile->ecn = TCP_ECN_ACCURATE;
}

/* Both sent a SYN that asks: both are servers of the other. */
static void
connect_back(Lab *l)
{
  TcpConnectArgs args = {
      .destination = node_address(l->client_node), .port = 1000, .from_port = 80};
  l->server.conn = tcp_connect(l->server_host, &args, NULL);
}

static void
from_both_sides(void)
{
  LabSettings settings = {.seed = 1, .profile = "linux", .tune = count_one, .client_port = 1000};
  Lab *l = lab_new(&settings);
  lab_at(l, SIM_MILLISECOND, connect_back);
  lab_connect(l);
  lab_run(l, SIM_SECOND);
  g_assert_cmpint(tcp_state(l->client.conn), ==, TCP_ESTABLISHED);
  g_assert_cmpint(tcp_state(l->server.conn), ==, TCP_ESTABLISHED);
  g_assert_nonnull(l->client.conn->accecn);
  g_assert_nonnull(l->server.conn->accecn);
  lab_free(l);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  script_add(scripts);
  g_test_add_func("/tcp/accecn/lost-acks-lose-no-mark", lost_acks_lose_no_mark);
  g_test_add_func("/tcp/accecn/from-both-sides", from_both_sides);
  return g_test_run();
}
