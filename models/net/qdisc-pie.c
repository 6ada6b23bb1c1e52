/* qdisc-pie: proportional integral controller enhanced (RFC 8033).
 *
 * Every t_update the probability with which arriving packets are dropped is corrected by how far
 * the waiting time is from its target (alpha) and by how fast it moves (beta). The waiting time is
 * that of the packet that left last, which the RFC allows in place of estimating the rate (4.3,
 * "the timestamps approach"); an empty queue has none. Drops are spread by the accumulated
 * probability (5.4). A packet of a sender that knows ECN is marked while the probability is at most
 * mark_ecnth = 10 % (5.1). It is active all the time: switching it off below a third of the buffer
 * (5.3) is an option of the RFC that is left out.
 *
 * Updates are not events: nothing that they read changes between two packets, so those that are due
 * are made when the next packet comes or goes. */
#include "models/net/qdisc-pie.h"

#include "models/net/link-private.h"

#define MEAN_PACKET 1500  /* "MEAN_PKTSIZE", bytes */
#define MARK_ECNTH 0.1    /* "mark_ecnth" */
#define DECAY 0.98        /* "exponential decay" of an idle queue's probability */
#define STEP_MAX 0.02     /* of an increase when the probability is 10 % or more */
#define SURE_TO_KEEP 0.85 /* of the accumulated probability (5.4) */
#define SURE_TO_DROP 8.5

static void
pie_init(void *state, LinkDirection *direction)
{
  QdiscPie *pie = state;
  *pie = (QdiscPie){
      .target = 15 * SIM_MILLISECOND,
      .t_update = 15 * SIM_MILLISECOND,
      .max_burst = 150 * SIM_MILLISECOND,
      .alpha = 0.125,
      .beta = 1.25,
      .ecn = true,
      .limit = 1000,
      .direction = direction,
      .updated = -1,
  };
  qdisc_rng_init(&pie->rng, direction);
}

/* 4.2: "scaled based on the current drop probability", so that small ones change by little. */
static double
scaled(double p, double drop_prob)
{
  static const struct {
    double below, divisor;
  } steps[] = {{0.000001, 2048}, {0.00001, 512}, {0.0001, 128}, {0.001, 32}, {0.01, 8}, {0.1, 2}};
  for (size_t i = 0; i < G_N_ELEMENTS(steps); i++)
    if (drop_prob < steps[i].below)
      return p / steps[i].divisor;
  return p;
}

void
qdisc_pie_update(QdiscPie *pie)
{
  double p = pie->alpha * sim_time_to_seconds(pie->qdelay) -
             pie->alpha * sim_time_to_seconds(pie->target) +
             pie->beta * (sim_time_to_seconds(pie->qdelay) - sim_time_to_seconds(pie->qdelay_old));
  p = scaled(p, pie->drop_prob);
  if (pie->drop_prob >= 0.1 && p > STEP_MAX)
    p = STEP_MAX;
  pie->drop_prob += p;
  if (pie->qdelay == 0 && pie->qdelay_old == 0)
    pie->drop_prob *= DECAY;
  pie->drop_prob = CLAMP(pie->drop_prob, 0, 1);
  if (pie->burst_allowance > pie->t_update)
    pie->burst_allowance -= pie->t_update;
  else
    pie->burst_allowance = 0;
  if (pie->drop_prob == 0 && pie->qdelay < pie->target / 2 && pie->qdelay_old < pie->target / 2)
    pie->burst_allowance = pie->max_burst;
  pie->qdelay_old = pie->qdelay;
}

/* Whether another update would change nothing. */
static bool
at_rest(const QdiscPie *pie)
{
  return pie->drop_prob == 0 && pie->qdelay == 0 && pie->qdelay_old == 0 &&
         pie->burst_allowance == pie->max_burst;
}

