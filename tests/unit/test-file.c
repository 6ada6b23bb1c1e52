/* Ordinary files are read; everything else is named for what it is, at once. */
#include "sim/file.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "sim/error.h"

#define WANTED "a list is wanted"

typedef struct Fixture {
  char *folder, *path; /* owned; nothing is at path yet */
} Fixture;

static void
set_up(Fixture *fixture, gconstpointer data)
{
  GError *error = NULL;
  fixture->folder = g_dir_make_tmp("test-file-XXXXXX", &error);
  g_assert_no_error(error);
  fixture->path = g_build_filename(fixture->folder, "x", NULL);
}

static void
tear_down(Fixture *fixture, gconstpointer data)
{
  g_remove(fixture->path);
  g_rmdir(fixture->folder);
  g_free(fixture->path);
  g_free(fixture->folder);
}

static void
assert_refused(const char *path, const char *message)
{
  g_autoptr(GError) error = NULL;
  size_t length;
  g_assert_null(sim_file_read(path, WANTED, &length, &error));
  g_assert_error(error, SIM_ERROR, SIM_ERROR_FILE);
  g_assert_nonnull(strstr(error->message, path));
  if (strstr(error->message, message) == NULL)
    g_error("\"%s\" is not in: %s", message, error->message);
}

static void
all_of_a_file_is_read(Fixture *fixture, gconstpointer data)
{
  static const gsize lengths[] = {0, 1, 4094, 4095, 4096, 4097, 100000};
  for (gsize i = 0; i < G_N_ELEMENTS(lengths); i++) {
    g_autofree char *given = g_malloc(lengths[i] + 1);
    for (gsize k = 0; k < lengths[i]; k++)
      given[k] = (char)(k * 7 % 251); /* zero bytes, too */
    GError *error = NULL;
    g_file_set_contents(fixture->path, given, (gssize)lengths[i], &error);
    g_assert_no_error(error);
    size_t length;
    g_autofree char *text = sim_file_read(fixture->path, WANTED, &length, &error);
    g_assert_no_error(error);
    g_assert_cmpmem(text, length, given, lengths[i]);
    g_assert_cmpint(text[length], ==, '\0');
  }
}

/* The kernel says that it has no bytes. */
static void
a_file_of_unknown_length_is_read(void)
{
  GError *error = NULL;
  size_t length;
  g_autofree char *text = sim_file_read("/proc/self/maps", WANTED, &length, &error);
  if (text == NULL) {
    g_test_skip("there is no /proc");
    g_clear_error(&error);
    return;
  }
  g_assert_cmpuint(length, >, 100);
  g_assert_cmpint(text[length - 1], ==, '\n');
}

static void
a_stream_begins_at_the_start(Fixture *fixture, gconstpointer data)
{
  GError *error = NULL;
  g_file_set_contents(fixture->path, "one", -1, &error);
  g_assert_no_error(error);
  FILE *stream = sim_file_stream(fixture->path, WANTED, &error);
  g_assert_no_error(error);
  char text[8] = "";
  g_assert_cmpuint(fread(text, 1, sizeof text, stream), ==, 3);
  g_assert_cmpstr(text, ==, "one");
  fclose(stream);
  g_assert_null(sim_file_stream(fixture->folder, WANTED, NULL));
}

static void
what_is_not_there_is_said(Fixture *fixture, gconstpointer data)
{
  assert_refused(fixture->path, "No such file");
}

static void
a_folder_is_refused(Fixture *fixture, gconstpointer data)
{
  assert_refused(fixture->folder, "\" is a folder; " WANTED);
}

static void
a_pipe_is_refused_at_once(Fixture *fixture, gconstpointer data)
{
  g_assert_cmpint(mkfifo(fixture->path, 0600), ==, 0);
  assert_refused(fixture->path, "\" is a pipe; " WANTED);
}

static void
a_device_is_refused(void)
{
  assert_refused("/dev/zero", "\" is a device; " WANTED);
}

static void
a_socket_is_refused(Fixture *fixture, gconstpointer data)
{
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  g_strlcpy(address.sun_path, fixture->path, sizeof address.sun_path);
  int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  g_assert_cmpint(bind(fd, (struct sockaddr *)&address, sizeof address), ==, 0);
  assert_refused(fixture->path, "\" is a socket; " WANTED);
  close(fd);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
#define FIXTURE(path, function) g_test_add(path, Fixture, NULL, set_up, function, tear_down)
  FIXTURE("/file/all-of-a-file-is-read", all_of_a_file_is_read);
  g_test_add_func("/file/a-file-of-unknown-length-is-read", a_file_of_unknown_length_is_read);
  FIXTURE("/file/a-stream-begins-at-the-start", a_stream_begins_at_the_start);
  FIXTURE("/file/what-is-not-there-is-said", what_is_not_there_is_said);
  FIXTURE("/file/a-folder-is-refused", a_folder_is_refused);
  FIXTURE("/file/a-pipe-is-refused-at-once", a_pipe_is_refused_at_once);
  g_test_add_func("/file/a-device-is-refused", a_device_is_refused);
  FIXTURE("/file/a-socket-is-refused", a_socket_is_refused);
  return g_test_run();
}
