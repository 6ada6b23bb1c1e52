/* Captures: every link type, cut packets, lengths that lie, relative numbers, times. */
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "models/net/icmp-kind.h"
#include "plots/capture-decode.h"
#include "plots/capture-icmp.h"
#include "plots/run-log.h"
#include "sim/error.h"
#include "sim/rng.h"

static void
put8(GByteArray *bytes, guint value)
{
  guint8 byte = (guint8)value;
  g_byte_array_append(bytes, &byte, 1);
}

static void
put16(GByteArray *bytes, guint value)
{
  put8(bytes, value >> 8);
  put8(bytes, value & 0xff);
}

static void
put32(GByteArray *bytes, guint32 value)
{
  put16(bytes, value >> 16);
  put16(bytes, value & 0xffff);
}

/* A file's own numbers are in this machine's byte order. */
static void
put_native16(GByteArray *bytes, guint16 value)
{
  g_byte_array_append(bytes, (const guint8 *)&value, 2);
}

static void
put_native32(GByteArray *bytes, guint32 value)
{
  g_byte_array_append(bytes, (const guint8 *)&value, 4);
}

/* -- frames -- */

typedef struct Segment {
  bool from_server;
  guint16 client_port; /* 0: 40000 */
  guint32 seq, ack;
  guint flags, window;
  const char *options; /* hex, a multiple of 4 bytes; NULL: none */
  guint len;           /* payload, zeros */
} Segment;

enum { FIN = 1, SYN = 2, RST = 4, PSH = 8, ACK = 16 };

static guint
options_length(const Segment *segment)
{
  return segment->options != NULL ? (guint)strlen(segment->options) / 2 : 0;
}

static void
put_tcp(GByteArray *bytes, const Segment *segment)
{
  guint client = segment->client_port != 0 ? segment->client_port : 40000;
  put16(bytes, segment->from_server ? 80 : client);
  put16(bytes, segment->from_server ? client : 80);
  put32(bytes, segment->seq);
  put32(bytes, segment->ack);
  put8(bytes, (20 + options_length(segment)) / 4 << 4);
  put8(bytes, segment->flags);
  put16(bytes, segment->window);
  put32(bytes, 0); /* checksum, urgent pointer */
  for (guint i = 0; i < options_length(segment); i++)
    put8(bytes, (guint)g_ascii_xdigit_value(segment->options[2 * i]) << 4 |
                    (guint)g_ascii_xdigit_value(segment->options[2 * i + 1]));
  for (guint i = 0; i < segment->len; i++)
    put8(bytes, 0);
}

static void
put_ipv4(GByteArray *bytes, const Segment *segment)
{
  put16(bytes, 0x4500);
  put16(bytes, 40 + options_length(segment) + segment->len);
  put32(bytes, 0x00004000); /* identification, don't fragment */
  put16(bytes, 64 << 8 | 6);
  put16(bytes, 0);
  put32(bytes, segment->from_server ? 0x0a000002 : 0x0a000001);
  put32(bytes, segment->from_server ? 0x0a000001 : 0x0a000002);
  put_tcp(bytes, segment);
}

/* -- files -- */

static void
put_pcap_header(GByteArray *file, guint32 link_type, bool nano)
{
  put_native32(file, nano ? 0xa1b23c4d : 0xa1b2c3d4);
  put_native16(file, 2);
  put_native16(file, 4);
  put_native32(file, 0);
  put_native32(file, 0);
  put_native32(file, 65535);
  put_native32(file, link_type);
}

static void
put_record(GByteArray *file, guint32 seconds, guint32 fraction, const GByteArray *frame,
           guint captured)
{
  put_native32(file, seconds);
  put_native32(file, fraction);
  put_native32(file, MIN(captured, frame->len));
  put_native32(file, frame->len);
  g_byte_array_append(file, frame->data, MIN(captured, frame->len));
}

