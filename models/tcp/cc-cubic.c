/* cc-cubic: CUBIC (RFC 9438), whose window is a function of the time since the last loss.
 *
 * After a loss at the window W_max the window falls to beta W_max and then follows
 *     W_cubic(t) = C (t - K)^3 + W_max,    K = cbrt((W_max - cwnd) / C)
 * fast at first, flat around W_max, and fast again beyond. It never stays below W_est, the window
 * of a Reno that falls by the same beta: on short or slow paths CUBIC is Reno.
 * Here is the RFC's text, with windows that keep their fraction. Where the profile counts whole
 * segments the kernel's arithmetic is used instead, which is in cc-cubic-linux.c. How slow start is
 * left is in cc-hystart.c.
 * Left out: the reduction by an ECN mark to less than two segments (RFC 9438 4.6).
 * Supported standards: RFC 9438, RFC 9406, RFC 8511. */
#include "models/tcp/cc-cubic.h"

#include <glib.h>

#include "sim/hot.h"
#include "sim/math.h"

static const char *const hystart_names[] = {"auto", "off", "linux", "hystart++", NULL};

#define FIELD(member) offsetof(CubicSettings, member)

static const SimParam params[] = {
    {.name = "c",
     .kind = SIM_PARAM_NUMBER,
     .offset = FIELD(c),
     .min = 0.01,
     .max = 100,
     .help = "how steep the curve is, segments/s^3 (RFC 9438 5.1)"},
    {.name = "beta",
     .kind = SIM_PARAM_RATIO,
     .offset = FIELD(beta),
     .min = 0.1,
     .max = 0.99,
     .help = "what a loss leaves of the window (RFC 9438 4.6)"},
    {.name = "beta_ecn",
     .kind = SIM_PARAM_RATIO,
     .offset = FIELD(beta_ecn),
     .min = 0.1,
     .max = 0.99,
     .help = "what a mark leaves of it, with the option abe (RFC 8511: 0.85)"},
    {.name = "fast_convergence",
     .kind = SIM_PARAM_BOOL,
     .offset = FIELD(fast_convergence),
     .help = "a second loss at a smaller window makes room for others (RFC 9438 4.7)"},
    {.name = "tcp_friendliness",
     .kind = SIM_PARAM_BOOL,
     .offset = FIELD(tcp_friendliness),
     .help = "the window is never below Reno's (RFC 9438 4.3)"},
    {.name = "hystart",
     .kind = SIM_PARAM_CHOICE,
     .offset = FIELD(hystart),
     .choices = hystart_names,
     .help = "how slow start ends; auto: Linux's in segments, RFC 9406's in bytes"},
    {.name = NULL},
};

static const CubicSettings defaults = {
    .c = 0.4,
    .beta = 0.7,
    .beta_ecn = 0.85,
    .fast_convergence = true,
    .tcp_friendliness = true,
    .hystart = HYSTART_AUTO,
};

static const CubicSettings *
settings_of(const TcpCc *cc)
{
  return cc_settings(cc, &cc_cubic);
}

static void
cubic_init(TcpCc *cc, void *state, SimTime now)
{
  Cubic *cubic = state;
  cc_hystart_init(&cubic->hystart, cc, (HystartKind)settings_of(cc)->hystart);
  if (cc->counts_bytes)
    cubic->text.now.epoch_start = -1;
}

/* "the epoch": W_max, K and W_est when congestion avoidance begins. After a time-out, or without a
 * loss so far, RFC 9438 4.8: "K is set to 0, and W_max is set to the congestion window size at the
 * beginning of the current congestion avoidance stage". */
static void
begin_epoch(CubicCurve *curve, double c, double cwnd, SimTime now)
{
  curve->epoch_start = now;
  curve->w_est = cwnd;
  if (curve->w_max <= cwnd) {
    curve->w_max = cwnd;
    curve->k = 0;
  } else {
    curve->k = sim_cbrt((curve->w_max - cwnd) / c);
  }
}

static double
w_cubic(const CubicCurve *curve, double c, double t)
{
  double from_k = t - curve->k;
  return c * from_k * from_k * from_k + curve->w_max;
}

/* RFC 9438 4.3 to 4.5: the window after `acked` segments. */
static double
follow(CubicCurve *curve, const CubicSettings *settings, double cwnd, double acked,
       const TcpCcAck *ack)
{
  double beta = settings->beta;
  double t = sim_time_to_seconds(ack->now - curve->epoch_start);
  /* 4.3: once W_est has reached cwnd_prior, "the sender SHOULD set alpha_cubic to 1". */
  double alpha = curve->w_est >= curve->cwnd_prior ? 1 : 3 * (1 - beta) / (1 + beta);
  curve->w_est += alpha * acked / cwnd;
  if (settings->tcp_friendliness && w_cubic(curve, settings->c, t) < curve->w_est)
    return MAX(cwnd, curve->w_est);
  double target = w_cubic(curve, settings->c, t + sim_time_to_seconds(ack->srtt));
  target = CLAMP(target, cwnd, 1.5 * cwnd);
  return cwnd + (target - cwnd) / cwnd * acked;
}

