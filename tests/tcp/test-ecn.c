/* test-ecn: agreeing on congestion marks, and what a mark does (RFC 3168). */
#include "tests/tcp/lab.h"

static void
ask(TcpProfile *profile, bool server)
{
  profile->cc = &cc_reno;
  profile->ecn = server ? TCP_ECN_PASSIVE : TCP_ECN_ON;
}

static void
ask_with_ten(TcpProfile *profile, bool server)
{
  ask(profile, server);
  profile->initial_window = 10;
}

static void
refuse(TcpProfile *profile, bool server)
{
  profile->ecn = server ? TCP_ECN_OFF : TCP_ECN_ON;
}

static Lab *
lab(void (*tune)(TcpProfile *, bool))
{
  LabSettings settings = {.seed = 1, .profile = "linux", .tune = tune};
  Lab *l = lab_new(&settings);
  lab_listen(l);
  return l;
}

static void
agreed_and_data_is_ect(void)
{
  Lab *l = lab(ask);
  lab_connect(l);
  lab_send(l, &l->client, 1000, NULL);
  lab_run(l, 400 * SIM_MILLISECOND);
  lab_expect(l, "c>s SYN+ECE+CWR 0:0(0)", "s>c SYN+ACK+ECE 0:0(0) ack 1", "c>s ACK 1:1(0) ack 1",
             "c>s PSH+ACK 1:1001(1000) ack 1 ect0", "s>c ACK 1:1(0) ack 1001");
  lab_free(l);
}

static void
refused_and_data_is_not_ect(void)
{
  Lab *l = lab(refuse);
  lab_connect(l);
  lab_send(l, &l->client, 1000, NULL);
  lab_run(l, 400 * SIM_MILLISECOND);
  lab_expect(l, "c>s SYN+ECE+CWR 0:0(0)", "s>c SYN+ACK 0:0(0) ack 1", "c>s ACK 1:1(0) ack 1",
             "c>s PSH+ACK 1:1001(1000) ack 1", "s>c ACK 1:1(0) ack 1001");
  lab_free(l);
}

static void
a_repeated_syn_does_not_ask(void)
{
  Lab *l = lab(ask);
  lab_rule(l, RULE_DROP, "SYN#1", 0);
  lab_connect(l);
  lab_run(l, 1400 * SIM_MILLISECOND);
  lab_expect(l, "c>s SYN+ECE+CWR 0:0(0)", "c>s SYN 0:0(0)", "s>c SYN+ACK 0:0(0) ack 1",
             "c>s ACK 1:1(0) ack 1");
  lab_free(l);
}

static void
a_retransmission_is_not_ect(void)
{
  Lab *l = lab(ask);
  lab_rule(l, RULE_DROP, "DATA#1", 0);
  lab_connect(l);
  lab_send(l, &l->client, 1000, NULL);
  lab_run(l, 600 * SIM_MILLISECOND);
  lab_expect(l, "c>s SYN+ECE+CWR 0:0(0)", "s>c SYN+ACK+ECE 0:0(0) ack 1", "c>s ACK 1:1(0) ack 1",
             "c>s PSH+ACK 1:1001(1000) ack 1 ect0", "c>s PSH+ACK 1:1001(1000) ack 1",
             "s>c ACK 1:1(0) ack 1001");
  lab_free(l);
}

static void
send_more(Lab *l)
{
  lab_send(l, &l->client, 1000, NULL);
}

static void
a_mark_halves_the_window_and_is_answered_by_cwr(void)
{
  Lab *l = lab(ask);
  lab_rule(l, RULE_MARK, "DATA#1", 0);
  lab_connect(l);
  lab_send(l, &l->client, 1000, NULL);
  lab_at(l, 500 * SIM_MILLISECOND, send_more);
  lab_at(l, 1500 * SIM_MILLISECOND, send_more);
  lab_run(l, SIM_SECOND);
  lab_expect(l, "c>s SYN+ECE+CWR 0:0(0)", "s>c SYN+ACK+ECE 0:0(0) ack 1", "c>s ACK 1:1(0) ack 1",
             "c>s PSH+ACK 1:1001(1000) ack 1 ect0", "s>c ACK+ECE 1:1(0) ack 1001",
             "c>s PSH+ACK+CWR 1001:2001(1000) ack 1 ect0", "s>c ACK 1:1(0) ack 2001");
  TcpInfo info;
  tcp_info(l->client.conn, &info);
  g_assert_cmpuint(info.ssthresh, ==, 5 * info.mss);
  g_assert_cmpuint(info.retransmits, ==, 0);
  lab_run(l, 2 * SIM_SECOND);
  lab_expect(l, "c>s PSH+ACK 2001:3001(1000) ack 1 ect0", "s>c ACK 1:1(0) ack 3001");
  lab_free(l);
}

