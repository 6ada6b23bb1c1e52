/* sock-info: TCP_INFO, field by field, by Linux's names and in Linux's units: segments for cwnd,
 * microseconds for round trips.
 *
 * Fields of struct tcp_info that mean nothing here (there is no busy time of a processor) are not
 * in the table, so that asking for one is an error and never a zero. */
#include "models/sock/sock-private.h"

#include <string.h>

typedef struct Asked {
  const Socket *socket;
  TcpInfo info;
  TcpDetails details;
  SimTime now;
} Asked;

typedef int64_t (*FieldFn)(const Asked *asked);

static int64_t
microseconds(SimTime time)
{
  return time / SIM_MICROSECOND;
}

/* Since `then`, in milliseconds. Linux counts from the start of the connection when nothing was. */
static int64_t
since(const Asked *asked, SimTime then)
{
  return (asked->now - (then < 0 ? asked->info.opened_at : then)) / SIM_MILLISECOND;
}

static int64_t
state(const Asked *asked)
{
  static const uint8_t states[TCP_STATES] = {
      [TCP_CLOSED] = 7,      [TCP_LISTEN] = 10,    [TCP_SYN_SENT] = 2,   [TCP_SYN_RECEIVED] = 3,
      [TCP_ESTABLISHED] = 1, [TCP_FIN_WAIT_1] = 4, [TCP_FIN_WAIT_2] = 5, [TCP_CLOSE_WAIT] = 8,
      [TCP_CLOSING] = 11,    [TCP_LAST_ACK] = 9,   [TCP_TIME_WAIT] = 6};
  return asked->socket->listener != NULL ? states[TCP_LISTEN] : states[asked->info.state];
}

static int64_t
options(const Asked *asked)
{
  const TcpDetails *details = &asked->details;
  return details->timestamps * LINUX_TCPI_OPT_TIMESTAMPS_STATE |
         details->sack * LINUX_TCPI_OPT_SACK_STATE |
         details->scaling * LINUX_TCPI_OPT_WSCALE_STATE | details->ecn * LINUX_TCPI_OPT_ECN_STATE;
}

static int64_t
snd_ssthresh(const Asked *asked)
{
  /* TCP_INFINITE_SSTHRESH */
  return asked->info.ssthresh == UINT64_MAX
             ? INT32_MAX
             : (int64_t)(asked->info.ssthresh / MAX(asked->info.mss, 1));
}

#define FIELD(name, expression)                                                                    \
  static int64_t name(const Asked *asked)                                                          \
  {                                                                                                \
    return (int64_t)(expression);                                                                  \
  }

FIELD(ca_state, asked->info.recovery) /* in Linux's order: open, disorder, cwr, recovery, loss */
FIELD(retransmits, asked->details.timeouts_in_a_row)
FIELD(probes, asked->details.probes)
FIELD(backoff, asked->info.backoff)
FIELD(snd_wscale, asked->details.snd_scale)
FIELD(rcv_wscale, asked->details.rcv_scale)
FIELD(rto, microseconds(asked->info.rto))
FIELD(ato, microseconds(asked->details.ack_timeout))
FIELD(snd_mss, asked->info.mss)
FIELD(rcv_mss, asked->details.rcv_mss)
FIELD(unacked, asked->socket->listener != NULL ? tcp_listener_ready(asked->socket->listener)
                                               : asked->details.segments_out)
FIELD(sacked, asked->socket->listener != NULL ? asked->socket->profile.backlog
                                              : asked->details.segments_sacked)
FIELD(lost, asked->details.segments_lost)
FIELD(retrans, asked->details.segments_resent)
FIELD(last_data_sent, since(asked, asked->details.data_sent_at))
FIELD(last_data_recv, since(asked, asked->details.data_received_at))
FIELD(last_ack_recv, since(asked, asked->details.heard_at))
FIELD(pmtu, asked->details.path_mtu)
FIELD(rcv_ssthresh, asked->details.window_limit)
FIELD(rtt, microseconds(asked->info.srtt))
FIELD(rttvar, microseconds(asked->info.rttvar))
/* Before it is opened: what it will begin with. */
FIELD(snd_cwnd, asked->info.cwnd > 0 ? (int64_t)(asked->info.cwnd / MAX(asked->info.mss, 1))
                                     : asked->socket->profile.initial_window)
