/* tcp-ack: when what has arrived is acknowledged.
 *
 * By RFC 1122 4.2.3.2 (every second full segment, and within the delay), or by Linux's machine when
 * the profile says quick_acks: at once at the start of a flow, delayed when the application answers
 * ("pingpong"), with a delay that follows the gaps between segments.
 * Supported standards: RFC 1122 4.2.3.2, RFC 5681 4.2. */
#include "models/tcp/tcp-conn.h"

#define QUICK_ACKS 16                     /* Linux's TCP_MAX_QUICKACKS */
#define DELAY_MAX (200 * SIM_MILLISECOND) /* Linux's TCP_DELACK_MAX */
#define FIN_DELAY SIM_MILLISECOND         /* one tick: Linux's delay before it has seen any data */

void
tcp_ack_owe(TcpConn *conn, TcpAckDue due, PacketCause cause)
{
  if (due > conn->ack_due || (due == TCP_ACK_NOW && cause != PACKET_CAUSE_NEW))
    conn->ack_cause = (uint8_t)cause;
  conn->ack_due = (uint8_t)MAX(conn->ack_due, due);
}

/* Linux's guess at the peer's segment size, which says what "a full segment" is. */
void
tcp_ack_measure_segment(TcpConn *conn, const Packet *packet)
{
  if (packet->payload >= conn->rcv_mss)
    conn->rcv_mss = (uint16_t)MIN(packet->payload, 65535);
  if (packet->tcp.flags & TCP_PSH)
    conn->receiving->pushed_data = true;
}

static void
add_quick_acks(TcpConn *conn, unsigned most)
{
  unsigned n = conn->rcv_wnd / (2 * (uint32_t)conn->rcv_mss);
  n = MIN(MAX(n, 2), most);
  conn->quick = (uint8_t)MAX(conn->quick, n);
}

/* Linux's tcp_event_data_recv(): how far apart segments come. */
SIM_HOT void
tcp_ack_measure_gap(TcpConn *conn)
{
  TcpReceiving *receiving = conn->receiving;
  SimTime now = tcp_now(conn), min = conn->profile->delayed_ack;
  if (receiving->last_data_at < 0) {
    add_quick_acks(conn, QUICK_ACKS);
    receiving->ato = min;
  } else {
    SimTime gap = now - receiving->last_data_at;
    if (gap <= min / 2)
      receiving->ato = receiving->ato / 2 + min / 2;
    else if (gap < receiving->ato)
      receiving->ato = MIN(receiving->ato / 2 + gap, conn->rto);
    else if (gap > conn->rto)
      add_quick_acks(conn, QUICK_ACKS);
  }
  receiving->last_data_at = now;
}

static void
delay_ack(TcpConn *conn)
{
  TcpReceiving *receiving = conn->receiving;
  SimTime delay = conn->profile->delayed_ack;
  if (conn->profile->quick_acks) {
    delay = receiving->last_data_at < 0 ? FIN_DELAY : receiving->ato;
    if (delay > conn->profile->delayed_ack) {
      SimTime most = conn->pingpong || receiving->pushed_data ? DELAY_MAX : 500 * SIM_MILLISECOND;
      if (conn->srtt > 0)
        most = MIN(most, MAX(conn->srtt, conn->profile->delayed_ack));
      delay = MIN(delay, most);
    }
  }
  SimTime due = tcp_after(conn, delay);
  if (!tcp_timer_armed(conn, TCP_TIMER_DELAYED_ACK) || due < conn->timers[TCP_SLOT_ACK].due)
    tcp_timer_set(conn, TCP_TIMER_DELAYED_ACK, due);
}

/* More than one full segment is unacknowledged, and (Linux) the window would move on. */
static bool
second_segment(const TcpConn *conn)
{
  uint32_t unacked = conn->rcv_nxt - conn->rcv_wup;
  if (!conn->profile->quick_acks)
    return unacked >= 2 * (uint32_t)conn->rcv_mss;
  return unacked > conn->rcv_mss && tcp_window_now(conn) >= conn->rcv_wnd;
}

SIM_HOT void
tcp_ack_wanted(TcpConn *conn)
{
  if (conn->ack_due == TCP_ACK_NONE || conn->dead)
    return;
  if (conn->ack_due == TCP_ACK_NOW || conn->profile->delayed_ack == 0 || second_segment(conn) ||
      conn->receiving->beyond.count > 0 ||
      (conn->profile->quick_acks && conn->quick > 0 && !conn->pingpong))
    tcp_send_ack(conn, conn->ack_cause);
  else
    delay_ack(conn);
}

SIM_HOT void
tcp_ack_sent(TcpConn *conn)
{
  TcpReceiving *receiving = conn->receiving;
  conn->ack_due = TCP_ACK_NONE;
  conn->ack_cause = PACKET_CAUSE_NEW;
  if (receiving->pushed_data)
    receiving->pushed_data = false;
  conn->last_ack_sent = conn->rcv_nxt;
  if (conn->quick > 0)
    conn->quick--;
  tcp_timer_cancel(conn, TCP_TIMER_DELAYED_ACK);
}

void
tcp_ack_data_sent(TcpConn *conn)
{
  TcpReceiving *receiving = conn->receiving;
  /* Linux: an answer within the delay means a conversation. */
  if (receiving->last_data_at >= 0 && tcp_now(conn) - receiving->last_data_at < receiving->ato)
    conn->pingpong = true;
}

void
tcp_quick_ack(TcpConn *conn, bool on)
{
  if (conn->dead)
    return;
  bool outer = tcp_begin(conn);
  conn->pingpong = !on;
  if (on && conn->ack_due != TCP_ACK_NONE &&
      (conn->state == TCP_ESTABLISHED || conn->state == TCP_CLOSE_WAIT))
    tcp_send_ack(conn, conn->ack_cause);
  tcp_finish(conn, outer);
}
