/* tcp-timers: the timers of a connection, one function each.
 *
 * Purposes that exclude one another share a slot: what is in flight has a retransmission timer,
 * what may not be sent has a persist timer; FIN-WAIT-2 ends before TIME-WAIT begins. */
#include "models/tcp/tcp-conn.h"

const char *
tcp_timer_name(TcpTimerKind timer)
{
  static const char *const names[TCP_TIMERS] = {
      "RTO", "RACK", "TLP", "keepalive", "delayed ACK", "persist", "TIME-WAIT", "FIN-WAIT-2"};
  return names[timer];
}

static G_GNUC_NO_INLINE void
tell(const TcpConn *conn, TcpTimerSlot slot, TcpTimerEvent event, SimTime due)
{
  Sim *sim = conn->host->sim;
  TcpTimerRecord record = {
      .time = sim_now(sim),
      .conn = conn,
      .timer = conn->timer_kind[slot],
      .event = event,
      .set_at = conn->timers[slot].set_at,
      .due = due,
      .backoff = conn->timer_backoff[slot],
  };
  sim_trace_emit(sim, TCP_TRACE_TIMER, &record);
}

static inline void
trace(const TcpConn *conn, TcpTimerSlot slot, TcpTimerEvent event, SimTime due)
{
  if (sim_traced(conn->host->sim, TCP_TRACE_TIMER))
    tell(conn, slot, event, due);
}

SIM_HOT void
tcp_timer_cancel_slot(TcpConn *conn, TcpTimerSlot slot)
{
  SimTime due = conn->timers[slot].due;
  sim_timer_disarm(conn->host->sim, &conn->timers[slot]);
  trace(conn, slot, TCP_TIMER_CANCEL, due);
}

/* BSD looks at its timers when a clock ticks: one of n ticks ends with the n-th that comes. */
static SimTime
on_tick(const TcpConn *conn, TcpTimerKind kind, SimTime due)
{
  const TcpProfile *profile = conn->profile;
  SimTime now = tcp_now(conn), tick = profile->timer_tick;
  if (kind == TCP_TIMER_DELAYED_ACK)
    return profile->ack_tick ? (now / profile->delayed_ack + 1) * profile->delayed_ack : due;
  if (tick == 0 || due > SIM_TIME_NEVER - tick || kind == TCP_TIMER_REORDER ||
      kind == TCP_TIMER_LOSS_PROBE)
    return due;
  return (now / tick + MAX((due - now + tick / 2) / tick, 1)) * tick;
}

/* RFC 5482: the time-out that finds the user's time over comes no later than that. */
static SimTime
within_users_time(const TcpConn *conn, TcpTimerKind kind, SimTime due)
{
  SimTime user_timeout = conn->profile->user_timeout, since = -1;
  if (kind == TCP_TIMER_RETRANSMIT)
    since = conn->unacked_since;
  else if (kind == TCP_TIMER_PERSIST)
    since = conn->sending->probing_since;
  return since >= 0 ? MAX(MIN(due, sim_time_add(since, user_timeout)), tcp_now(conn)) : due;
}

/* When it comes instead, where the profile has more to say about it. */
static SimTime
due_by_profile(const TcpConn *conn, TcpTimerKind kind, SimTime due)
{
  if (conn->profile->user_timeout != SIM_TIME_NEVER)
    due = within_users_time(conn, kind, due);
  return on_tick(conn, kind, due);
}

static uint8_t
doublings(const TcpConn *conn, TcpTimerKind kind)
{
  if (kind == TCP_TIMER_PERSIST)
    return conn->probe_backoff;
  return tcp_synchronized(conn) ? conn->backoff : tcp_handshake_backoff(conn);
}

/* With all that there may be to ask about it and to tell. */
static G_GNUC_NO_INLINE void
set(TcpConn *conn, TcpTimerKind kind, TcpTimerSlot slot, SimTime due)
{
  bool armed = sim_timer_armed(&conn->timers[slot]), again = tcp_timer_armed(conn, kind);
  if (armed && !again)
    tcp_timer_cancel_slot(conn, slot);
  due = due_by_profile(conn, kind, due);
  conn->timer_kind[slot] = (uint8_t)kind;
  conn->timer_backoff[slot] = doublings(conn, kind);
  sim_timer_set(conn->host->sim, &conn->timers[slot], due, &conn->host->node->owner);
  if (!again)
    trace(conn, slot, TCP_TIMER_SET, due);
}

