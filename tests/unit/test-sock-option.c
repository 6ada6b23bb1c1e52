/* Options of sockets: what they accept and give back; TCP_INFO; names and numbers of Linux. */
#include <string.h>

#include "tests/unit/sock-fixture.h"

static void
options_are_kept(void)
{
  static const struct {
    int level, name;
    int64_t set, got; /* got < 0: the error of setting it */
  } cases[] = {
      {LINUX_SOL_SOCKET, LINUX_SO_REUSEPORT, 5, 1},
      {LINUX_SOL_SOCKET, LINUX_SO_OOBINLINE, 1, 1},
      {LINUX_SOL_SOCKET, LINUX_SO_RCVBUF, 10000, 20000},
      {LINUX_SOL_SOCKET, LINUX_SO_RCVBUF, 1, 2304},
      {LINUX_SOL_SOCKET, LINUX_SO_SNDBUFFORCE, 30000, 60000},
      {LINUX_SOL_SOCKET, LINUX_SO_SNDBUF, 0, 4608},
      {LINUX_SOL_SOCKET, LINUX_SO_RCVLOWAT, 0, 1},
      {LINUX_SOL_SOCKET, LINUX_SO_RCVLOWAT, 700, 700},
      {LINUX_SOL_SOCKET, LINUX_SO_KEEPALIVE, 1, 1},
      {LINUX_SOL_SOCKET, LINUX_SO_TYPE, 1, -SOCK_ENOPROTOOPT},
      {LINUX_SOL_SOCKET, LINUX_SO_BUSY_POLL, 1, -SOCK_ENOPROTOOPT},
      {LINUX_SOL_TCP, LINUX_TCP_NODELAY, 1, 1},
      {LINUX_SOL_TCP, LINUX_TCP_CORK, 2, 1},
      {LINUX_SOL_TCP, LINUX_TCP_MAXSEG, 1000, 1000},
      {LINUX_SOL_TCP, LINUX_TCP_MAXSEG, 40, -SOCK_EINVAL},
      {LINUX_SOL_TCP, LINUX_TCP_DEFER_ACCEPT, 7, 7},
      {LINUX_SOL_TCP, LINUX_TCP_KEEPIDLE, 90, 90},
      {LINUX_SOL_TCP, LINUX_TCP_KEEPIDLE, 0, -SOCK_EINVAL},
      {LINUX_SOL_TCP, LINUX_TCP_KEEPINTVL, 11, 11},
      {LINUX_SOL_TCP, LINUX_TCP_KEEPCNT, 128, -SOCK_EINVAL},
      {LINUX_SOL_TCP, LINUX_TCP_KEEPCNT, 4, 4},
      {LINUX_SOL_TCP, LINUX_TCP_SYNCNT, 3, 3},
      {LINUX_SOL_TCP, LINUX_TCP_LINGER2, -5, -1},
      {LINUX_SOL_TCP, LINUX_TCP_LINGER2, 0, 60},
      {LINUX_SOL_TCP, LINUX_TCP_LINGER2, 61, -SOCK_EINVAL},
      {LINUX_SOL_TCP, LINUX_TCP_USER_TIMEOUT, 2500, 2500},
      {LINUX_SOL_TCP, LINUX_TCP_USER_TIMEOUT, 0, 0},
      {LINUX_SOL_TCP, LINUX_TCP_RTO_MAX_MS, 30000, 30000},
      {LINUX_SOL_TCP, LINUX_TCP_RTO_MAX_MS, 1, -SOCK_EINVAL},
      {LINUX_SOL_TCP, LINUX_TCP_RTO_MIN_US, 5000, 5000},
  };
  Hosts hosts;
  start(&hosts);
  int fd = stream(hosts.a, 0);
  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
    SockValue value = {.number = cases[i].set};
    bool never_set = cases[i].got < -1;
    int64_t result = sock_set_option(hosts.a, fd, cases[i].level, cases[i].name, &value);
    g_assert_cmpint(result, ==, never_set ? cases[i].got : 0);
    if (never_set)
      continue;
    g_assert_true(sock_option_known(cases[i].level, cases[i].name));
    g_assert_cmpint(sock_get_option(hosts.a, fd, cases[i].level, cases[i].name, &value), ==, 0);
    g_assert_cmpint(value.number, ==, cases[i].got);
  }
  g_assert_false(sock_option_known(LINUX_SOL_SOCKET, LINUX_SO_BUSY_POLL));
  end(&hosts);
}

