/* tcp-cwnd: the congestion window between the ops of congestion control and the state of recovery:
 * where it starts, how it comes down (PRR), and how a cut is taken back. When it may grow, and what
 * an idle time makes of it, is in tcp-validation.c.
 *
 * Amounts are in units: whole segments where the profile counts segments, else bytes.
 * Supported standards: RFC 6928, RFC 3390, RFC 5681 3.1, RFC 9937 (PRR), RFC 4015 (the response to
 * a spurious time-out: what was before). */
#include "models/tcp/tcp-conn.h"

#include <string.h>

const TcpCcOps *
tcp_cwnd_ops(const TcpConn *conn)
{
  return conn->profile->cc;
}

bool
tcp_cwnd_is_controlled(const TcpConn *conn)
{
  return conn->profile->cc->control != NULL;
}

/* RFC 3390: min(4 MSS, max(2 MSS, 4380 bytes)); RFC 6928: a number of segments. */
uint64_t
tcp_cwnd_restart_window(const TcpConn *conn)
{
  uint64_t mss = conn->mss;
  if (conn->profile->initial_window > 0)
    return (uint64_t)conn->profile->initial_window * mss;
  uint64_t full = mss + (conn->timestamps ? 12 : 0);
  return MIN(4 * full, MAX(2 * full, 4380));
}

void
tcp_cwnd_set(TcpConn *conn, uint64_t cwnd)
{
  uint64_t mss = conn->mss;
  conn->cc.cwnd = MAX(conn->profile->cwnd_counts_segments ? cwnd / mss * mss : cwnd, mss);
}

void
tcp_cwnd_start(TcpConn *conn)
{
  /* RFC 5681 3.1: one segment after a lost SYN; Linux forgives the first loss. */
  bool lost = conn->syn_sent > 1 + conn->profile->syn_losses_forgiven;
  conn->cc.cwnd = lost ? conn->mss : tcp_cwnd_restart_window(conn);
  conn->cc.ssthresh = UINT64_MAX;
  conn->cc.ack_limit = conn->profile->slow_start_limit > 0
                           ? (uint64_t)conn->profile->slow_start_limit * conn->mss
                           : UINT64_MAX;
  conn->cc.counts_bytes = !conn->profile->cwnd_counts_segments;
  const TcpCcOps *ops = tcp_cwnd_ops(conn);
  if (ops->init != NULL && ops->state_size == 0)
    ops->init(&conn->cc, NULL, tcp_now(conn));
}

/* A congestion control with a state of its own begins with the first data: who sends none needs
 * none. */
G_GNUC_NO_INLINE void
tcp_cwnd_begin(TcpConn *conn)
{
  const TcpCcOps *ops = tcp_cwnd_ops(conn);
  TcpSending *sending = conn->sending;
  sending->cc_begun = true;
  tcp_rate_configure(conn);
  tcp_pacing_configure(conn);
  tcp_validation_configure(conn);
  tcp_validation_in_order(conn);
  if (ops->state_size == 0)
    return;
  if (ops->state_size <= sizeof sending->cc_room)
    sending->cc_state = memset(sending->cc_room, 0, ops->state_size);
  else
    sending->cc_state = g_malloc0(ops->state_size);
  if (ops->init != NULL)
    ops->init(&conn->cc, sending->cc_state, tcp_now(conn));
}

const void *
tcp_cwnd_settings(const TcpProfile *profile)
{
  return profile->cc_settings != NULL ? profile->cc_settings : profile->cc->defaults;
}

void
tcp_cwnd_free_state(TcpConn *conn)
{
  TcpSending *sending = conn->sending;
  if (sending->cc_state == NULL)
    return;
  if (tcp_cwnd_ops(conn)->release != NULL)
    tcp_cwnd_ops(conn)->release(sending->cc_state);
  if (sending->cc_state != sending->cc_room)
    g_free(sending->cc_state);
  sending->cc_state = NULL;
}

const TcpConn *
tcp_conn_of_cc(const TcpCc *cc)
{
  return sim_container((void *)(uintptr_t)cc, TcpConn, cc);
}

/* As Linux's setsockopt(TCP_CONGESTION): the new control begins with the window that is there, and
 * a cut that the old one made is not taken back. */
