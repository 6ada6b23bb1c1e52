/* record-tcp: tcp.csv: what TCP_INFO would say of a connection, whenever a column of it changed. */
#include <string.h>

#include "scenarios/runner/record-private.h"

#define HEADER                                                                                     \
  "time,node,conn,cwnd,ssthresh,flight,srtt,rttvar,rto,rcv_wnd,snd_wnd,delivered,lost,"            \
  "retransmits,recovery,pacing_rate"
#define ROW_ROOM 640 /* three names and thirteen numbers */

/* The columns of the row written last for one connection. All of one size, so that there is no
 * padding and memcmp() compares them. */
typedef struct Columns {
  uint64_t cwnd, ssthresh, flight;
  SimTime srtt, rttvar, rto;
  uint64_t rcv_wnd, snd_wnd, delivered, lost, retransmits;
  uint64_t recovery; /* TcpRecovery */
  uint64_t pacing_rate;
} Columns;

struct RecordTcp {
  CsvFile *file;  /* owned */
  IdMap rows;     /* an end's key -> index in `last` */
  GArray *last;   /* of Columns */
  GArray *unused; /* of uint32_t: indices in `last` that were given back */
};

RecordTcp *
record_tcp_new(Record *record, GError **error)
{
  CsvFile *file = record_open(record, "tcp.csv", HEADER, error);
  if (file == NULL)
    return NULL;
  RecordTcp *tcp = g_new0(RecordTcp, 1);
  tcp->file = file;
  tcp->last = g_array_new(FALSE, TRUE, sizeof(Columns));
  tcp->unused = g_array_new(FALSE, FALSE, sizeof(uint32_t));
  return tcp;
}

bool
record_tcp_finish(RecordTcp *tcp, GError **error)
{
  bool good = csv_close(tcp->file, error);
  id_map_clear(&tcp->rows);
  g_array_unref(tcp->last);
  g_array_unref(tcp->unused);
  g_free(tcp);
  return good;
}

void
record_tcp_begin(Record *record, const RecordEnd *end)
{
  uint32_t index;
  if (id_map_take(&record->tcp->rows, end->key, &index))
    g_array_append_val(record->tcp->unused, index);
}

static Columns
columns_of(const TcpInfo *info)
{
  return (Columns){.cwnd = info->cwnd,
                   .ssthresh = info->ssthresh,
                   .flight = info->flight,
                   .srtt = info->srtt,
                   .rttvar = info->rttvar,
                   .rto = info->rto,
                   .rcv_wnd = info->rcv_wnd,
                   .snd_wnd = info->snd_wnd,
                   .delivered = info->bytes_acked,
                   .lost = info->lost,
                   .retransmits = info->retransmits,
                   .recovery = info->recovery,
                   .pacing_rate = info->pacing_rate};
}

/* Keeps `now` as the connection's row; false when it is the same as before. */
static bool
is_news(RecordTcp *tcp, uint64_t key, const Columns *now)
{
  uint32_t index;
  bool known = id_map_get(&tcp->rows, key, &index);
  if (known && memcmp(&g_array_index(tcp->last, Columns, index), now, sizeof *now) == 0)
    return false;
  if (!known) {
    index = tcp->last->len;
    if (tcp->unused->len > 0) {
      index = g_array_index(tcp->unused, uint32_t, tcp->unused->len - 1);
      g_array_set_size(tcp->unused, tcp->unused->len - 1);
    } else
      g_array_set_size(tcp->last, index + 1);
    id_map_put(&tcp->rows, key, index);
  }
  g_array_index(tcp->last, Columns, index) = *now;
  return true;
}

static char *
put_row(Record *record, char *at, const RecordEnd *end, SimTime time, const Columns *now)
{
  CsvFile *file = record->tcp->file;
  at = csv_put_time(file, at, time);
  *at++ = ',';
  at = csv_put_word(at, end->node->name);
  *at++ = ',';
  at = csv_put_word(at, record_name(record, end));
  *at++ = ',';
  at = csv_put_u64(at, now->cwnd);
  *at++ = ',';
  if (now->ssthresh != UINT64_MAX) /* empty before the first loss */
    at = csv_put_u64(at, now->ssthresh);
  *at++ = ',';
  at = csv_put_u64(at, now->flight);
  const SimTime times[] = {now->srtt, now->rttvar, now->rto};
  for (size_t i = 0; i < G_N_ELEMENTS(times); i++) {
    char text[SIM_TIME_TEXT];
    *at++ = ',';
    at = csv_put_word(at, sim_time_print(times[i], text));
  }
  const uint64_t counts[] = {now->rcv_wnd, now->snd_wnd, now->delivered, now->lost,
                             now->retransmits};
  for (size_t i = 0; i < G_N_ELEMENTS(counts); i++) {
    *at++ = ',';
    at = csv_put_u64(at, counts[i]);
  }
  *at++ = ',';
  at = csv_put_word(at, tcp_recovery_name((TcpRecovery)now->recovery));
  *at++ = ',';
  if (now->pacing_rate != UINT64_MAX) /* empty where nothing is paced */
    at = csv_put_u64(at, now->pacing_rate);
  return at;
}

void
record_tcp_sample(Record *record, const RecordEnd *end, SimTime time, const TcpInfo *info)
{
  Columns now = columns_of(info);
  if (!is_news(record->tcp, end->key, &now))
    return;
  CsvFile *file = record->tcp->file;
  record_row(record, file, put_row(record, csv_begin(file, ROW_ROOM), end, time, &now));
}
