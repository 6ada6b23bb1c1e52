/* qdisc-red: random early detection (Floyd and Jacobson 1993), gentle, and adaptive (Floyd,
 * Gummadi and Shenker 2001).
 *
 * The mean length of the queue decides, an exponential average that is brought up to each packet
 * that comes; an idle time counts as the packets that could have been sent in it. Between min and
 * max a packet is dropped with a probability that rises to max_p and then, when gentle, on to 1 at
 * twice max; without that everything is dropped above max. Drops are spread by counting the packets
 * since the last one. Lengths are in packets; in bytes mode the queue is measured in bytes, in
 * units of mean_packet, and a packet's chance goes with its size.
 *
 * Adaptive: twice a second max_p is moved so that the mean stays in the middle fifth between min
 * and max; weight and thresholds that were not given are those of the paper for the link's rate
 * and a delay of 5 ms. A packet of a sender that knows ECN is marked instead of dropped, but
 * dropped even so above max: an overload is no time for politeness. */
#include <math.h>

#include "models/net/link-private.h"
#include "sim/math.h"

#define ADAPT_INTERVAL (500 * SIM_MILLISECOND)
#define ADAPT_STEP_MAX 0.01 /* "alpha": max_p grows by at most this, or by a quarter of itself */
#define ADAPT_DECREASE 0.9  /* "beta" */
#define MAX_P_LEAST 0.01
#define MAX_P_MOST 0.5
#define DELAY_TARGET 0.005 /* s, for the thresholds of an adaptive queue */
#define AUTO (-1)

typedef struct QdiscRed {
  int64_t min, max;    /* thresholds of the mean, packets; AUTO */
  double max_p;        /* at max; the first one when adaptive */
  double weight;       /* of a new length in the mean; AUTO (0) */
  int64_t limit;       /* packets that may wait */
  int64_t mean_packet; /* bytes */
  bool gentle, adaptive, bytes_mode, ecn;

  LinkDirection *direction;
  PacketFifo fifo;
  bool begun;         /* what was AUTO is known */
  double low, high;   /* the thresholds in use */
  double w;           /* the weight in use */
  double average;     /* mean length, packets of mean_packet in bytes mode */
  int64_t count;      /* packets since the last drop; -1: below the threshold */
  SimTime idle_since; /* SIM_TIME_NEVER: it is not */
  SimTime adapted;    /* when max_p was last looked at */
  SimRng rng;
} QdiscRed;

static void
red_init(void *state, LinkDirection *direction)
{
  QdiscRed *red = state;
  *red = (QdiscRed){
      .min = AUTO,
      .max = AUTO,
      .max_p = 0.1,
      .limit = 100,
      .mean_packet = 1000,
      .gentle = true,
      .ecn = true,
      .direction = direction,
      .count = -1,
  };
  qdisc_rng_init(&red->rng, direction);
}

static bool
red_check(const void *state, GError **error)
{
  const QdiscRed *red = state;
  if (red->min != AUTO && red->max != AUTO && red->min >= red->max) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE, "min must be less than max");
    return false;
  }
  return true;
}

/* Packets of mean_packet that the link sends a second; 0: any number. */
static double
packets_a_second(const QdiscRed *red)
{
  return (double)red->direction->rate / 8 / (double)red->mean_packet;
}

/* Floyd's recommendations where nothing was given: min 5, max three times min, weight 0.002; when
 * adaptive min for half the target delay, and a weight with a time constant of a second. */
static void
begin(QdiscRed *red, SimTime now)
{
  double speed = packets_a_second(red);
  bool adapts = red->adaptive && speed > 0;
  red->low = red->min != AUTO ? (double)red->min : adapts ? fmax(5, DELAY_TARGET * speed / 2) : 5;
  if (red->min == AUTO && red->max != AUTO && red->low >= (double)red->max)
    red->low = (double)red->max / 3;
  red->high = red->max != AUTO ? (double)red->max : 3 * red->low;
  red->w = red->weight > 0 ? red->weight : adapts ? 1 - sim_exp(-1 / speed) : 0.002;
  red->idle_since = now;
  red->adapted = now;
  red->begun = true;
}

static double
length(const QdiscRed *red)
{
  return red->bytes_mode ? (double)red->fifo.bytes / (double)red->mean_packet
                         : (double)red->fifo.packets;
}

static void
average_update(QdiscRed *red, SimTime now)
{
  if (red->idle_since == SIM_TIME_NEVER) {
    red->average += red->w * (length(red) - red->average);
    return;
  }
  double m = sim_time_to_seconds(now - red->idle_since) * packets_a_second(red);
  red->average *= sim_pow(1 - red->w, m);
  red->idle_since = now; /* until then is counted; who is dropped does not end it */
}