void
tcp_cwnd_change(TcpConn *conn)
{
  const TcpCcOps *ops = tcp_cwnd_ops(conn);
  conn->cc.settings = tcp_cwnd_settings(conn->profile);
  conn->cc.acked_unused = 0;
  if (tcp_synchronized(conn) && ops->init != NULL && ops->state_size == 0)
    ops->init(&conn->cc, NULL, tcp_now(conn));
  TcpSending *sending = conn->sending;
  if (!sending->cc_begun)
    return;
  sending->undo_ssthresh = 0;
  tcp_cwnd_begin(conn);
}

static SIM_HOT TcpCcAck
ack_for(const TcpConn *conn, const TcpAckSeen *seen)
{
  uint64_t mss = conn->mss;
  return (TcpCcAck){
      .now = tcp_now(conn),
      .acked = conn->profile->cwnd_counts_segments ? seen->delivered * mss : seen->acked_bytes,
      .flight = seen->flight,
      .rtt = seen->rtt,
      .srtt = conn->srtt,
      .min_rtt = conn->min_rtt,
      .una = conn->una_position,
      .nxt = tcp_send_position(conn, conn->snd_nxt) - conn->fin_sent,
      .next_send_at = tcp_pacing_next(conn),
      .recovering = conn->recovery == TCP_RECOVERY_FAST,
      .repairing = conn->recovery == TCP_RECOVERY_LOSS,
      .cwnd_limited = tcp_validation_lets_grow(conn),
  };
}

/* What a loss takes half of: cwnd itself as Linux does, or the flight (RFC 5681 equation 4, "no
 * more than"). Of that what is beyond cwnd is not in the network by leave of congestion control:
 * segments of limited transmit, which "MUST NOT be included" (3.2 step 2), and what SACK has told
 * of behind a hole. */
static uint64_t
window_to_cut(const TcpConn *conn)
{
  uint64_t flight = conn->snd_nxt - conn->snd_una;
  bool whole = conn->profile->threshold_from_cwnd && !tcp_cwnd_ops(conn)->cuts_flight;
  return whole ? conn->cc.cwnd : MIN(flight, conn->cc.cwnd);
}

/* Whole segments, where the profile counts in segments. */
static void
round_threshold(TcpConn *conn)
{
  uint64_t mss = conn->mss;
  if (conn->profile->cwnd_counts_segments && conn->cc.ssthresh != UINT64_MAX)
    conn->cc.ssthresh = MAX(conn->cc.ssthresh / mss, 2) * mss;
}

/* At least three quarters of the window: Linux's (cwnd >> 1) + (cwnd >> 2). */
static uint64_t
kept_threshold(const TcpConn *conn)
{
  uint64_t unit = conn->profile->cwnd_counts_segments ? conn->mss : 1;
  uint64_t cwnd = conn->cc.cwnd / unit;
  return MAX(conn->cc.ssthresh, (cwnd / 2 + cwnd / 4) * unit);
}

/* What an undo goes back to. */
static void
remember(TcpConn *conn)
{
  TcpSending *sending = conn->sending;
  sending->undo_cwnd = conn->cc.cwnd;
  sending->undo_ssthresh = kept_threshold(conn);
}

/* RFC 9937 5: the start of a reduction, by a loss or a mark. Without PRR cwnd comes down at once.
 */
static void
reduce(TcpConn *conn, bool loss, void (*hook)(TcpCc *cc, void *state, uint64_t window, SimTime now))
{
  TcpSending *sending = conn->sending;
  remember(conn);
  conn->ecn_cwr_due = conn->ecn;
  uint64_t used = tcp_validation_used(conn), window = used > 0 ? used : window_to_cut(conn);
  if (used > 0)
    conn->cc.cwnd = used;
  sending->prr_cwnd = conn->cc.cwnd;
  sending->prr_delivered = sending->prr_out = 0;
  hook(&conn->cc, sending->cc_state, window, tcp_now(conn));
  tcp_validation_begin_recovery(conn, loss ? used : 0);
  round_threshold(conn);
  if (!conn->profile->prr)
    tcp_cwnd_to_threshold(conn);
}

void
tcp_cwnd_reduce(TcpConn *conn)
{
  reduce(conn, true, tcp_cwnd_ops(conn)->on_loss);
}

void
tcp_cwnd_reduce_for_mark(TcpConn *conn)
{
  const TcpCcOps *ops = tcp_cwnd_ops(conn);
  bool own = ops->on_mark != NULL && (conn->profile->abe || ops->always_marks);
  reduce(conn, false, own ? ops->on_mark : ops->on_loss);
}