static void
what_can_be_asked(void)
{
  Hosts hosts;
  start(&hosts);
  Open open = open_pair(&hosts, 80);
  int six = (int)sock_socket(hosts.a, LINUX_AF_INET6, LINUX_SOCK_DGRAM, LINUX_IPPROTO_UDP);
  g_assert_cmpint(number_of(hosts.a, six, 1, LINUX_SO_DOMAIN), ==, LINUX_AF_INET6);
  g_assert_cmpint(number_of(hosts.a, six, 1, LINUX_SO_TYPE), ==, LINUX_SOCK_DGRAM);
  g_assert_cmpint(number_of(hosts.a, six, 1, LINUX_SO_PROTOCOL), ==, LINUX_IPPROTO_UDP);
  g_assert_cmpint(number_of(hosts.b, open.listener, 1, LINUX_SO_ACCEPTCONN), ==, 1);
  g_assert_cmpint(number_of(hosts.b, open.server, 1, LINUX_SO_ACCEPTCONN), ==, 0);
  g_assert_cmpint(number_of(hosts.a, open.client, 1, LINUX_SO_ERROR), ==, 0);
  g_assert_cmpint(number_of(hosts.a, open.client, 6, LINUX_TCP_MAXSEG), ==, 1448);
  g_assert_cmpint(number_of(hosts.a, stream(hosts.a, 0), 6, LINUX_TCP_MAXSEG), ==, 536);
  SockValue text = {.kind = SOCK_VALUE_TEXT, .text = "reno"}, none = {.kind = SOCK_VALUE_TEXT};
  g_assert_cmpint(sock_set_option(hosts.a, open.client, 6, LINUX_TCP_CONGESTION, &text), ==, 0);
  g_assert_cmpint(sock_get_option(hosts.a, open.client, 6, LINUX_TCP_CONGESTION, &none), ==, 0);
  g_assert_cmpstr(none.text, ==, "reno");
  g_strlcpy(text.text, "warp", sizeof text.text);
  g_assert_cmpint(sock_set_option(hosts.a, open.client, 6, LINUX_TCP_CONGESTION, &text), ==,
                  -SOCK_ENOENT);
  const SockValue number = {.number = 1};
  g_assert_cmpint(sock_set_option(hosts.a, open.client, 6, LINUX_TCP_CONGESTION, &number), ==,
                  -SOCK_EINVAL);
  g_assert_cmpint(sock_set_option(hosts.a, open.client, 6, LINUX_TCP_QUICKACK, &number), ==, 0);
  SockValue linger = {.kind = SOCK_VALUE_PAIR, .number = 1, .second = 4}, back;
  g_assert_cmpint(sock_get_option(hosts.a, open.client, 1, LINUX_SO_LINGER, &back), ==, 0);
  g_assert_cmpint(back.number, ==, 0);
  g_assert_cmpint(sock_set_option(hosts.a, open.client, 1, LINUX_SO_LINGER, &linger), ==, 0);
  g_assert_cmpint(sock_get_option(hosts.a, open.client, 1, LINUX_SO_LINGER, &back), ==, 0);
  g_assert_cmpint(back.number, ==, 1);
  g_assert_cmpint(back.second, ==, 4);
  end(&hosts);
}

/* Microseconds of a second and more, times of years and times that are negative come from a script.
 */
