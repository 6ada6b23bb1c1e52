/* tcp-validation: does cwnd still say what the path carries? It was found while it was used; after
 * a time in which the application wanted less, or nothing, it may be true no longer.
 *
 * Three answers, TcpProfile.cwnd_validation:
 * - off: cwnd grows with every ACK, used or not, as in TCP before 2000 (BSD: as far as the largest
 *   window that the peer can ever offer).
 * - linux: cwnd grows only where it was used: the last sending stopped at it, or, in slow start,
 * more than half of it was out. And RFC 2861's decay: a sending that does not fill cwnd, an RTO
 * after cwnd was last found in order, takes half of what was not used. Linux notes the time with
 * every ACK that may raise cwnd, too, so that this is rare there: data is out, its ACK is late, and
 * more is sent. What one sees of it is the restart below.
 * - rfc7661: pipeACK is the most that a round trip acknowledged lately. While it is less than half
 * of cwnd the phase is non-validated: cwnd is kept, for five minutes, and grows only when it is
 * full; a loss then says that it was not to be used, and what was really used counts. It stands in
 * place of the restart.
 *
 * Restart after idle (off, linux): TcpProfile.idle_restart.
 *
 * A sample of pipeACK is what is acknowledged from an ACK on until all is that was out then: one
 * round trip, by sequence numbers as RFC 7661 4.2 proposes, so that a flow that fills its window
 * measures a window. The phase is judged when a sample is whole and when one grows too old; there
 * is no timer, as 4.5 advises. 4.4.2's "SHOULD" of a limit for bursts is `pacing`. Controls that
 * set cwnd themselves (BBR) are left alone.
 * Supported standards: RFC 7661, RFC 5681 4.1; RFC 2861 as Linux has it. */
#include "models/tcp/tcp-conn.h"

#define PARTS 4 /* of the sampling period; each keeps its largest sample */
#define NON_VALIDATED_PERIOD (300 * SIM_SECOND) /* "The NVP SHOULD NOT exceed five minutes." */

struct TcpValidation {
  struct {
    SimTime at;         /* when this part of the period began; -1: there is none */
    uint64_t pipe;      /* bytes: the largest sample in it */
  } parts[PARTS];       /* a ring */
  uint8_t newest;       /* of the parts */
  bool measured;        /* a sample is whole; false: pipeACK is "undefined" */
  bool in_round;        /* a sample is being taken */
  uint64_t round_end;   /* stream position: the sample is whole when this is acknowledged; without
                           one, where the next may begin */
  uint64_t acked;       /* bytes acknowledged in it so far */
  uint64_t cwnd;        /* bytes, when the last sample was whole: growth since is not judged yet */
  SimTime since;        /* the non-validated phase began; -1: validated */
  uint64_t loss_window; /* bytes: max(pipeACK, LossFlightSize) of the loss in a non-validated phase
                           that is being repaired; 0: none */
  uint64_t resent;      /* R: bytes sent again since, each once */
};

/* -- RFC 7661 -- */

static uint64_t
flight_size(const TcpConn *conn)
{
  return conn->profile->cwnd_counts_segments ? (uint64_t)conn->sending->segments_out * conn->mss
                                             : conn->snd_nxt - conn->snd_una;
}

/* pipeACK is "undefined": at the start and after congestion. What is out is not measured. */
static void
undefine(const TcpConn *conn, TcpValidation *validation)
{
  for (int i = 0; i < PARTS; i++)
    validation->parts[i].at = -1;
  validation->measured = validation->in_round = false;
  validation->round_end = tcp_send_position(conn, conn->snd_nxt) - conn->fin_sent;
  validation->since = -1;
}

/* 4.2: "This specification defines the pipeACK Sampling Period as Max(3*RTT, 1 second)." */
static SimTime
sampling_period(const TcpConn *conn)
{
  return MAX(3 * conn->srtt, SIM_SECOND);
}

static uint64_t
pipe_ack(const TcpConn *conn, const TcpValidation *validation)
{
  SimTime oldest = tcp_now(conn) - sampling_period(conn);
  uint64_t most = 0;
  for (int i = 0; i < PARTS; i++)
    if (validation->parts[i].at >= MAX(oldest, 0))
      most = MAX(most, validation->parts[i].pipe);
  return most;
}

/* 4.3: "Validated phase: pipeACK >=(1/2)*cwnd, or pipeACK is undefined". A part of a segment in
 * cwnd cannot be used. */
static void
judge(const TcpConn *conn, TcpValidation *validation)
{
  SimTime now = tcp_now(conn), until = -1;
  uint64_t cwnd = MIN(conn->cc.cwnd, validation->cwnd);
  for (int i = 0; i < PARTS; i++)
    if (validation->parts[i].at >= 0 && 2 * validation->parts[i].pipe + conn->mss > cwnd)
      until = MAX(until, validation->parts[i].at + sampling_period(conn));
  if (!validation->measured || until >= now)
    validation->since = -1;
  else if (validation->since < 0)
    validation->since = until >= 0 ? until : now;
}

