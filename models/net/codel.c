/* codel: the pseudo-code of RFC 8289 5. */
#include "models/net/codel.h"

#include <math.h>

#include "models/net/link-private.h"

/* "MAXPACKET": with less than that behind it a packet is never dropped (RFC 8289 5.3). */
#define MAX_PACKET 1500

/* Dropping that ended so many intervals ago begins anew at 1 (RFC 8289 5.5). */
#define RECENT 16

CodelSettings
codel_settings_default(void)
{
  return (CodelSettings){
      .target = 5 * SIM_MILLISECOND, .interval = 100 * SIM_MILLISECOND, .ecn = true};
}

/* "control_law": the time between drops falls with the square root of their number, so that the
 * rate of a TCP, which goes as 1 / sqrt(p), falls linearly. */
static SimTime
control_law(const CodelSettings *settings, SimTime time, uint32_t count)
{
  return time + (SimTime)((double)settings->interval / sqrt((double)count));
}

/* One dequeue under way. */
typedef struct Run {
  Codel *codel;
  const CodelSettings *settings;
  PacketFifo *fifo;
  LinkDirection *direction;
  SimTime now;
  Packet *packet;  /* the next to send; NULL: none is left */
  bool ok_to_drop; /* it has waited too long, as all have for an interval */
} Run;

/* "dodequeue" */
static void
take(Run *run)
{
  Codel *codel = run->codel;
  run->ok_to_drop = false;
  run->packet = packet_fifo_pop(run->fifo);
  if (run->packet == NULL) {
    codel->first_above_time = 0;
    return;
  }
  SimTime sojourn_time = run->now - run->packet->time;
  if (sojourn_time < run->settings->target || run->fifo->bytes <= MAX_PACKET)
    codel->first_above_time = 0; /* "went below - stay below for at least interval" */
  else if (codel->first_above_time == 0)
    codel->first_above_time = sim_time_add(run->now, run->settings->interval);
  else
    run->ok_to_drop = run->now >= codel->first_above_time;
}

/* Marks the packet and returns true, or drops it and takes the next. */
static bool
mark_or_drop(Run *run)
{
  if (run->settings->ecn && qdisc_mark(run->direction, run->packet, "CoDel"))
    return true;
  qdisc_drop(run->direction, run->packet, "CoDel");
  take(run);
  return false;
}

/* In the dropping state: drops as long as it is time for the next one, which it usually is once. */
static void
go_on_dropping(Run *run)
{
  Codel *codel = run->codel;
  codel->dropping = run->ok_to_drop;
  while (codel->dropping && run->now >= codel->drop_next) {
    codel->count++;
    bool marked = mark_or_drop(run);
    if (!marked && !run->ok_to_drop) {
      codel->dropping = false;
      return;
    }
    codel->drop_next = control_law(run->settings, codel->drop_next, codel->count);
    if (marked)
      return;
  }
}

static void
begin_dropping(Run *run)
{
  Codel *codel = run->codel;
  mark_or_drop(run);
  codel->dropping = true;
  /* "If min went above target close to when it last went below, assume that the drop rate that
   * controlled the queue on the last cycle is a good starting point to control it now." */
  uint32_t delta = codel->count - codel->lastcount;
  bool recent = run->now - codel->drop_next < RECENT * run->settings->interval;
  codel->count = delta > 1 && recent ? delta : 1;
  codel->drop_next = control_law(run->settings, run->now, codel->count);
  codel->lastcount = codel->count;
}

Packet *
codel_dequeue(Codel *codel, const CodelSettings *settings, PacketFifo *fifo,
              LinkDirection *direction)
{
  Run run = {.codel = codel,
             .settings = settings,
             .fifo = fifo,
             .direction = direction,
             .now = sim_now(link_sim(direction))};
  take(&run);
  if (run.packet == NULL)
    codel->dropping = false;
  else if (codel->dropping)
    go_on_dropping(&run);
  else if (run.ok_to_drop)
    begin_dropping(&run);
  return run.packet;
}