/* Ten marks in one window are one cut; the window after it is cut again. */
static void
one_cut_a_round_trip(void)
{
  Lab *l = lab(ask);
  lab_rule(l, RULE_MARK, "DATA#1-10", 0);
  lab_connect(l);
  lab_send(l, &l->client, 40 * 1448, NULL);
  lab_run(l, 5 * SIM_SECOND);
  TcpInfo info;
  tcp_info(l->client.conn, &info);
  g_assert_cmpuint(info.ssthresh, ==, 5 * info.mss);
  g_assert_cmpuint(info.retransmits, ==, 0);
  g_assert_cmpuint(l->server.received_count, ==, 40 * 1448);
  lab_free(l);
}

/* Without PRR, too: the window stays where the cut left it, however little is in flight then. */
static void
the_window_after_a_cut_is_the_threshold(void)
{
  LabSettings settings = {.seed = 1, .profile = "rfc9293", .tune = ask_with_ten};
  Lab *l = lab_new(&settings);
  lab_listen(l);
  lab_rule(l, RULE_MARK, "DATA#1", 0);
  lab_connect(l);
  lab_send(l, &l->client, 10 * 1448, NULL);
  lab_at(l, 1200 * SIM_MILLISECOND, send_more); /* before the window restarts from idle */
  lab_run(l, SIM_SECOND);
  TcpInfo info;
  tcp_info(l->client.conn, &info);
  g_assert_cmpint(info.recovery, ==, TCP_RECOVERY_CWR);
  lab_run(l, 1600 * SIM_MILLISECOND);
  tcp_info(l->client.conn, &info);
  g_assert_cmpint(info.recovery, ==, TCP_RECOVERY_OPEN);
  g_assert_cmpuint(info.cwnd, ==, info.ssthresh);
  lab_free(l);
}

/* -- a smaller cut (RFC 8511) -- */

static void
ask_with_abe(TcpProfile *profile, bool server)
{
  ask_with_ten(profile, server);
  profile->abe = true;
}

static void
with_abe_a_mark_cuts_less_and_a_loss_as_ever(void)
{
  Lab *l = lab(ask_with_abe);
  lab_rule(l, RULE_MARK, "DATA#1", 0);
  lab_connect(l);
  lab_send(l, &l->client, 1000, NULL);
  lab_run(l, 400 * SIM_MILLISECOND);
  TcpInfo info;
  tcp_info(l->client.conn, &info);
  g_assert_cmpuint(info.ssthresh, ==, 8 * info.mss);
  lab_free(l);
  l = lab(ask_with_abe);
  lab_rule(l, RULE_DROP, "DATA#1", 0);
  lab_connect(l);
  lab_send(l, &l->client, 10 * 1448, NULL);
  lab_run(l, 400 * SIM_MILLISECOND);
  tcp_info(l->client.conn, &info);
  g_assert_cmpuint(info.ssthresh, ==, 5 * info.mss);
  lab_free(l);
}

/* -- DCTCP (RFC 8257) -- */

static void
data_center(TcpProfile *profile, bool server)
{
  profile->cc = &cc_dctcp;
  profile->ecn = TCP_ECN_PASSIVE;
  profile->quick_acks = false; /* every second segment, from the start */
}

static void
data_center_client(TcpProfile *profile, bool server)
{
  if (!server)
    data_center(profile, server);
  else
    profile->ecn = TCP_ECN_OFF;
}

