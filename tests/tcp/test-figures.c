/* test-figures: RFC 9293, figures 6 to 13, with the RFC's own numbers: SEQ=100 at TCP Peer A (the
 * client), SEQ=300 at TCP Peer B (the server). Sequence numbers are shown as on the wire. */
#include "tests/tcp/lab.h"

#define A_PORT 5000

static void
rfc_numbers(TcpProfile *profile, bool server)
{
  profile->isn = server ? 300 : 100;
  profile->time_wait = 2 * SIM_SECOND;
}

static Lab *
lab(void)
{
  LabSettings settings = {.seed = 1, .tune = rfc_numbers, .client_port = A_PORT, .absolute = true};
  return lab_new(&settings);
}

static void
figure_6_basic_three_way_handshake(void)
{
  Lab *l = lab();
  lab_listen(l);
  lab_connect(l);
  lab_send(l, &l->client, 10, NULL);
  lab_run(l, 120 * SIM_MILLISECOND);
  lab_expect(
      l, "c>s SYN 100:100(0)",            /* SYN-SENT     --> <SEQ=100><CTL=SYN> */
      "s>c SYN+ACK 300:300(0) ack 101",   /* SYN-RECEIVED <-- <SEQ=300><ACK=101><CTL=SYN,ACK> */
      "c>s ACK 101:101(0) ack 301",       /* ESTABLISHED  --> <SEQ=101><ACK=301><CTL=ACK> */
      "c>s PSH+ACK 101:111(10) ack 301"); /* --> <SEQ=101><ACK=301><CTL=ACK><DATA> */
  g_assert_cmpstr(l->client_states->str, ==, " SYN-SENT>ESTABLISHED");
  lab_free(l);
}

/* B opens too, from its port 80 to A's port 5000. */
static void
open_from_b(Lab *l)
{
  static const TcpUserOps nothing;
  TcpConnectArgs args = {.destination = node_address(l->client_node),
                         .port = A_PORT,
                         .from_port = 80,
                         .ops = &nothing};
  l->server.conn = tcp_connect(l->server_host, &args, NULL);
}

static void
figure_7_simultaneous_open(void)
{
  Lab *l = lab();
  lab_connect(l);
  open_from_b(l);
  lab_run(l, SIM_SECOND);
  /* What happens at the same moment at both ends is told in the order of the link's directions. */
  lab_expect(l, "c>s SYN 100:100(0)", "s>c SYN 300:300(0)", "s>c SYN+ACK 300:300(0) ack 101",
             "c>s SYN+ACK 100:100(0) ack 301",
             /* 3.10.7 has each answer the other's SYN, which it has seen before. */
             "s>c ACK 301:301(0) ack 101", "c>s ACK 101:101(0) ack 301");
  g_assert_cmpstr(l->client_states->str, ==, " SYN-SENT>SYN-RECEIVED>ESTABLISHED");
  g_assert_cmpstr(l->server_states->str, ==, " SYN-SENT>SYN-RECEIVED>ESTABLISHED");
  lab_free(l);
}

static void
inject_syn_90(Lab *l)
{
  TcpHeader syn = {
      .source_port = A_PORT, .destination_port = 80, .seq = 90, .flags = TCP_SYN, .window = 65535};
  lab_inject(l, l->client_node, &syn, 0);
}

static void
figure_8_old_duplicate_syn(void)
{
  Lab *l = lab();
  lab_listen(l);
  lab_rule(l, RULE_HOLD, "SYN#1", 200 * SIM_MILLISECOND);
  lab_connect(l);
  lab_at(l, SIM_MILLISECOND, inject_syn_90);
  lab_run(l, 600 * SIM_MILLISECOND);
  lab_expect(l, "c>s SYN 100:100(0)", "c>s SYN 90:90(0)",
             "s>c SYN+ACK 300:300(0) ack 91", /* B takes the old duplicate for a new SYN */
             "c>s RST 91:91(0)",              /* A: that is not what I sent */
             "s>c SYN+ACK 300:300(0) ack 101", "c>s ACK 101:101(0) ack 301");
  g_assert_cmpstr(l->server_states->str, ==, " SYN-RECEIVED>LISTEN SYN-RECEIVED>ESTABLISHED");
  lab_free(l);
}

static void
crash_a(Lab *l)
{
  tcp_host_restart(l->client_host);
}

static void
open_again_with_400(Lab *l)
{
  tcp_host_profile(l->client_host)->isn = 400;
  lab_connect(l);
}

static void
figure_9_half_open_discovery(void)
{
  Lab *l = lab();
  lab_listen(l);
  lab_connect(l);
  lab_at(l, 500 * SIM_MILLISECOND, crash_a);
  lab_at(l, SIM_SECOND, open_again_with_400);
  lab_run(l, 900 * SIM_MILLISECOND);
  g_ptr_array_set_size(l->sent, 0);
  lab_run(l, 1900 * SIM_MILLISECOND);
  lab_expect(l, "c>s SYN 400:400(0)",
             "s>c ACK 301:301(0) ack 101", /* B: <SEQ=300><ACK=100>: that is not the next byte */
             "c>s RST 101:101(0)");        /* A: <SEQ=100><CTL=RST>: abort! */
  g_assert_cmpint(tcp_error(l->server.conn), ==, TCP_ERROR_RESET);
  lab_run(l, 5 * SIM_SECOND);
  lab_expect(l, "c>s SYN 400:400(0)", "s>c SYN+ACK 300:300(0) ack 401",
             "c>s ACK 401:401(0) ack 301");
  lab_free(l);
}