FIELD(advmss, asked->details.own_mss - (asked->details.timestamps ? 12 : 0))
FIELD(reordering, asked->details.reordering)
FIELD(rcv_rtt, microseconds(asked->details.receive_rtt))
FIELD(rcv_space, asked->details.receive_space)
FIELD(total_retrans, asked->info.retransmits)
FIELD(bytes_acked, asked->info.bytes_acked + (asked->info.connect_time != SIM_TIME_NEVER))
FIELD(bytes_received, asked->info.bytes_received)
FIELD(segs_out, asked->info.segments_sent)
FIELD(segs_in, asked->info.segments_received)
FIELD(notsent_bytes, asked->details.unsent)
FIELD(min_rtt, microseconds(asked->details.min_rtt))
FIELD(bytes_sent, asked->info.bytes_sent)
FIELD(snd_wnd, asked->info.snd_wnd)
FIELD(rcv_wnd, asked->info.rcv_wnd)
FIELD(total_rto, asked->info.timeouts)

static const struct {
  const char *name;
  FieldFn value;
} fields[] = {
    {"tcpi_state", state},
    {"tcpi_ca_state", ca_state},
    {"tcpi_retransmits", retransmits},
    {"tcpi_probes", probes},
    {"tcpi_backoff", backoff},
    {"tcpi_options", options},
    {"tcpi_snd_wscale", snd_wscale},
    {"tcpi_rcv_wscale", rcv_wscale},
    {"tcpi_rto", rto},
    {"tcpi_ato", ato},
    {"tcpi_snd_mss", snd_mss},
    {"tcpi_rcv_mss", rcv_mss},
    {"tcpi_unacked", unacked},
    {"tcpi_sacked", sacked},
    {"tcpi_lost", lost},
    {"tcpi_retrans", retrans},
    {"tcpi_last_data_sent", last_data_sent},
    {"tcpi_last_data_recv", last_data_recv},
    {"tcpi_last_ack_recv", last_ack_recv},
    {"tcpi_pmtu", pmtu},
    {"tcpi_rcv_ssthresh", rcv_ssthresh},
    {"tcpi_rtt", rtt},
    {"tcpi_rttvar", rttvar},
    {"tcpi_snd_ssthresh", snd_ssthresh},
    {"tcpi_snd_cwnd", snd_cwnd},
    {"tcpi_advmss", advmss},
    {"tcpi_reordering", reordering},
    {"tcpi_rcv_rtt", rcv_rtt},
    {"tcpi_rcv_space", rcv_space},
    {"tcpi_total_retrans", total_retrans},
    {"tcpi_bytes_acked", bytes_acked},
    {"tcpi_bytes_received", bytes_received},
    {"tcpi_segs_out", segs_out},
    {"tcpi_segs_in", segs_in},
    {"tcpi_notsent_bytes", notsent_bytes},
    {"tcpi_min_rtt", min_rtt},
    {"tcpi_bytes_sent", bytes_sent},
    {"tcpi_snd_wnd", snd_wnd},
    {"tcpi_rcv_wnd", rcv_wnd},
    {"tcpi_total_rto", total_rto},
};

int64_t
sock_tcp_info(SockHost *host, int fd, const char *field, int64_t *value)
{
  const Socket *socket = sock_find(host, fd);
  if (socket == NULL)
    return -SOCK_EBADF;
  Asked asked = {.socket = socket, .now = sim_now(host->sim)};
  if (socket->conn != NULL) {
    tcp_info(socket->conn, &asked.info);
    tcp_details(socket->conn, &asked.details);
  }
  for (size_t i = 0; i < G_N_ELEMENTS(fields); i++)
    if (strcmp(fields[i].name, field) == 0) {
      *value = fields[i].value(&asked);
      return 0;
    }
  return -SOCK_ENOENT;
}

bool
sock_tcp_info_known(const char *field)
{
  for (size_t i = 0; i < G_N_ELEMENTS(fields); i++)
    if (strcmp(fields[i].name, field) == 0)
      return true;
  return false;
}
