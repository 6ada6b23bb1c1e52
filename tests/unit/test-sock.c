/* Sockets as a Linux program sees them: which call gives which errno, and what waits. What happens
 * on the wire is for tests/drill. */
#include "tests/unit/sock-fixture.h"

static void
sockets_are_refused(void)
{
  Hosts hosts;
  start(&hosts);
  g_assert_cmpint(sock_socket(hosts.a, 1, LINUX_SOCK_STREAM, 0), ==, -SOCK_EAFNOSUPPORT);
  g_assert_cmpint(sock_socket(hosts.a, LINUX_AF_INET, 3, 0), ==, -SOCK_ESOCKTNOSUPPORT);
  g_assert_cmpint(sock_socket(hosts.a, LINUX_AF_INET, LINUX_SOCK_STREAM, LINUX_IPPROTO_UDP), ==,
                  -SOCK_EPROTONOSUPPORT);
  g_assert_cmpint(stream(hosts.a, 0), ==, 3);
  g_assert_cmpint(stream(hosts.a, 0), ==, 4);
  g_assert_cmpint(sock_close(hosts.a, 3, NULL), ==, 0);
  g_assert_cmpint(stream(hosts.a, 0), ==, 3); /* the lowest that is free */
  SockAddress at = on_b(&hosts, 80);
  SockValue value = {.number = 1};
  int64_t number;
  g_assert_cmpint(sock_bind(hosts.a, 9, &at), ==, -SOCK_EBADF);
  g_assert_cmpint(sock_listen(hosts.a, 9, 1), ==, -SOCK_EBADF);
  g_assert_cmpint(sock_accept(hosts.a, 9, 0, NULL), ==, -SOCK_EBADF);
  g_assert_cmpint(sock_connect(hosts.a, -1, &at, NULL), ==, -SOCK_EBADF);
  g_assert_cmpint(sock_send(hosts.a, 9, 1, 0, NULL, NULL), ==, -SOCK_EBADF);
  g_assert_cmpint(sock_receive(hosts.a, 9, 1, 0, NULL, NULL), ==, -SOCK_EBADF);
  g_assert_cmpint(sock_shutdown(hosts.a, 9, 0), ==, -SOCK_EBADF);
  g_assert_cmpint(sock_close(hosts.a, 9, NULL), ==, -SOCK_EBADF);
  g_assert_cmpint(sock_fcntl(hosts.a, 9, LINUX_F_GETFL, 0), ==, -SOCK_EBADF);
  g_assert_cmpint(sock_ioctl(hosts.a, 9, LINUX_FIONREAD, &number), ==, -SOCK_EBADF);
  g_assert_cmpint(sock_set_option(hosts.a, 9, 1, 2, &value), ==, -SOCK_EBADF);
  g_assert_cmpint(sock_get_option(hosts.a, 9, 1, 2, &value), ==, -SOCK_EBADF);
  g_assert_cmpint(sock_tcp_info(hosts.a, 9, "tcpi_rtt", &number), ==, -SOCK_EBADF);
  g_assert_false(sock_names(hosts.a, 9, &at, &at));
  g_assert_null(sock_conn(hosts.a, 9));
  end(&hosts);
}

/* "SO_REUSEADDR: neither listens"; an address of another host; any port that is free. */
static void
ports_are_taken(void)
{
  Hosts hosts;
  start(&hosts);
  int one = stream(hosts.a, 0), two = stream(hosts.a, 0), three = stream(hosts.a, 0);
  SockAddress any = {.port = 80}, elsewhere = on_b(&hosts, 80);
  g_assert_cmpint(sock_bind(hosts.a, one, &elsewhere), ==, -SOCK_EADDRNOTAVAIL);
  g_assert_cmpint(sock_bind(hosts.a, one, &any), ==, 0);
  g_assert_cmpint(sock_bind(hosts.a, one, &any), ==, -SOCK_EINVAL);
  g_assert_cmpint(sock_bind(hosts.a, two, &any), ==, -SOCK_EADDRINUSE);
  const SockValue yes = {.number = 1};
  sock_set_option(hosts.a, one, LINUX_SOL_SOCKET, LINUX_SO_REUSEADDR, &yes);
  sock_set_option(hosts.a, two, LINUX_SOL_SOCKET, LINUX_SO_REUSEADDR, &yes);
  g_assert_cmpint(sock_bind(hosts.a, two, &any), ==, 0);
  g_assert_cmpint(sock_listen(hosts.a, two, -1), ==, 0);
  g_assert_cmpint(sock_listen(hosts.a, two, 3), ==, 0); /* the backlog alone changes */
  sock_set_option(hosts.a, three, LINUX_SOL_SOCKET, LINUX_SO_REUSEADDR, &yes);
  g_assert_cmpint(sock_bind(hosts.a, three, &any), ==, -SOCK_EADDRINUSE);
  g_assert_cmpint(sock_bind(hosts.a, three, &(SockAddress){0}), ==, 0);
  SockAddress local, peer;
  g_assert_true(sock_names(hosts.a, three, &local, &peer));
  g_assert_cmpuint(local.port, ==, 32768);
  g_assert_cmpuint(peer.port, ==, 0);
  end(&hosts);
}

