/* capture-conn: sequence numbers, windows and options of one connection in a capture.
 *
 * A stream may be longer than the 4 GiB that sequence numbers reach: each is counted from the
 * furthest one so far, to whichever side is nearer. */
#include "plots/capture-conn.h"

#include <string.h>

/* What one end of a connection has shown so far. */
typedef struct Side {
  bool has_base;      /* base is known */
  uint32_t base;      /* its initial sequence number, or one that stands in for it */
  uint32_t reach_raw; /* the furthest number said so far, and ... */
  int64_t reach;      /* ... the same counted from base */
  bool offered_scale; /* its SYN had a window scale option */
  uint8_t scale;      /* shift, at most 14 */
  GHashTable *sent;   /* owned: start of a segment -> times it was sent; look-up only */
} Side;

struct CaptureConn {
  const char *name, *opener; /* the log's */
  Side sides[2];             /* 0: the opener's */
};

CaptureConn *
capture_conn_new(const char *name, const char *opener)
{
  CaptureConn *conn = g_new0(CaptureConn, 1);
  conn->name = name;
  conn->opener = opener;
  for (int i = 0; i < 2; i++)
    conn->sides[i].sent = g_hash_table_new(NULL, NULL);
  return conn;
}

void
capture_conn_free(CaptureConn *conn)
{
  g_hash_table_unref(conn->sides[0].sent);
  g_hash_table_unref(conn->sides[1].sent);
  g_free(conn);
}

const char *
capture_conn_name(const CaptureConn *conn)
{
  return conn->name;
}

static void
set_base(Side *side, uint32_t base)
{
  side->has_base = true;
  side->base = base;
  side->reach_raw = base;
  side->reach = 0;
  g_hash_table_remove_all(side->sent);
}

/* `raw` counted from the side's base: the number nearest to the furthest one so far. */
static int64_t
relative(Side *side, uint32_t raw)
{
  int64_t number = side->reach + (int32_t)(raw - side->reach_raw);
  if (number > side->reach) {
    side->reach = number;
    side->reach_raw = raw;
  }
  return number;
}

/* A SYN shows its sender's initial number, a SYN's acknowledgment the other's. Where neither was
 * seen the first packet stands in: its first byte is byte 1 of the stream. A reset of nothing
 * (a closed port) counts from zero and shows nothing. */
static void
learn_bases(Side *own, Side *peer, const CaptureFrame *frame)
{
  bool syn = frame->flags & CAPTURE_SYN, reset = frame->flags & CAPTURE_RST;
  if (syn && (!own->has_base || own->base != frame->seq))
    set_base(own, frame->seq);
  else if (!own->has_base && !reset)
    set_base(own, frame->seq - 1);
  if ((frame->flags & CAPTURE_ACK) && !peer->has_base && (syn || !reset))
    set_base(peer, frame->ack - 1);
}

/* Times this segment was sent before; what takes no sequence space is never sent again. */
static uint32_t
count_sent(Side *side, const CaptureFrame *frame, int64_t seq)
{
  if (frame->payload == 0 && !(frame->flags & (CAPTURE_SYN | CAPTURE_FIN)))
    return 0;
  void *key = GSIZE_TO_POINTER((gsize)seq);
  uint32_t before = GPOINTER_TO_UINT(g_hash_table_lookup(side->sent, key));
  g_hash_table_insert(side->sent, key, GUINT_TO_POINTER(before + 1));
  return before;
}

static char *
flags_text(uint16_t flags)
{
  static const struct {
    uint16_t flag;
    const char *name;
  } names[] = {{0x02, "SYN"}, {0x01, "FIN"}, {0x04, "RST"}, {0x08, "PSH"}, {0x20, "URG"},
               {0x10, "ACK"}, {0x40, "ECE"}, {0x80, "CWR"}, {0x100, "AE"}};
  GString *text = g_string_new(NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
    if (flags & names[i].flag)
      g_string_append_printf(text, "%s%s", text->len > 0 ? "+" : "", names[i].name);
  }
  return g_string_free(text->len > 0 ? text : g_string_append(text, "none"), FALSE);
}

