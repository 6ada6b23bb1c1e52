/* tcp-pacing: data leaves at a rate, and not as soon as cwnd lets it.
 *
 * Each data segment that leaves moves the earliest time of the next by its length over the rate; a
 * segment that left late has up to half of its gap forgiven, so that the rate holds on the average.
 * A flow's first ten are not held back. That is Linux's own pacing (net.ipv4 without the fq
 * scheduler), with one segment a packet: what the kernel puts into one burst to save work (its
 * "quantum", TSO autosizing) is no more than that when segmentation offload is off.
 * The rate is the congestion control's where it sets one (BBR), else a multiple of cwnd / srtt:
 * 200 % while cwnd is below half of ssthresh and so may double in a round trip, then 120 %, so that
 * pacing never keeps the window from growing.
 * What waits for its time has a timer of its own, beside the retransmission's: data is out
 * meanwhile. Only connections that pace have one, and it leaves no row on the timeline, where it
 * would stand before every packet; tcp.csv has the rate.
 * Supported standards: none there is; RFC 9002 7.7 says the same of QUIC. */
#include "models/tcp/tcp-conn.h"

#define UNPACED 10 /* segments at the start of a flow */

struct TcpPacer {
  SimTimer timer; /* armed while a segment waits */
  TcpConn *conn;
  SimTime next_at; /* no data before this; in the past: at once */
  uint8_t sent;    /* data segments so far; stays at UNPACED */
};

static bool
wanted(const TcpConn *conn)
{
  const TcpProfile *profile = conn->profile;
  return profile->pacing == TCP_PACING_ON ||
         (profile->pacing == TCP_PACING_AUTO &&
          (tcp_cwnd_ops(conn)->paces || profile->max_pacing_rate > 0));
}

static void
tcp_on_pacing_timer(Sim *sim, SimTimer *timer)
{
  TcpConn *conn = sim_container(timer, TcpPacer, timer)->conn;
  bool outer = tcp_begin(conn);
  tcp_output(conn);
  tcp_finish(conn, outer);
}

void
tcp_pacing_configure(TcpConn *conn)
{
  TcpSending *sending = conn->sending;
  if (!wanted(conn)) {
    tcp_pacing_stop(conn);
  } else if (sending->cc_begun && sending->pacer == NULL) {
    TcpPacer *pacer = g_new0(TcpPacer, 1);
    pacer->conn = conn;
    pacer->sent = conn->bytes_sent >= UNPACED * (uint64_t)conn->mss ? UNPACED : 0;
    sim_timer_init(&pacer->timer, tcp_on_pacing_timer);
    sending->pacer = pacer;
  }
}

void
tcp_pacing_stop(TcpConn *conn)
{
  TcpPacer *pacer = conn->sending->pacer;
  if (pacer == NULL)
    return;
  sim_timer_cancel(conn->host->sim, &pacer->timer);
  g_free(pacer);
  conn->sending->pacer = NULL;
}

/* Bytes per second that cwnd amounts to now, with room to grow. */
static uint64_t
rate_of_cwnd(const TcpConn *conn)
{
  if (conn->srtt == 0)
    return UINT64_MAX;
  bool doubles = conn->cc.cwnd < conn->cc.ssthresh / 2;
  double ratio = doubles ? conn->profile->pacing_ss_ratio : conn->profile->pacing_ca_ratio;
  uint64_t window = MAX(conn->cc.cwnd, (uint64_t)conn->sending->segments_out * conn->mss);
  return (uint64_t)(ratio * (double)window / sim_time_to_seconds(conn->srtt));
}

uint64_t
tcp_pacing_rate(const TcpConn *conn)
{
  if (conn->sending->pacer == NULL)
    return UINT64_MAX;
  uint64_t rate = tcp_cwnd_is_controlled(conn) ? conn->cc.path->pacing_rate : rate_of_cwnd(conn);
  uint64_t most = conn->profile->max_pacing_rate; /* bit/s */
  return most > 0 ? MIN(rate, MAX(most / 8, 1)) : rate;
}

SimTime
tcp_pacing_next(const TcpConn *conn)
{
  SimTime now = tcp_now(conn);
  const TcpPacer *pacer = conn->sending->pacer;
  return pacer != NULL ? MAX(pacer->next_at, now) : now;
}

bool
tcp_pacing_holds(TcpConn *conn)
{
  TcpPacer *pacer = conn->sending->pacer;
  if (pacer == NULL || pacer->next_at <= tcp_now(conn))
    return false;
  if (!sim_timer_armed(&pacer->timer))
    sim_timer_set(conn->host->sim, &pacer->timer, pacer->next_at, &conn->host->node->owner);
  return true;
}

G_GNUC_NO_INLINE void
tcp_pacing_sent(TcpConn *conn, uint32_t length)
{
  TcpPacer *pacer = conn->sending->pacer;
  if (length == 0)
    return;
  SimTime now = tcp_now(conn), late = now - pacer->next_at;
  pacer->next_at = MAX(pacer->next_at, now);
  if (pacer->sent < UNPACED) {
    pacer->sent++;
    return;
  }
  uint64_t rate = tcp_pacing_rate(conn);
  if (rate == 0 || rate == UINT64_MAX)
    return;
  SimTime gap = sim_time_from_seconds((double)length / (double)rate);
  pacer->next_at += gap - CLAMP(late, 0, gap / 2);
}
