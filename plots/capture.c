/* capture: reads a pcap or pcapng file, ours or another's, into the rows of a RunLog.
 *
 * libpcap reads the file, capture-decode.c finds the fields of each frame, capture-conn.c says them
 * as a timeline would. A connection's name has its opener first: who sent the first SYN, if the
 * capture begins with the handshake, else who sent first.
 *
 * Every packet is one row RUN_CAPTURE: a capture sees a packet at one place only, and not whether
 * it arrived elsewhere. The node of a row is that place where the file names it (ours do), else the
 * address of its sender. Times count from the earliest packet,
 * in a file of ours from the epoch, which is the start of the run.
 *
 * Left out: frames that are no IP packets, reassembly of fragments, tunnels. */
#include "plots/run-log.h"

#include <pcap/dlt.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <string.h>

#include "plots/capture-conn.h"
#include "plots/capture-icmp.h"
#include "plots/library-pcap.h"
#include "sim/error.h"
#include "sim/file.h"

/* What our files say in their section's application option. */
#define OUR_APPLICATION "roundtrip"
/* Where a file's first blocks are looked for; they are a few hundred bytes. */
#define PRELUDE_MAX 4096
#define ACCEPTED "accepted: the folder of a run, or a capture (pcap or pcapng)"

typedef struct Reader {
  RunLog *log;             /* being filled */
  GArray *rows;            /* of RunRow, as they stand in the file, without their times */
  GArray *stamps;          /* of int64_t: nanoseconds since the epoch, one a row */
  GHashTable *connections; /* "a|b", the lesser endpoint first -> CaptureConn; look-up only */
  const char *place;       /* the node, when the file names it; NULL */
  bool ours;
} Reader;

/* -- whose file it is -- */

typedef struct Prelude {
  uint8_t bytes[PRELUDE_MAX];
  size_t length;
  bool swapped; /* written by a machine of the other byte order */
} Prelude;

static uint32_t
prelude_u32(const Prelude *prelude, size_t at)
{
  uint32_t value;
  memcpy(&value, prelude->bytes + at, 4);
  return prelude->swapped ? GUINT32_SWAP_LE_BE(value) : value;
}

static uint16_t
prelude_u16(const Prelude *prelude, size_t at)
{
  uint16_t value;
  memcpy(&value, prelude->bytes + at, 2);
  return prelude->swapped ? GUINT16_SWAP_LE_BE(value) : value;
}

/* The text of option `code` among those in [at, end); g_free; NULL: not there. */
static char *
prelude_option(const Prelude *prelude, size_t at, size_t end, uint16_t code)
{
  while (at + 4 <= end) {
    uint16_t found = prelude_u16(prelude, at);
    size_t length = prelude_u16(prelude, at + 2);
    if (found == 0 || at + 4 + length > end)
      return NULL;
    if (found == code)
      return g_strndup((const char *)prelude->bytes + at + 4, length);
    at += 4 + (length + 3) / 4 * 4;
  }
  return NULL;
}

/* pcapng's section header says which application wrote the file (option 4), the interface
 * description behind it the interface's name (option 2). libpcap gives neither. */
static void
read_prelude(Reader *reader, FILE *file)
{
  Prelude prelude = {0};
  prelude.length = fread(prelude.bytes, 1, sizeof prelude.bytes, file);
  rewind(file);
  if (prelude.length < 28 || prelude_u32(&prelude, 0) != 0x0a0d0d0a)
    return;
  prelude.swapped = prelude_u32(&prelude, 8) != 0x1a2b3c4d;
  size_t section = prelude_u32(&prelude, 4);
  if (section < 28 || section > prelude.length)
    return;
  g_autofree char *application = prelude_option(&prelude, 24, section - 4, 4);
  reader->ours = application != NULL && g_str_has_prefix(application, OUR_APPLICATION);
  if (!reader->ours || section + 20 > prelude.length || prelude_u32(&prelude, section) != 1)
    return;
  size_t block = prelude_u32(&prelude, section + 4);
  if (block < 20 || block > prelude.length - section)
    return;
  g_autofree char *name = prelude_option(&prelude, section + 16, section + block - 4, 2);
  if (name != NULL && g_utf8_validate(name, -1, NULL))
    reader->place = run_log_intern(reader->log, name);
}

/* -- one connection -- */

static char *
endpoint_text(const CaptureFrame *frame, const char *address, uint16_t port)
{
  if (!frame->has_ports)
    return g_strdup(address);
  return g_strdup_printf(frame->family == 6 ? "[%s]:%u" : "%s:%u", address, port);
}

