/* Captures: read back block by block, to the byte. */
#include "models/net/pcapng.h"

#include <glib/gstdio.h>
#include <string.h>

#include "tests/unit/net-fixture.h"

typedef struct Capture {
  Fixture f;
  char *folder, *path;
  Pcapng *pcapng;
  uint8_t *bytes; /* the file, after capture_read() */
  gsize length;
} Capture;

static void
capture_start(Capture *capture)
{
  GError *error = NULL;
  fixture_link(&capture->f, 0, 0);
  capture->folder = g_dir_make_tmp("pcapng-XXXXXX", &error);
  g_assert_no_error(error);
  capture->path = g_build_filename(capture->folder, "a.pcapng", NULL);
  capture->pcapng = pcapng_open(capture->path, "a", "roundtrip 1.2", &error);
  g_assert_no_error(error);
  capture->bytes = NULL;
}

static void
capture_read(Capture *capture)
{
  GError *error = NULL;
  uint64_t size = pcapng_size(capture->pcapng);
  g_assert_true(pcapng_close(capture->pcapng, &error));
  g_assert_no_error(error);
  g_file_get_contents(capture->path, (char **)&capture->bytes, &capture->length, &error);
  g_assert_no_error(error);
  g_assert_cmpuint(capture->length, ==, size);
}

static void
capture_end(Capture *capture)
{
  g_free(capture->bytes);
  g_assert_cmpint(g_remove(capture->path), ==, 0);
  g_assert_cmpint(g_rmdir(capture->folder), ==, 0);
  g_free(capture->path);
  g_free(capture->folder);
  fixture_free(&capture->f);
}