/* "Every interval seconds": the mean is to be between 40 and 60 % of the way from low to high. */
static void
adapt(QdiscRed *red, SimTime now)
{
  double band = red->high - red->low;
  for (; now - red->adapted >= ADAPT_INTERVAL; red->adapted += ADAPT_INTERVAL) {
    if (red->average > red->low + 0.6 * band && red->max_p <= MAX_P_MOST)
      red->max_p += fmin(ADAPT_STEP_MAX, red->max_p / 4);
    else if (red->average < red->low + 0.4 * band && red->max_p >= MAX_P_LEAST)
      red->max_p *= ADAPT_DECREASE;
  }
}

/* The chance before it is spread: p_b. */
static double
initial_chance(const QdiscRed *red)
{
  if (red->average < red->low)
    return 0;
  if (red->average < red->high)
    return red->max_p * (red->average - red->low) / (red->high - red->low);
  if (red->gentle && red->average < 2 * red->high)
    return red->max_p + (1 - red->max_p) * (red->average - red->high) / red->high;
  return 1;
}

/* Whether congestion is signalled by this packet. "p_a = p_b / (1 - count p_b)": the gap between
 * two drops is uniform, not geometric. */
static bool
chooses(QdiscRed *red, double p, uint32_t size)
{
  if (p == 0) {
    red->count = -1;
    return false;
  }
  red->count++;
  if (red->bytes_mode)
    p = fmin(1, p * size / (double)red->mean_packet);
  double spread = 1 - (double)red->count * p;
  double chance = p >= 1 || spread <= p ? 1 : p / spread;
  if (!sim_rng_chance(&red->rng, chance))
    return false;
  red->count = 0;
  return true;
}

static const char *
red_enqueue(void *state, Packet *packet, SimTime now)
{
  QdiscRed *red = state;
  if (!red->begun)
    begin(red, now);
  average_update(red, now);
  if (red->adaptive)
    adapt(red, now);
  if (red->fifo.packets >= red->limit)
    return "queue full";
  bool may_mark = red->ecn && red->average < red->high;
  if (chooses(red, initial_chance(red), packet_size(packet)) &&
      !(may_mark && qdisc_mark(red->direction, packet, "RED")))
    return "RED";
  red->idle_since = SIM_TIME_NEVER;
  packet_fifo_push(&red->fifo, packet);
  return NULL;
}

static Packet *
red_dequeue(void *state, SimTime now)
{
  QdiscRed *red = state;
  Packet *packet = packet_fifo_pop(&red->fifo);
  if (packet == NULL && red->idle_since == SIM_TIME_NEVER)
    red->idle_since = now; /* nothing waits, and the last one has been sent */
  return packet;
}

static uint32_t
red_packets(const void *state)
{
  return ((const QdiscRed *)state)->fifo.packets;
}

static uint64_t
red_bytes(const void *state)
{
  return ((const QdiscRed *)state)->fifo.bytes;
}

#define RED(title, field, param_kind, low, high, text)                                             \
  {                                                                                                \
    .name = title, .kind = param_kind, .offset = offsetof(QdiscRed, field), .min = low,            \
    .max = high, .help = text                                                                      \
  }

static const SimParam red_params[] = {
    RED("min", min, SIM_PARAM_PACKETS, 1, 1e9, "mean length that begins to drop; 5 unless given"),
    RED("max", max, SIM_PARAM_PACKETS, 1, 1e9, "mean length at max_p; 3 min unless given"),
    RED("max_p", max_p, SIM_PARAM_RATIO, 0, 0, "share dropped at max; 10 % unless given"),
    RED("weight", weight, SIM_PARAM_RATIO, 1e-9, 1, "of a new length in the mean; 0.002"),
    RED("limit", limit, SIM_PARAM_PACKETS, 1, 1e9, "packets that may wait; 100 unless given"),
    RED("mean_packet", mean_packet, SIM_PARAM_INTEGER, 1, 65535,
        "bytes of a typical packet; 1000 unless given"),
    RED("gentle", gentle, SIM_PARAM_BOOL, 0, 0,
        "above max the share rises to 1 at 2 max, instead of at once; true unless given"),
    RED("adaptive", adaptive, SIM_PARAM_BOOL, 0, 0,
        "max_p follows, to keep the mean half way between min and max"),
    RED("bytes", bytes_mode, SIM_PARAM_BOOL, 0, 0,
        "measures in bytes, in units of mean_packet, and drops by size"),
    RED("ecn", ecn, SIM_PARAM_BOOL, 0, 0,
        "marks instead of drops where the sender knows ECN; true unless given"),
    {.name = NULL},
};

const QdiscOps qdisc_red = {
    .name = "red",
    .help = "random early detection, gentle and adaptive",
    .state_size = sizeof(QdiscRed),
    .params = red_params,
    .init = red_init,
    .check = red_check,
    .enqueue = red_enqueue,
    .dequeue = red_dequeue,
    .packets = red_packets,
    .bytes = red_bytes,
};