/* By which a connection is found, whichever of its ends stands first; g_free. */
static char *
connection_key(uint8_t protocol, const char *a, const char *b)
{
  bool ordered = strcmp(a, b) <= 0;
  return g_strdup_printf("%u|%s|%s", protocol, ordered ? a : b, ordered ? b : a);
}

static CaptureConn *
find_connection(Reader *reader, const CaptureFrame *frame, const RunRow *row)
{
  g_autofree char *key = connection_key(frame->protocol, row->src, row->dst);
  CaptureConn *conn = g_hash_table_lookup(reader->connections, key);
  if (conn != NULL)
    return conn;
  bool answers = frame->has_tcp && (frame->flags & CAPTURE_SYN) && (frame->flags & CAPTURE_ACK);
  const char *opener = answers ? row->dst : row->src;
  g_autofree char *name = g_strdup_printf("%s-%s", opener, answers ? row->src : row->dst);
  conn = capture_conn_new(run_log_intern(reader->log, name), opener);
  g_hash_table_insert(reader->connections, g_steal_pointer(&key), conn);
  return conn;
}

static const char *
protocol_text(RunLog *log, uint8_t protocol)
{
  switch (protocol) {
  case 1:
  case 58:
    return "ICMP";
  case 6:
    return "TCP";
  case 17:
    return "UDP";
  default: {
    g_autofree char *number = g_strdup_printf("%u", protocol);
    return run_log_intern(log, number);
  }
  }
}

/* The connection of the packet that an ICMP error quotes, if it was seen; "". */
static const char *
quoted_connection(const Reader *reader, const CaptureFrame *frame)
{
  CaptureFrame quoted;
  if (!capture_decode(DLT_RAW, frame->quoted, frame->quoted_length, frame->quoted_length,
                      &quoted) ||
      !quoted.has_ports)
    return "";
  g_autofree char *source = endpoint_text(&quoted, quoted.source, quoted.source_port);
  g_autofree char *destination =
      endpoint_text(&quoted, quoted.destination, quoted.destination_port);
  g_autofree char *key = connection_key(quoted.protocol, source, destination);
  const CaptureConn *conn = g_hash_table_lookup(reader->connections, key);
  return conn != NULL ? capture_conn_name(conn) : "";
}

/* An ICMP message as a timeline has it: what it says, the number of an echo, an MTU, and the
 * connection of the packet that it is about. */
static void
describe_message(const Reader *reader, const CaptureFrame *frame, RunRow *row)
{
  uint8_t family = frame->family, type = frame->icmp_type, code = frame->icmp_code;
  const char *name = capture_icmp_name(family, type, code);
  g_autofree char *numbers = g_strdup_printf("type %u code %u", type, code);
  row->flags = run_log_intern(reader->log, name != NULL ? name : numbers);
  if (capture_icmp_is_echo(family, type)) {
    row->has_seq = true;
    row->seq = row->seq_raw = frame->icmp_sequence;
  }
  if (capture_icmp_has_mtu(family, type, code)) {
    g_autofree char *mtu = g_strdup_printf("mtu=%u", frame->icmp_mtu);
    row->options = run_log_intern(reader->log, mtu);
  }
  if (capture_icmp_is_error(family, type) && frame->quoted_length > 0)
    row->conn = quoted_connection(reader, frame);
}

static void
add_row(Reader *reader, const CaptureFrame *frame, uint32_t number)
{
  RunLog *log = reader->log;
  g_autofree char *source = endpoint_text(frame, frame->source, frame->source_port);
  g_autofree char *destination = endpoint_text(frame, frame->destination, frame->destination_port);
  g_autofree char *link = g_strdup_printf("%s>%s", frame->source, frame->destination);
  RunRow row = {
      .event = RUN_CAPTURE,
      .node = reader->place != NULL ? reader->place : run_log_intern(log, frame->source),
      .link = run_log_intern(log, link),
      .conn = "",
      .src = run_log_intern(log, source),
      .dst = run_log_intern(log, destination),
      .proto = protocol_text(log, frame->protocol),
      .flags = "",
      .len = frame->payload,
      .size = frame->size,
      .win = -1,
      .options = "",
      .state = "",
      .detail = frame->fragment ? "fragment"
                : frame->cut    ? CAPTURE_CUT
                                : "",
      .line = number,
  };
  if (frame->has_ports) {
    CaptureConn *conn = find_connection(reader, frame, &row);
    row.conn = capture_conn_name(conn);
    if (frame->has_tcp)
      capture_conn_describe(conn, log, frame, &row);
  }
  if (frame->has_icmp)
    describe_message(reader, frame, &row);
  g_array_append_val(reader->rows, row);
}

/* -- the file -- */

