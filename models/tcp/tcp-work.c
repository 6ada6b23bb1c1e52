/* tcp-work: see the header. Both structs go back to their slab with the connection. */
#include "models/tcp/tcp-work.h"

#include <string.h>

#include "models/tcp/tcp-conn.h"

void
tcp_work_nothing(TcpSending *sending, TcpReceiving *receiving)
{
  memset(sending, 0, sizeof *sending); /* the gaps between fields too: they are compared */
  sending->last_send_at = sending->first_timeout_at = sending->rack_sent_at = -1;
  sending->probing_since = sending->stopped_at = -1;
  sending->push_at = UINT64_MAX;
  sending->reordering = TCP_DUP_THRESHOLD;
  sending->rack_steps = 1;
  memset(receiving, 0, sizeof *receiving);
  receiving->last_data_at = -1;
}

G_GNUC_NO_INLINE void
tcp_work_begin_sending(TcpConn *conn)
{
  TcpHost *host = conn->host;
  TcpSending *own = sim_slab_alloc(&host->sendings);
  *own = host->nothing_sent;
  own->recover = own->small_end = own->timed_end = conn->iss;
  own->max_out_seq = conn->iss + 1;
  conn->sending = own;
}

bool
tcp_work_has_sent(const TcpConn *conn)
{
  return conn->sending != &conn->host->nothing_sent;
}

G_GNUC_NO_INLINE void
tcp_work_begin_receiving(TcpConn *conn)
{
  TcpHost *host = conn->host;
  conn->receiving = sim_slab_alloc(&host->receivings);
  *conn->receiving = host->nothing_received;
  tcp_window_begin_round(conn);
}

/* Of all that may be there to free, most connections have nothing; to look costs less than a call.
 */
static void
free_sending(TcpConn *conn)
{
  TcpSending *sending = conn->sending;
  stream_clear(&sending->out);
  if (sending->push_more != NULL)
    g_array_free(sending->push_more, TRUE);
  tcp_cwnd_free_state(conn);
  if (sending->rate != NULL)
    g_free(sending->rate);
  if (sending->validation != NULL)
    g_free(sending->validation);
  sim_slab_free(&conn->host->sendings, sending);
}

static void
free_receiving(TcpHost *host, TcpReceiving *receiving)
{
  if (receiving->beyond.items != NULL)
    ranges_clear(&receiving->beyond);
  if (receiving->held != NULL)
    g_array_free(receiving->held, TRUE);
  stream_clear(&receiving->in);
  sim_slab_free(&host->receivings, receiving);
}

enum { RETIRED_CONN = 1, RETIRED_SENDING = 2, RETIRED_RECEIVING = 4 };

void
tcp_work_retire(TcpConn *conn)
{
  TcpHost *host = conn->host;
  conn->retired = RETIRED_CONN;
  sim_slab_retire(&host->conns);
  if (conn->sending != &host->nothing_sent) {
    conn->retired |= RETIRED_SENDING;
    sim_slab_retire(&host->sendings);
  }
  if (conn->receiving != &host->nothing_received) {
    conn->retired |= RETIRED_RECEIVING;
    sim_slab_retire(&host->receivings);
  }
}

static void
unretire(TcpConn *conn)
{
  TcpHost *host = conn->host;
  if (conn->retired & RETIRED_CONN)
    sim_slab_unretire(&host->conns);
  if (conn->retired & RETIRED_SENDING)
    sim_slab_unretire(&host->sendings);
  if (conn->retired & RETIRED_RECEIVING)
    sim_slab_unretire(&host->receivings);
}

/* What is measured by rate, paced, or counted in memory is asked for in TIME-WAIT, too. */
G_GNUC_NO_INLINE void
tcp_work_rest(TcpConn *conn)
{
  TcpHost *host = conn->host;
  TcpSending *sending = conn->sending;
  TcpReceiving *receiving = conn->receiving;
  if (sending != &host->nothing_sent && sending->rate == NULL && sending->pacer == NULL) {
    free_sending(conn);
    conn->sending = &host->nothing_sent;
  }
  if (receiving != &host->nothing_received && receiving->held == NULL) {
    free_receiving(host, receiving);
    conn->receiving = &host->nothing_received;
  }
}

void
tcp_work_free(TcpConn *conn)
{
  TcpHost *host = conn->host;
  unretire(conn);
  if (conn->sending != &host->nothing_sent)
    free_sending(conn);
  if (conn->receiving != &host->nothing_received)
    free_receiving(host, conn->receiving);
}
