/* fake-tcp: connections that say what a test wants, in place of models/tcp, for the tests of what
 * listens to it. Included by one file of a test program that does not link the real one. */
#pragma once

#include <string.h>

#include "models/tcp/tcp.h"

struct TcpHost {
  Node *node;
};

struct TcpConn {
  TcpHost *host;
  TcpEndpoints ends;
  bool opener;
  TcpError error;
  TcpInfo info;
};

TcpEndpoints
tcp_endpoints(const TcpConn *conn)
{
  return conn->ends;
}

TcpHost *
tcp_conn_host(const TcpConn *conn)
{
  return conn->host;
}

Node *
tcp_host_node(const TcpHost *host)
{
  return host->node;
}

TcpState
tcp_state(const TcpConn *conn)
{
  return conn->info.state;
}

bool
tcp_conn_is_opener(const TcpConn *conn)
{
  return conn->opener;
}

TcpError
tcp_error(const TcpConn *conn)
{
  return conn->error;
}

void
tcp_info(const TcpConn *conn, TcpInfo *info)
{
  *info = conn->info;
}

const char *
tcp_state_name(TcpState state)
{
  return state == TCP_CLOSED ? "CLOSED" : state == TCP_SYN_SENT ? "SYN-SENT" : "ESTABLISHED";
}

const char *
tcp_error_name(TcpError error)
{
  return error == TCP_ERROR_RESET ? "reset" : "ok";
}

const char *
tcp_recovery_name(TcpRecovery recovery)
{
  return recovery == TCP_RECOVERY_FAST ? "fast" : "open";
}

const char *
tcp_timer_name(TcpTimerKind timer)
{
  return timer == TCP_TIMER_RETRANSMIT ? "RTO" : "delayed ACK";
}

/* A connection from `from` to `to`, seen from its opener or from its other end. */
static inline TcpConn
fake_conn(TcpHost *host, Node *from, Node *to, uint16_t port, bool opener)
{
  TcpConn conn = {.host = host, .opener = opener, .info.connect_time = SIM_TIME_NEVER};
  conn.ends = opener ? (TcpEndpoints){node_address(from), node_address(to), port, 80}
                     : (TcpEndpoints){node_address(to), node_address(from), 80, port};
  conn.info.ssthresh = conn.info.pacing_rate = UINT64_MAX;
  return conn;
}

static inline void
fake_state(Sim *sim, TcpConn *conn, TcpState from, TcpState to)
{
  conn->info.state = to;
  TcpStateRecord record = {.time = sim_now(sim), .conn = conn, .from = from, .to = to};
  if (sim_traced(sim, TCP_TRACE_STATE))
    sim_trace_emit(sim, TCP_TRACE_STATE, &record);
}