static void
data_and_ends(void)
{
  Hosts hosts;
  start(&hosts);
  Open open = open_pair(&hosts, 80);
  g_assert_cmpint(sock_accept(hosts.b, open.server, 0, NULL), ==, -SOCK_EINVAL);
  g_assert_cmpint(sock_receive(hosts.b, open.server, 10, LINUX_MSG_OOB, NULL, NULL), ==,
                  -SOCK_EINVAL);
  g_assert_cmpint(sock_send(hosts.a, open.client, 3000, 0, NULL, NULL), ==, 3000);
  int64_t all = SOCK_PENDING, value = 0;
  SockWait wait = {.done = on_done, .user = &all};
  g_assert_cmpint(sock_receive(hosts.b, open.server, 3001, LINUX_MSG_WAITALL, NULL, &wait), ==,
                  SOCK_PENDING);
  fixture_run(&hosts.f, sim_now(hosts.f.sim) + 10 * FIXTURE_MS);
  g_assert_cmpint(all, ==, SOCK_PENDING);
  g_assert_cmpint(sock_send(hosts.a, open.client, 101, 0, NULL, NULL), ==, 101);
  fixture_run(&hosts.f, sim_now(hosts.f.sim) + 10 * FIXTURE_MS);
  g_assert_cmpint(all, ==, 3001);
  g_assert_cmpint(sock_ioctl(hosts.b, open.server, LINUX_FIONREAD, &value), ==, 0);
  g_assert_cmpint(value, ==, 100);
  g_assert_cmpint(sock_receive(hosts.b, open.server, 40, LINUX_MSG_PEEK, NULL, NULL), ==, 40);
  g_assert_cmpint(sock_receive(hosts.b, open.server, 400, 0, NULL, NULL), ==, 100);
  g_assert_cmpint(sock_receive(hosts.b, open.server, 400, LINUX_MSG_DONTWAIT, NULL, NULL), ==,
                  -SOCK_EAGAIN);
  g_assert_cmpint(sock_shutdown(hosts.a, open.client, 7), ==, -SOCK_EINVAL);
  g_assert_cmpint(sock_shutdown(hosts.a, open.client, LINUX_SHUT_WR), ==, 0);
  g_assert_cmpint(sock_send(hosts.a, open.client, 1, 0, NULL, NULL), ==, -SOCK_EPIPE);
  fixture_run(&hosts.f, sim_now(hosts.f.sim) + 10 * FIXTURE_MS);
  g_assert_cmpint(sock_receive(hosts.b, open.server, 400, 0, NULL, NULL), ==, 0);
  /* A reset behind the end of the stream is a broken pipe for who writes. */
  SockValue at_once = {.kind = SOCK_VALUE_PAIR, .number = 1};
  sock_set_option(hosts.a, open.client, 1, LINUX_SO_LINGER, &at_once);
  g_assert_cmpint(sock_close(hosts.a, open.client, NULL), ==, 0);
  fixture_run(&hosts.f, sim_now(hosts.f.sim) + 10 * FIXTURE_MS);
  g_assert_cmpint(number_of(hosts.b, open.server, 1, LINUX_SO_ERROR), ==, SOCK_EPIPE);
  g_assert_cmpint(sock_shutdown(hosts.b, open.server, LINUX_SHUT_RDWR), ==, -SOCK_ENOTCONN);
  end(&hosts);
}

