/* tcp-sack: the scoreboard: what the peer says it has beyond the acknowledged byte.
 *
 * A block of a SACK option marks the segments that it covers whole; marks stay until the segment is
 * acknowledged (or a time-out finds that the peer went back on its word, RFC 2018 8). The first
 * block may instead report a duplicate (RFC 2883): then it lies below the ACK or within the second.
 * Data that is reported out of order although it was sent only once shows that the path reorders:
 * the duplicate threshold rises with the distance, as in Linux.
 * What is lost by it is found in tcp-rack.c or tcp-nextseg.c.
 * Supported standards: RFC 2018, RFC 2883. */
#include "models/tcp/tcp-conn.h"

#include <string.h>

#define REORDERING_MOST 300 /* segments: Linux's tcp_max_reordering */

/* `low` arrived although `conn->sending->sacked_end`, beyond it, had arrived before this ACK: the
 * path reorders. */
static void
note_reordering(TcpConn *conn, uint32_t low)
{
  TcpSending *sending = conn->sending;
  if (!seq_before(low, sending->sacked_end))
    return;
  uint32_t distance = sending->sacked_end - low;
  uint32_t segments = (distance + conn->mss - 1) / conn->mss;
  if (segments > sending->reordering)
    sending->reordering = MIN(segments, REORDERING_MOST);
  sending->reorder_seen = true;
}

SIM_HOT void
tcp_sack_delivered(TcpConn *conn, TcpSegment *segment, TcpAckSeen *seen)
{
  seen->delivered++;
  seen->delivered_bytes += segment->length;
  if (segment->retransmits == 0) {
    seen->never_resent |= seq_at_or_before(tcp_segment_end(segment), conn->sending->recover);
    note_reordering(conn, segment->seq);
  }
  tcp_rack_advance(conn, segment);
  if (conn->sending->rate != NULL)
    tcp_rate_on_delivered(conn, segment);
}

void
tcp_sack_clear_lost(TcpConn *conn, TcpSegment *segment)
{
  TcpSending *sending = conn->sending;
  if (!segment->lost)
    return;
  segment->lost = false;
  sending->lost_out--;
  sending->lost_bytes -= segment->length;
}

void
tcp_sack_clear_resent(TcpConn *conn, TcpSegment *segment)
{
  conn->sending->resent_out -= segment->resent;
  segment->resent = false;
}

static void
mark(TcpConn *conn, TcpSegment *segment, TcpAckSeen *seen)
{
  TcpSending *sending = conn->sending;
  tcp_sack_delivered(conn, segment, seen);
  if (segment->retransmits == 0)
    seen->sack_rtt = tcp_now(conn) - segment->sent_at;
  tcp_sack_clear_lost(conn, segment);
  tcp_sack_clear_resent(conn, segment);
  segment->sacked = true;
  if (sending->sack_last == NULL || seq_after(segment->seq, sending->sack_last->seq))
    sending->sack_last = segment;
  if (seq_after(tcp_segment_end(segment), seen->sacked_end))
    seen->sacked_end = tcp_segment_end(segment);
  sending->sacked_out++;
  sending->sacked_bytes += segment->length;
  seen->newly_sacked++;
}

/* What none of ours can be: it is empty, or goes beyond what is out. */
static bool
is_absurd(const TcpConn *conn, const TcpSackBlock *block)
{
  return !seq_before(block->start, block->end) || seq_after(block->end, conn->snd_nxt) ||
         seq_before(block->start, conn->snd_una);
}

/* In the order of sequence numbers, as Linux has it too: the list is walked once. */
static unsigned
sort_blocks(const TcpConn *conn, const TcpSackBlock *given, unsigned count, TcpSackBlock *sorted)
{
  unsigned n = 0;
  for (unsigned i = 0; i < count; i++) {
    if (is_absurd(conn, &given[i]))
      continue;
    unsigned at = n++;
    for (; at > 0 && seq_before(given[i].start, sorted[at - 1].start); at--)
      sorted[at] = sorted[at - 1];
    sorted[at] = given[i];
  }
  return n;
}

/* Where in `block` begins what the last option did not say. */
static uint32_t
news_in(const TcpSending *sending, const TcpSackBlock *block)
{
  uint32_t from = block->start;
  for (unsigned i = 0; i < sending->known_count; i++) {
    const TcpSackBlock *known = &sending->known[i];
    if (seq_at_or_before(known->start, from) && seq_after(known->end, from))
      from = known->end;
  }
  return seq_before(from, block->end) ? from : block->end;
}

