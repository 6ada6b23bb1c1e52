/* tcp-profile: the table of options, and the profiles as values of it.
 *
 * `linux` is Linux 6.18 with its defaults as measured; `rfc9293` does what RFC 9293 and the
 * standards it names say a TCP MUST and SHOULD do, with RFC 6298's one-second floor.
 * Left out here: what the loss recovery and robustness rules of a complete TCP add to the table;
 * each addition is a field, a row, and a value in each profile. */
#include "models/tcp/tcp-profile.h"

#include <string.h>

#include "models/tcp/cc.h"

static const SimParamWord from_mtu[] = {{"auto", 0}, {NULL, 0}};
static const SimParamWord window_words[] = {{"rfc3390", 0}, {NULL, 0}};
static const SimParamWord scale_words[] = {{"off", -1}, {"auto", -2}, {"on", -2}, {NULL, 0}};
static const SimParamWord off_is_never[] = {{"off", SIM_TIME_NEVER}, {"none", SIM_TIME_NEVER}, {NULL, 0}};
static const SimParamWord off_is_zero[] = {{"off", 0}, {NULL, 0}};
static const SimParamWord isn_words[] = {{"random", -1}, {NULL, 0}};

#define FIELD(member) offsetof(TcpProfile, member)

const SimParam tcp_profile_params[] = {
  {.name = "cc", .kind = SIM_PARAM_CHOICE, .offset = FIELD(cc), .choices = cc_names,
   .help = "congestion control"},
  {.name = "mss", .kind = SIM_PARAM_SIZE, .offset = FIELD(mss), .min = 64, .max = 65495,
   .words = from_mtu, .help = "bytes of data in a segment without options; auto: from the MTU"},
  {.name = "initial_window", .kind = SIM_PARAM_INTEGER, .offset = FIELD(initial_window), .min = 1,
   .max = 1e6, .words = window_words, .help = "segments before the first ACK"},
  {.name = "slow_start_limit", .kind = SIM_PARAM_INTEGER, .offset = FIELD(slow_start_limit),
   .min = 1, .max = 1e6, .words = off_is_zero,
   .help = "segments that one ACK may add in slow start"},
  {.name = "cwnd_counts_segments", .kind = SIM_PARAM_BOOL, .offset = FIELD(cwnd_counts_segments),
   .help = "a short segment takes as much of cwnd as a full one"},
  {.name = "threshold_from_cwnd", .kind = SIM_PARAM_BOOL, .offset = FIELD(threshold_from_cwnd),
   .help = "a loss halves cwnd itself, not what is in flight"},
  {.name = "syn_losses_forgiven", .kind = SIM_PARAM_INTEGER, .offset = FIELD(syn_losses_forgiven),
   .min = 0, .max = 255, .help = "lost SYNs that leave the initial window as it is"},
  {.name = "window_scale", .kind = SIM_PARAM_INTEGER, .offset = FIELD(window_scale), .min = 0,
   .max = 14, .words = scale_words, .help = "shift of our window; auto: as the buffer needs"},
  {.name = "timestamps", .kind = SIM_PARAM_BOOL, .offset = FIELD(timestamps),
   .help = "offer and use timestamps (RFC 7323)"},
  {.name = "sack", .kind = SIM_PARAM_BOOL, .offset = FIELD(sack),
   .help = "offer selective acknowledgements (RFC 2018)"},
  {.name = "dsack", .kind = SIM_PARAM_BOOL, .offset = FIELD(dsack),
   .help = "report duplicates by SACK (RFC 2883)"},
  {.name = "initial_rto", .kind = SIM_PARAM_TIME, .offset = FIELD(initial_rto), .min = 1e-6,
   .max = 3600, .help = "time-out before the first round-trip sample (RFC 6298)"},
  {.name = "min_rto", .kind = SIM_PARAM_TIME, .offset = FIELD(min_rto), .min = 0, .max = 3600,
   .help = "floor of the time-out"},
  {.name = "max_rto", .kind = SIM_PARAM_TIME, .offset = FIELD(max_rto), .min = 1e-3, .max = 86400,
   .help = "ceiling of the time-out with its back-off"},
  {.name = "rto_floor_on_variance", .kind = SIM_PARAM_BOOL,
   .offset = FIELD(rto_floor_on_variance),
   .help = "the floor is under 4 rttvar, not under the sum"},
  {.name = "syn_retries", .kind = SIM_PARAM_INTEGER, .offset = FIELD(syn_retries), .min = 0,
   .max = 127, .help = "SYN retransmissions with back-off"},
  {.name = "syn_linear_timeouts", .kind = SIM_PARAM_INTEGER, .offset = FIELD(syn_linear_timeouts),
   .min = 0, .max = 127, .help = "SYN retransmissions before back-off starts, in addition"},
  {.name = "synack_retries", .kind = SIM_PARAM_INTEGER, .offset = FIELD(synack_retries), .min = 0,
   .max = 127, .help = "SYN+ACK retransmissions"},
  {.name = "retries", .kind = SIM_PARAM_INTEGER, .offset = FIELD(retries), .min = 0, .max = 127,
   .help = "data retransmissions until the connection is given up"},
  {.name = "retries_as_time", .kind = SIM_PARAM_BOOL, .offset = FIELD(retries_as_time),
   .help = "give up after the time that many retries from min_rto take"},
  {.name = "orphan_retries", .kind = SIM_PARAM_INTEGER, .offset = FIELD(orphan_retries), .min = 0,
   .max = 127, .help = "the same once the application has closed"},
  {.name = "backlog", .kind = SIM_PARAM_INTEGER, .offset = FIELD(backlog), .min = 0, .max = 65535,
   .help = "connections waiting to be accepted, less one"},
  {.name = "delayed_ack", .kind = SIM_PARAM_TIME, .offset = FIELD(delayed_ack), .min = 0,
   .max = 0.5, .words = off_is_zero, .help = "longest delay of an ACK (RFC 1122: below 0.5 s)"},
  {.name = "quick_acks", .kind = SIM_PARAM_BOOL, .offset = FIELD(quick_acks),
   .help = "the first segments of a flow are acknowledged one by one (Linux)"},
  {.name = "nagle", .kind = SIM_PARAM_BOOL, .offset = FIELD(nagle),
   .help = "a short segment waits while data is unacknowledged (RFC 1122 4.2.3.4)"},
  {.name = "minshall", .kind = SIM_PARAM_BOOL, .offset = FIELD(minshall),
   .help = "Nagle waits only behind another short segment"},
  {.name = "probe_with_data", .kind = SIM_PARAM_BOOL, .offset = FIELD(probe_with_data),
   .help = "a window probe carries one new byte"},
  {.name = "limited_transmit", .kind = SIM_PARAM_BOOL, .offset = FIELD(limited_transmit),
   .help = "the first duplicate ACKs let out new data (RFC 3042)"},
  {.name = "time_wait", .kind = SIM_PARAM_TIME, .offset = FIELD(time_wait), .min = 0, .max = 3600,
   .help = "TIME-WAIT, 2 MSL"},
  {.name = "fin_timeout", .kind = SIM_PARAM_TIME, .offset = FIELD(fin_timeout), .min = 0,
   .max = 86400, .words = off_is_never, .help = "FIN-WAIT-2 once the application has closed"},
  {.name = "send_buffer", .kind = SIM_PARAM_SIZE, .offset = FIELD(send_buffer), .min = 1,
   .max = 1e12, .help = "bytes written and not yet acknowledged"},
  {.name = "receive_buffer", .kind = SIM_PARAM_SIZE, .offset = FIELD(receive_buffer), .min = 1,
   .max = 1073725440, .help = "bytes that can be stored"},
  {.name = "autotune", .kind = SIM_PARAM_BOOL, .offset = FIELD(autotune),
   .help = "buffers grow with the path"},
  {.name = "send_buffer_max", .kind = SIM_PARAM_SIZE, .offset = FIELD(send_buffer_max), .min = 1,
   .max = 1e12, .help = "to this, when autotuned"},
  {.name = "receive_buffer_max", .kind = SIM_PARAM_SIZE, .offset = FIELD(receive_buffer_max),
   .min = 1, .max = 1073725440, .help = "to this, when autotuned"},
  {.name = "idle_restart", .kind = SIM_PARAM_BOOL, .offset = FIELD(idle_restart),
   .help = "back to the initial window after idling longer than the time-out (RFC 5681 4.1)"},
  {.name = "challenge_ack", .kind = SIM_PARAM_BOOL, .offset = FIELD(challenge_ack),
   .help = "doubtful resets and SYNs are answered by an ACK (RFC 5961)"},
  {.name = "rfc1337", .kind = SIM_PARAM_BOOL, .offset = FIELD(rfc1337),
   .help = "TIME-WAIT ignores resets (RFC 1337)"},
  {.name = "synack_for_repeated_syn", .kind = SIM_PARAM_BOOL,
   .offset = FIELD(synack_for_repeated_syn),
   .help = "a repeated SYN draws another SYN+ACK, not an ACK"},
  {.name = "isn", .kind = SIM_PARAM_INTEGER, .offset = FIELD(isn), .min = 0, .max = 4294967295.0,
   .words = isn_words, .help = "initial sequence number; random: by RFC 6528"},
  {.name = NULL},
};