static RunLog *
read_bytes(const GByteArray *file, GError **error)
{
  g_autofree char *path = NULL;
  int descriptor = g_file_open_tmp("roundtrip-XXXXXX.pcap", &path, NULL);
  g_assert_cmpint(descriptor, >=, 0);
  g_close(descriptor, NULL);
  g_assert_true(g_file_set_contents(path, (const char *)file->data, file->len, NULL));
  RunLog *log = run_log_read_capture(path, error);
  g_remove(path);
  return log;
}

static RunLog *
read_good(const GByteArray *file)
{
  GError *error = NULL;
  RunLog *log = read_bytes(file, &error);
  g_assert_no_error(error);
  return log;
}

/* A raw capture of the segments, a millisecond apart. */
static RunLog *
read_segments(const Segment *segments, guint count)
{
  g_autoptr(GByteArray) file = g_byte_array_new();
  put_pcap_header(file, 101, true);
  for (guint i = 0; i < count; i++) {
    g_autoptr(GByteArray) frame = g_byte_array_new();
    put_ipv4(frame, &segments[i]);
    put_record(file, 1700000000, i * 1000000, frame, 65535);
  }
  return read_good(file);
}

static const RunRow *
row_at(const RunLog *log, guint index)
{
  g_assert_cmpuint(index, <, log->rows->len);
  return &g_array_index(log->rows, RunRow, index);
}

/* -- what is read -- */

#define SYN_OPTIONS "020405b40402080a00000001000000000103030a"

static const Segment handshake[] = {
    {false, 0, 4294967290u, 0, SYN, 64240, SYN_OPTIONS, 0},
    {true, 0, 1000, 4294967291u, SYN | ACK, 65160, "020405b40402080a000000020000000101030307", 0},
    {false, 0, 4294967291u, 1001, ACK, 63, "0101080a0000000300000002", 0},
    {false, 0, 4294967291u, 1001, PSH | ACK, 63, NULL, 100},
    {true, 0, 1001, 95, ACK, 10, NULL, 0},
};

static void
handshake_is_relative(void)
{
  g_autoptr(RunLog) log = read_segments(handshake, G_N_ELEMENTS(handshake));
  g_assert_true(log->is_capture);
  g_assert_cmpuint(log->rows->len, ==, 5);
  g_assert_cmpuint(log->nodes->len, ==, 2);
  const RunRow *syn = row_at(log, 0), *syn_ack = row_at(log, 1), *ack = row_at(log, 2);
  g_assert_cmpint(syn->event, ==, RUN_CAPTURE);
  g_assert_cmpstr(syn->flags, ==, "SYN");
  g_assert_cmpstr(syn->src, ==, "10.0.0.1:40000");
  g_assert_cmpstr(syn->dst, ==, "10.0.0.2:80");
  g_assert_cmpstr(syn->link, ==, "10.0.0.1>10.0.0.2");
  g_assert_cmpstr(syn->conn, ==, "10.0.0.1:40000-10.0.0.2:80");
  g_assert_cmpstr(syn->options, ==, "mss=1460 sackOK ts=1/0 ws=10");
  g_assert_cmpint(syn->seq, ==, 0);
  g_assert_false(syn->has_ack);
  g_assert_cmpuint(syn->seq_raw, ==, 4294967290u);
  g_assert_cmpint(syn->win, ==, 64240);
  g_assert_cmpuint(syn->size, ==, 60);
  g_assert_cmpstr(syn_ack->flags, ==, "SYN+ACK");
  g_assert_cmpstr(syn_ack->conn, ==, syn->conn);
  g_assert_cmpint(syn_ack->seq, ==, 0);
  g_assert_cmpint(syn_ack->ack, ==, 1);
  g_assert_cmpint(ack->seq, ==, 1);
  g_assert_cmpint(ack->ack, ==, 1);
  g_assert_cmpint(ack->win, ==, 63 << 10);
  g_assert_cmpint(row_at(log, 3)->len, ==, 100);
  g_assert_cmpstr(row_at(log, 3)->flags, ==, "PSH+ACK");
  g_assert_cmpint(row_at(log, 4)->ack, ==, 101); /* across the wrap */
  g_assert_cmpint(row_at(log, 4)->win, ==, 10 << 7);
}

