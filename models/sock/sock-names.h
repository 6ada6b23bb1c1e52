/* sock-names: Linux's names and numbers for what passes between a program and its sockets. They are
 * written down here, so that a script means the same on every system. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define SOCK_ERRNOS(X)                                                                             \
  X(EPERM, 1)                                                                                      \
  X(ENOENT, 2)                                                                                     \
  X(EINTR, 4)                                                                                      \
  X(EIO, 5)                                                                                        \
  X(EBADF, 9) X(EAGAIN, 11) X(ENOMEM, 12) X(EACCES, 13) X(EFAULT, 14) X(EINVAL, 22) X(EMFILE, 24)  \
      X(ENOTTY, 25) X(EPIPE, 32) X(EDOM, 33) X(ENOTSOCK, 88) X(EDESTADDRREQ, 89) X(EMSGSIZE, 90)               \
          X(EPROTOTYPE, 91) X(ENOPROTOOPT, 92) X(EPROTONOSUPPORT, 93) X(ESOCKTNOSUPPORT, 94)       \
              X(EOPNOTSUPP, 95) X(EAFNOSUPPORT, 97) X(EADDRINUSE, 98) X(EADDRNOTAVAIL, 99)         \
                  X(ENETDOWN, 100) X(ENETUNREACH, 101) X(ECONNABORTED, 103) X(ECONNRESET, 104)     \
                      X(ENOBUFS, 105) X(EISCONN, 106) X(ENOTCONN, 107) X(ETIMEDOUT, 110)           \
                          X(ECONNREFUSED, 111) X(EHOSTDOWN, 112) X(EHOSTUNREACH, 113)              \
                              X(EALREADY, 114) X(EINPROGRESS, 115) X(EPROTO, 71) X(ENOMSG, 42)

enum {
#define X(name, number) SOCK_##name = number,
  SOCK_ERRNOS(X)
#undef X
};

/* Constants of calls, options and messages. */
#define SOCK_CONSTANTS(X)                                                                                   \
  X(AF_INET, 2)                                                                                             \
  X(PF_INET, 2)                                                                                             \
  X(AF_INET6, 10)                                                                                           \
  X(PF_INET6, 10)                                                                                           \
  X(SOCK_STREAM, 1) X(SOCK_DGRAM, 2) X(SOCK_NONBLOCK, 04000) X(SOCK_CLOEXEC, 02000000) X(                   \
      IPPROTO_IP, 0) X(IPPROTO_TCP, 6) X(IPPROTO_UDP, 17) X(IPPROTO_ICMP, 1) X(IPPROTO_IPV6, 41)            \
      X(O_RDONLY, 0) X(O_WRONLY, 1) X(O_RDWR, 2) X(O_NONBLOCK, 04000) X(O_NDELAY, 04000) X(                 \
          F_GETFD, 1) X(F_SETFD, 2) X(F_GETFL, 3) X(F_SETFL, 4) X(FD_CLOEXEC, 1) X(SHUT_RD, 0)              \
          X(SHUT_WR, 1) X(SHUT_RDWR, 2) X(SOL_IP, 0) X(SOL_SOCKET, 1) X(SOL_TCP, 6) X(                      \
              SOL_UDP, 17) X(SOL_IPV6,                                                                      \
                             41) X(SO_REUSEADDR,                                                            \
                                   2) X(SO_TYPE, 3)                                                         \
              X(SO_ERROR, 4) X(SO_DONTROUTE, 5) X(SO_BROADCAST, 6) X(SO_SNDBUF, 7) X(SO_RCVBUF, 8) X(       \
                  SO_KEEPALIVE,                                                                             \
                  9) X(SO_OOBINLINE,                                                                        \
                       10) X(SO_PRIORITY,                                                                   \
                             12) X(SO_LINGER,                                                               \
                                   13) X(SO_REUSEPORT, 15)                                                  \
                  X(SO_RCVLOWAT, 18) X(SO_SNDLOWAT, 19) X(SO_RCVTIMEO, 20) X(SO_SNDTIMEO, 21) X(            \
                      SO_ACCEPTCONN, 30) X(SO_SNDBUFFORCE,                                                  \
                                           32) X(SO_RCVBUFFORCE, 33)                                        \
                      X(SO_MARK, 36) X(SO_TIMESTAMPING, 37) X(SO_PROTOCOL, 38) X(SO_DOMAIN, 39) X(          \
                          SO_BUSY_POLL,                                                                     \
                          46) X(SO_MAX_PACING_RATE, 47)                                                     \
                          X(SO_INCOMING_CPU, 49) X(SO_ZEROCOPY, 60) X(SO_TXTIME, 61) X(                     \
                              TCP_NODELAY, 1) X(TCP_MAXSEG, 2)                                              \
                              X(TCP_CORK, 3) X(TCP_KEEPIDLE, 4) X(TCP_KEEPINTVL, 5)                         \
                                  X(TCP_KEEPCNT, 6) X(TCP_SYNCNT, 7) X(TCP_LINGER2, 8) X(                   \
                                      TCP_DEFER_ACCEPT,                                                     \
                                      9) X(TCP_WINDOW_CLAMP,                                                \
                                           10) X(TCP_INFO,                                                  \
                                                 11) X(TCP_QUICKACK,                                        \
                                                       12) X(TCP_CONGESTION,                                \
                                                             13) X(TCP_MD5SIG,                              \
                                                                   14) X(TCP_THIN_LINEAR_TIMEOUTS,          \
                                                                         16) X(TCP_USER_TIMEOUT,            \
                                                                               18)                          \
                                      X(TCP_REPAIR, 19) X(TCP_FASTOPEN, 23) X(TCP_TIMESTAMP, 24) X(         \
                                          TCP_NOTSENT_LOWAT,                                                \
                                          25) X(TCP_CC_INFO, 26) X(TCP_SAVE_SYN, 27)                        \
                                          X(TCP_SAVED_SYN, 28) X(TCP_FASTOPEN_CONNECT, 30) X(               \
                                              TCP_ULP, 31) X(TCP_FASTOPEN_KEY,                              \
                                                             33) X(TCP_FASTOPEN_NO_COOKIE,                  \
                                                                   34) X(TCP_ZEROCOPY_RECEIVE, 35)          \
                                              X(TCP_INQ, 36) X(TCP_TX_DELAY,                                \
                                                               37) X(TCP_RTO_MAX_MS,                        \
                                                                     44) X(TCP_RTO_MIN_US, 45)              \
                                                  X(TCP_DELACK_MAX_US, 46) X(IP_TOS, 1) X(                  \
                                                      IP_TTL,                                               \
                                                      2) X(IP_MTU_DISCOVER,                                 \
                                                           10) X(IP_RECVERR,                                \
                                                                 11) X(IP_MTU,                              \
                                                                       14) X(IPV6_RECVERR,                  \
                                                                             25) X(IPV6_V6ONLY, 26)         \
                                                      X(IPV6_TCLASS, 67) X(MSG_OOB, 1) X(                   \
                                                          MSG_PEEK,                                         \
                                                          2) X(MSG_TRUNC,                                   \
                                                               0x20) X(MSG_DONTWAIT,                        \
                                                                       0x40) X(MSG_EOR, 0x80)               \
                                                          X(MSG_WAITALL,                                    \
                                                            0x100) X(MSG_ERRQUEUE,                          \
                                                                     0x2000) X(MSG_NOSIGNAL,                \
                                                                               0x4000) X(MSG_MORE,          \
                                                                                         0x8000)            \
                                                              X(MSG_ZEROCOPY, 0x4000000) X(                 \
                                                                  MSG_FASTOPEN,                             \
                                                                  0x20000000) X(FIONREAD, 0x541b)           \
                                                                  X(SIOCINQ, 0x541b) X(                     \
                                                                      TIOCOUTQ,                             \
                                                                      0x5411) X(SIOCOUTQ, 0x5411)           \
                                                                      X(SIOCOUTQNSD, 0x894b) X(             \
                                                                          FIONBIO,                          \
                                                                          0x5421) X(SIOCATMARK, 0x8905)     \
                                                                          X(POLLIN, 0x1) X(                 \
                                                                              POLLPRI,                      \
                                                                              0x2) X(POLLOUT,               \
                                                                                     0x4) X(POLLERR, 0x8)   \
                                                                              X(POLLHUP, 0x10) X(           \
                                                                                  POLLNVAL,                 \
                                                                                  0x20) X(POLLRDNORM, 0x40) \
                                                                                  X(POLLRDBAND, 0x80) X(    \
                                                                                      POLLWRNORM,           \
                                                                                      0x100)                \
                                                                                      X(POLLWRBAND,         \
                                                                                        0x200)              \
                                                                                          X(POLLRDHUP,      \
                                                                                            0x2000)         \
                                                                                              X(INADDR_ANY, \
                                                                                                0)

