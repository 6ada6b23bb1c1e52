/* cc-newreno: Reno whose threshold is half of what was in flight, whatever the profile counts.
 *
 * RFC 5681 equation 4 is "ssthresh = max (FlightSize / 2, 2*SMSS)", and 3.1 warns: "An easy mistake
 * to make is to simply use cwnd, rather than FlightSize". What makes NewReno's recovery, the answer
 * to partial ACKs (RFC 6582), is in tcp-recovery.c.
 * Supported standards: RFC 5681, RFC 6582. */
#include "models/tcp/cc.h"

const TcpCcOps cc_newreno = {
    .name = "newreno",
    .help = "Reno that halves what is in flight, never cwnd (RFC 5681, RFC 6582)",
    .cuts_flight = true,
    .params = cc_reno_params,
    .settings_size = sizeof(CcRenoSettings),
    .defaults = &cc_reno_defaults,
    .on_ack = cc_reno_set_on_ack,
    .on_mark = cc_reno_set_on_mark,
    .on_loss = cc_reno_set_on_loss,
    .on_rto = cc_reno_set_on_loss,
};