static void
without_handshake_counts_from_the_first_packet(void)
{
  g_autoptr(RunLog) log = read_segments(&handshake[3], 2);
  g_assert_cmpint(row_at(log, 0)->seq, ==, 1);
  g_assert_cmpint(row_at(log, 0)->ack, ==, 1);
  g_assert_cmpint(row_at(log, 1)->seq, ==, 1);
  g_assert_cmpint(row_at(log, 1)->ack, ==, 101);
  g_assert_cmpint(row_at(log, 0)->win, ==, 63); /* no scale is known */
}

static void
syn_ack_first_names_its_receiver_the_opener(void)
{
  g_autoptr(RunLog) log = read_segments(&handshake[1], 2);
  g_assert_cmpstr(row_at(log, 0)->conn, ==, "10.0.0.1:40000-10.0.0.2:80");
  g_assert_cmpint(row_at(log, 1)->seq, ==, 1);
}

static void
reset_of_a_closed_port_counts_from_zero(void)
{
  const Segment segments[] = {{.seq = 5000, .flags = SYN},
                              {.from_server = true, .ack = 5001, .flags = RST | ACK}};
  g_autoptr(RunLog) log = read_segments(segments, 2);
  g_assert_cmpint(row_at(log, 1)->seq, ==, 0);
  g_assert_cmpint(row_at(log, 1)->ack, ==, 1);
}

static void
retransmissions_are_counted(void)
{
  const Segment segments[] = {
      {.seq = 10, .flags = SYN},           {.seq = 10, .flags = SYN},
      {.seq = 11, .flags = ACK, .len = 5}, {.seq = 11, .flags = ACK, .len = 5},
      {.seq = 11, .flags = ACK, .len = 5}, {.seq = 16, .flags = ACK},
      {.seq = 16, .flags = ACK},
  };
  const guint expected[] = {0, 1, 0, 1, 2, 0, 0};
  g_autoptr(RunLog) log = read_segments(segments, G_N_ELEMENTS(segments));
  for (guint i = 0; i < G_N_ELEMENTS(segments); i++)
    g_assert_cmpuint(row_at(log, i)->retransmit, ==, expected[i]);
}

static void
streams_may_be_longer_than_4_gib(void)
{
  Segment segments[12] = {{.seq = 0, .flags = SYN}};
  for (guint i = 1; i < G_N_ELEMENTS(segments); i++)
    segments[i] = (Segment){.seq = (i - 1) * 1000000000u + 1, .flags = ACK, .len = 1};
  g_autoptr(RunLog) log = read_segments(segments, G_N_ELEMENTS(segments));
  for (guint i = 1; i < G_N_ELEMENTS(segments); i++)
    g_assert_cmpint(row_at(log, i)->seq, ==, (gint64)(i - 1) * 1000000000 + 1);
}

static void
sack_blocks_are_relative(void)
{
  const Segment segments[] = {
      {.seq = 100, .flags = SYN},
      {.from_server = true, .seq = 900, .ack = 101, .flags = SYN | ACK},
      {.from_server = true,
       .seq = 901,
       .ack = 101,
       .flags = ACK,
       .options = "0101051200000065000000c90000012d00000191"},
  };
  g_autoptr(RunLog) log = read_segments(segments, 3);
  g_assert_cmpstr(row_at(log, 2)->options, ==, "sack=1-101,201-301");
}

/* -- link layers -- */

