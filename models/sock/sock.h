/* sock: the sockets of a host, as a program on Linux sees them: descriptors, blocking and
 * non-blocking calls, options, and the errors that they give.
 *
 * A call gives what the system call gives: a result that is not negative, or the negative of an
 * errno value (Linux's numbers: sock-names.h). A call that would block returns SOCK_PENDING when it
 * was given a SockWait, and calls its `done` once, later in simulated time; without one (or with
 * O_NONBLOCK, MSG_DONTWAIT) it gives -SOCK_EAGAIN. A wait must live until it is done.
 *
 * Data is counted; there are no bytes. One thread of control a host: while a call waits, others may
 * be made, on other descriptors too.
 *
 * Left out: signals (EPIPE comes without SIGPIPE, urgent data without SIGURG), control data, dup()
 * and fork(), Unix sockets, raw sockets, epoll. */
#pragma once

#include "models/sock/sock-names.h"
#include "models/tcp/tcp.h"
#include "models/udp/udp.h"
#include "sim/sim.h"

typedef struct SockHost SockHost;
typedef struct SockWait SockWait;
typedef struct Socket Socket;

#define SOCK_PENDING INT64_MIN

typedef struct SockAddress {
  NetAddressId address; /* NET_ADDRESS_NONE: any of the host's own */
  uint16_t port;        /* 0: any that is free */
} SockAddress;

typedef struct SockPollEntry {
  int fd;
  int events, revents; /* SOCK_POLLIN ... */
} SockPollEntry;

/* What a call waits for. Everything but `done` and `user` belongs to sock. */
struct SockWait {
  void (*done)(SockWait *wait, int64_t result); /* may call any function here */
  void *user;
  SockWait *next; /* of the host's list, the oldest first */
  SockHost *host;
  Socket *socket; /* NULL: poll */
  int64_t (*attempt)(SockWait *wait);
  SimEvent expiry;
  int64_t expired;          /* the result when the time is over */
  uint64_t count, progress; /* bytes asked for, and dealt with so far */
  int flags;
  SockAddress to, *from;
  SockPollEntry *entries;
};

/* An option's value, in and out. */
typedef struct SockValue {
  enum { SOCK_VALUE_NUMBER, SOCK_VALUE_PAIR, SOCK_VALUE_TEXT } kind;
  int64_t number; /* PAIR: SO_LINGER's onoff, a time's seconds */
  int64_t second; /* PAIR: SO_LINGER's linger, a time's microseconds */
  char text[64];  /* TEXT: TCP_CONGESTION */
} SockValue;

/* Sockets on a node whose TCP is `tcp` and whose UDP is `udp` (NULL: none), which must outlive
 * them. */
SockHost *sock_host_new(TcpHost *tcp, UdpHost *udp);
/* Closes everything without waiting; pending waits are forgotten. */
void sock_host_free(SockHost *host);

int64_t sock_socket(SockHost *host, int domain, int type, int protocol);
int64_t sock_bind(SockHost *host, int fd, const SockAddress *address);
int64_t sock_listen(SockHost *host, int fd, int64_t backlog);
int64_t sock_accept(SockHost *host, int fd, int flags, SockWait *wait);
int64_t sock_connect(SockHost *host, int fd, const SockAddress *to, SockWait *wait);
/* `to` may be NULL. */
int64_t sock_send(SockHost *host, int fd, uint64_t count, int flags, const SockAddress *to,
                  SockWait *wait);
/* `from` (who sent it) may be NULL. */
int64_t sock_receive(SockHost *host, int fd, uint64_t count, int flags, SockAddress *from,
                     SockWait *wait);
int64_t sock_shutdown(SockHost *host, int fd, int how);
/* Waits only with SO_LINGER and a time. */
int64_t sock_close(SockHost *host, int fd, SockWait *wait);
int64_t sock_fcntl(SockHost *host, int fd, int command, int64_t argument);
int64_t sock_ioctl(SockHost *host, int fd, int request, int64_t *value);
/* `entries` must live until it is done; timeout in ms, negative: none. */
int64_t sock_poll(SockHost *host, SockPollEntry *entries, unsigned count, int64_t timeout,
                  SockWait *wait);

/* Is there such an option here at all? What Linux has and this has not is no error of a program. */
bool sock_option_known(int level, int name);
int64_t sock_set_option(SockHost *host, int fd, int level, int name, const SockValue *value);
int64_t sock_get_option(SockHost *host, int fd, int level, int name, SockValue *value);
/* A field of TCP_INFO by Linux's name ("tcpi_snd_cwnd"); -SOCK_ENOENT: there is none. */
int64_t sock_tcp_info(SockHost *host, int fd, const char *field, int64_t *value);
bool sock_tcp_info_known(const char *field);

/* -- for who looks on from outside -- */

bool sock_is_datagram(SockHost *host, int fd);
/* The connection behind a descriptor; NULL: none (any more). */
TcpConn *sock_conn(SockHost *host, int fd);
/* What getsockname() and getpeername() say; false: a bad descriptor. */
bool sock_names(SockHost *host, int fd, SockAddress *local, SockAddress *peer);