static void
urgent_bytes(void)
{
  Hosts hosts;
  start(&hosts);
  Open open = open_pair(&hosts, 80);
  int64_t value = 1;
  sock_send(hosts.a, open.client, 5, LINUX_MSG_OOB, NULL, NULL); /* four bytes, and one apart */
  sock_send(hosts.a, open.client, 3, 0, NULL, NULL);
  fixture_run(&hosts.f, sim_now(hosts.f.sim) + 100 * FIXTURE_MS);
  SockPollEntry entry = {open.server, LINUX_POLLPRI | LINUX_POLLIN, 0};
  g_assert_cmpint(sock_poll(hosts.b, &entry, 1, 0, NULL), ==, 1);
  g_assert_cmpint(entry.revents, ==, LINUX_POLLPRI | LINUX_POLLIN);
  g_assert_cmpint(sock_ioctl(hosts.b, open.server, LINUX_SIOCATMARK, &value), ==, 0);
  g_assert_cmpint(value, ==, 0);
  g_assert_cmpint(sock_receive(hosts.b, open.server, 100, 0, NULL, NULL), ==, 4);
  g_assert_cmpint(sock_ioctl(hosts.b, open.server, LINUX_SIOCATMARK, &value), ==, 0);
  g_assert_cmpint(value, ==, 1);
  int oob = LINUX_MSG_OOB;
  g_assert_cmpint(sock_receive(hosts.b, open.server, 9, oob | LINUX_MSG_PEEK, NULL, NULL), ==, 1);
  g_assert_cmpint(sock_receive(hosts.b, open.server, 9, oob, NULL, NULL), ==, 1);
  g_assert_cmpint(sock_receive(hosts.b, open.server, 9, oob, NULL, NULL), ==, -SOCK_EINVAL);
  g_assert_cmpint(sock_receive(hosts.b, open.server, 100, 0, NULL, NULL), ==, 3);
  end(&hosts);
}

static void
connecting_fails(void)
{
  Hosts hosts;
  start(&hosts);
  int fd = stream(hosts.a, LINUX_SOCK_NONBLOCK);
  SockAddress closed = on_b(&hosts, 81);
  g_assert_cmpint(sock_fcntl(hosts.a, fd, LINUX_F_GETFL, 0), ==, LINUX_O_RDWR | LINUX_O_NONBLOCK);
  g_assert_cmpint(sock_receive(hosts.a, fd, 1, 0, NULL, NULL), ==, -SOCK_ENOTCONN);
  g_assert_cmpint(sock_send(hosts.a, fd, 1, 0, NULL, NULL), ==, -SOCK_EPIPE);
  SockPollEntry entry = {fd, LINUX_POLLOUT, 0};
  g_assert_cmpint(sock_poll(hosts.a, &entry, 1, 0, NULL), ==, 1);
  g_assert_cmpint(entry.revents, ==, LINUX_POLLOUT | LINUX_POLLHUP);
  g_assert_cmpint(sock_connect(hosts.a, fd, &closed, NULL), ==, -SOCK_EINPROGRESS);
  g_assert_cmpint(sock_connect(hosts.a, fd, &closed, NULL), ==, -SOCK_EALREADY);
  g_assert_cmpint(sock_poll(hosts.a, &entry, 1, 0, NULL), ==, 0);
  int64_t polled = SOCK_PENDING;
  SockWait wait = {.done = on_done, .user = &polled};
  g_assert_cmpint(sock_poll(hosts.a, &entry, 1, 1000, &wait), ==, SOCK_PENDING);
  fixture_run(&hosts.f, sim_now(hosts.f.sim) + 10 * FIXTURE_MS);
  g_assert_cmpint(polled, ==, 1);
  g_assert_cmpint(entry.revents, ==, LINUX_POLLOUT | LINUX_POLLERR | LINUX_POLLHUP);
  g_assert_cmpint(sock_connect(hosts.a, fd, &closed, NULL), ==, -SOCK_ECONNREFUSED);
  g_assert_cmpint(sock_fcntl(hosts.a, fd, LINUX_F_SETFL, 0), ==, 0);
  g_assert_cmpint(sock_fcntl(hosts.a, fd, LINUX_F_GETFL, 0), ==, LINUX_O_RDWR);
  g_assert_cmpint(sock_fcntl(hosts.a, fd, LINUX_F_SETFD, 1), ==, 0);
  g_assert_cmpint(sock_fcntl(hosts.a, fd, 99, 0), ==, -SOCK_EINVAL);
  /* A poll whose time passes; a descriptor that is not open; one that is not asked for. */
  Open open = open_pair(&hosts, 80);
  SockPollEntry entries[] = {{open.client, LINUX_POLLIN, 0}, {-1, LINUX_POLLIN, 7}};
  polled = SOCK_PENDING;
  g_assert_cmpint(sock_poll(hosts.a, entries, 2, 5, &wait), ==, SOCK_PENDING);
  fixture_run(&hosts.f, sim_now(hosts.f.sim) + 6 * FIXTURE_MS);
  g_assert_cmpint(polled, ==, 0);
  g_assert_cmpint(entries[1].revents, ==, 0);
  entries[1].fd = 77;
  g_assert_cmpint(sock_poll(hosts.a, entries, 2, 5, NULL), ==, 1);
  g_assert_cmpint(entries[1].revents, ==, LINUX_POLLNVAL);
  g_assert_cmpint(sock_connect(hosts.a, open.client, &closed, NULL), ==, -SOCK_EISCONN);
  g_assert_cmpint(sock_listen(hosts.a, open.client, 1), ==, -SOCK_EINVAL);
  /* Closing what somebody waits on. */
  int64_t waited = SOCK_PENDING;
  SockWait reading = {.done = on_done, .user = &waited};
  g_assert_cmpint(sock_receive(hosts.a, open.client, 1, 0, NULL, &reading), ==, SOCK_PENDING);
  g_assert_cmpint(sock_close(hosts.a, open.client, NULL), ==, 0);
  g_assert_cmpint(waited, ==, -SOCK_EBADF);
  end(&hosts);
}