static void
check_link_type(guint32 link_type, const char *header, const char *trailer)
{
  g_autoptr(GByteArray) file = g_byte_array_new(), frame = g_byte_array_new();
  for (; *header != '\0'; header += 2)
    put8(frame,
         (guint)g_ascii_xdigit_value(header[0]) << 4 | (guint)g_ascii_xdigit_value(header[1]));
  put_ipv4(frame, &handshake[2]);
  for (; *trailer != '\0'; trailer += 2)
    put8(frame, 0);
  put_pcap_header(file, link_type, false);
  put_record(file, 1, 0, frame, 65535);
  g_autoptr(RunLog) log = read_good(file);
  g_assert_cmpuint(log->rows->len, ==, 1);
  g_assert_cmpstr(row_at(log, 0)->src, ==, "10.0.0.1:40000");
  g_assert_cmpstr(row_at(log, 0)->flags, ==, "ACK");
  g_assert_cmpuint(row_at(log, 0)->len, ==, 0);
}

#define MACS "0123456789ab0123456789ac"

static void
every_link_type(void)
{
  check_link_type(101, "", "");        /* RAW */
  check_link_type(228, "", "");        /* IPV4 */
  check_link_type(1, MACS "0800", ""); /* Ethernet */
  check_link_type(1,
                  MACS "81000005"
                       "0800",
                  ""); /* a VLAN tag */
  check_link_type(1,
                  MACS "88a80005"
                       "81000006"
                       "0800",
                  "");                             /* two */
  check_link_type(1, MACS "0800", "000000000000"); /* padding is no payload */
  check_link_type(113,
                  "00000001000601234567"
                  "89ab00000800",
                  ""); /* LINUX_SLL */
  check_link_type(276,
                  "080000000000000200010006"
                  "0123456789ab0000",
                  "");                  /* LINUX_SLL2 */
  check_link_type(0, "02000000", "");   /* NULL */
  check_link_type(108, "00000002", ""); /* LOOP */
}

static void
what_is_no_ip_is_passed_over(void)
{
  g_autoptr(GByteArray) file = g_byte_array_new(), arp = g_byte_array_new();
  put_pcap_header(file, 1, false);
  for (guint i = 0; i < 12; i++)
    put8(arp, i);
  put16(arp, 0x0806);
  put32(arp, 0x00010800);
  put_record(file, 1, 0, arp, 65535);
  g_autoptr(RunLog) log = read_good(file);
  g_assert_cmpuint(log->rows->len, ==, 0);
}

static void
ipv6_with_extension_headers(void)
{
  g_autoptr(GByteArray) file = g_byte_array_new(), frame = g_byte_array_new();
  put32(frame, 0x60000000);
  put16(frame, 8 + 20 + 7);
  put16(frame, 0 << 8 | 64); /* hop-by-hop options come first */
  for (guint end = 1; end <= 2; end++) {
    put32(frame, 0xfd000000);
    put32(frame, 0);
    put32(frame, 0);
    put32(frame, end);
  }
  put16(frame, 6 << 8 | 0);
  put16(frame, 0x0104);
  put32(frame, 0);
  put_tcp(frame, &(Segment){.seq = 7, .flags = ACK, .len = 7});
  put_pcap_header(file, 229, false);
  put_record(file, 1, 0, frame, 65535);
  g_autoptr(RunLog) log = read_good(file);
  g_assert_cmpstr(row_at(log, 0)->src, ==, "[fd00::1]:40000");
  g_assert_cmpstr(row_at(log, 0)->dst, ==, "[fd00::2]:80");
  g_assert_cmpstr(row_at(log, 0)->link, ==, "fd00::1>fd00::2");
  g_assert_cmpuint(row_at(log, 0)->len, ==, 7);
  g_assert_cmpuint(row_at(log, 0)->size, ==, 75);
}

/* -- cut and damaged frames -- */