/* It asks though the profile would not, and everything is ECT(0). */
static void
dctcp_asks_and_marks_every_packet(void)
{
  Lab *l = lab(data_center);
  lab_rule(l, RULE_DROP, "DATA#1", 0);
  lab_connect(l);
  lab_send(l, &l->client, 1000, NULL);
  lab_run(l, 600 * SIM_MILLISECOND);
  lab_expect(l, "c>s SYN+ECE+CWR 0:0(0) ect0", "s>c SYN+ACK+ECE 0:0(0) ack 1 ect0",
             "c>s ACK 1:1(0) ack 1 ect0", "c>s PSH+ACK 1:1001(1000) ack 1 ect0",
             "c>s PSH+ACK 1:1001(1000) ack 1 ect0", "s>c ACK 1:1(0) ack 1001 ect0");
  lab_free(l);
}

static void
dctcp_without_a_peer_that_knows_it_is_not_ect(void)
{
  Lab *l = lab(data_center_client);
  lab_connect(l);
  lab_send(l, &l->client, 1000, NULL);
  lab_run(l, 140 * SIM_MILLISECOND);
  lab_expect(l, "c>s SYN+ECE+CWR 0:0(0) ect0", "s>c SYN+ACK 0:0(0) ack 1", "c>s ACK 1:1(0) ack 1",
             "c>s PSH+ACK 1:1001(1000) ack 1");
  lab_free(l);
}

/* The second of six is marked. Its mark makes the ACK of the first go at once, without ECE; the
 * third, unmarked, makes that of the second go, with it; no CWR is needed to end the echo. */
static void
dctcp_echoes_exactly_what_was_marked(void)
{
  Lab *l = lab(data_center);
  lab_rule(l, RULE_MARK, "DATA#2", 0);
  lab_connect(l);
  lab_send(l, &l->client, 6 * 1448, NULL);
  lab_run(l, 199 * SIM_MILLISECOND);
  GString *acks = g_string_new(NULL);
  for (guint i = 4; i < l->sent->len; i++) {
    const char *line = l->sent->pdata[i];
    if (g_str_has_prefix(line, "s>c"))
      g_string_append_printf(acks, "%s\n", line);
  }
  g_assert_cmpstr(acks->str, ==,
                  "s>c ACK 1:1(0) ack 1449 ect0\n"     /* before the mark */
                  "s>c ACK+ECE 1:1(0) ack 2897 ect0\n" /* the mark, at once */
                  "s>c ACK 1:1(0) ack 4345 ect0\n"     /* and that it is over, at once */
                  "s>c ACK 1:1(0) ack 7241 ect0\n"     /* two, as ever */
                  "s>c ACK 1:1(0) ack 8689 ect0\n");   /* the last, delayed */
  g_string_free(acks, TRUE);
  lab_free(l);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/tcp/ecn/agreed-and-data-is-ect", agreed_and_data_is_ect);
  g_test_add_func("/tcp/ecn/refused-and-data-is-not-ect", refused_and_data_is_not_ect);
  g_test_add_func("/tcp/ecn/a-repeated-syn-does-not-ask", a_repeated_syn_does_not_ask);
  g_test_add_func("/tcp/ecn/a-retransmission-is-not-ect", a_retransmission_is_not_ect);
  g_test_add_func("/tcp/ecn/a-mark-halves-the-window-and-is-answered-by-cwr",
                  a_mark_halves_the_window_and_is_answered_by_cwr);
  g_test_add_func("/tcp/ecn/one-cut-a-round-trip", one_cut_a_round_trip);
  g_test_add_func("/tcp/ecn/the-window-after-a-cut-is-the-threshold",
                  the_window_after_a_cut_is_the_threshold);
  g_test_add_func("/tcp/ecn/with-abe-a-mark-cuts-less-and-a-loss-as-ever",
                  with_abe_a_mark_cuts_less_and_a_loss_as_ever);
  g_test_add_func("/tcp/ecn/dctcp-asks-and-marks-every-packet", dctcp_asks_and_marks_every_packet);
  g_test_add_func("/tcp/ecn/dctcp-without-a-peer-that-knows-it-is-not-ect",
                  dctcp_without_a_peer_that_knows_it_is_not_ect);
  g_test_add_func("/tcp/ecn/dctcp-echoes-exactly-what-was-marked",
                  dctcp_echoes_exactly_what_was_marked);
  return g_test_run();
}
