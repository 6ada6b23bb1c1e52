/* sock-private: what the files of this folder share. Nobody else includes it. */
#pragma once

#include "models/sock/sock.h"

#define SOCK_FIRST_FD 3

struct Socket {
  SockHost *host;
  int fd; /* -1: closed; it lives on while it lingers */
  int domain, type, protocol;
  int flags;             /* LINUX_O_RDWR, LINUX_O_NONBLOCK */
  TcpProfile profile;    /* of the connection or listener that it will have, or has */
  SockAddress local;     /* port 0: not bound */
  SockAddress peer;      /* port 0: not connected */
  UdpSocket *udp;        /* of a datagram socket with a port; NULL: none yet */
  TcpListener *listener; /* at most one of these two */
  TcpConn *conn;
  TcpState before_closed; /* the connection's state before CLOSED */
  bool connecting;        /* connect() began and has not been told its end */
  int error;              /* SO_ERROR: the errno that the next call gives; 0: none */
  bool read_shut, write_shut;
  bool reuse_address, reuse_port, keepalive;
  bool urgent_inline;                    /* SO_OOBINLINE: the urgent byte stays in the stream */
  bool urgent_taken;                     /* MSG_OOB has given the byte at the mark that is ahead */
  SimTime keepalive_idle;                /* kept while keepalive is off */
  int64_t receive_buffer, send_buffer;   /* as SO_RCVBUF and SO_SNDBUF tell; 0: not set */
  int64_t receive_least;                 /* SO_RCVLOWAT */
  SimTime receive_timeout, send_timeout; /* SIM_TIME_NEVER: none */
};

struct SockHost {
  TcpHost *tcp; /* borrowed */
  UdpHost *udp; /* borrowed; NULL: there is no UDP */
  Net *net;
  Sim *sim;
  GPtrArray *sockets;   /* of Socket, owned; index is the descriptor; NULL: free */
  GPtrArray *lingering; /* of Socket, owned: closed, and waiting for the peer */
  SockWait *waits;      /* the oldest first */
  bool retrying;        /* waits are being tried ... */
  bool again;           /* ... and something happened meanwhile */
};

/* The socket of a descriptor; NULL: -SOCK_EBADF. */
Socket *sock_find(SockHost *host, int fd);
/* A socket with a descriptor; NULL: there are too many. */
Socket *sock_new(SockHost *host, int domain, int type, int protocol);
void sock_drop(Socket *socket); /* frees it */

/* Tries `wait->attempt`; what it gives, or -EAGAIN when it may not block, or SOCK_PENDING. `blank`
 * stands in for a wait that the caller did not give. `timeout` SIM_TIME_NEVER: none. */
int64_t sock_begin(Socket *socket, SockWait *wait, SockWait *blank, int flags, SimTime timeout);
/* Something happened: waits are tried again. */
void sock_retry(SockHost *host);
/* The waits of a socket are over, at this moment and not within the call that finds out. */
void sock_end_wait(Socket *socket);
/* Calls that wait on what is being closed end with EBADF. */
void sock_break_waits(Socket *socket);

/* The error that waits, negative, and forgets it; 0: none. */
int64_t sock_take_error(Socket *socket);

/* sock-tcp.c */
extern const TcpUserOps sock_tcp_ops;
int64_t sock_tcp_listen(Socket *socket, int64_t backlog);
int64_t sock_tcp_accept(SockWait *wait);
int64_t sock_tcp_connect(Socket *socket, const SockAddress *to, SockWait *wait);
int64_t sock_tcp_send(SockWait *wait);
int64_t sock_tcp_receive(SockWait *wait);
int64_t sock_tcp_shutdown(Socket *socket, int how);
int64_t sock_tcp_close(Socket *socket, SockWait *wait);
/* A closed socket that lingered lets go. */
void sock_tcp_gone(Socket *socket);
int sock_tcp_poll(Socket *socket);
/* The profile has changed: the connection or listener takes it. */
void sock_tcp_apply(Socket *socket);

/* sock-udp.c */
static inline bool
sock_is_udp(const Socket *socket)
{
  return socket->protocol == LINUX_IPPROTO_UDP;
}
int64_t sock_udp_bind(Socket *socket);
int64_t sock_udp_connect(Socket *socket, const SockAddress *to);
int64_t sock_udp_send(SockWait *wait);
int64_t sock_udp_receive(SockWait *wait);
int sock_udp_poll(const Socket *socket);
