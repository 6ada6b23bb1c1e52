/* tcp-profile: the profiles, as values of the table of options (tcp-profile-params.c).
 *
 * `linux` is Linux 6.18 with its defaults as measured; `rfc9293` does what RFC 9293 and the
 * standards it names say a TCP MUST and SHOULD do, with RFC 6298's one-second floor. The stacks of
 * history are in tcp-profile-bsd.c. */
#include "models/tcp/tcp-profile.h"

#include <string.h>

static const TcpProfile linux_profile = {
    .cc = &cc_cubic,
    .peer_mss_floor = 48, /* TCP_MIN_SND_MSS */
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
    .rto_variances = 4,
    .connect_timeout = SIM_TIME_NEVER,
    .rto_floor_on_variance = true,
    .syn_retries = 6,
    .syn_linear_timeouts = 4,
    .syn_after_bad_ack = 8 * SIM_MILLISECOND, /* TCP_TIMEOUT_MIN: two ticks of 250 Hz */
    .synack_retries = 5,
    .retries = 15,
    .retries_as_time = true,
    .orphan_retries = 8,
    .backlog = 128,
    .backlog_max = 4096,
    .syn_backlog = 1024,
    .syn_cookies = TCP_COOKIES_WHEN_FULL,
    .listen_drops_syn_fin = true,
    .syn_queue_prunes = true,
    .delayed_ack = 40 * SIM_MILLISECOND,
    .quick_acks = true,
    .cautious_window = true,
    .nagle = true,
    .minshall = true,
    .limited_transmit = true,
    .newreno = true,
    .prr = true,
    .rack = true,
    .tail_loss_probe = true,
    .frto = true,
    .undo = true,
    .time_wait = 60 * SIM_SECOND,
    .fin_timeout = 60 * SIM_SECOND,
    .fin_wait_2_bucket = true,
    .reset_for_gap_fin = true,
    .time_wait_reuse = TCP_REUSE_LOOPBACK,
    .linger = SIM_TIME_NEVER,
    .max_orphans = 32768,
    .send_buffer = 87040,
    .receive_buffer = 82000, /* five eighths of tcp_rmem's 131072: the rest is bookkeeping */
    .autotune = true,
    .send_buffer_max = 4 << 20,
    .receive_buffer_max = 3 << 20,
    .keep_larger_window = true,
    .fin_holds_data = true,
    .ecn = TCP_ECN_PASSIVE,
    .keepalive_idle = SIM_TIME_NEVER,
    .keepalive_interval = 75 * SIM_SECOND,
    .keepalive_probes = 9,
    .user_timeout = SIM_TIME_NEVER,
    .idle_restart = true,
    .cwnd_validation = TCP_CWND_VALIDATION_LINUX,
    .pacing = TCP_PACING_AUTO,
    .pacing_ss_ratio = 2,
    .pacing_ca_ratio = 1.2,
    .challenge_ack = true,
    .reset_beyond_hole = true,
    .reset_after_fin = true,
    .reset_for_half_open_syn = true,
    .synack_for_repeated_syn = true,
    .path_mtu_discovery = true,
    .mtu_probe_base = 1024,
    .mtu_probe_floor = 48,
    .mtu_probe_threshold = 8,
    .mtu_probe_interval = 600 * SIM_SECOND,
    .icmp_ends_opening = true,
    .icmp_reverts_backoff = true,
    .isn = -1,
};

static const TcpProfile rfc9293_profile = {
    .cc = &cc_reno,
    .peer_mss_floor = 8, /* MUST-16: as it says; what options leave no room for counts as this */
    .initial_window = 0,
    .slow_start_limit = 1,
    .window_scale = -2,
    .timestamps = true,
    .sack = true,
    .dsack = true,
    .initial_rto = SIM_SECOND,
    .min_rto = SIM_SECOND,
    .max_rto = 60 * SIM_SECOND,
    .rto_variances = 4,
    .connect_timeout = SIM_TIME_NEVER,
    /* MUST-23: "R2 for a SYN segment MUST be set large enough to provide retransmission of the
     * segment for at least 3 minutes": 1 + 2 + ... + 32 + 60 + 60 = 183 s. */
    .syn_retries = 7,
    .syn_after_bad_ack = SIM_TIME_NEVER,
    .synack_retries = 7,
    .retries = 15,
    .orphan_retries = 8,
    .backlog = 128,
    .backlog_max = INT64_MAX,
    .syn_backlog = INT64_MAX,
    .listen_close_resets = true,
    .delayed_ack = 200 * SIM_MILLISECOND,
    .nagle = true,
    .probe_with_data = true,
    .limited_transmit = true,
    .newreno = true,
    .last_resort = true,
    .time_wait = 240 * SIM_SECOND,
    .fin_timeout = SIM_TIME_NEVER,
    .time_wait_drops_syn = true,
    .linger = SIM_TIME_NEVER,
    .max_orphans = INT64_MAX,
    .send_buffer = 65536,
    .receive_buffer = 65536,
    .send_buffer_max = 65536,
    .receive_buffer_max = 65536,
    .trim_to_window = true,
    .drop_without_timestamp = true,
    .ecn = TCP_ECN_PASSIVE, /* SHLD-8: RFC 3168 */
    .keepalive_idle = SIM_TIME_NEVER,
    .keepalive_interval = 75 * SIM_SECOND,
    .keepalive_probes = 9,
    .user_timeout = SIM_TIME_NEVER,
    .idle_restart = true,
    .cwnd_validation = TCP_CWND_VALIDATION_LINUX,
    .pacing = TCP_PACING_OFF,
    .pacing_ss_ratio = 2,
    .pacing_ca_ratio = 1.2,
    .challenge_ack = true,
    .synack_text = true,
    .path_mtu_discovery = true,
    .mtu_probe_base = 1024,
    .mtu_probe_floor = 48,
    .mtu_probe_threshold = 8,
    .mtu_probe_interval = 600 * SIM_SECOND,
    .icmp_hard_errors = true,
    .isn = -1,
};

static const char *const names[] = {"linux", "rfc9293", "bsd44", "reno-1990", "tahoe-1988", NULL};
static const TcpProfile *const profiles[] = {&linux_profile, &rfc9293_profile, &tcp_profile_bsd44,
                                             &tcp_profile_reno_1990, &tcp_profile_tahoe_1988};

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