static void
cut_packets_keep_their_length(void)
{
  Segment segment = {.seq = 1, .flags = ACK, .len = 1000, .options = SYN_OPTIONS};
  for (guint captured = 20; captured <= 60; captured++) {
    g_autoptr(GByteArray) file = g_byte_array_new(), frame = g_byte_array_new();
    put_ipv4(frame, &segment);
    put_pcap_header(file, 101, false);
    put_record(file, 1, 0, frame, captured);
    g_autoptr(RunLog) log = read_good(file);
    const RunRow *row = row_at(log, 0);
    g_assert_cmpuint(row->size, ==, 1060);
    g_assert_cmpstr(row->src, ==, captured >= 24 ? "10.0.0.1:40000" : "10.0.0.1");
    g_assert_cmpstr(row->flags, ==, captured >= 40 ? "ACK" : "");
    g_assert_cmpstr(row->detail, ==, captured < 60 ? "headers cut" : "");
    if (captured >= 40)
      g_assert_cmpuint(row->len, ==, 1000);
    g_assert_cmpint(g_str_has_prefix(row->options, "mss=1460"), ==, captured >= 44);
  }
}

typedef struct Lie {
  guint offset;
  guint8 value;
  guint rows; /* left */
  guint len;  /* of the first */
} Lie;

static void
lengths_are_not_trusted(void)
{
  static const Lie lies[] = {
      {2, 0xff, 1, 10},  /* total length beyond the frame */
      {2, 0x00, 1, 10},  /* (as it is) */
      {0, 0x4f, 1, 0},   /* IP header over TCP's: there is less behind it */
      {0, 0x44, 0, 0},   /* IP header shorter than can be */
      {0, 0x55, 0, 0},   /* no known version */
      {32, 0xf0, 1, 0},  /* TCP header longer than the packet */
      {32, 0x10, 1, 30}, /* and shorter than can be: options count as payload */
      {41, 0x00, 1, 10}, /* an option of length 0 */
      {41, 0x01, 1, 10}, /* 1 */
      {41, 0xff, 1, 10}, /* beyond the header */
  };
  Segment segment = {.seq = 1, .flags = ACK, .len = 10, .options = SYN_OPTIONS};
  for (guint i = 0; i < G_N_ELEMENTS(lies); i++) {
    g_autoptr(GByteArray) file = g_byte_array_new(), frame = g_byte_array_new();
    put_ipv4(frame, &segment);
    frame->data[lies[i].offset] = lies[i].value;
    put_pcap_header(file, 101, false);
    put_record(file, 1, 0, frame, 65535);
    g_autoptr(RunLog) log = read_good(file);
    g_assert_cmpuint(log->rows->len, ==, lies[i].rows);
    if (lies[i].rows > 0)
      g_assert_cmpuint(row_at(log, 0)->len, ==, lies[i].len);
  }
}

#define RAW 12 /* DLT_RAW; in files it is 101 */

/* Frames of random bytes, and good frames with a random byte: under the sanitizers nothing is read
 * that is not there. Each frame has memory of its own, exactly as long as what was captured. */
static void
random_bytes_do_no_harm(void)
{
  /* libpcap's DLT_NULL, EN10MB, RAW, LOOP, LINUX_SLL, IPV4, IPV6, LINUX_SLL2. */
  static const int types[] = {0, 1, RAW, 108, 113, 228, 229, 276};
  SimRng rng;
  sim_rng_init(&rng, 1, "random-bytes-do-no-harm");
  guint decoded = 0;
  for (guint i = 0; i < 20000; i++) {
    g_autoptr(GByteArray) frame = g_byte_array_new();
    Segment segment = {.flags = ACK, .options = SYN_OPTIONS, .len = 20};
    if (i % 2 == 0)
      put_ipv4(frame, &segment);
    for (guint n = 0; i % 2 == 1 && n < 80; n++)
      put8(frame, (guint)sim_rng_below(&rng, 256));
    for (guint n = 0; n < 3; n++)
      frame->data[sim_rng_below(&rng, frame->len)] = (guint8)sim_rng_below(&rng, 256);
    if (i % 4 == 1) /* so that IPv6 is met, too */
      frame->data[0] = 0x60;
    size_t captured = (size_t)sim_rng_below(&rng, frame->len + 1);
    g_autofree guint8 *exact = g_memdup2(frame->data, captured);
    CaptureFrame fields;
    int type = i % 2 == 0 ? RAW : types[sim_rng_below(&rng, G_N_ELEMENTS(types))];
    if (!capture_decode(type, exact, captured, frame->len, &fields))
      continue;
    decoded++;
    g_assert_cmpuint(fields.size, <=, frame->len);
    g_assert_cmpuint(fields.payload, <=, fields.size);
    if (fields.options_length > 0)
      g_assert_true(fields.options + fields.options_length <= exact + captured);
  }
  g_assert_cmpuint(decoded, >, 2000);
}