static void
calls_wait_for_their_time(void)
{
  static const int names[] = {LINUX_SO_RCVTIMEO, LINUX_SO_SNDTIMEO};
  Hosts hosts;
  start(&hosts);
  Open open = open_pair(&hosts, 80);
  for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
    SockValue value = {.kind = SOCK_VALUE_PAIR, .number = 1, .second = INT64_MAX};
    g_assert_cmpint(sock_set_option(hosts.a, open.client, 1, names[i], &value), ==, -SOCK_EDOM);
    value.number = INT64_MAX;
    value.second = 1;
    g_assert_cmpint(sock_set_option(hosts.a, open.client, 1, names[i], &value), ==, 0);
    g_assert_cmpint(sock_get_option(hosts.a, open.client, 1, names[i], &value), ==, 0);
    g_assert_cmpint(value.number, ==, 1000000);
    value.number = value.second = 0;
    g_assert_cmpint(sock_set_option(hosts.a, open.client, 1, names[i], &value), ==, 0);
    g_assert_cmpint(sock_get_option(hosts.a, open.client, 1, names[i], &value), ==, 0);
    g_assert_cmpint(value.number + value.second, ==, 0);
  }
  SockValue value = {.kind = SOCK_VALUE_PAIR, .second = 30000};
  g_assert_cmpint(sock_set_option(hosts.a, open.client, 1, LINUX_SO_RCVTIMEO, &value), ==, 0);
  int64_t result = SOCK_PENDING;
  SockWait wait = {.done = on_done, .user = &result};
  SimTime before = sim_now(hosts.f.sim);
  g_assert_cmpint(sock_receive(hosts.a, open.client, 10, 0, NULL, &wait), ==, SOCK_PENDING);
  fixture_run(&hosts.f, before + 29 * FIXTURE_MS);
  g_assert_cmpint(result, ==, SOCK_PENDING);
  fixture_run(&hosts.f, before + 31 * FIXTURE_MS);
  g_assert_cmpint(result, ==, -SOCK_EAGAIN);
  value.number = INT64_MIN; /* no time at all */
  value.second = 0;
  g_assert_cmpint(sock_set_option(hosts.a, open.client, 1, LINUX_SO_RCVTIMEO, &value), ==, 0);
  g_assert_cmpint(sock_receive(hosts.a, open.client, 10, 0, NULL, &wait), ==, -SOCK_EAGAIN);
  end(&hosts);
}

static int64_t
info(SockHost *host, int fd, const char *field)
{
  int64_t value;
  g_assert_true(sock_tcp_info_known(field));
  g_assert_cmpint(sock_tcp_info(host, fd, field, &value), ==, 0);
  return value;
}