static void
keep_sample(const TcpConn *conn, TcpValidation *validation)
{
  SimTime now = tcp_now(conn), at = validation->parts[validation->newest].at;
  if (at < 0 || now - at >= sampling_period(conn) / PARTS) {
    validation->newest = (validation->newest + 1) % PARTS;
    validation->parts[validation->newest].at = now;
    validation->parts[validation->newest].pipe = 0;
  }
  uint64_t *pipe = &validation->parts[validation->newest].pipe;
  *pipe = MAX(*pipe, validation->acked);
}

static G_GNUC_NO_INLINE void
measure(TcpConn *conn, TcpValidation *validation, const TcpAckSeen *seen)
{
  /* "The pipeACK variable MUST NOT be updated during TCP Fast Recovery"; "After completing the loss
   * recovery phase, the sender MUST re-initialise the pipeACK variable to the 'undefined' value."
   */
  if (conn->recovery >= TCP_RECOVERY_CWR) {
    undefine(conn, validation);
    return;
  }
  if (conn->una_position - seen->acked_bytes >= validation->round_end) {
    validation->in_round = true;
    validation->round_end = tcp_send_position(conn, conn->snd_nxt) - conn->fin_sent;
    validation->acked = 0;
  }
  if (!validation->in_round)
    return;
  validation->acked += conn->profile->cwnd_counts_segments
                           ? (uint64_t)seen->acked_segments * conn->mss
                           : seen->acked_bytes;
  keep_sample(conn, validation);
  if (conn->una_position >= validation->round_end) {
    validation->measured = true;
    validation->cwnd = conn->cc.cwnd;
  }
  judge(conn, validation);
}

/* 4.4.3: "ssthresh = max(ssthresh, 3*cwnd/4)"; "The sender MUST then update cwnd: cwnd =
 * max((1/2)*cwnd, IW)". One reduction for each period that went by (4.5). */
static void
end_period(TcpConn *conn, TcpValidation *validation)
{
  judge(conn, validation);
  while (validation->since >= 0 && tcp_now(conn) - validation->since > NON_VALIDATED_PERIOD) {
    validation->since += NON_VALIDATED_PERIOD;
    tcp_cwnd_keep_threshold(conn);
    tcp_cwnd_set(conn, MAX(conn->cc.cwnd / 2, tcp_cwnd_restart_window(conn)));
  }
}

/* -- Linux, and RFC 5681 4.1 -- */

void
tcp_validation_in_order(TcpConn *conn)
{
  conn->sending->cwnd_stamp = tcp_now(conn);
}

/* Linux's tcp_cwnd_application_limited(). A writer that waits for the send buffer is no reason. */
static SIM_RARE void
decay(TcpConn *conn)
{
  TcpSending *sending = conn->sending;
  if (conn->recovery == TCP_RECOVERY_OPEN && !conn->closed_by_user && !conn->writer_waits) {
    uint64_t used = MAX((uint64_t)sending->cwnd_used * conn->mss, tcp_cwnd_restart_window(conn));
    if (used < conn->cc.cwnd) {
      tcp_cwnd_keep_threshold(conn);
      tcp_cwnd_set(conn, (conn->cc.cwnd + used) / 2);
    }
    sending->cwnd_used = 0;
  }
  tcp_validation_in_order(conn);
}

/* RFC 5681 4.1: "a TCP SHOULD set cwnd to no more than RW before beginning transmission if the TCP
 * has not sent data in an interval exceeding the retransmission timeout". Linux halves it for each
 * time-out that went by (tcp_cwnd_restart()). */
static SIM_RARE void
restart_after_idle(TcpConn *conn)
{
  TcpSending *sending = conn->sending;
  SimTime rto = tcp_rto_current(conn), idle = tcp_now(conn) - sending->last_send_at;
  if (idle <= rto)
    return;
  uint64_t restart = MIN(tcp_cwnd_restart_window(conn), conn->cc.cwnd);
  if (!conn->profile->threshold_from_cwnd) {
    conn->cc.cwnd = restart;
  } else {
    tcp_cwnd_keep_threshold(conn);
    for (; idle > rto && conn->cc.cwnd > restart; idle -= rto)
      tcp_cwnd_set(conn, conn->cc.cwnd / 2);
    conn->cc.cwnd = MAX(conn->cc.cwnd, restart);
  }
  sending->last_send_at = tcp_now(conn);
  sending->cwnd_used = 0;
  tcp_validation_in_order(conn);
}

/* -- for the others -- */

void
tcp_validation_configure(TcpConn *conn)
{
  TcpSending *sending = conn->sending;
  bool wanted = conn->profile->cwnd_validation == TCP_CWND_VALIDATION_RFC7661 &&
                !tcp_cwnd_is_controlled(conn);
  if (!wanted) {
    g_clear_pointer(&sending->validation, g_free);
  } else if (sending->cc_begun && sending->validation == NULL) {
    sending->validation = g_new0(TcpValidation, 1);
    undefine(conn, sending->validation);
  }
}

