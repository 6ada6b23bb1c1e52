/* cc-dctcp: Data Center TCP (RFC 8257): the window comes down by how much of it was marked.
 *
 * Switches mark each packet that finds more than a few waiting (queue = {kind="droptail", mark=}).
 * The receiver says of each segment whether it was marked (tcp-ecn.c), and once a window the sender
 * takes the fraction that was into alpha, a moving average. A mark cuts the window by alpha / 2: by
 * half when all is marked, as Reno, by little when the queue has just reached the threshold. The
 * rest is Reno. It asks for ECN whatever the profile's `ecn` says, and all its packets are ECT(0),
 * ACKs and SYNs too, as in Linux; with a peer that does not know ECN there are no marks and it is
 * Reno.
 * As in Linux g is 1/16 and alpha is 1 at first, and what an ACK with ECE acknowledges counts as
 * marked. Alpha is a fraction here and not in 1024ths.
 * Supported standards: RFC 8257. */
#include "models/tcp/cc.h"

#include <glib.h>

typedef struct DctcpSettings {
  double g;
  double alpha; /* at first */
} DctcpSettings;

static const SimParam params[] = {
    {.name = "g",
     .kind = SIM_PARAM_RATIO,
     .offset = offsetof(DctcpSettings, g),
     .min = 0.001,
     .max = 1,
     .help = "weight of the last window's marks in alpha (RFC 8257 4.2: 1/16)"},
    {.name = "alpha",
     .kind = SIM_PARAM_RATIO,
     .offset = offsetof(DctcpSettings, alpha),
     .min = 0,
     .max = 1,
     .help = "alpha before the first window is over (RFC 8257 3.3: 1)"},
    {.name = NULL},
};

static const DctcpSettings defaults = {.g = 1.0 / 16, .alpha = 1};

typedef struct Dctcp {
  double alpha;               /* the fraction of packets that are marked */
  uint64_t window_end;        /* the observation window is over when this is acknowledged */
  uint64_t delivered, marked; /* TcpCcPath's when it began */
} Dctcp;

static void
dctcp_init(TcpCc *cc, void *state, SimTime now)
{
  const DctcpSettings *settings = cc_settings(cc, &cc_dctcp);
  *(Dctcp *)state = (Dctcp){.alpha = settings->alpha};
}

/* RFC 8257 3.3: "M = DCTCP.BytesMarked / DCTCP.BytesAcked ... DCTCP.Alpha = DCTCP.Alpha * (1 - g) +
 * g * M", once a window. */
static void
dctcp_measure(TcpCc *cc, void *state, const TcpCcAck *ack)
{
  Dctcp *dctcp = state;
  const DctcpSettings *settings = cc_settings(cc, &cc_dctcp);
  const TcpCcPath *path = cc->path;
  if (ack->una < dctcp->window_end)
    return;
  uint64_t delivered = path->delivered - dctcp->delivered;
  uint64_t marked = path->delivered_marked - dctcp->marked;
  if (delivered > 0)
    dctcp->alpha += settings->g * ((double)marked / (double)delivered - dctcp->alpha);
  dctcp->window_end = ack->nxt;
  dctcp->delivered = path->delivered;
  dctcp->marked = path->delivered_marked;
}

/* RFC 8257 3.3: "cwnd = cwnd * (1 - DCTCP.Alpha / 2)"; whole segments stay where those count. */
static void
dctcp_on_mark(TcpCc *cc, void *state, uint64_t window, SimTime now)
{
  const Dctcp *dctcp = state;
  uint64_t cut = (uint64_t)((double)window * dctcp->alpha / 2);
  if (!cc->counts_bytes)
    cut -= cut % cc->mss;
  cc->ssthresh = MAX(window - cut, 2 * (uint64_t)cc->mss);
  cc->acked_unused = 0;
}

const TcpCcOps cc_dctcp = {
    .name = "dctcp",
    .help = "the window comes down by the fraction of packets that were marked (RFC 8257)",
    .state_size = sizeof(Dctcp),
    .params = params,
    .settings_size = sizeof(DctcpSettings),
    .defaults = &defaults,
    .wants_rate = true,
    .needs_ecn = true,
    .always_marks = true,
    .init = dctcp_init,
    .measure = dctcp_measure,
    .on_ack = cc_reno_on_ack,
    .on_mark = dctcp_on_mark,
    .on_loss = cc_reno_halve,
    .on_rto = cc_reno_halve,
};