static void
catch_up(QdiscPie *pie, SimTime now)
{
  if (pie->updated < 0) {
    pie->updated = now;
    pie->burst_allowance = pie->max_burst;
  }
  while (now - pie->updated >= pie->t_update) {
    if (at_rest(pie))
      pie->updated += (now - pie->updated) / pie->t_update * pie->t_update;
    else {
      qdisc_pie_update(pie);
      pie->updated += pie->t_update;
    }
  }
}

/* "drop_early" */
static bool
drop_early(QdiscPie *pie)
{
  /* "Safeguard PIE to be work conserving" */
  if ((pie->qdelay_old < pie->target / 2 && pie->drop_prob < 0.2) ||
      pie->fifo.bytes <= 2 * MEAN_PACKET || pie->burst_allowance > 0)
    return false;
  if (pie->drop_prob == 0)
    pie->accu_prob = 0;
  pie->accu_prob += pie->drop_prob;
  if (pie->accu_prob < SURE_TO_KEEP)
    return false;
  if (pie->accu_prob < SURE_TO_DROP && !sim_rng_chance(&pie->rng, pie->drop_prob))
    return false;
  pie->accu_prob = 0;
  return true;
}

static const char *
pie_enqueue(void *state, Packet *packet, SimTime now)
{
  QdiscPie *pie = state;
  catch_up(pie, now);
  if (pie->fifo.packets >= pie->limit)
    return "queue full";
  if (drop_early(pie)) {
    bool may_mark = pie->ecn && pie->drop_prob <= MARK_ECNTH;
    if (!may_mark || !qdisc_mark(pie->direction, packet, "PIE"))
      return "PIE";
  }
  packet->time = now;
  packet_fifo_push(&pie->fifo, packet);
  return NULL;
}

static Packet *
pie_dequeue(void *state, SimTime now)
{
  QdiscPie *pie = state;
  catch_up(pie, now);
  Packet *packet = packet_fifo_pop(&pie->fifo);
  pie->qdelay = packet == NULL || pie->fifo.packets == 0 ? 0 : now - packet->time;
  return packet;
}

static Packet *
pie_take(void *state)
{
  return packet_fifo_pop(&((QdiscPie *)state)->fifo);
}

static uint32_t
pie_packets(const void *state)
{
  return ((const QdiscPie *)state)->fifo.packets;
}

static uint64_t
pie_bytes(const void *state)
{
  return ((const QdiscPie *)state)->fifo.bytes;
}

#define PIE(field, param_kind, low, high, text)                                                    \
  {                                                                                                \
    .name = #field, .kind = param_kind, .offset = offsetof(QdiscPie, field), .min = low,           \
    .max = high, .help = text                                                                      \
  }

static const SimParam pie_params[] = {
    PIE(target, SIM_PARAM_TIME, 0, 3600, "the waiting time to keep to; 15 ms unless given"),
    PIE(t_update, SIM_PARAM_TIME, 1e-6, 3600, "time between updates; 15 ms unless given"),
    PIE(max_burst, SIM_PARAM_TIME, 0, 3600, "a burst so long is let through; 150 ms unless given"),
    PIE(alpha, SIM_PARAM_NUMBER, 0, 1000, "weight of the distance to the target; 0.125 a second"),
    PIE(beta, SIM_PARAM_NUMBER, 0, 1000, "weight of its change; 1.25 a second"),
    PIE(ecn, SIM_PARAM_BOOL, 0, 0,
        "marks up to 10 % where the sender knows ECN; true unless given"),
    PIE(limit, SIM_PARAM_PACKETS, 1, 1e9, "packets that may wait; 1000 unless given"),
    {.name = NULL},
};

const QdiscOps qdisc_pie = {
    .name = "pie",
    .help = "proportional integral controller enhanced (RFC 8033)",
    .state_size = sizeof(QdiscPie),
    .params = pie_params,
    .init = pie_init,
    .enqueue = pie_enqueue,
    .dequeue = pie_dequeue,
    .take = pie_take,
    .packets = pie_packets,
    .bytes = pie_bytes,
};
