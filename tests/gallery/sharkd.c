/* sharkd: a request is a line of JSON, and so is its answer. */
#include "tests/gallery/sharkd.h"

#include <json-glib/json-glib.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

struct Sharkd {
  GPid pid;
  FILE *requests, *answers; /* owned */
  char *line;               /* of the last answer, for getline() */
  size_t room;
};

/* The member `result` of the answer to a request. Owned by *parser. */
static JsonNode *
ask(Sharkd *sharkd, const char *method, const char *params, JsonParser *parser)
{
  fprintf(sharkd->requests,
          "{\"jsonrpc\": \"2.0\", \"id\": 1, \"method\": \"%s\", \"params\": %s}\n", method,
          params);
  fflush(sharkd->requests);
  if (getline(&sharkd->line, &sharkd->room, sharkd->answers) < 0)
    g_error("sharkd ended at %s %s", method, params);
  GError *error = NULL;
  json_parser_load_from_data(parser, sharkd->line, -1, &error);
  g_assert_no_error(error);
  JsonNode *root = json_parser_get_root(parser);
  if (!json_object_has_member(json_node_get_object(root), "result"))
    g_error("sharkd %s %s: %s", method, params, sharkd->line);
  return json_object_get_member(json_node_get_object(root), "result");
}

static void
set(Sharkd *sharkd, const char *name, const char *value)
{
  g_autoptr(JsonParser) parser = json_parser_new();
  g_autofree char *params = g_strdup_printf("{\"name\": \"%s\", \"value\": \"%s\"}", name, value);
  ask(sharkd, "setconf", params, parser);
}

Sharkd *
sharkd_start(const char *folder)
{
  const char *const argv[] = {"sharkd", "-", NULL};
  g_autofree char *found = g_find_program_in_path(argv[0]);
  if (found == NULL)
    return NULL;
  g_auto(GStrv) environment =
      g_environ_setenv(g_get_environ(), "WIRESHARK_CONFIG_DIR", folder, TRUE);
  Sharkd *sharkd = g_new0(Sharkd, 1);
  int requests, answers;
  GError *error = NULL;
  g_spawn_async_with_pipes(NULL, (char **)(guintptr)argv, environment,
                           G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD |
                               G_SPAWN_STDERR_TO_DEV_NULL,
                           NULL, NULL, &sharkd->pid, &requests, &answers, NULL, &error);
  g_assert_no_error(error);
  sharkd->requests = fdopen(requests, "w");
  sharkd->answers = fdopen(answers, "r");
  set(sharkd, "ip.check_checksum", "TRUE");
  set(sharkd, "tcp.check_checksum", "TRUE");
  set(sharkd, "udp.check_checksum", "TRUE");
  set(sharkd, "ip.defragment", "FALSE");
  return sharkd;
}

void
sharkd_stop(Sharkd *sharkd)
{
  fclose(sharkd->requests); /* it ends with its input */
  fclose(sharkd->answers);
  waitpid(sharkd->pid, NULL, 0);
  g_spawn_close_pid(sharkd->pid);
  free(sharkd->line);
  g_free(sharkd);
}

static void
frame_clear(void *data)
{
  g_strfreev(((SharkdFrame *)data)->column);
}

static SharkdFrame
frame_of(JsonObject *packet, guint count)
{
  JsonArray *columns = json_object_get_array_member(packet, "c");
  g_assert_cmpuint(json_array_get_length(columns), ==, count);
  SharkdFrame frame = {g_new0(char *, count + 1)};
  for (guint i = 0; i < count; i++)
    frame.column[i] = g_strdup(json_array_get_string_element(columns, i));
  return frame;
}

GArray *
sharkd_read(Sharkd *sharkd, const char *file, const char *const *fields)
{
  g_autoptr(JsonParser) parser = json_parser_new();
  g_autofree char *load = g_strdup_printf("{\"file\": \"%s\"}", file);
  ask(sharkd, "load", load, parser);
  g_autoptr(GString) columns = g_string_new("{");
  guint count = 0;
  for (; fields[count] != NULL; count++) /* ":1": the first value */
    g_string_append_printf(columns, "%s\"column%u\": \"%s:1\"", count > 0 ? ", " : "", count,
                           fields[count]);
  g_string_append_c(columns, '}');
  JsonArray *packets = json_node_get_array(ask(sharkd, "frames", columns->str, parser));
  GArray *frames = g_array_new(FALSE, FALSE, sizeof(SharkdFrame));
  g_array_set_clear_func(frames, frame_clear);
  for (guint i = 0; i < json_array_get_length(packets); i++) {
    SharkdFrame frame = frame_of(json_array_get_object_element(packets, i), count);
    g_array_append_val(frames, frame);
  }
  return frames;
}