static void
tcp_info_fields(void)
{
  Hosts hosts;
  start(&hosts);
  int fresh = stream(hosts.a, 0);
  g_assert_cmpint(info(hosts.a, fresh, "tcpi_state"), ==, 7);
  g_assert_cmpint(info(hosts.a, fresh, "tcpi_snd_cwnd"), ==, 10);
  Open open = open_pair(&hosts, 80);
  int fd = open.client;
  g_assert_cmpint(info(hosts.b, open.listener, "tcpi_state"), ==, 10);
  g_assert_cmpint(info(hosts.b, open.listener, "tcpi_unacked"), ==, 0); /* nobody waits */
  g_assert_cmpint(info(hosts.b, open.listener, "tcpi_sacked"), ==, 5);  /* the backlog */
  g_assert_cmpint(info(hosts.a, fd, "tcpi_state"), ==, 1);
  g_assert_cmpint(info(hosts.a, fd, "tcpi_options"), ==, 7); /* timestamps, SACK, scaling */
  g_assert_cmpint(info(hosts.a, fd, "tcpi_rtt"), ==, 2000);
  g_assert_cmpint(info(hosts.a, fd, "tcpi_rttvar"), ==, 1000);
  g_assert_cmpint(info(hosts.a, fd, "tcpi_min_rtt"), ==, 2000);
  g_assert_cmpint(info(hosts.a, fd, "tcpi_snd_ssthresh"), ==, INT32_MAX);
  g_assert_cmpint(info(hosts.a, fd, "tcpi_snd_mss"), ==, 1448);
  g_assert_cmpint(info(hosts.a, fd, "tcpi_advmss"), ==, 1448);
  g_assert_cmpint(info(hosts.a, fd, "tcpi_pmtu"), ==, 1500);
  sock_send(hosts.a, fd, 20000, 0, NULL, NULL);
  g_assert_cmpint(info(hosts.a, fd, "tcpi_unacked"), ==, 10);
  g_assert_cmpint(info(hosts.a, fd, "tcpi_notsent_bytes"), ==, 20000 - 10 * 1448);
  g_assert_cmpint(info(hosts.a, fd, "tcpi_bytes_sent"), ==, 10 * 1448);
  fixture_run(&hosts.f, sim_now(hosts.f.sim) + 50 * FIXTURE_MS);
  g_assert_cmpint(info(hosts.a, fd, "tcpi_bytes_acked"), ==, 20001);
  g_assert_cmpint(info(hosts.b, open.server, "tcpi_bytes_received"), ==, 20000);
  g_assert_cmpint(info(hosts.a, fd, "tcpi_unacked"), ==, 0);
  g_assert_cmpint(info(hosts.a, fd, "tcpi_snd_cwnd"), >, 10);
  g_assert_cmpint(info(hosts.a, fd, "tcpi_last_data_sent"), >=, 40);
  g_assert_cmpint(info(hosts.a, fd, "tcpi_last_data_recv"), >=, 50); /* none: since it opened */
  static const char *const none[] = {"tcpi_ca_state", "tcpi_retransmits",   "tcpi_probes",
                                     "tcpi_backoff",  "tcpi_lost",          "tcpi_retrans",
                                     "tcpi_sacked",   "tcpi_total_retrans", "tcpi_total_rto"};
  for (size_t i = 0; i < G_N_ELEMENTS(none); i++)
    g_assert_cmpint(info(hosts.a, fd, none[i]), ==, 0);
  static const char *const some[] = {"tcpi_snd_wscale", "tcpi_rcv_wscale",   "tcpi_rto",
                                     "tcpi_ato",        "tcpi_rcv_ssthresh", "tcpi_reordering",
                                     "tcpi_segs_out",   "tcpi_segs_in",      "tcpi_snd_wnd",
                                     "tcpi_rcv_wnd",    "tcpi_rcv_space"};
  for (size_t i = 0; i < G_N_ELEMENTS(some); i++)
    g_assert_cmpint(info(hosts.b, open.server, some[i]), >, 0);
  int64_t value;
  g_assert_cmpint(sock_tcp_info(hosts.a, fd, "tcpi_speed", &value), ==, -SOCK_ENOENT);
  g_assert_false(sock_tcp_info_known("tcpi_speed"));
  end(&hosts);
}

static void
names_and_numbers(void)
{
  int64_t number = 0;
  g_assert_cmpstr(sock_errno_name(SOCK_ECONNRESET), ==, "ECONNRESET");
  g_assert_null(sock_errno_name(1000));
  g_assert_cmpint(sock_errno_number("EWOULDBLOCK"), ==, SOCK_EAGAIN);
  g_assert_cmpint(sock_errno_number("EPIPE"), ==, 32);
  g_assert_cmpint(sock_errno_number("ESOMETHING"), ==, 0);
  g_assert_true(sock_constant("SO_LINGER", &number));
  g_assert_cmpint(number, ==, 13);
  g_assert_true(sock_constant("EDOM", &number));
  g_assert_cmpint(number, ==, 33);
  g_assert_false(sock_constant("SO_WHAT", &number));
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/sock/options-are-kept-or-refused", options_are_kept);
  g_test_add_func("/sock/options-that-can-only-be-asked", what_can_be_asked);
  g_test_add_func("/sock/a-call-waits-for-its-time", calls_wait_for_their_time);
  g_test_add_func("/sock/tcp-info", tcp_info_fields);
  g_test_add_func("/sock/names-and-numbers", names_and_numbers);
  return g_test_run();
}