/* -- times and files -- */

static void
check_times(bool nano)
{
  g_autoptr(GByteArray) file = g_byte_array_new(), frame = g_byte_array_new();
  put_ipv4(frame, &handshake[0]);
  put_pcap_header(file, 101, nano);
  put_record(file, 1700000000, nano ? 999999999 : 999999, frame, 65535);
  put_record(file, 1700000001, nano ? 5 : 5, frame, 65535);
  put_record(file, 1700000000, 0, frame, 65535); /* captured late */
  g_autoptr(RunLog) log = read_good(file);
  SimTime unit = nano ? SIM_NANOSECOND : SIM_MICROSECOND;
  g_assert_cmpint(row_at(log, 0)->time, ==, 0);
  g_assert_cmpuint(row_at(log, 0)->line, ==, 3);
  g_assert_cmpint(row_at(log, 1)->time, ==, SIM_SECOND - unit);
  g_assert_cmpint(row_at(log, 2)->time, ==, SIM_SECOND + 5 * unit);
}

static void
times_count_from_the_earliest_packet(void)
{
  check_times(false);
  check_times(true);
}

static void
put_option(GByteArray *block, guint16 code, const char *text)
{
  guint length = (guint)strlen(text);
  put_native16(block, code);
  put_native16(block, (guint16)length);
  g_byte_array_append(block, (const guint8 *)text, length);
  while (block->len % 4 != 0)
    put8(block, 0);
}

static void
put_block(GByteArray *file, guint32 type, const GByteArray *body)
{
  put_native32(file, type);
  put_native32(file, body->len + 12);
  g_byte_array_append(file, body->data, body->len);
  put_native32(file, body->len + 12);
}

/* A pcapng file that `application` says it wrote, with one packet at 1.5 s. */
static RunLog *
read_pcapng(const char *application)
{
  g_autoptr(GByteArray) file = g_byte_array_new(), section = g_byte_array_new();
  g_autoptr(GByteArray) interface = g_byte_array_new(), packet = g_byte_array_new();
  g_autoptr(GByteArray) frame = g_byte_array_new();
  put_native32(section, 0x1a2b3c4d);
  put_native16(section, 1);
  put_native16(section, 0);
  put_native32(section, 0xffffffff);
  put_native32(section, 0xffffffff);
  put_option(section, 4, application);
  put_native32(section, 0);
  put_block(file, 0x0a0d0d0a, section);
  put_native16(interface, 101);
  put_native16(interface, 0);
  put_native32(interface, 0);
  put_option(interface, 2, "client");
  put_option(interface, 9, "\x09");
  put_native32(interface, 0);
  put_block(file, 1, interface);
  put_ipv4(frame, &handshake[0]);
  put_native32(packet, 0);
  put_native32(packet, 0);
  put_native32(packet, 1500000000);
  put_native32(packet, frame->len);
  put_native32(packet, frame->len);
  g_byte_array_append(packet, frame->data, frame->len);
  put_block(file, 6, packet);
  return read_good(file);
}

static void
ours_count_from_the_epoch(void)
{
  g_autoptr(RunLog) ours = read_pcapng("roundtrip"), other = read_pcapng("Dumpcap");
  g_assert_cmpint(row_at(ours, 0)->time, ==, 1500 * SIM_MILLISECOND);
  g_assert_cmpstr(row_at(ours, 0)->node, ==, "client");
  g_assert_cmpint(row_at(other, 0)->time, ==, 0);
  g_assert_cmpstr(row_at(other, 0)->node, ==, "10.0.0.1");
}