/* What is called here is called last, so that nothing has to be kept on the stack meanwhile. */
SIM_HOT void
tcp_timer_set_slot(TcpConn *conn, TcpTimerKind kind, TcpTimerSlot slot, SimTime due)
{
  const TcpProfile *profile = conn->profile;
  Sim *sim = conn->host->sim;
  SimTimer *timer = &conn->timers[slot];
  if (profile->user_timeout != SIM_TIME_NEVER || profile->timer_tick != 0 || profile->ack_tick ||
      !tcp_synchronized(conn) || kind == TCP_TIMER_PERSIST || sim_traced(sim, TCP_TRACE_TIMER) ||
      (sim_timer_armed(timer) && conn->timer_kind[slot] != kind)) {
    set(conn, kind, slot, due);
    return;
  }
  conn->timer_kind[slot] = (uint8_t)kind;
  conn->timer_backoff[slot] = conn->backoff;
  sim_timer_set(sim, timer, due, &conn->host->node->owner);
}

SIM_HOT void
tcp_timer_rearm(TcpConn *conn)
{
  TcpSending *sending = conn->sending;
  if (conn->dead || conn->state == TCP_TIME_WAIT)
    return;
  if (sending->segments == NULL && tcp_synchronized(conn)) {
    if (sim_timer_armed(&conn->timers[TCP_SLOT_SEND]) && !tcp_timer_armed(conn, TCP_TIMER_PERSIST))
      tcp_timer_cancel_slot(conn, TCP_SLOT_SEND);
  } else if (sending->segments != NULL && !tcp_timer_armed(conn, TCP_TIMER_PERSIST) &&
             !tcp_rack_schedule_probe(conn, true)) {
    tcp_timer_set(conn, TCP_TIMER_RETRANSMIT, tcp_after(conn, tcp_rto_current(conn)));
  }
}

void
tcp_timer_rearm_from_head(TcpConn *conn)
{
  TcpSending *sending = conn->sending;
  if (conn->dead || sending->segments == NULL || tcp_timer_armed(conn, TCP_TIMER_PERSIST))
    return;
  SimTime due = sending->segments->sent_at + tcp_rto_current(conn);
  tcp_timer_set(conn, TCP_TIMER_RETRANSMIT, MAX(due, tcp_after(conn, SIM_MICROSECOND)));
}

/* RFC 6298 5.4 to 5.7, and give-up. */
static void
tcp_on_rto_timer(TcpConn *conn)
{
  if (!tcp_synchronized(conn))
    tcp_handshake_retransmit(conn);
  else
    tcp_recovery_rto_on_timer(conn);
}

/* RFC 8985 6.2 step 5: what was late is lost now. */
static void
tcp_on_reorder_timer(TcpConn *conn)
{
  tcp_rack_on_reorder_timer(conn);
}

/* RFC 8985 7.3. */
static void
tcp_on_loss_probe_timer(TcpConn *conn)
{
  tcp_rack_on_loss_probe_timer(conn);
}

static void
tcp_on_keepalive_timer(TcpConn *conn)
{
  tcp_keepalive_on_timer(conn);
}

static void
tcp_on_delayed_ack_timer(TcpConn *conn)
{
  if (conn->ack_due == TCP_ACK_NONE)
    return;
  if (conn->profile->quick_acks) {
    TcpReceiving *receiving = tcp_work_receiving(conn);
    /* Linux: the guess that the application would answer was wrong. */
    if (conn->pingpong) {
      conn->pingpong = false;
      receiving->ato = conn->profile->delayed_ack;
    } else {
      receiving->ato = MIN(receiving->ato * 2, conn->rto);
    }
  }
  tcp_send_ack(conn, PACKET_CAUSE_DELAYED_ACK);
}

/* Linux gives an orphan up once its probes are as far apart as they get, though each may be
 * answered: nobody is there to wait for the window (RFC 6429 4 lets the system decide). */
static bool
orphan_has_probed_enough(const TcpConn *conn)
{
  return conn->closed_by_user && conn->profile->max_orphans < INT64_MAX &&
         tcp_output_persist_wait(conn) >= conn->profile->max_rto;
}

