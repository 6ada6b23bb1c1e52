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
    .on_ack = cc_reno_on_ack,
    .on_loss = cc_reno_halve,
    .on_rto = cc_reno_halve,
};