static uint32_t
read32(const uint8_t *at)
{
  return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

/* The block with this number, its lengths checked. */
static const uint8_t *
block(const Capture *capture, unsigned number)
{
  gsize at = 0;
  for (;; number--) {
    g_assert_cmpuint(at + 12, <=, capture->length);
    uint32_t length = read32(capture->bytes + at + 4);
    g_assert_cmpuint(length % 4, ==, 0);
    g_assert_cmpuint(at + length, <=, capture->length);
    g_assert_cmpuint(read32(capture->bytes + at + length - 4), ==, length);
    if (number == 0)
      return capture->bytes + at;
    at += length;
  }
}

static void
begins_with_a_section_and_an_interface(void)
{
  static const uint8_t expected[] = {
      0x0a,
      0x0d,
      0x0d,
      0x0a,
      52,
      0,
      0,
      0,
      0x4d,
      0x3c,
      0x2b,
      0x1a,
      1,
      0,
      0,
      0,
      0xff,
      0xff,
      0xff,
      0xff,
      0xff,
      0xff,
      0xff,
      0xff,
      4,
      0,
      13,
      0,
      'r',
      'o',
      'u',
      'n',
      'd',
      't',
      'r',
      'i',
      'p',
      ' ',
      '1',
      '.',
      '2',
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      52,
      0,
      0,
      0,
      /* interface: raw IP, no limit, its name, nanoseconds */
      1,
      0,
      0,
      0,
      40,
      0,
      0,
      0,
      101,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      2,
      0,
      1,
      0,
      'a',
      0,
      0,
      0,
      9,
      0,
      1,
      0,
      9,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      40,
      0,
      0,
      0,
  };
  Capture capture;
  capture_start(&capture);
  capture_read(&capture);
  g_assert_cmpmem(capture.bytes, capture.length, expected, sizeof expected);
  capture_end(&capture);
}

static void
packet_has_its_time_length_and_comment(void)
{
  Capture capture;
  capture_start(&capture);
  Packet *packet = fixture_tcp(capture.f.net, capture.f.a, capture.f.b, TCP_SYN, 0);
  SimTime time = 5000 * SIM_SECOND + 7 * SIM_NANOSECOND + 999; /* more than 32 bits of them */
  pcapng_write(capture.pcapng, capture.f.net, packet, time, false, "lost");
  packet_free(capture.f.net, packet);
  capture_read(&capture);
  const uint8_t *at = block(&capture, 2);
  g_assert_cmpuint(read32(at), ==, 6);
  g_assert_cmpuint(read32(at + 8), ==, 0);
  uint64_t nanoseconds = (uint64_t)read32(at + 12) << 32 | read32(at + 16);
  g_assert_cmpuint(nanoseconds, ==, UINT64_C(5000000000007));
  g_assert_cmpuint(read32(at + 20), ==, 40);
  g_assert_cmpuint(read32(at + 24), ==, 40);
  g_assert_cmpuint(at[28], ==, 0x45);
  static const uint8_t comment[] = {1, 0, 4, 0, 'l', 'o', 's', 't', 0, 0, 0, 0};
  g_assert_cmpmem(at + 68, sizeof comment, comment, sizeof comment);
  g_assert_cmpuint(read32(at + 4), ==, 28 + 40 + 12 + 4);
  capture_end(&capture);
}

static void
counted_payload_is_cut_unless_full(void)
{
  Capture capture;
  capture_start(&capture);
  Packet *packet = fixture_tcp(capture.f.net, capture.f.a, capture.f.b, TCP_ACK, 1001);
  pcapng_write(capture.pcapng, capture.f.net, packet, 0, false, NULL);
  pcapng_write(capture.pcapng, capture.f.net, packet, 0, true, NULL);
  packet->payload = 5;
  packet_ext(capture.f.net, packet)->payload = (uint8_t *)g_strdup("hello");
  pcapng_write(capture.pcapng, capture.f.net, packet, 0, false, NULL);
  packet_free(capture.f.net, packet);
  capture_read(&capture);
  const uint8_t *cut = block(&capture, 2), *full = block(&capture, 3), *text = block(&capture, 4);
  g_assert_cmpuint(read32(cut + 20), ==, 40);
  g_assert_cmpuint(read32(cut + 24), ==, 1041);
  g_assert_cmpuint(read32(full + 20), ==, 1041);
  g_assert_cmpuint(read32(full + 24), ==, 1041);
  g_assert_cmpmem(cut + 28, 40, full + 28, 40); /* the checksum is that of the whole */
  g_assert_cmpuint(read32(text + 20), ==, 45);
  g_assert_cmpmem(text + 28 + 40, 8, "hello\0\0\0", 8); /* padded */
  capture_end(&capture);
}

static void
long_comments_are_cut_between_characters(void)
{
  Capture capture;
  capture_start(&capture);
  GString *comment = g_string_new(NULL);
  for (unsigned i = 0; i < 40000; i++)
    g_string_append(comment, "\303\244");
  Packet *packet = fixture_tcp(capture.f.net, capture.f.a, capture.f.b, TCP_SYN, 0);
  pcapng_write(capture.pcapng, capture.f.net, packet, 0, false, comment->str);
  packet_free(capture.f.net, packet);
  capture_read(&capture);
  const uint8_t *at = block(&capture, 2) + 28 + 40;
  g_assert_cmpuint(at[2] | at[3] << 8, ==, 65534);
  g_assert_true(g_utf8_validate((const char *)at + 4, 65534, NULL));
  g_string_free(comment, true);
  capture_end(&capture);
}

#define WAITING 5000 /* more than the memory that there is at first holds */

/* The comments of block `i`, as they come: NULL where there are no more. */
static const char *
comment_of(unsigned i, unsigned which)
{
  static const char *const both[] = {"retransmission 1 of byte 1", "lost: queue full"};
  return which < 2 && i % 7 < which + 2 ? both[which] : NULL;
}

/* Comments that come to blocks that wait, in any order, give the file that blocks with comments do.
 */
static void
comments_come_while_blocks_wait(void)
{
  Capture slow, plain;
  capture_start(&slow);
  capture_start(&plain);
  Packet *packet = fixture_tcp(slow.f.net, slow.f.a, slow.f.b, TCP_ACK, 0);
  g_autofree uint64_t *positions = g_new(uint64_t, WAITING);
  for (unsigned i = 0; i < WAITING; i++) {
    uint8_t *at = pcapng_begin(slow.pcapng, pcapng_room(packet, packet_size(packet), false));
    positions[i] =
        pcapng_end(slow.pcapng, pcapng_block(at, slow.f.net, packet, i * SIM_MICROSECOND, false));
    if (comment_of(i, 1) != NULL)
      pcapng_comment(slow.pcapng, positions[i], comment_of(i, 1));
    const char *first = comment_of(i, 1), *second = comment_of(i, 0);
    g_autofree char *joined = g_strdup(first != NULL ? first : second);
    if (first != NULL && second != NULL) {
      g_free(joined);
      joined = g_strconcat(first, "; ", second, NULL);
    }
    pcapng_write(plain.pcapng, plain.f.net, packet, i * SIM_MICROSECOND, false, joined);
  }
  g_assert_true(pcapng_is_full(slow.pcapng, 1 << 20));
  for (unsigned i = WAITING; i-- > 0;)
    if (comment_of(i, 0) != NULL)
      pcapng_comment(slow.pcapng, positions[i], comment_of(i, 0));
  for (unsigned i = 0; i < WAITING; i += 100) { /* some of it is written before the end */
    pcapng_settle(slow.pcapng, positions[i]);
    pcapng_begin(slow.pcapng, i % 1000 == 0 ? (size_t)1 << 20 : 100);
  }
  packet_free(slow.f.net, packet);
  capture_read(&slow);
  capture_read(&plain);
  g_assert_cmpmem(slow.bytes, slow.length, plain.bytes, plain.length);
  capture_end(&slow);
  capture_end(&plain);
}

static void
failures_are_told_at_the_end(void)
{
  GError *error = NULL;
  g_assert_null(pcapng_open("/nonexistent/a.pcapng", "a", "x", &error));
  fixture_assert_error(&error, "cannot write \"/nonexistent/a.pcapng\": No such file");
  if (!g_file_test("/dev/full", G_FILE_TEST_EXISTS)) {
    g_test_skip("this system has no /dev/full");
    return;
  }
  Fixture f;
  fixture_link(&f, 0, 0);
  Pcapng *pcapng = pcapng_open("/dev/full", "a", "x", &error);
  g_assert_no_error(error);
  Packet *packet = fixture_tcp(f.net, f.a, f.b, TCP_ACK, 1400);
  for (unsigned i = 0; i < 200; i++)
    pcapng_write(pcapng, f.net, packet, 0, true, NULL);
  packet_free(f.net, packet);
  g_assert_false(pcapng_close(pcapng, &error));
  fixture_assert_error(&error, "cannot write \"/dev/full\": No space");
  fixture_free(&f);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
#define TEST(path, fn) g_test_add_func("/pcapng/" path, fn)
  TEST("begins-with-a-section-and-an-interface", begins_with_a_section_and_an_interface);
  TEST("packet-has-its-time-length-and-comment", packet_has_its_time_length_and_comment);
  TEST("counted-payload-is-cut-unless-full", counted_payload_is_cut_unless_full);
  TEST("long-comments-are-cut", long_comments_are_cut_between_characters);
  TEST("comments-come-while-blocks-wait", comments_come_while_blocks_wait);
  TEST("failures-are-told-at-the-end", failures_are_told_at_the_end);
  return g_test_run();
}