static const TcpProfile linux_profile = {
  .initial_window = 10, /* RFC 6928 */
  .cwnd_counts_segments = true,
  .threshold_from_cwnd = true,
  .syn_losses_forgiven = 1,
  .window_scale = 7,
  .timestamps = true,
  .sack = true,
  .dsack = true,
  .initial_rto = SIM_SECOND,
  .min_rto = 200 * SIM_MILLISECOND,
  .max_rto = 120 * SIM_SECOND,
  .rto_floor_on_variance = true,
  .syn_retries = 6,
  .syn_linear_timeouts = 4,
  .synack_retries = 5,
  .retries = 15,
  .retries_as_time = true,
  .orphan_retries = 8,
  .backlog = 128,
  .delayed_ack = 40 * SIM_MILLISECOND,
  .quick_acks = true,
  .nagle = true,
  .minshall = true,
  .limited_transmit = true,
  .time_wait = 60 * SIM_SECOND,
  .fin_timeout = 60 * SIM_SECOND,
  .send_buffer = 87040,
  .receive_buffer = 65536, /* half of tcp_rmem's 131072: the rest is Linux's bookkeeping */
  .autotune = true,
  .send_buffer_max = 4 << 20,
  .receive_buffer_max = 3 << 20,
  .idle_restart = true,
  .challenge_ack = true,
  .synack_for_repeated_syn = true,
  .isn = -1,
};