static void
b_sends(Lab *l)
{
  lab_send(l, &l->server, 10, NULL);
}

static void
figure_10_active_side_discovers_half_open(void)
{
  Lab *l = lab();
  lab_listen(l);
  lab_connect(l);
  lab_at(l, 500 * SIM_MILLISECOND, crash_a);
  lab_at(l, SIM_SECOND, b_sends);
  lab_run(l, 900 * SIM_MILLISECOND);
  g_ptr_array_set_size(l->sent, 0);
  lab_run(l, 5 * SIM_SECOND);
  lab_expect(l, "s>c PSH+ACK 301:311(10) ack 101", "c>s RST 101:101(0)");
  g_assert_cmpint(tcp_error(l->server.conn), ==, TCP_ERROR_RESET);
  lab_free(l);
}

static void
figure_11_old_duplicate_syn_between_two_passive_sockets(void)
{
  Lab *l = lab();
  lab_listen(l);
  TcpListenArgs args = {.port = A_PORT};
  g_assert_nonnull(tcp_listen(l->client_host, &args, NULL));
  inject_syn_90(l);
  lab_run(l, 5 * SIM_SECOND);
  lab_expect(l, "c>s SYN 90:90(0)", "s>c SYN+ACK 300:300(0) ack 91",
             "c>s RST 91:91(0)"); /* B returns to LISTEN */
  g_assert_cmpuint(tcp_listener_half_open(l->listener), ==, 0);
  g_assert_cmpuint(tcp_host_connections(l->server_host), ==, 0);
  lab_free(l);
}

static void
close_a(Lab *l)
{
  tcp_close(l->client.conn);
}

static void
close_b(Lab *l)
{
  tcp_close(l->server.conn);
}

static void
figure_12_normal_close(void)
{
  Lab *l = lab();
  lab_listen(l);
  lab_connect(l);
  lab_at(l, 500 * SIM_MILLISECOND, close_a);
  lab_at(l, 800 * SIM_MILLISECOND, close_b);
  lab_run(l, 400 * SIM_MILLISECOND);
  g_ptr_array_set_size(l->sent, 0);
  lab_run(l, 2 * SIM_SECOND);
  lab_expect(l, "c>s FIN+ACK 101:101(0) ack 301", "s>c ACK 301:301(0) ack 102",
             "s>c FIN+ACK 301:301(0) ack 102", "c>s ACK 102:102(0) ack 302");
  g_assert_cmpint(tcp_state(l->client.conn), ==, TCP_TIME_WAIT);
  lab_run(l, SIM_TIME_NEVER);
  g_assert_cmpstr(l->client_states->str, ==,
                  " SYN-SENT>ESTABLISHED>FIN-WAIT-1>FIN-WAIT-2>TIME-WAIT>CLOSED");
  g_assert_cmpstr(l->server_states->str, ==,
                  " SYN-RECEIVED>ESTABLISHED>CLOSE-WAIT>LAST-ACK>CLOSED");
  lab_free(l);
}

static void
figure_13_simultaneous_close(void)
{
  Lab *l = lab();
  lab_listen(l);
  lab_connect(l);
  lab_at(l, 500 * SIM_MILLISECOND, close_a);
  lab_at(l, 500 * SIM_MILLISECOND, close_b);
  lab_run(l, 400 * SIM_MILLISECOND);
  g_ptr_array_set_size(l->sent, 0);
  lab_run(l, SIM_TIME_NEVER);
  lab_expect(l, "c>s FIN+ACK 101:101(0) ack 301", "s>c FIN+ACK 301:301(0) ack 101",
             "s>c ACK 302:302(0) ack 102", "c>s ACK 102:102(0) ack 302");
  g_assert_cmpstr(l->client_states->str, ==,
                  " SYN-SENT>ESTABLISHED>FIN-WAIT-1>CLOSING>TIME-WAIT>CLOSED");
  g_assert_cmpstr(l->server_states->str, ==,
                  " SYN-RECEIVED>ESTABLISHED>FIN-WAIT-1>CLOSING>TIME-WAIT>CLOSED");
  lab_free(l);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/tcp/figures/6-basic-three-way-handshake", figure_6_basic_three_way_handshake);
  g_test_add_func("/tcp/figures/7-simultaneous-open", figure_7_simultaneous_open);
  g_test_add_func("/tcp/figures/8-old-duplicate-syn", figure_8_old_duplicate_syn);
  g_test_add_func("/tcp/figures/9-half-open-discovery", figure_9_half_open_discovery);
  g_test_add_func("/tcp/figures/10-active-side-discovers-half-open",
                  figure_10_active_side_discovers_half_open);
  g_test_add_func("/tcp/figures/11-old-duplicate-syn-between-two-passive-sockets",
                  figure_11_old_duplicate_syn_between_two_passive_sockets);
  g_test_add_func("/tcp/figures/12-normal-close", figure_12_normal_close);
  g_test_add_func("/tcp/figures/13-simultaneous-close", figure_13_simultaneous_close);
  return g_test_run();
}