/* Marks what lies whole in [from, end), beginning with `segment` or where there is nothing before.
 * Returns where it stopped: NULL behind the last. */
static TcpSegment *
mark_block(TcpConn *conn, TcpSegment *segment, uint32_t from, uint32_t end, TcpAckSeen *seen)
{
  const TcpSegment *last = conn->sending->sack_last;
  if (last != NULL && seq_at_or_after(from, tcp_segment_end(last)))
    segment = last->next;
  while (segment != NULL && seq_before(segment->seq, from))
    segment = segment->next;
  for (; segment != NULL && seq_before(segment->seq, end); segment = segment->next) {
    if (segment->sacked)
      continue;
    if (seq_after(tcp_segment_end(segment), end))
      break;
    mark(conn, segment, seen);
  }
  return segment;
}

/* From one ACK to the next a block has grown by a segment as a rule, at its end; the list is not
 * walked for more than that, as Linux does it with its own hint and cache. */
static G_GNUC_NO_INLINE void
mark_blocks(TcpConn *conn, const TcpSackBlock *given, unsigned count, TcpAckSeen *seen)
{
  TcpSending *sending = conn->sending;
  TcpSackBlock blocks[TCP_SACK_BLOCKS];
  unsigned n = sort_blocks(conn, given, count, blocks);
  TcpSegment *segment = sending->segments;
  for (unsigned i = 0; i < n; i++) {
    uint32_t from = news_in(sending, &blocks[i]);
    if (from == blocks[i].end)
      continue;
    segment = mark_block(conn, segment, from, blocks[i].end, seen);
    if (segment != NULL && seq_before(segment->seq, blocks[i].end))
      blocks[i].end = segment->seq; /* of this one only a part was reported */
  }
  memcpy(sending->known, blocks, n * sizeof(TcpSackBlock));
  sending->known_count = (uint8_t)n;
}

/* RFC 2883 4: is the first block the report of a duplicate? */
static bool
is_duplicate_report(const TcpHeader *tcp)
{
  const TcpSackBlock *first = &tcp->sack[0], *second = &tcp->sack[1];
  if (seq_before(first->start, tcp->ack))
    return true;
  return tcp->sack_count > 1 && seq_at_or_after(first->start, second->start) &&
         seq_at_or_before(first->end, second->end);
}

/* A duplicate of something we sent again: one retransmission fewer that was needed. */
static SIM_RARE void
take_duplicate_report(TcpConn *conn, const TcpHeader *tcp, TcpAckSeen *seen)
{
  TcpSending *sending = conn->sending;
  const TcpSackBlock *block = &tcp->sack[0];
  seen->dsack = true;
  seen->dsack_of_probe = sending->tlp_out && block->end == sending->tlp_end;
  if (sending->undo_armed && sending->undo_resent > 0 &&
      seq_at_or_before(block->end, seen->prior_una) && seq_after(block->end, sending->undo_marker))
    sending->undo_resent--;
}

void
tcp_sack_take(TcpConn *conn, const Packet *packet, TcpAckSeen *seen)
{
  TcpSending *sending = conn->sending;
  const TcpHeader *tcp = &packet->tcp;
  if (sending->sacked_out == 0) {
    sending->sacked_end = conn->snd_una;
    sending->known_count = 0;
  }
  seen->sacked_end = sending->sacked_end;
  if (!conn->sack_ok || !(tcp->options & TCP_OPT_SACK))
    return;
  unsigned first = 0;
  if (is_duplicate_report(tcp)) {
    take_duplicate_report(conn, tcp, seen);
    first = 1;
  }
  mark_blocks(conn, tcp->sack + first, tcp->sack_count - first, seen);
}

void
tcp_sack_unhint(TcpSending *sending)
{
  sending->sack_last = sending->rack_passed = NULL;
  sending->known_count = 0;
}

void
tcp_sack_forget(TcpConn *conn)
{
  TcpSending *sending = conn->sending;
  for (TcpSegment *segment = sending->segments; segment != NULL; segment = segment->next)
    segment->sacked = false;
  tcp_sack_unhint(sending);
  sending->sacked_out = 0;
  sending->sacked_bytes = 0;
}