void
tcp_validation_before_sending(TcpConn *conn)
{
  TcpSending *sending = conn->sending;
  if (sending->validation != NULL)
    end_period(conn, sending->validation);
  if (sending->last_send_at < 0 || sending->segments != NULL || conn->written == conn->una_position)
    return;
  const TcpCcOps *ops = tcp_cwnd_ops(conn);
  if (ops->on_idle != NULL)
    ops->on_idle(&conn->cc, sending->cc_state, tcp_now(conn));
  if (conn->profile->idle_restart && sending->validation == NULL && !tcp_cwnd_is_controlled(conn))
    restart_after_idle(conn);
}

/* Linux's tcp_cwnd_validate(). */
SIM_HOT void
tcp_validation_sent(TcpConn *conn, bool limited)
{
  TcpSending *sending = conn->sending;
  if (seq_at_or_after(conn->snd_una, sending->max_out_seq) || limited ||
      (!sending->cwnd_limited && sending->segments_out > sending->max_out)) {
    sending->cwnd_limited = limited;
    sending->max_out = sending->segments_out;
    sending->max_out_seq = conn->snd_nxt;
  }
  if (conn->profile->cwnd_validation != TCP_CWND_VALIDATION_LINUX)
    return;
  if (tcp_validation_lets_grow(conn)) {
    sending->cwnd_used = 0;
    tcp_validation_in_order(conn);
    return;
  }
  sending->cwnd_used = MAX(sending->cwnd_used, sending->segments_out);
  if (conn->profile->idle_restart && !tcp_cwnd_is_controlled(conn) &&
      tcp_now(conn) - sending->cwnd_stamp >= tcp_rto_current(conn))
    decay(conn);
}

bool
tcp_validation_lets_grow(const TcpConn *conn)
{
  const TcpSending *sending = conn->sending;
  if (conn->profile->cwnd_validation == TCP_CWND_VALIDATION_OFF)
    return conn->cc.cwnd < (uint64_t)UINT16_MAX << conn->snd_scale;
  /* 4.4: "A sender that is not cwnd-limited MUST NOT increase the cwnd when ACK packets are
   * received in this phase"; in the other "the standard methods are used". */
  if (sending->validation != NULL)
    return sending->validation->since < 0 || sending->cwnd_limited;
  /* Slow start doubles what was out, not cwnd (Linux's tcp_is_cwnd_limited()). */
  return sending->cwnd_limited || (conn->cc.cwnd < conn->cc.ssthresh &&
                                   conn->cc.cwnd < 2 * (uint64_t)sending->max_out * conn->mss);
}

void
tcp_validation_on_ack(TcpConn *conn, const TcpAckSeen *seen)
{
  if (conn->sending->validation != NULL && seen->advanced)
    measure(conn, conn->sending->validation, seen);
}

/* 4.4.1: "Reception of congestion feedback while in the non-validated phase is interpreted as an
 * indication that it was inappropriate for the sender to use the preserved cwnd." */
uint64_t
tcp_validation_used(const TcpConn *conn)
{
  TcpValidation *validation = conn->sending->validation;
  if (validation == NULL)
    return 0;
  judge(conn, validation);
  if (validation->since < 0)
    return 0;
  return MIN(MAX(pipe_ack(conn, validation), flight_size(conn)), conn->cc.cwnd);
}

/* "cwnd = (Max(pipeACK, LossFlightSize))/2" during the recovery, whatever the congestion control
 * leaves of a window otherwise. */
void
tcp_validation_begin_recovery(TcpConn *conn, uint64_t used)
{
  TcpValidation *validation = conn->sending->validation;
  if (validation == NULL)
    return;
  validation->loss_window = used;
  validation->resent = 0;
  if (used > 0)
    conn->cc.ssthresh = MAX(used / 2, conn->mss);
}

void
tcp_validation_resent(TcpConn *conn, const TcpSegment *segment)
{
  TcpValidation *validation = conn->sending->validation;
  /* R "does not include the additional data sent by multiple retransmission of the same segment".
   */
  if (validation != NULL && segment->retransmits == 1)
    validation->resent += conn->profile->cwnd_counts_segments ? conn->mss : segment->length;
}

/* "At the end of the recovery phase, the TCP sender MUST reset the cwnd using the method below:
 * cwnd = ((Max(pipeACK,LossFlightSize)) - R)/2"; it "MUST NOT be reduced below 1" MSS, and
 * "ssthresh" is "a value equal to cwnd at the end of the loss recovery". */
bool
tcp_validation_recovered(TcpConn *conn)
{
  TcpValidation *validation = conn->sending->validation;
  if (validation == NULL || validation->loss_window == 0)
    return false;
  uint64_t window = validation->loss_window, resent = MIN(validation->resent, window);
  tcp_cwnd_set(conn, MAX((window - resent) / 2, conn->mss));
  conn->cc.ssthresh = conn->cc.cwnd;
  tcp_validation_reset(conn);
  return true;
}

/* Also 4.4: "If the retransmission timer expires ..., the sender MUST exit the nonvalidated phase.
 * It then resumes using the standard TCP RTO mechanism". */
void
tcp_validation_reset(TcpConn *conn)
{
  TcpValidation *validation = conn->sending->validation;
  if (validation == NULL)
    return;
  validation->loss_window = 0;
  undefine(conn, validation);
}
