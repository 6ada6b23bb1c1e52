/* record-timeline-conn: the rows of timeline.csv that tell of one end of a connection: its states,
 * its timers, and what loss recovery makes of it.
 *
 * Recovery has rows of the event "note", for people; the column `state` says the same for programs,
 * in the words of tcp.csv's last column ("disorder>fast"). What a mere disorder is (a duplicate
 * ACK, a SACK block) has no row: there would be one for many ACKs. */
#include "scenarios/runner/record-timeline-private.h"

#define BACKOFF_MAX 63 /* doublings that can be written as a factor */

/* time, event, node and conn of what happens at one end of a connection. */
static char *
put_conn(Record *record, char *at, SimTime time, const char *event, const RecordEnd *end)
{
  at = csv_put_time(record_timeline_file(record->timeline), at, time);
  *at++ = ',';
  at = csv_put_word(at, event);
  *at++ = ',';
  at = csv_put_word(at, end->node->name);
  at = csv_put_commas(at, NODE_TO_CONN);
  return csv_put_word(at, record_name(record, end));
}

void
record_timeline_state(Record *record, const RecordEnd *end, const TcpStateRecord *event)
{
  CsvFile *file = record_timeline_file(record->timeline);
  char *at = put_conn(record, csv_begin(file, RECORD_ROW_ROOM), event->time, "state", end);
  at = csv_put_commas(at, CONN_TO_STATE);
  at = csv_put_word(at, tcp_state_name(event->from));
  *at++ = '>';
  at = csv_put_word(at, tcp_state_name(event->to));
  record_row(record, file, csv_put_commas(at, STATE_TO_END));
}

void
record_timeline_timer(Record *record, const RecordEnd *end, const TcpTimerRecord *event)
{
  static const char *const names[] = {[TCP_TIMER_SET] = "timer-set",
                                      [TCP_TIMER_FIRE] = "timer-fire",
                                      [TCP_TIMER_CANCEL] = "timer-cancel"};
  CsvFile *file = record_timeline_file(record->timeline);
  char *at = csv_begin(file, RECORD_ROW_ROOM);
  at = put_conn(record, at, event->time, names[event->event], end);
  at = csv_put_commas(at, CONN_TO_DETAIL);
  bool set = event->event == TCP_TIMER_SET;
  *at++ = '"';
  at = csv_put_word(at, tcp_timer_name(event->timer));
  at = csv_put_word(at, set ? ", due " : ", set at ");
  at = csv_put_seconds(at, set ? event->due : event->set_at);
  bool backs_off = event->timer == TCP_TIMER_RETRANSMIT || event->timer == TCP_TIMER_PERSIST;
  if (backs_off && event->backoff > 0) {
    at = csv_put_word(at, ", x");
    at = csv_put_u64(at, UINT64_C(1) << MIN(event->backoff, BACKOFF_MAX));
  }
  *at++ = '"';
  record_row(record, file, csv_put_commas(at, DETAIL_TO_END));
}

static const char *
begun(const TcpRecoveryRecord *event)
{
  static const char *const texts[] = {
      [TCP_RECOVERY_CWR] = "a congestion mark cuts the window",
      [TCP_RECOVERY_FAST] = "loss found: fast recovery",
      [TCP_RECOVERY_LOSS] = "loss found: repair from one segment",
  };
  return texts[event->to];
}

static const char *
ended(const TcpRecoveryRecord *event)
{
  static const char *const texts[] = {
      [TCP_RECOVERY_CWR] = "the window is down",
      [TCP_RECOVERY_FAST] = "fast recovery is over",
      [TCP_RECOVERY_LOSS] = "the repair is over",
  };
  return texts[event->from];
}

/* What a time-out began ends with an ACK that goes on to open the window: what it is by then would
 * be taken for what comes of it. */
static bool
window_is_about_to_grow(const TcpRecoveryRecord *event)
{
  return event->from == TCP_RECOVERY_LOSS && event->to < TCP_RECOVERY_CWR &&
         event->undo == TCP_UNDO_NONE;
}

/* "fast recovery is over: it was needless (timestamps); cwnd 28960, ssthresh 20272" */
static void
describe(const TcpRecoveryRecord *event, const TcpInfo *info, char *text, size_t size)
{
  static const char *const undone[] = {
      [TCP_UNDO_NONE] = "",
      [TCP_UNDO_TIMESTAMP] = ", it was needless (timestamps)",
      [TCP_UNDO_DSACK] = ", it was needless (DSACK)",
      [TCP_UNDO_FORWARD_RTO] = ", it was needless (F-RTO)",
  };
  const char *what = event->undo != TCP_UNDO_NONE ? "a cut is taken back"
                                                  : "the probe repaired a loss: the window is cut";
  if (event->to >= TCP_RECOVERY_CWR && event->from != event->to)
    what = event->timeout ? "time-out: all is believed lost" : begun(event);
  else if (event->from >= TCP_RECOVERY_CWR)
    what = ended(event);
  int length = g_snprintf(text, size, "%s%s", what, undone[event->undo]);
  const char *mark = ";";
  if (!window_is_about_to_grow(event)) {
    length +=
        g_snprintf(text + length, size - (size_t)length, "; cwnd %" G_GUINT64_FORMAT, info->cwnd);
    mark = ",";
  }
  if (info->ssthresh != UINT64_MAX)
    g_snprintf(text + length, size - (size_t)length, "%s ssthresh %" G_GUINT64_FORMAT, mark,
               info->ssthresh);
}

void
record_timeline_recovery(Record *record, const RecordEnd *end, const TcpRecoveryRecord *event,
                         const TcpInfo *info)
{
  CsvFile *file = record_timeline_file(record->timeline);
  char *at = put_conn(record, csv_begin(file, RECORD_ROW_ROOM), event->time, "note", end);
  at = csv_put_commas(at, CONN_TO_STATE);
  at = csv_put_word(at, tcp_recovery_name(event->from));
  *at++ = '>';
  at = csv_put_word(at, tcp_recovery_name(event->to));
  *at++ = ',';
  char text[160];
  describe(event, info, text, sizeof text);
  record_row(record, file, csv_put_commas(csv_put_text(at, text), DETAIL_TO_END));
}
