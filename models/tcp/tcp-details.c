/* tcp-details: what only a program asks for (TCP_INFO), gathered when it asks. */
#include "models/tcp/tcp-conn.h"

void
tcp_details(const TcpConn *conn, TcpDetails *details)
{
  uint64_t queued = conn->written - conn->una_position;
  uint64_t sent = tcp_send_position(conn, conn->snd_nxt) - conn->fin_sent;
  bool opened = tcp_synchronized(conn);
  *details = (TcpDetails){
      .timestamps = conn->timestamps,
      .sack = conn->sack_ok,
      .scaling = conn->scaling,
      .ecn = conn->ecn,
      .snd_scale = conn->snd_scale,
      .rcv_scale = conn->rcv_scale,
      .own_mss = tcp_options_own_mss(conn),
      .rcv_mss = conn->rcv_mss,
      .path_mtu = node_mtu(conn->host->node, conn->ends.remote),
      .timeouts_in_a_row = opened ? conn->sending->retries : conn->backoff,
      .probes = MAX(conn->probes, conn->keepalives),
      .segments_out = conn->sending->segments_out,
      .segments_sacked = conn->sending->sacked_out,
      .segments_lost = conn->sending->lost_out,
      .segments_resent = conn->sending->resent_out,
      .reordering = conn->sending->reordering,
      .queued = queued,
      .unsent = opened && conn->written > sent ? conn->written - sent : 0,
      .send_room = tcp_send_room(conn),
      .window_limit = conn->window_limit,
      .receive_space = conn->receiving->space,
      .receive_rtt = conn->receiving->rtt_seen,
      .min_rtt = conn->min_rtt,
      .ack_timeout = conn->receiving->ato,
      .data_sent_at = conn->sending->last_send_at,
      .data_received_at = conn->receiving->last_data_at,
      .heard_at = conn->heard_at,
  };
}
