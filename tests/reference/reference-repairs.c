/* reference-repairs: walks through the rows once and keeps what the sender knew. */
#include "tests/reference/reference-repairs.h"

#include <string.h>

/* What leaves within this time of another packet was caused by it. */
#define AT_ONCE SIM_MILLISECOND

typedef enum { BY_APPLICATION, BY_ARRIVAL, BY_TIMER } Cause;

typedef struct Sender {
  gint64 una, nxt;           /* relative */
  SimTime arrived, sent;     /* the last packet in, the last data out; -1: none */
  SimTime root;              /* data was last let out by the application or a timer; -1: never */
  Cause cause;               /* of the last data */
  guint backoff;             /* timers that fired since the last arrival */
  GHashTable *transmissions; /* seq -> number so far; look-up only */
} Sender;

static bool
at_once(SimTime since, SimTime now)
{
  return since >= 0 && now - since <= AT_ONCE;
}

/* A burst has one cause: what follows at once was caused by what caused its first packet. */
static Cause
cause_of(const Sender *sender, SimTime now)
{
  if (at_once(sender->arrived, now))
    return BY_ARRIVAL;
  if (at_once(sender->sent, now))
    return sender->cause;
  return sender->una == sender->nxt ? BY_APPLICATION : BY_TIMER;
}

static void
send_data(Sender *sender, const RunRow *row, GArray *repairs)
{
  Cause cause = cause_of(sender, row->time);
  gpointer seq = GSIZE_TO_POINTER((gsize)row->seq);
  guint nth = GPOINTER_TO_UINT(g_hash_table_lookup(sender->transmissions, seq)) + 1;
  g_hash_table_insert(sender->transmissions, seq, GUINT_TO_POINTER(nth));
  if (cause == BY_TIMER || row->seq < sender->nxt) {
    SimTime since = cause == BY_TIMER ? MAX(sender->arrived, sender->sent) : sender->root;
    ReferenceRepair repair = {
        .seq = row->seq,
        .nth = row->seq < sender->nxt ? MAX(nth, 2) : nth,
        .by_timer = cause == BY_TIMER,
        .backoff = sender->backoff,
        .time = row->time,
        .interval = row->time - since,
    };
    g_array_append_val(repairs, repair);
  }
  if (cause != BY_ARRIVAL && !at_once(sender->sent, row->time))
    sender->root = row->time;
  if (cause == BY_TIMER && nth > 1)
    sender->backoff++;
  sender->nxt = MAX(sender->nxt, row->seq + row->len);
  sender->sent = row->time;
  sender->cause = cause;
}

GArray *
reference_repairs(const RunLog *log, const char *node)
{
  GArray *repairs = g_array_new(FALSE, FALSE, sizeof(ReferenceRepair));
  Sender sender = {.una = 1, .nxt = 1, .arrived = -1, .sent = -1, .root = -1};
  sender.transmissions = g_hash_table_new(NULL, NULL);
  for (guint i = 0; i < log->rows->len; i++) {
    const RunRow *row = &g_array_index(log->rows, RunRow, i);
    if (strcmp(row->node, node) != 0)
      continue;
    if (row->event == RUN_RECEIVE) {
      sender.arrived = row->time;
      sender.backoff = 0;
      sender.una = row->has_ack ? MAX(sender.una, row->ack) : sender.una;
    } else if (row->event == RUN_SEND && row->len > 0) {
      send_data(&sender, row, repairs);
    }
  }
  g_hash_table_unref(sender.transmissions);
  return repairs;
}

ReferenceNewData
reference_new_data(const RunLog *log, const char *node, SimTime soon)
{
  g_autoptr(GArray) repairs = reference_repairs(log, node);
  ReferenceNewData count = {0, 0};
  SimTime first = repairs->len > 0 ? g_array_index(repairs, ReferenceRepair, 0).time : -1;
  gint64 nxt = 1, una = 1, recover = 0; /* recover: 0 before the first repair */
  for (guint i = 0; i < log->rows->len && (recover == 0 || una < recover); i++) {
    const RunRow *row = &g_array_index(log->rows, RunRow, i);
    if (strcmp(row->node, node) != 0)
      continue;
    if (row->event == RUN_RECEIVE && row->has_ack)
      una = MAX(una, row->ack);
    if (row->event != RUN_SEND || row->len == 0)
      continue;
    if (recover == 0 && row->time == first)
      recover = nxt;
    if (recover > 0 && row->seq >= nxt) {
      count.all++;
      count.soon += row->time - first <= soon;
    }
    nxt = MAX(nxt, row->seq + row->len);
  }
  return count;
}