enum {
#define X(name, number) LINUX_##name = number,
  SOCK_CONSTANTS(X)
#undef X
};

/* States as TCP_INFO tells them. */
#define SOCK_TCP_STATES(X)                                                                         \
  X(TCP_ESTABLISHED, 1)                                                                            \
  X(TCP_SYN_SENT, 2)                                                                               \
  X(TCP_SYN_RECV, 3)                                                                               \
  X(TCP_FIN_WAIT1, 4)                                                                              \
  X(TCP_FIN_WAIT2, 5) X(TCP_TIME_WAIT, 6) X(TCP_CLOSE, 7) X(TCP_CLOSE_WAIT, 8) X(TCP_LAST_ACK, 9)  \
      X(TCP_LISTEN, 10) X(TCP_CLOSING, 11) X(TCP_CA_Open, 0) X(TCP_CA_Disorder, 1)                 \
          X(TCP_CA_CWR, 2) X(TCP_CA_Recovery, 3) X(TCP_CA_Loss, 4) X(TCPI_OPT_TIMESTAMPS, 1)       \
              X(TCPI_OPT_SACK, 2) X(TCPI_OPT_WSCALE, 4) X(TCPI_OPT_ECN, 8)                         \
                  X(TCPI_OPT_ECN_SEEN, 16) X(TCPI_OPT_SYN_DATA, 32)

enum {
#define X(name, number) LINUX_##name##_STATE = number,
  SOCK_TCP_STATES(X)
#undef X
};

/* "ECONNRESET" for 104; NULL: no such number. */
const char *sock_errno_name(int number);
/* 0: no such name. EWOULDBLOCK is EAGAIN. */
int sock_errno_number(const char *name);
/* The number of "SOL_SOCKET", "EAGAIN", "TCP_CA_Open"; false: no such name. */
bool sock_constant(const char *name, int64_t *number);