/* RFC 5482: what the user's time is over for is also data that a shut window keeps from being
 * sent, though every probe is answered (RFC 6429 4: the application may say how long it waits).
 * As in Linux it counts from the first probe. */
static bool
user_has_waited_enough(TcpConn *conn)
{
  TcpSending *sending = conn->sending;
  SimTime now = tcp_now(conn);
  if (conn->profile->user_timeout == SIM_TIME_NEVER)
    return false;
  if (sending->probing_since < 0)
    sending->probing_since = now;
  return now - sending->probing_since >= conn->profile->user_timeout;
}

/* RFC 9293 3.8.6.1: "the transmitting host SHOULD send the first zero-window probe when a zero
 * window has existed for the retransmission timeout period, and SHOULD increase exponentially the
 * interval between successive probes". A peer that goes on answering is given up when the user said
 * how long it may take. */
static void
tcp_on_persist_timer(TcpConn *conn)
{
  if (conn->probes >=
          (conn->closed_by_user ? conn->profile->orphan_retries : conn->profile->retries) ||
      orphan_has_probed_enough(conn) || user_has_waited_enough(conn)) {
    tcp_conn_die(conn, TCP_ERROR_TIMED_OUT);
    return;
  }
  tcp_output_probe(conn);
}

/* RFC 9293 3.10.8: "If the time-wait timeout expires on a connection, delete the TCB". */
static void
tcp_on_time_wait_timer(TcpConn *conn)
{
  tcp_conn_die(conn, TCP_OK);
}

/* RFC 1122 4.2.2.20 allows an orphan's FIN-WAIT-2 to end; the peer may never close. */
static void
tcp_on_fin_wait_2_timer(TcpConn *conn)
{
  tcp_conn_die(conn, TCP_OK);
}

static void (*const handlers[TCP_TIMERS])(TcpConn *) = {
    [TCP_TIMER_RETRANSMIT] = tcp_on_rto_timer,
    [TCP_TIMER_REORDER] = tcp_on_reorder_timer,
    [TCP_TIMER_LOSS_PROBE] = tcp_on_loss_probe_timer,
    [TCP_TIMER_DELAYED_ACK] = tcp_on_delayed_ack_timer,
    [TCP_TIMER_KEEPALIVE] = tcp_on_keepalive_timer,
    [TCP_TIMER_PERSIST] = tcp_on_persist_timer,
    [TCP_TIMER_TIME_WAIT] = tcp_on_time_wait_timer,
    [TCP_TIMER_FIN_WAIT_2] = tcp_on_fin_wait_2_timer,
};

static void
fire(TcpConn *conn, TcpTimerSlot slot)
{
  bool outer = tcp_begin(conn);
  trace(conn, slot, TCP_TIMER_FIRE, sim_now(conn->host->sim));
  handlers[conn->timer_kind[slot]](conn);
  tcp_finish(conn, outer);
}

static void
fire_send(Sim *sim, SimTimer *timer)
{
  fire(sim_container(timer, TcpConn, timers[TCP_SLOT_SEND]), TCP_SLOT_SEND);
}

static void
fire_ack(Sim *sim, SimTimer *timer)
{
  fire(sim_container(timer, TcpConn, timers[TCP_SLOT_ACK]), TCP_SLOT_ACK);
}

static void
fire_linger(Sim *sim, SimTimer *timer)
{
  fire(sim_container(timer, TcpConn, timers[TCP_SLOT_LINGER]), TCP_SLOT_LINGER);
}

void
tcp_timers_init(TcpConn *conn)
{
  sim_timer_init(&conn->timers[TCP_SLOT_SEND], fire_send);
  sim_timer_init(&conn->timers[TCP_SLOT_ACK], fire_ack);
  sim_timer_init(&conn->timers[TCP_SLOT_LINGER], fire_linger);
}

void
tcp_timers_stop(TcpConn *conn)
{
  for (int slot = 0; slot < TCP_SLOTS; slot++) {
    if (sim_timer_armed(&conn->timers[slot]))
      tcp_timer_cancel_slot(conn, slot);
    sim_timer_cancel(conn->host->sim, &conn->timers[slot]);
  }
}
