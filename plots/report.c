/* report: puts a run's data and the page's parts together.
 *
 * The page has one style and one script, whose hashes stand in its Content-Security-Policy: a
 * script that came in by a text of the run would not have one. The data are a third element, which
 * no browser executes. */
#include "plots/report.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "plots/report-parts.h"
#include "sim/embed.h"
#include "sim/error.h"

extern const SimEmbedded report_files[]; /* generated: the list is in meson.build */

ReportRequest
report_request(const char *run)
{
  return (ReportRequest){.run = run, .to = SIM_TIME_NEVER};
}

/* -- data -- */

/* The ladder of what the request asks for; of a longer run its first packets, and *all says how
 * many there are; 0: not cut. */
static Ladder *
make_ladder(const RunLog *log, const ReportRequest *request, guint *all, GError **error)
{
  LadderOptions options = {.from = request->from, .to = request->to, .conn = request->conn};
  Ladder *ladder = ladder_new(log, &options, error);
  *all = 0;
  if (ladder == NULL || ladder->arrows->len <= REPORT_PACKETS)
    return ladder;
  *all = ladder->arrows->len;
  options.to = g_array_index(ladder->arrows, LadderArrow, REPORT_PACKETS - 1).sent;
  ladder_free(ladder);
  return ladder_new(log, &options, error);
}

/* Of a run that recorded no timeline, or too many nodes for a ladder: nothing but time. */
static Ladder *
empty_ladder(SimTime end)
{
  Ladder *ladder = g_new0(Ladder, 1);
  ladder->nodes = g_ptr_array_new();
  ladder->conns = g_ptr_array_new();
  GArray **const lists[] = {&ladder->arrows, &ladder->states, &ladder->timers, &ladder->notes,
                            &ladder->gaps};
  for (guint i = 0; i < G_N_ELEMENTS(lists); i++)
    *lists[i] = g_array_new(FALSE, FALSE, 1);
  ladder->text = g_string_chunk_new(1);
  ladder->end = end;
  return ladder;
}

/* Reads the timeline and chooses what is shown of it. Who asks for the whole run gets the page
 * without a ladder when there can be none, and *why says so (g_free; else NULL). */
static bool
choose(const ReportRequest *request, SimTime end, RunLog **log, Ladder **ladder, guint *all,
       char **why, GError **error)
{
  g_autofree char *timeline = g_build_filename(request->run, "timeline.csv", NULL);
  bool none =
      g_file_test(request->run, G_FILE_TEST_IS_DIR) && !g_file_test(timeline, G_FILE_TEST_EXISTS);
  bool whole = request->conn == NULL && request->from == 0 && request->to == SIM_TIME_NEVER;
  *all = 0;
  if (none && whole) {
    *log = run_log_new(request->run);
    *ladder = empty_ladder(end);
    *why = g_strdup("this run recorded no timeline (trace { timeline = false }, or --no-trace)");
    return true;
  }
  g_autoptr(GError) failed = NULL;
  *log = run_log_read(request->run, error);
  *ladder = *log != NULL ? make_ladder(*log, request, all, &failed) : NULL;
  if (*log != NULL && *ladder == NULL && whole && failed->domain == SIM_ERROR) {
    *ladder = empty_ladder(end);
    *why = g_strdup(failed->message);
  } else if (failed != NULL) {
    g_propagate_error(error, g_steal_pointer(&failed));
  }
  return *ladder != NULL;
}

/* Any other folder gets the message that it is none, not that of its first file that is missing. */
static bool
is_run(const char *folder, GError **error)
{
  g_autofree char *file = g_build_filename(folder, "run.json", NULL);
  if (g_file_test(file, G_FILE_TEST_EXISTS))
    return true;
  g_set_error(error, SIM_ERROR, SIM_ERROR_FILE, "%s: this folder holds no run (no run.json in it)",
              folder);
  return false;
}