void
tcp_cwnd_to_threshold(TcpConn *conn)
{
  if (!tcp_cwnd_is_controlled(conn))
    conn->cc.cwnd = conn->cc.ssthresh;
  tcp_validation_in_order(conn);
}

/* RFC 9937 6: as much leaves as ssthresh / cwnd of what arrives, and when the pipe is below
 * ssthresh what arrives, and one more while nothing else is found lost. */
G_GNUC_NO_INLINE void
tcp_cwnd_prr(TcpConn *conn, const TcpAckSeen *seen)
{
  if (tcp_cwnd_is_controlled(conn))
    return;
  TcpSending *sending = conn->sending;
  bool segments = conn->profile->cwnd_counts_segments;
  int64_t unit = segments ? conn->mss : 1, more = segments ? 1 : conn->mss;
  int64_t delivered = (int64_t)(segments ? seen->delivered : seen->delivered_bytes);
  if (delivered == 0 || sending->prr_cwnd == 0)
    return;
  int64_t pipe = (int64_t)tcp_pipe(conn) / unit, ssthresh = (int64_t)conn->cc.ssthresh / unit;
  int64_t cwnd = (int64_t)sending->prr_cwnd / unit, send;
  sending->prr_delivered += (uint64_t)delivered;
  int64_t total = (int64_t)sending->prr_delivered, out = (int64_t)sending->prr_out;
  if (pipe > ssthresh) {
    send = (ssthresh * total + cwnd - 1) / cwnd - out;
  } else {
    send = MAX(total - out, delivered);
    if (seen->advanced && seen->newly_lost == 0)
      send += more;
    send = MIN(ssthresh - pipe, send);
  }
  /* The fast retransmit itself always goes. */
  send = MAX(send, out > 0 ? 0 : more);
  conn->cc.cwnd = (uint64_t)(pipe + send) * (uint64_t)unit;
}

SIM_HOT void
tcp_cwnd_on_ack(TcpConn *conn, const TcpAckSeen *seen, bool grows)
{
  const TcpCcOps *ops = tcp_cwnd_ops(conn);
  bool reduces = conn->recovery == TCP_RECOVERY_FAST || conn->recovery == TCP_RECOVERY_CWR;
  tcp_validation_on_ack(conn, seen);
  const TcpCcSample *sample = conn->sending->rate != NULL ? tcp_rate_take(conn, seen) : NULL;
  if (ops->measure != NULL && seen->outstanding) {
    TcpCcAck ack = ack_for(conn, seen);
    ack.sample = sample;
    ops->measure(&conn->cc, conn->sending->cc_state, &ack);
  }
  if (ops->control == NULL && (reduces || !grows)) {
    if (reduces && conn->profile->prr)
      tcp_cwnd_prr(conn, seen);
    return;
  }
  TcpCcAck ack = ack_for(conn, seen);
  ack.sample = sample;
  if (ops->control != NULL && seen->outstanding)
    ops->control(&conn->cc, conn->sending->cc_state, &ack);
  else if (ops->control == NULL && ack.acked > 0)
    ops->on_ack(&conn->cc, conn->sending->cc_state, &ack);
  tcp_validation_in_order(conn);
}

void
tcp_cwnd_sent(TcpConn *conn, const TcpSegment *segment)
{
  if (conn->recovery == TCP_RECOVERY_FAST || conn->recovery == TCP_RECOVERY_CWR)
    conn->sending->prr_out += conn->profile->cwnd_counts_segments ? 1 : segment->length;
  tcp_validation_resent(conn, segment);
}

bool
tcp_cwnd_restarts(const TcpConn *conn)
{
  return tcp_cwnd_ops(conn)->restart_after_loss;
}