static void
check_refused(const GByteArray *file, const char *message)
{
  GError *error = NULL;
  g_assert_null(read_bytes(file, &error));
  g_assert_error(error, SIM_ERROR, SIM_ERROR_FILE);
  g_assert_nonnull(strstr(error->message, message));
  g_error_free(error);
}

static void
what_cannot_be_read_is_refused(void)
{
  g_autoptr(GByteArray) none = g_byte_array_new(), text = g_byte_array_new();
  g_autoptr(GByteArray) wifi = g_byte_array_new(), cut = g_byte_array_new();
  g_autoptr(GByteArray) frame = g_byte_array_new();
  check_refused(none, "");
  g_byte_array_append(text, (const guint8 *)"time,event,node,link,packet\n", 28);
  check_refused(text, "unknown file format");
  put_pcap_header(wifi, 105, false);
  check_refused(wifi, "is not supported; accepted: RAW");
  put_ipv4(frame, &handshake[0]);
  put_pcap_header(cut, 101, false);
  put_record(cut, 1, 0, frame, 65535);
  put_record(cut, 1, 0, frame, 65535);
  g_byte_array_set_size(cut, cut->len - 7);
  check_refused(cut, "after packet 1");
}

/* -- ICMP -- */

static GByteArray *
message(guint family, guint type, guint code, guint32 rest, guint quoted)
{
  static const Segment about = {.seq = 1000, .flags = SYN, .window = 65535};
  GByteArray *bytes = g_byte_array_new();
  g_autoptr(GByteArray) packet = g_byte_array_new();
  put_ipv4(packet, &about);
  quoted = MIN(quoted, packet->len);
  if (family == 4) {
    put16(bytes, 0x4500);
    put16(bytes, 28 + quoted);
    put32(bytes, 0);
    put16(bytes, 64 << 8 | 1);
    put16(bytes, 0);
    put32(bytes, 0x0a000009);
    put32(bytes, 0x0a000001);
  } else {
    put32(bytes, 0x60000000);
    put16(bytes, 8 + quoted);
    put16(bytes, 58 << 8 | 64);
    for (guint i = 0; i < 8; i++)
      put32(bytes, i % 4 == 0 ? 0xfd000000 : i);
  }
  put8(bytes, type);
  put8(bytes, code);
  put16(bytes, 0);
  put32(bytes, rest);
  g_byte_array_append(bytes, packet->data, quoted);
  return bytes;
}

static void
messages_are_named(void)
{
  static const struct {
    guint family, type, code;
    guint32 rest;
    guint quoted, captured;
    const char *flags, *conn, *options;
    gint64 seq; /* -1: none */
  } cases[] = {
      {4, 8, 0, 0x00050003, 0, 999, "echo request", "", "", 3},
      {4, 11, 0, 0, 28, 999, "time exceeded", "10.0.0.1:40000-10.0.0.2:80", "", -1},
      {4, 3, 4, 1000, 28, 999, "fragmentation needed", "10.0.0.1:40000-10.0.0.2:80", "mtu=1000",
       -1},
      {4, 3, 3, 0, 22, 999, "port unreachable", "", "", -1}, /* no ports are quoted */
      {4, 3, 13, 0, 28, 30, "prohibited", "", "", -1},       /* cut */
      {4, 77, 2, 0, 0, 999, "type 77 code 2", "", "", -1},
      {4, 8, 0, 0, 0, 24, "", "", "", -1}, /* not even the type is there */
      {6, 129, 0, 0x00050004, 0, 999, "echo reply", "", "", 4},
      {6, 2, 0, 1280, 28, 999, "packet too big", "10.0.0.1:40000-10.0.0.2:80", "mtu=1280", -1},
  };
  static const Segment syn = {.seq = 1000, .flags = SYN, .window = 65535};
  g_autoptr(GByteArray) file = g_byte_array_new(), first = g_byte_array_new();
  put_pcap_header(file, 101, false);
  put_ipv4(first, &syn);
  put_record(file, 0, 0, first, 999);
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(GByteArray) frame =
        message(cases[i].family, cases[i].type, cases[i].code, cases[i].rest, cases[i].quoted);
    put_record(file, 1 + i, 0, frame, cases[i].captured);
  }
  RunLog *log = read_good(file);
  g_assert_cmpuint(log->rows->len, ==, G_N_ELEMENTS(cases) + 1);
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    const RunRow *row = &g_array_index(log->rows, RunRow, i + 1);
    g_assert_cmpstr(row->proto, ==, "ICMP");
    g_assert_cmpstr(row->flags, ==, cases[i].flags);
    g_assert_cmpstr(row->conn, ==, cases[i].conn);
    g_assert_cmpstr(row->options, ==, cases[i].options);
    g_assert_cmpint(row->has_seq ? row->seq : -1, ==, cases[i].seq);
  }
  run_log_free(log);
}

