/* cc-cubic-linux: CUBIC's congestion avoidance in the arithmetic of Linux 6.18.
 *
 * Everything is a whole number: windows in segments, time in jiffies of 4 ms, the curve's time in
 * 1/1024 s. At most once a jiffy the curve is asked where the window should be one round trip from
 * now, and the answer is kept as a rate: one segment more for every so many acknowledged, never
 * more than one for two. So the window follows the curve late, and by steps.
 * Where that differs from RFC 9438: W_max is what the window was even where less was in flight; a
 * window that never saw a loss grows by a twentieth each round trip at least; Reno's window keeps
 * the same slope beyond W_max; a loss that was none (undo) restores cwnd and ssthresh, but W_max is
 * kept and an epoch begins; the least round trip stands for the smoothed one. */
#include "models/tcp/cc-cubic.h"

#include <glib.h>

#include "sim/math.h"

#define HZ 250                 /* as measured */
#define MOST_JIFFIES (HZ / 32) /* as long may `every` stand while cwnd is the same */
#define CURVE_HZ 1024
#define BETA_ONE 1024
#define UNSEEN_EVERY 20
#define MOST_OFFSET 350000 /* curve time, 342 s: its cube times the scale fits 64 bits */

/* Never 0, which means "no epoch". */
static uint32_t
jiffies(SimTime now)
{
  return (uint32_t)(now / (SIM_SECOND / HZ)) + 1;
}

/* C in units of 10 segments / 1024 s^3: 41 for 0.4. */
static uint32_t
scale_of(const CubicSettings *settings)
{
  return MAX((uint32_t)(settings->c * 102.4 + 0.5), 1);
}

static uint32_t
beta_of(const CubicSettings *settings)
{
  return (uint32_t)(settings->beta * BETA_ONE + 0.5);
}

static void
begin_epoch(CubicLinux *cubic, const CubicSettings *settings, uint32_t cwnd, uint32_t acked,
            uint32_t now)
{
  cubic->epoch_start = now;
  cubic->acked = acked;
  cubic->reno = cwnd;
  if (cubic->last_max <= cwnd) {
    cubic->k = 0;
    cubic->origin = cwnd;
  } else {
    double unit = (double)(UINT64_C(1) << 40) / (10.0 * scale_of(settings));
    cubic->k = (uint32_t)sim_cbrt(unit * (cubic->last_max - cwnd));
    cubic->origin = cubic->last_max;
  }
}

/* The curve's window one round trip from now: origin + C (t - K)^3. */
static int64_t
target(const CubicLinux *cubic, const CubicSettings *settings, SimTime min_rtt, uint32_t now)
{
  SimTime jiffy = SIM_SECOND / HZ;
  uint64_t ahead = (uint64_t)((min_rtt + jiffy - 1) / jiffy);
  int64_t t = (int64_t)((now - cubic->epoch_start + ahead) * CURVE_HZ / HZ) - cubic->k;
  uint64_t offset = MIN((uint64_t)(t < 0 ? -t : t), MOST_OFFSET);
  int64_t delta = (int64_t)((10 * scale_of(settings) * offset * offset * offset) >> 40);
  return t < 0 ? (int64_t)cubic->origin - delta : (int64_t)cubic->origin + delta;
}

static uint32_t
curve_every(const CubicLinux *cubic, const CubicSettings *settings, uint32_t cwnd, SimTime min_rtt,
            uint32_t now)
{
  int64_t above = target(cubic, settings, min_rtt, now) - cwnd;
  uint32_t every = above > 0 ? (uint32_t)(cwnd / above) : 100 * cwnd;
  return cubic->last_max == 0 ? MIN(every, UNSEEN_EVERY) : every;
}

/* Not slower than Reno with the same beta, whose slope is 3 (1 - beta) / (1 + beta). */
static void
keep_up_with_reno(CubicLinux *cubic, const CubicSettings *settings, uint32_t cwnd)
{
  uint32_t beta = beta_of(settings);
  uint32_t eighths = 8 * (BETA_ONE + beta) / 3 / MAX(BETA_ONE - beta, 1);
  uint64_t step = MAX((uint64_t)cwnd * eighths >> 3, 1);
  uint32_t steps = (uint32_t)((MAX(cubic->acked, 1) - 1) / step);
  cubic->acked -= (uint32_t)(steps * step);
  cubic->reno += steps;
  if (cubic->reno > cwnd)
    cubic->every = MIN(cubic->every, cwnd / (cubic->reno - cwnd));
}

static void
update(CubicLinux *cubic, const CubicSettings *settings, uint32_t cwnd, uint32_t acked,
       SimTime min_rtt, SimTime at)
{
  uint32_t now = jiffies(at);
  cubic->acked += acked;
  if (cubic->last_cwnd == cwnd && (int64_t)now - cubic->last_at <= MOST_JIFFIES)
    return;
  if (cubic->epoch_start == 0 || now != cubic->last_at) {
    cubic->last_cwnd = cwnd;
    cubic->last_at = now;
    if (cubic->epoch_start == 0)
      begin_epoch(cubic, settings, cwnd, acked, now);
    cubic->every = curve_every(cubic, settings, cwnd, min_rtt, now);
  }
  if (settings->tcp_friendliness)
    keep_up_with_reno(cubic, settings, cwnd);
  cubic->every = MAX(cubic->every, 2);
}

void
cc_cubic_linux_avoid(CubicLinux *cubic, const CubicSettings *settings, TcpCc *cc, uint64_t acked,
                     SimTime min_rtt, SimTime now)
{
  uint32_t cwnd = (uint32_t)(cc->cwnd / cc->mss);
  update(cubic, settings, cwnd, (uint32_t)(acked / cc->mss), min_rtt, now);
  cc_reno_add(cc, (uint64_t)cubic->every * cc->mss, acked);
}

bool
cc_cubic_linux_counts_rtt(const CubicLinux *cubic, SimTime now)
{
  return cubic->epoch_start == 0 || jiffies(now) - cubic->epoch_start >= HZ;
}

void
cc_cubic_linux_on_loss(CubicLinux *cubic, const CubicSettings *settings, TcpCc *cc, uint64_t window)
{
  uint32_t cwnd = (uint32_t)(window / cc->mss), beta = beta_of(settings);
  bool makes_room = cwnd < cubic->last_max && settings->fast_convergence;
  cubic->last_max =
      makes_room ? (uint32_t)((uint64_t)cwnd * (BETA_ONE + beta) / (2 * BETA_ONE)) : cwnd;
  cubic->epoch_start = 0;
  cc->ssthresh = MAX((uint64_t)cwnd * beta / BETA_ONE, 2) * cc->mss;
  cc->acked_unused = 0;
}

void
cc_cubic_linux_on_idle(CubicLinux *cubic, SimTime idle, SimTime now)
{
  if (cubic->epoch_start > 0)
    cubic->epoch_start = MIN(cubic->epoch_start + jiffies(idle) - 1, jiffies(now));
}