/* The end of fast recovery. */
void
tcp_cwnd_recovered(TcpConn *conn)
{
  tcp_validation_in_order(conn);
  if (tcp_cwnd_is_controlled(conn)) {
    /* as it pleases */
  } else if (tcp_validation_recovered(conn)) {
    /* it was not validated: RFC 7661 has said what it is */
  } else if (conn->profile->prr || conn->profile->cwnd_counts_segments || conn->sack_ok) {
    conn->cc.cwnd = conn->cc.ssthresh; /* with SACK it was all the time (RFC 6675 5, step 4.2) */
  } else if (!conn->profile->newreno) {
    /* "if (tp->t_dupacks > tcprexmtthresh && ...) tp->snd_cwnd = tp->snd_ssthresh": BSD forgot the
     * case of equality (Brakmo and Peterson 1995). */
    bool kept = conn->profile->keeps_inflation && conn->sending->dup_acks == TCP_DUP_THRESHOLD;
    conn->cc.cwnd = conn->cc.ssthresh + (kept ? TCP_DUP_THRESHOLD * (uint64_t)conn->mss : 0);
  } else {
    /* RFC 6582 3.2 step 3: "Set cwnd to either (1) min (ssthresh, max(FlightSize, SMSS) + SMSS)",
     * which lets no burst out, "or (2) ssthresh", which is Linux's choice. */
    uint64_t flight = conn->snd_nxt - conn->snd_una;
    conn->cc.cwnd = MIN(conn->cc.ssthresh, MAX(flight, conn->mss) + conn->mss);
  }
}

void
tcp_cwnd_on_rto(TcpConn *conn, bool cut)
{
  if (cut) {
    remember(conn);
    conn->ecn_cwr_due = conn->ecn;
    tcp_cwnd_ops(conn)->on_rto(&conn->cc, conn->sending->cc_state, window_to_cut(conn),
                               tcp_now(conn));
    round_threshold(conn);
  }
  if (tcp_cwnd_ops(conn)->on_timeout != NULL)
    tcp_cwnd_ops(conn)->on_timeout(&conn->cc, conn->sending->cc_state, tcp_now(conn));
  conn->cc.acked_unused = 0;
  tcp_validation_reset(conn);
  tcp_validation_in_order(conn);
}

/* The loss was none: cwnd and ssthresh as they were, unless they have grown beyond. */
void
tcp_cwnd_undo(TcpConn *conn)
{
  TcpSending *sending = conn->sending;
  if (sending->undo_ssthresh > 0) {
    if (!tcp_cwnd_is_controlled(conn))
      conn->cc.cwnd = MAX(conn->cc.cwnd, sending->undo_cwnd);
    conn->cc.ssthresh = MAX(conn->cc.ssthresh, sending->undo_ssthresh);
    if (tcp_cwnd_ops(conn)->on_undo != NULL)
      tcp_cwnd_ops(conn)->on_undo(&conn->cc, conn->sending->cc_state, tcp_now(conn));
  }
  sending->undo_ssthresh = 0;
  tcp_validation_reset(conn);
  tcp_validation_in_order(conn);
}

void
tcp_cwnd_settled(TcpConn *conn)
{
  if (tcp_cwnd_ops(conn)->on_recovered != NULL)
    tcp_cwnd_ops(conn)->on_recovered(&conn->cc, conn->sending->cc_state, tcp_now(conn));
}

static uint64_t
scaled(uint64_t bytes, uint64_t before, uint64_t mss)
{
  return bytes == UINT64_MAX ? bytes : bytes / before * mss;
}

/* Where cwnd counts segments their number stays: that many may be out, however short they are.
 * Where it counts bytes these stay (RFC 4821 7.4), but for the least that RFC 5681 lets them be: a
 * full segment, and two for ssthresh. */
void
tcp_cwnd_rescale(TcpConn *conn, uint32_t before)
{
  uint64_t mss = conn->mss;
  if (conn->cc.ack_limit != UINT64_MAX)
    conn->cc.ack_limit = (uint64_t)conn->profile->slow_start_limit * mss;
  if (!conn->profile->cwnd_counts_segments || before == 0) {
    conn->cc.cwnd = MAX(conn->cc.cwnd, mss);
    conn->cc.ssthresh = MAX(conn->cc.ssthresh, 2 * mss);
    return;
  }
  conn->cc.cwnd = MAX(scaled(conn->cc.cwnd, before, mss), mss);
  conn->cc.ssthresh = scaled(conn->cc.ssthresh, before, mss);
  if (!tcp_work_has_sent(conn))
    return;
  TcpSending *sending = conn->sending;
  sending->prr_cwnd = scaled(sending->prr_cwnd, before, mss);
  sending->undo_cwnd = scaled(sending->undo_cwnd, before, mss);
  sending->undo_ssthresh = scaled(sending->undo_ssthresh, before, mss);
}

/* Linux's tcp_current_ssthresh(). */
void
tcp_cwnd_keep_threshold(TcpConn *conn)
{
  if (conn->recovery < TCP_RECOVERY_CWR)
    conn->cc.ssthresh = kept_threshold(conn);
}
