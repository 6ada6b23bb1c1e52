/* record-flows: flows.csv: every round of a load that is over, and every flow that failed, in order
 * of their ends. The file is made with its first row: a run without loads has none. */
#include "models/app/app-load.h"
#include "models/net/node.h"
#include "scenarios/runner/record-private.h"

#define HEADER "time,load,flow,from,to,start,duration,bytes,outcome"
#define ROW_ROOM 512 /* four names and five numbers */

void
record_flows_flow(Record *record, const AppFlowRecord *flow)
{
  if (record->flows == NULL) {
    GError *error = NULL;
    record->flows = record_open(record, "flows.csv", HEADER, &error);
    if (record->flows == NULL) {
      record_failed(record, error);
      return;
    }
  }
  CsvFile *file = record->flows;
  char *at = csv_begin(file, ROW_ROOM);
  at = csv_put_time(file, at, flow->time);
  *at++ = ',';
  at = csv_put_word(at, flow->name);
  *at++ = ',';
  at = csv_put_u64(at, flow->flow);
  *at++ = ',';
  at = csv_put_word(at, flow->from->name);
  *at++ = ',';
  at = csv_put_word(at, flow->to->name);
  *at++ = ',';
  at = csv_put_time(file, at, flow->start);
  *at++ = ',';
  at = csv_put_time(file, at, flow->time - flow->start);
  *at++ = ',';
  at = csv_put_u64(at, flow->bytes);
  *at++ = ',';
  at = csv_put_word(at, flow->outcome);
  record_row(record, file, at);
}