/* All of it into `json`. */
static bool
put_all(ReportJson *json, const ReportRequest *request, GError **error)
{
  g_autoptr(RunLog) log = NULL;
  g_autoptr(Ladder) ladder = NULL;
  g_autofree char *why = NULL, *name = g_path_get_basename(request->run);
  guint all;
  SimTime end = 0;
  if (!g_file_test(request->run, G_FILE_TEST_IS_DIR)) /* a capture has no words of its own */
    report_json_string(json, "scenario", name);
  else if (!is_run(request->run, error) || !report_put_run(json, request->run, &end, error))
    return false;
  if (!choose(request, end, &log, &ladder, &all, &why, error))
    return false;
  report_json_boolean(json, "capture", log->is_capture);
  report_json_integer(json, "cutFrom", all);
  report_json_string(json, "noLadder", why);
  report_put_ladder(json, log, ladder);
  return report_put_samples(json, request->run, ladder, error);
}

char *
report_data(const ReportRequest *request, GError **error)
{
  ReportJson json;
  report_json_init(&json);
  if (put_all(&json, request, error))
    return report_json_end(&json);
  report_json_clear(&json);
  return NULL;
}

/* -- page -- */

static const char *const scripts[] = {
    "run-data.js",      "time-axis.js",      "packet-fields.js", "packet-panel.js",
    "ladder-labels.js", "ladder-picture.js", "ladder-view.js",   "state-machine.js",
    "graphs.js",        "packet-table.js",   "player.js",        "run-view.js",
    "run-facts.js",     "report.js",
};

/* A part of the page. It is compiled in: it is there. */
static const char *
part(const char *name)
{
  g_autofree char *path = g_strconcat("report/", name, NULL);
  const char *text = sim_embedded_find(report_files, path);
  g_assert(text != NULL);
  return text;
}

/* 'sha256-...' of an element's content. */
static char *
hash_of(const char *content)
{
  guint8 digest[32];
  gsize length = sizeof digest;
  g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
  g_checksum_update(sum, (const guchar *)content, -1);
  g_checksum_get_digest(sum, digest, &length);
  g_autofree char *base64 = g_base64_encode(digest, length);
  return g_strdup_printf("'sha256-%s'", base64);
}

/* Where the page has @NAME@, the value stands. */
typedef struct Slot {
  const char *name, *value;
} Slot;

/* The page, slot by slot in the order in which they stand there; a value is not looked into. */
static char *
fill(const char *page, const Slot *slots)
{
  GString *out = g_string_new(NULL);
  for (; slots->name != NULL; slots++) {
    const char *at = strstr(page, slots->name);
    g_assert(at != NULL);
    g_string_append_len(out, page, at - page);
    g_string_append(out, slots->value);
    page = at + strlen(slots->name);
  }
  g_string_append(out, page);
  return g_string_free(out, FALSE);
}

char *
report_page(const char *data)
{
  g_autofree char *style = g_strconcat("\n", part("report.css"), NULL);
  g_autoptr(GString) script = g_string_new("\n'use strict';\n");
  for (guint i = 0; i < G_N_ELEMENTS(scripts); i++)
    g_string_append(script, part(scripts[i]));
  g_autofree char *style_hash = hash_of(style), *script_hash = hash_of(script->str);
  const Slot slots[] = {
      {"@SCRIPT-HASH@", script_hash},
      {"@STYLE-HASH@", style_hash},
      {"@STYLE@", style},
      {"@DATA@", data},
      {"@SCRIPT@", script->str},
      {NULL},
  };
  return fill(part("report.html"), slots);
}

/* A file is whole or as it was. What is there and is no file (a pipe, a terminal, /dev/null) is
 * written to and stays what it is: to put a file into its place would take it from the system. */
static bool
write_page(const char *file, const char *page, GError **error)
{
  struct stat there;
  if (stat(file, &there) != 0 || S_ISREG(there.st_mode))
    return g_file_set_contents(file, page, -1, error);
  FILE *stream = fopen(file, "w");
  bool good = stream != NULL && fputs(page, stream) >= 0;
  good = (stream == NULL || fclose(stream) == 0) && good;
  if (!good)
    g_set_error(error, SIM_ERROR, SIM_ERROR_FILE, "cannot write %s: %s", file, g_strerror(errno));
  return good;
}

bool
report_make(const ReportRequest *request, const char *file, GError **error)
{
  g_autofree char *data = report_data(request, error);
  if (data == NULL)
    return false;
  g_autofree char *page = report_page(data);
  return write_page(file, page, error);
}
