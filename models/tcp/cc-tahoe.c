/* cc-tahoe: Jacobson's first version (4.3BSD Tahoe, 1988): Reno without fast recovery.
 *
 * Any loss halves ssthresh and starts over from one segment by slow start; three duplicate ACKs
 * only make it known sooner than the time-out would (ops->restart_after_loss). */
#include "models/tcp/cc.h"

const TcpCcOps cc_tahoe = {
    .name = "tahoe",
    .help = "slow start from one segment after every loss (4.3BSD, 1988)",
    .cuts_flight = true,
    .restart_after_loss = true,
    .params = cc_reno_params,
    .settings_size = sizeof(CcRenoSettings),
    .defaults = &cc_reno_defaults,
    .on_ack = cc_reno_set_on_ack,
    .on_mark = cc_reno_set_on_mark,
    .on_loss = cc_reno_set_on_loss,
    .on_rto = cc_reno_set_on_loss,
};
