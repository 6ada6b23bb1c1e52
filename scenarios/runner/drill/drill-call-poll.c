/* drill-call-poll: poll(): what is asked, and what it found. */
#include "scenarios/runner/drill/drill-run-private.h"

static bool
take_polled(DrillRun *run, const DrillEvent *event)
{
  const DrillValue *list = drill_value_at(event->call, 0);
  DrillPending *pending = &run->pending;
  g_free(pending->polled);
  pending->polled = NULL;
  if (list == NULL || list->kind != DRILL_VALUE_LIST) {
    drill_run_wrong(run, event->place, "poll() takes [{fd=N, events=POLLIN, revents=POLLIN}], ...");
    return false;
  }
  unsigned count = 0;
  for (const DrillValue *item = list->items; item != NULL; item = item->next)
    count++;
  pending->polled = g_new0(SockPollEntry, count + 1);
  pending->polled_count = count;
  SockPollEntry *entry = pending->polled;
  for (const DrillValue *item = list->items; item != NULL; item = item->next, entry++) {
    const DrillValue *fd = drill_value_field(item, "fd");
    const DrillValue *events = drill_value_field(item, "events");
    int64_t script, bits;
    if (fd == NULL || events == NULL) {
      drill_run_wrong(run, item->place, "{fd=N, events=POLLIN, revents=POLLIN} is expected here");
      return false;
    }
    if (!drill_value_number(run, fd, &script) || !drill_value_number(run, events, &bits))
      return false;
    entry->fd = script < 0 ? -1 : drill_call_live_fd(run, (int)script);
    entry->events = (int)bits;
  }
  return true;
}

int64_t
drill_call_poll(DrillRun *run, const DrillEvent *event)
{
  int64_t timeout;
  if (!drill_value_argument(run, event, 2, &timeout) || !take_polled(run, event))
    return 0;
  return sock_poll(run->sock, run->pending.polled, run->pending.polled_count, timeout,
                   &run->pending.wait);
}

void
drill_call_poll_check(DrillRun *run, const DrillEvent *event)
{
  const SockPollEntry *entry = run->pending.polled;
  const DrillValue *item = drill_value_at(event->call, 0)->items;
  for (; item != NULL; item = item->next, entry++) {
    const DrillValue *revents = drill_value_field(item, "revents");
    int64_t bits;
    if (revents == NULL || revents->kind == DRILL_VALUE_ANY)
      continue;
    if (!drill_value_number(run, revents, &bits))
      return;
    if (bits != entry->revents)
      drill_run_fail(run, event, "poll() finds revents 0x%x, not 0x%x", (unsigned)entry->revents,
                     (unsigned)bits);
  }
}