static uint32_t
option_u32(const uint8_t *bytes)
{
  return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static void
append_sack(GString *text, Side *acked, const uint8_t *blocks, size_t length)
{
  for (size_t i = 0; i + 8 <= length; i += 8) {
    /* A block lies near what is acknowledged; it does not move the furthest number. */
    int64_t start = acked->reach + (int32_t)(option_u32(blocks + i) - acked->reach_raw);
    int64_t end = acked->reach + (int32_t)(option_u32(blocks + i + 4) - acked->reach_raw);
    g_string_append_printf(text, "%s%" G_GINT64_FORMAT "-%" G_GINT64_FORMAT, i > 0 ? "," : "",
                           start, end);
  }
}

/* One option of `length` bytes behind its kind and length. */
static void
append_option(GString *text, Side *own, Side *acked, uint8_t kind, const uint8_t *value,
              size_t length)
{
  g_string_append(text, text->len > 0 ? " " : "");
  if (kind == 2 && length == 2) {
    g_string_append_printf(text, "mss=%u", value[0] << 8 | value[1]);
  } else if (kind == 3 && length == 1) {
    own->offered_scale = true;
    own->scale = MIN(value[0], 14); /* RFC 7323: more than 14 counts as 14 */
    g_string_append_printf(text, "ws=%u", value[0]);
  } else if (kind == 4 && length == 0) {
    g_string_append(text, "sackOK");
  } else if (kind == 5) {
    g_string_append(text, "sack=");
    append_sack(text, acked, value, length);
  } else if (kind == 8 && length == 8) {
    g_string_append_printf(text, "ts=%u/%u", option_u32(value), option_u32(value + 4));
  } else if (kind == 34) {
    g_string_append(text, length > 0 ? "tfo=" : "tfo");
    for (size_t i = 0; i < length; i++)
      g_string_append_printf(text, "%02x", value[i]);
  } else {
    g_string_append_printf(text, "option%u", kind);
  }
}

static char *
options_text(const CaptureFrame *frame, Side *own, Side *acked)
{
  GString *text = g_string_new(NULL);
  const uint8_t *at = frame->options;
  size_t left = frame->options_length;
  while (left > 0 && at[0] != 0) {
    size_t length = at[0] == 1 ? 1 : left >= 2 ? at[1] : 0;
    if (length == 0 || length > left || (at[0] != 1 && length < 2))
      break; /* cut or malformed: what follows cannot be found */
    if (at[0] != 1)
      append_option(text, own, acked, at[0], at + 2, length - 2);
    at += length;
    left -= length;
  }
  return g_string_free(text, FALSE);
}

void
capture_conn_describe(CaptureConn *conn, RunLog *log, const CaptureFrame *frame, RunRow *row)
{
  bool from_opener = strcmp(row->src, conn->opener) == 0;
  Side *own = &conn->sides[from_opener ? 0 : 1];
  Side *peer = &conn->sides[from_opener ? 1 : 0];
  bool syn = frame->flags & CAPTURE_SYN;
  learn_bases(own, peer, frame);
  if (syn)
    own->offered_scale = false; /* unless the options say otherwise */
  row->seq_raw = frame->seq;
  row->seq = own->has_base ? relative(own, frame->seq) : frame->seq;
  row->has_seq = true;
  if (frame->flags & CAPTURE_ACK) {
    row->ack_raw = frame->ack;
    row->ack = peer->has_base ? relative(peer, frame->ack) : frame->ack;
    row->has_ack = true;
  }
  g_autofree char *flags = flags_text(frame->flags);
  g_autofree char *options = options_text(frame, own, peer);
  row->flags = run_log_intern(log, flags);
  row->options = run_log_intern(log, options);
  bool scaled = !syn && own->offered_scale && peer->offered_scale;
  row->win = (int64_t)frame->window << (scaled ? own->scale : 0);
  row->retransmit = count_sent(own, frame, row->seq);
}