static void
controls_of_a_socket(void)
{
  Hosts hosts;
  start(&hosts);
  Open open = open_pair(&hosts, 80);
  int udp = datagrams(hosts.a);
  int64_t value = 1;
  g_assert_cmpint(sock_ioctl(hosts.b, open.listener, LINUX_FIONREAD, &value), ==, -SOCK_EINVAL);
  g_assert_cmpint(sock_ioctl(hosts.b, open.listener, LINUX_SIOCOUTQ, &value), ==, -SOCK_EINVAL);
  g_assert_cmpint(sock_ioctl(hosts.b, open.listener, LINUX_SIOCOUTQNSD, &value), ==, -SOCK_EINVAL);
  g_assert_cmpint(sock_ioctl(hosts.a, udp, LINUX_SIOCATMARK, &value), ==, -SOCK_ENOTTY);
  g_assert_cmpint(sock_ioctl(hosts.a, udp, 1, &value), ==, -SOCK_ENOTTY);
  g_assert_cmpint(sock_ioctl(hosts.a, open.client, LINUX_FIONBIO, &value), ==, 0);
  g_assert_cmpint(sock_receive(hosts.a, open.client, 1, 0, NULL, NULL), ==, -SOCK_EAGAIN);
  sock_send(hosts.a, open.client, 20000, 0, NULL, NULL); /* ten segments of it go out */
  g_assert_cmpint(sock_ioctl(hosts.a, open.client, LINUX_SIOCOUTQ, &value), ==, 0);
  g_assert_cmpint(value, ==, 20000);
  g_assert_cmpint(sock_ioctl(hosts.a, open.client, LINUX_SIOCOUTQNSD, &value), ==, 0);
  g_assert_cmpint(value, ==, 20000 - 10 * 1448);
  /* A listener that is shut for reading listens no more. */
  g_assert_cmpint(sock_shutdown(hosts.b, open.listener, LINUX_SHUT_WR), ==, 0);
  g_assert_cmpint(number_of(hosts.b, open.listener, 1, LINUX_SO_ACCEPTCONN), ==, 1);
  g_assert_cmpint(sock_shutdown(hosts.b, open.listener, LINUX_SHUT_RD), ==, 0);
  g_assert_cmpint(number_of(hosts.b, open.listener, 1, LINUX_SO_ACCEPTCONN), ==, 0);
  end(&hosts);
}