static const TcpProfile rfc9293_profile = {
  .initial_window = 0,
  .slow_start_limit = 1,
  .window_scale = -2,
  .timestamps = true,
  .sack = true,
  .dsack = true,
  .initial_rto = SIM_SECOND,
  .min_rto = SIM_SECOND,
  .max_rto = 60 * SIM_SECOND,
  .syn_retries = 6,
  .synack_retries = 5,
  .retries = 15,
  .orphan_retries = 8,
  .backlog = 128,
  .delayed_ack = 200 * SIM_MILLISECOND,
  .nagle = true,
  .probe_with_data = true,
  .limited_transmit = true,
  .time_wait = 240 * SIM_SECOND,
  .fin_timeout = SIM_TIME_NEVER,
  .send_buffer = 65536,
  .receive_buffer = 65536,
  .send_buffer_max = 65536,
  .receive_buffer_max = 65536,
  .idle_restart = true,
  .challenge_ack = true,
  .rfc1337 = true,
  .isn = -1,
};

static const char *const names[] = {"linux", "rfc9293", NULL};
static const TcpProfile *const profiles[] = {&linux_profile, &rfc9293_profile};

const char *const *
tcp_profile_names(void)
{
  return names;
}

const TcpProfile *
tcp_profile_find(const char *name)
{
  for (size_t i = 0; names[i] != NULL; i++)
    if (strcmp(names[i], name) == 0)
      return profiles[i];
  return NULL;
}
