/* record-listeners: listeners.csv: the queues of each listener and what it did with what found them
 * full, on every change. */
#include "scenarios/runner/record-private.h"

#define HEADER                                                                                     \
  "time,node,port,half_open,ready,dropped,overflows,deferred,cookies_sent,cookies_received,"       \
  "cookies_failed"
#define ROW_ROOM 320 /* a name and ten numbers */

CsvFile *
record_listeners_new(Record *record, GError **error)
{
  return record_open(record, "listeners.csv", HEADER, error);
}

void
record_listeners_row(Record *record, const TcpListenerRecord *event)
{
  const TcpListenerInfo *info = &event->info;
  CsvFile *file = record->listeners;
  char *at = csv_begin(file, ROW_ROOM);
  at = csv_put_time(file, at, event->time);
  *at++ = ',';
  at = csv_put_word(at, event->node->name);
  const uint64_t numbers[] = {event->port,        info->half_open,        info->ready,
                              info->dropped,      info->overflows,        info->deferred,
                              info->cookies_sent, info->cookies_received, info->cookies_failed};
  for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++) {
    *at++ = ',';
    at = csv_put_u64(at, numbers[i]);
  }
  record_row(record, file, at);
}