static void
datagram_sockets(void)
{
  Hosts hosts;
  start(&hosts);
  int client = datagrams(hosts.a), server = datagrams(hosts.b);
  SockAddress at = on_b(&hosts, 53), nobody = on_b(&hosts, 54), from = {0};
  g_assert_true(sock_is_datagram(hosts.a, client));
  g_assert_cmpint(sock_listen(hosts.a, client, 1), ==, -SOCK_EOPNOTSUPP);
  g_assert_cmpint(sock_accept(hosts.a, client, 0, NULL), ==, -SOCK_EOPNOTSUPP);
  g_assert_cmpint(sock_bind(hosts.b, server, &at), ==, 0);
  g_assert_cmpint(sock_send(hosts.a, client, 5, 0, NULL, NULL), ==, -SOCK_EDESTADDRREQ);
  g_assert_cmpint(sock_send(hosts.a, client, 5, LINUX_MSG_OOB, &at, NULL), ==, -SOCK_EOPNOTSUPP);
  g_assert_cmpint(sock_send(hosts.a, client, 70000, 0, &at, NULL), ==, -SOCK_EMSGSIZE);
  g_assert_cmpint(sock_send(hosts.a, client, 500, 0, &at, NULL), ==, 500);
  g_assert_cmpint(sock_send(hosts.a, client, 600, 0, &at, NULL), ==, 600);
  int64_t got = SOCK_PENDING;
  SockWait wait = {.done = on_done, .user = &got};
  g_assert_cmpint(sock_receive(hosts.b, server, 100, 0, &from, &wait), ==, SOCK_PENDING);
  fixture_run(&hosts.f, 10 * FIXTURE_MS);
  g_assert_cmpint(got, ==, 100); /* and the rest of the datagram is lost */
  g_assert_cmpuint(from.address, ==, node_address(hosts.f.a));
  g_assert_cmpint(sock_receive(hosts.b, server, 1, LINUX_MSG_PEEK, NULL, NULL), ==,
                  -SOCK_EOPNOTSUPP);
  SockPollEntry entry = {server, LINUX_POLLIN | LINUX_POLLOUT, 0};
  g_assert_cmpint(sock_poll(hosts.b, &entry, 1, 0, NULL), ==, 1);
  g_assert_cmpint(entry.revents, ==, LINUX_POLLIN | LINUX_POLLOUT);
  g_assert_cmpint(sock_receive(hosts.b, server, 100, LINUX_MSG_TRUNC, NULL, NULL), ==, 600);
  g_assert_cmpint(sock_receive(hosts.b, server, 100, 0, NULL, NULL), ==, -SOCK_EAGAIN);
  /* Nobody there: a connected socket is told, once. */
  g_assert_cmpint(sock_connect(hosts.a, client, &nobody, NULL), ==, 0);
  g_assert_cmpint(sock_send(hosts.a, client, 5, 0, NULL, NULL), ==, 5);
  fixture_run(&hosts.f, 20 * FIXTURE_MS);
  entry = (SockPollEntry){client, 0, 0};
  g_assert_cmpint(sock_poll(hosts.a, &entry, 1, 0, NULL), ==, 1);
  g_assert_cmpint(entry.revents, ==, LINUX_POLLERR);
  g_assert_cmpint(sock_receive(hosts.a, client, 5, 0, NULL, NULL), ==, -SOCK_ECONNREFUSED);
  g_assert_cmpint(sock_receive(hosts.a, client, 5, 0, NULL, NULL), ==, -SOCK_EAGAIN);
  g_assert_cmpint(sock_shutdown(hosts.a, client, LINUX_SHUT_RD), ==, -SOCK_ENOTCONN);
  end(&hosts);
}

/* close() with SO_LINGER waits until all is acknowledged, or for its time. */
static void
closing_lingers(void)
{
  Hosts hosts;
  start(&hosts);
  Open one = open_pair(&hosts, 80), two = open_pair(&hosts, 81);
  SockValue linger = {.kind = SOCK_VALUE_PAIR, .number = 1, .second = 2};
  int64_t first = SOCK_PENDING, second = SOCK_PENDING;
  SockWait wait_one = {.done = on_done, .user = &first};
  SockWait wait_two = {.done = on_done, .user = &second};
  sock_set_option(hosts.a, one.client, 1, LINUX_SO_LINGER, &linger);
  sock_set_option(hosts.a, two.client, 1, LINUX_SO_LINGER, &linger);
  sock_send(hosts.a, one.client, 1000, 0, NULL, NULL);
  SimTime before = sim_now(hosts.f.sim);
  g_assert_cmpint(sock_close(hosts.a, one.client, &wait_one), ==, SOCK_PENDING);
  fixture_run(&hosts.f, before + 500 * FIXTURE_MS);
  g_assert_cmpint(first, ==, 0);
  link_down(hosts.f.way);
  before = sim_now(hosts.f.sim);
  sock_send(hosts.a, two.client, 1000, 0, NULL, NULL);
  g_assert_cmpint(sock_close(hosts.a, two.client, &wait_two), ==, SOCK_PENDING);
  fixture_run(&hosts.f, before + 1999 * FIXTURE_MS);
  g_assert_cmpint(second, ==, SOCK_PENDING);
  fixture_run(&hosts.f, before + 2001 * FIXTURE_MS);
  g_assert_cmpint(second, ==, 0);
  end(&hosts);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/sock/what-is-not-there-is-refused", sockets_are_refused);
  g_test_add_func("/sock/two-on-one-port", ports_are_taken);
  g_test_add_func("/sock/data-its-end-and-a-reset", data_and_ends);
  g_test_add_func("/sock/an-urgent-byte-is-read-apart", urgent_bytes);
  g_test_add_func("/sock/connecting-and-polling", connecting_fails);
  g_test_add_func("/sock/ioctl-and-a-listener-that-is-shut", controls_of_a_socket);
  g_test_add_func("/sock/datagrams-and-their-errors", datagram_sockets);
  g_test_add_func("/sock/close-lingers", closing_lingers);
  return g_test_run();
}