/* A reader of captures has a table of its own; it says the same as the simulated nodes. */
static void
names_are_those_of_the_models(void)
{
  guint named = 0;
  for (int kind = ICMP_OTHER + 1; kind < ICMP_KINDS; kind++)
    for (uint8_t family = 4; family <= 6; family += 2) {
      IcmpHeader icmp;
      if (!icmp_kind_write((IcmpKind)kind, family, &icmp))
        continue;
      named++;
      g_assert_cmpstr(capture_icmp_name(family, icmp.type, icmp.code), ==,
                      icmp_kind_name((IcmpKind)kind, family));
      g_assert_cmpint(capture_icmp_is_error(family, icmp.type), ==,
                      icmp_kind_is_error((IcmpKind)kind));
      g_assert_cmpint(capture_icmp_has_mtu(family, icmp.type, icmp.code), ==, kind == ICMP_TOO_BIG);
      g_assert_cmpint(capture_icmp_is_echo(family, icmp.type), ==,
                      kind == ICMP_ECHO_REQUEST || kind == ICMP_ECHO_REPLY);
    }
  g_assert_cmpuint(named, >, 25);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/capture/handshake-is-relative", handshake_is_relative);
  g_test_add_func("/capture/without-handshake-counts-from-the-first-packet",
                  without_handshake_counts_from_the_first_packet);
  g_test_add_func("/capture/syn-ack-first-names-its-receiver-the-opener",
                  syn_ack_first_names_its_receiver_the_opener);
  g_test_add_func("/capture/reset-of-a-closed-port-counts-from-zero",
                  reset_of_a_closed_port_counts_from_zero);
  g_test_add_func("/capture/retransmissions-are-counted", retransmissions_are_counted);
  g_test_add_func("/capture/streams-may-be-longer-than-4-gib", streams_may_be_longer_than_4_gib);
  g_test_add_func("/capture/sack-blocks-are-relative", sack_blocks_are_relative);
  g_test_add_func("/capture/every-link-type", every_link_type);
  g_test_add_func("/capture/what-is-no-ip-is-passed-over", what_is_no_ip_is_passed_over);
  g_test_add_func("/capture/ipv6-with-extension-headers", ipv6_with_extension_headers);
  g_test_add_func("/capture/cut-packets-keep-their-length", cut_packets_keep_their_length);
  g_test_add_func("/capture/lengths-are-not-trusted", lengths_are_not_trusted);
  g_test_add_func("/capture/random-bytes-do-no-harm", random_bytes_do_no_harm);
  g_test_add_func("/capture/times-count-from-the-earliest-packet",
                  times_count_from_the_earliest_packet);
  g_test_add_func("/capture/ours-count-from-the-epoch", ours_count_from_the_epoch);
  g_test_add_func("/capture/what-cannot-be-read-is-refused", what_cannot_be_read_is_refused);
  g_test_add_func("/capture/icmp/messages-are-named", messages_are_named);
  g_test_add_func("/capture/icmp/names-are-those-of-the-models", names_are_those_of_the_models);
  return g_test_run();
}