/* Nanoseconds since the epoch; false when they do not fit (a damaged file). */
static bool
stamp_of(const struct pcap_pkthdr *header, int64_t *stamp)
{
  int64_t seconds = header->ts.tv_sec, nanoseconds = header->ts.tv_usec; /* asked for as nano */
  if (seconds < 0 || seconds > INT64_MAX / 1000000000 - 1 || nanoseconds < 0 ||
      nanoseconds >= 1000000000)
    return false;
  *stamp = seconds * 1000000000 + nanoseconds;
  return true;
}

static bool
read_frames(Reader *reader, pcap_t *pcap, const char *path, GError **error)
{
  struct pcap_pkthdr *header;
  const u_char *bytes;
  uint32_t number = 0;
  int link_type = pcap_datalink(pcap), got;
  while ((got = pcap_next_ex(pcap, &header, &bytes)) == 1) {
    CaptureFrame frame;
    int64_t stamp;
    number++;
    if (!stamp_of(header, &stamp)) {
      g_set_error(error, SIM_ERROR, SIM_ERROR_FILE, "%s: packet %u has no possible time", path,
                  number);
      return false;
    }
    if (!capture_decode(link_type, bytes, header->caplen, header->len, &frame))
      continue;
    add_row(reader, &frame, number);
    g_array_append_val(reader->stamps, stamp);
  }
  if (got == PCAP_ERROR) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_FILE, "%s: after packet %u: %s", path, number,
                pcap_geterr(pcap));
    return false;
  }
  return true;
}

static int
compare_time(const void *a, const void *b)
{
  const RunRow *row_a = a, *row_b = b;
  if (row_a->time != row_b->time)
    return row_a->time < row_b->time ? -1 : 1;
  return row_a->line < row_b->line ? -1 : row_a->line > row_b->line;
}

/* Gives the rows their times and puts them in order: capturing may swap neighbours. */
static bool
set_times(Reader *reader, const char *path, GError **error)
{
  const int64_t *stamps = (const int64_t *)(void *)reader->stamps->data;
  RunRow *rows = (RunRow *)(void *)reader->rows->data;
  int64_t start = reader->ours ? 0 : INT64_MAX;
  for (guint i = 0; i < reader->stamps->len; i++)
    start = MIN(start, stamps[i]);
  for (guint i = 0; i < reader->stamps->len; i++) {
    if (stamps[i] - start > SIM_TIME_NEVER / SIM_NANOSECOND) {
      g_set_error(error, SIM_ERROR, SIM_ERROR_FILE,
                  "%s: packet %u comes more than 106 days after the start", path, rows[i].line);
      return false;
    }
    rows[i].time = (stamps[i] - start) * SIM_NANOSECOND;
  }
  g_array_sort(reader->rows, compare_time);
  for (guint i = 0; i < reader->rows->len; i++)
    run_log_add(reader->log, &rows[i]);
  return true;
}

static bool
read_file(Reader *reader, const char *path, GError **error)
{
  char message[PCAP_ERRBUF_SIZE];
  if (!sim_library_load(&library_pcap, error))
    return false;
  FILE *file = sim_file_stream(path, ACCEPTED, error);
  if (file == NULL)
    return false;
  read_prelude(reader, file);
  pcap_t *pcap =
      pcap_fopen_offline_with_tstamp_precision(file, PCAP_TSTAMP_PRECISION_NANO, message);
  if (pcap == NULL) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_FILE, "%s: %s; " ACCEPTED, path, message);
    fclose(file);
    return false;
  }
  bool done = false;
  if (!capture_decode_knows(pcap_datalink(pcap))) {
    const char *name = pcap_datalink_val_to_name(pcap_datalink(pcap));
    g_set_error(error, SIM_ERROR, SIM_ERROR_FILE,
                "%s: link type %s is not supported; accepted: RAW, IPV4, IPV6, EN10MB, LINUX_SLL, "
                "LINUX_SLL2, NULL, LOOP",
                path, name != NULL ? name : "unknown");
  } else {
    done = read_frames(reader, pcap, path, error) && set_times(reader, path, error);
  }
  pcap_close(pcap); /* and the file */
  return done;
}

RunLog *
run_log_read_capture(const char *path, GError **error)
{
  RunLog *log = run_log_new(path);
  log->is_capture = true;
  Reader reader = {
      .log = log,
      .rows = g_array_new(FALSE, FALSE, sizeof(RunRow)),
      .stamps = g_array_new(FALSE, FALSE, sizeof(int64_t)),
      .connections =
          g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)capture_conn_free),
  };
  bool done = read_file(&reader, path, error);
  g_array_unref(reader.rows);
  g_array_unref(reader.stamps);
  g_hash_table_unref(reader.connections);
  if (!done)
    g_clear_pointer(&log, run_log_free);
  return log;
}