static void
text_avoid(CubicText *text, const CubicSettings *settings, TcpCc *cc, uint64_t acked,
           const TcpCcAck *ack)
{
  double mss = cc->mss;
  double cwnd = ((double)cc->cwnd + text->fraction) / mss;
  if (text->now.epoch_start < 0)
    begin_epoch(&text->now, settings->c, cwnd, ack->now);
  double bytes = follow(&text->now, settings, cwnd, (double)acked / mss, ack) * mss;
  cc->cwnd = MAX(cc->cwnd, (uint64_t)bytes);
  text->fraction = MAX(bytes - (double)cc->cwnd, 0);
}

/* RFC 9438 5.8: the time in which the application, not cwnd, was the limit is none of the curve's.
 */
static void
text_skip(CubicText *text, SimTime idle)
{
  if (text->now.epoch_start >= 0)
    text->now.epoch_start += idle;
}

static SIM_HOT void
cubic_on_ack(TcpCc *cc, void *state, const TcpCcAck *ack)
{
  Cubic *cubic = state;
  const CubicSettings *settings = settings_of(cc);
  SimTime since = ack->now - cubic->last_ack;
  cubic->last_ack = ack->now;
  if (cc->counts_bytes || cc_cubic_linux_counts_rtt(&cubic->kernel, ack->now)) {
    if (ack->rtt > 0)
      cubic->min_rtt = cubic->min_rtt == 0 ? ack->rtt : MIN(cubic->min_rtt, ack->rtt);
    cc_hystart_on_ack(&cubic->hystart, cc, ack, cubic->min_rtt);
  }
  if (!ack->cwnd_limited) {
    if (cc->counts_bytes)
      text_skip(&cubic->text, since);
    return;
  }
  uint64_t acked = cc_hystart_share(&cubic->hystart, cc, ack->acked);
  acked = cc_reno_slow_start(cc, acked);
  if (acked == 0)
    return;
  if (cc->counts_bytes)
    text_avoid(&cubic->text, settings, cc, acked, ack);
  else
    cc_cubic_linux_avoid(&cubic->kernel, settings, cc, acked, cubic->min_rtt, ack->now);
}

/* RFC 9438 4.6 and 4.7. */
static void
text_on_loss(CubicText *text, const CubicSettings *settings, TcpCc *cc, uint64_t window)
{
  text->before = text->now;
  double cwnd = ((double)cc->cwnd + text->fraction) / cc->mss;
  bool makes_room = cwnd < text->now.w_max && settings->fast_convergence;
  text->now.w_max = makes_room ? cwnd * (1 + settings->beta) / 2 : cwnd;
  text->now.cwnd_prior = cwnd;
  text->now.epoch_start = -1;
  text->fraction = 0;
  cc->ssthresh = MAX((uint64_t)((double)window * settings->beta), 2 * (uint64_t)cc->mss);
  cc->acked_unused = 0;
}

static void
cut(Cubic *cubic, const CubicSettings *settings, TcpCc *cc, uint64_t window)
{
  if (cc->counts_bytes)
    text_on_loss(&cubic->text, settings, cc, window);
  else
    cc_cubic_linux_on_loss(&cubic->kernel, settings, cc, window);
  cc_hystart_on_loss(&cubic->hystart);
}

static void
cubic_on_loss(TcpCc *cc, void *state, uint64_t window, SimTime now)
{
  cut(state, settings_of(cc), cc, window);
}

/* RFC 8511 3.1, and section 4 for CUBIC's number: the same with less of a cut. */
static void
cubic_on_mark(TcpCc *cc, void *state, uint64_t window, SimTime now)
{
  CubicSettings settings = *settings_of(cc);
  settings.beta = settings.beta_ecn;
  cut(state, &settings, cc, window);
}

static void
cubic_on_rto(TcpCc *cc, void *state, uint64_t window, SimTime now)
{
  Cubic *cubic = state;
  cubic_on_loss(cc, state, window, now);
  cc_hystart_on_rto(&cubic->hystart, now);
  if (cc->counts_bytes) {
    cubic->text.now.w_max = 0;
  } else {
    cubic->kernel = (CubicLinux){0};
    cubic->min_rtt = 0;
  }
}

/* RFC 9438 4.9: a loss that was none gives back W_max, K and the epoch. */
static void
cubic_on_undo(TcpCc *cc, void *state, SimTime now)
{
  Cubic *cubic = state;
  if (cc->counts_bytes)
    cubic->text.now = cubic->text.before;
}

static void
cubic_on_idle(TcpCc *cc, void *state, SimTime now)
{
  Cubic *cubic = state;
  SimTime idle = now - cubic->last_ack;
  cubic->last_ack = now;
  if (cc->counts_bytes)
    text_skip(&cubic->text, idle);
  else
    cc_cubic_linux_on_idle(&cubic->kernel, idle, now);
}

const TcpCcOps cc_cubic = {
    .name = "cubic",
    .help = "the window is a cubic function of the time since the last loss (RFC 9438)",
    .state_size = sizeof(Cubic),
    .params = params,
    .settings_size = sizeof(CubicSettings),
    .defaults = &defaults,
    .init = cubic_init,
    .on_ack = cubic_on_ack,
    .on_mark = cubic_on_mark,
    .on_loss = cubic_on_loss,
    .on_rto = cubic_on_rto,
    .on_undo = cubic_on_undo,
    .on_idle = cubic_on_idle,
};
