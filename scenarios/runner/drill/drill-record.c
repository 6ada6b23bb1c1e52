/* drill-record: see the header. */
#include "scenarios/runner/drill/drill-record.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "plots/run-log.h"
#include "scenarios/runner/drill/drill.h"
#include "sim/error.h"

#define DEFAULT_PROFILE "linux"
#define SEND_ROOM 60000 /* bytes that every send buffer takes at once; more may have to wait */
#define WAITS_LONG 1000 /* seconds: a call's end that is not known yet */

typedef struct Writer {
  GString *text;
  const RunLog *log;
  const char *node, *conn;
  bool opener;               /* the host connects */
  int fd;                    /* of the connection */
  bool accepted;             /* or connected, and told so */
  bool wants;                /* the application has asked for data ... */
  int64_t wanted;            /* ... for so many bytes; -1: for all that come */
  int64_t next;              /* the stream's next byte that was not received */
  int64_t taken;             /* the stream's next byte that was not read */
  GArray *beyond;            /* of int64_t pairs: received beyond `next` */
  int own_scale, peer_scale; /* of windows; -1: not offered */
  unsigned waits;            /* calls that wait, so far */
  const GArray *ends;        /* of SimTime: when they return; NULL: not known yet */
} Writer;

static void
put_time(Writer *w, SimTime time)
{
  char print[SIM_TIME_TEXT];
  g_string_append_printf(w->text, "%12s ", sim_time_print(time, print));
}

static void put_call(Writer *w, SimTime time, const char *format, ...) G_GNUC_PRINTF(3, 4);

static void
put_call(Writer *w, SimTime time, const char *format, ...)
{
  va_list arguments;
  va_start(arguments, format);
  put_time(w, time);
  g_string_append_vprintf(w->text, format, arguments);
  g_string_append_c(w->text, '\n');
  va_end(arguments);
}

/* -- packets -- */

static void
put_flags(GString *text, const char *flags)
{
  static const struct {
    const char *name;
    char letter;
  } letters[] = {{"SYN", 'S'}, {"FIN", 'F'}, {"RST", 'R'}, {"PSH", 'P'}, {"URG", 'U'},
                 {"ECE", 'E'}, {"CWR", 'W'}, {"AE", 'A'},  {"ACK", '.'}};
  g_auto(GStrv) names = g_strsplit(flags, "+", -1);
  gsize before = text->len;
  for (size_t i = 0; i < G_N_ELEMENTS(letters); i++)
    if (g_strv_contains((const char *const *)names, letters[i].name))
      g_string_append_c(text, letters[i].letter);
  if (text->len == before)
    g_string_append_c(text, '-');
}

/* "sack=1001-2001,3001-4001" */
static void
put_sack(GString *text, const char *blocks)
{
  g_string_append(text, "nop,nop,sack");
  g_auto(GStrv) all = g_strsplit(blocks, ",", -1);
  for (char **block = all; *block != NULL; block++) {
    g_auto(GStrv) ends = g_strsplit(*block, "-", 2);
    g_string_append_printf(text, " %s:%s", ends[0], ends[1] != NULL ? ends[1] : "0");
  }
}

/* The options as they stand on the wire, see wire.h. */
static void
put_options(GString *text, const char *options)
{
  g_autoptr(GString) list = g_string_new(NULL);
  g_auto(GStrv) words = g_strsplit(options, " ", -1);
  bool sack_ok = g_strv_contains((const char *const *)words, "sackOK");
  for (char **word = words; *word != NULL; word++) {
    const char *value = strchr(*word, '=');
    value = value != NULL ? value + 1 : "";
    if (**word == '\0' || strcmp(*word, "sackOK") == 0)
      continue;
    g_string_append(list, list->len > 0 ? "," : "");
    if (g_str_has_prefix(*word, "mss=")) {
      g_string_append_printf(list, "mss %s", value);
    } else if (g_str_has_prefix(*word, "ts=")) {
      g_auto(GStrv) clocks = g_strsplit(value, "/", 2);
      g_string_append_printf(list, "%sTS val %s ecr %s", sack_ok ? "sackOK," : "nop,nop,",
                             clocks[0], clocks[1] != NULL ? clocks[1] : "0");
      sack_ok = false;
    } else if (g_str_has_prefix(*word, "ws=")) {
      g_string_append_printf(list, "%snop,wscale %s", sack_ok ? "nop,nop,sackOK," : "", value);
      sack_ok = false;
    } else if (g_str_has_prefix(*word, "sack=")) {
      put_sack(list, value);
    } else if (g_str_has_prefix(*word, "raw=")) {
      g_string_append_printf(list, "raw %s", value);
    }
  }
  if (sack_ok)
    g_string_append_printf(list, "%snop,nop,sackOK", list->len > 0 ? "," : "");
  if (list->len > 0)
    g_string_append_printf(text, " <%s>", list->str);
}

static int
scale_of(const RunRow *row)
{
  const char *scale = strstr(row->options, "ws=");
  return scale != NULL ? atoi(scale + 3) : -1;
}

/* The window field: as the packet carries it, before scaling. */
static int64_t
window_field(const Writer *w, const RunRow *row)
{
  bool scales = w->own_scale >= 0 && w->peer_scale >= 0 && strstr(row->flags, "SYN") == NULL;
  return MIN(row->win >> (scales ? w->peer_scale : 0), 65535);
}

static void
put_packet(Writer *w, const RunRow *row, bool inbound)
{
  bool syn = strstr(row->flags, "SYN") != NULL;
  if (syn && inbound)
    w->peer_scale = scale_of(row);
  else if (syn)
    w->own_scale = scale_of(row);
  put_time(w, row->time);
  g_string_append(w->text, inbound ? "< " : "> ");
  put_flags(w->text, row->flags);
  g_string_append_printf(w->text, " %" PRId64 ":%" PRId64 "(%u)", row->seq, row->seq + row->len,
                         row->len);
  if (row->has_ack)
    g_string_append_printf(w->text, " ack %" PRId64, row->ack);
  if (inbound)
    g_string_append_printf(w->text, " win %" PRId64, window_field(w, row));
  put_options(w->text, row->options);
  g_string_append_c(w->text, '\n');
}

/* -- the application -- */

static void
put_opening(Writer *w, SimTime time)
{
  put_call(w, time, "socket(..., SOCK_STREAM, IPPROTO_TCP) = 3");
  if (w->opener) {
    put_call(w, time, "fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0");
    put_call(w, time, "connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)");
    return;
  }
  put_call(w, time, "setsockopt(3, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0");
  put_call(w, time, "bind(3, ..., ...) = 0");
  put_call(w, time, "listen(3, 128) = 0");
}

/* The connection has its descriptor before the first call on it, or when it is established. */
static void
put_established(Writer *w, SimTime time)
{
  if (w->accepted)
    return;
  w->accepted = true;
  if (w->opener)
    put_call(w, time, "fcntl(3, F_SETFL, O_RDWR) = 0");
  else
    put_call(w, time, "accept(3, ..., ...) = %d", w->fd);
}

static void
put_read(Writer *w, SimTime time)
{
  int64_t there = w->next - w->taken;
  if (!w->wants || there <= 0)
    return;
  int64_t count = w->wanted < 0 ? there : MIN(there, w->wanted);
  put_call(w, time, "read(%d, ..., %" PRId64 ") = %" PRId64, w->fd, count, count);
  w->taken += count;
  if (w->wanted >= 0)
    w->wanted -= count;
  if (w->wanted == 0)
    w->wants = false;
}

/* More than a send buffer takes at once waits; when it is over is known from a first run of the
 * script itself. */
static void
put_write(Writer *w, SimTime time, int64_t count)
{
  if (count <= SEND_ROOM) {
    put_call(w, time, "write(%d, ..., %" PRId64 ") = %" PRId64, w->fd, count, count);
    return;
  }
  char begin[SIM_TIME_TEXT], end[SIM_TIME_TEXT];
  SimTime until = WAITS_LONG * SIM_SECOND + time;
  if (w->ends != NULL && w->waits < w->ends->len)
    until = g_array_index(w->ends, SimTime, w->waits);
  w->waits++;
  g_string_append_printf(w->text, "%s...%s write(%d, ..., %" PRId64 ") = %" PRId64 "\n",
                         sim_time_print(time, begin), sim_time_print(until, end), w->fd, count,
                         count);
}

/* "send(1000)", "receive()", "close()": what the scenario called on the connection. */
static void
put_row_call(Writer *w, const RunRow *row)
{
  const char *call = row->detail, *open = strchr(call, '(');
  int64_t number =
      open != NULL && g_ascii_isdigit(open[1]) ? g_ascii_strtoll(open + 1, NULL, 10) : -1;
  put_established(w, row->time);
  if (g_str_has_prefix(call, "send(") || g_str_has_prefix(call, "write(")) {
    put_write(w, row->time, MAX(number, 0));
  } else if (g_str_has_prefix(call, "receive")) {
    w->wants = true;
    w->wanted = number;
    put_read(w, row->time);
  } else if (g_str_has_prefix(call, "shutdown(")) {
    put_call(w, row->time, "shutdown(%d, SHUT_WR) = 0", w->fd);
  } else if (g_str_has_prefix(call, "close(")) {
    put_call(w, row->time, "close(%d) = 0", w->fd);
  } else if (g_str_has_prefix(call, "abort(")) {
    put_call(w, row->time, "setsockopt(%d, SOL_SOCKET, SO_LINGER, {onoff=1, linger=0}, 8) = 0",
             w->fd);
    put_call(w, row->time, "close(%d) = 0", w->fd);
  }
}

/* -- what has arrived -- */

static void
take_range(Writer *w, int64_t start, int64_t end)
{
  if (start > w->next) {
    g_array_append_val(w->beyond, start);
    g_array_append_val(w->beyond, end);
    return;
  }
  w->next = MAX(w->next, end);
  for (guint i = 0; i + 1 < w->beyond->len; i += 2) {
    if (g_array_index(w->beyond, int64_t, i) > w->next)
      continue;
    w->next = MAX(w->next, g_array_index(w->beyond, int64_t, i + 1));
    g_array_remove_range(w->beyond, i, 2);
    i = (guint)-2; /* from the beginning */
  }
}

static void
put_row(Writer *w, const RunRow *row)
{
  if (strcmp(row->node, w->node) != 0 || strcmp(row->conn, w->conn) != 0)
    return;
  if (row->event == RUN_SEND && row->has_seq) {
    put_packet(w, row, false);
  } else if (row->event == RUN_RECEIVE && row->has_seq) {
    put_packet(w, row, true);
    if (row->len > 0)
      take_range(w, row->seq, row->seq + row->len);
    put_read(w, row->time);
  } else if (row->event == RUN_CALL) {
    put_row_call(w, row);
  }
}

/* -- the whole -- */

static const RunRow *
first_row(const RunLog *log, const char *node)
{
  for (guint i = 0; i < log->rows->len; i++) {
    const RunRow *row = &g_array_index(log->rows, RunRow, i);
    bool packet = row->event == RUN_SEND || row->event == RUN_RECEIVE;
    if (packet && row->has_seq && *row->conn != '\0' &&
        (node == NULL || strcmp(row->node, node) == 0))
      return row;
  }
  return NULL;
}

/* What the command line needs beside the script's name. */
static void
put_command(GString *text, const DrillRecordArgs *args)
{
  bool usual = strcmp(args->profile, DEFAULT_PROFILE) == 0;
  if (usual && args->settings == NULL)
    return;
  g_string_append(text, "// Run: roundtrip drill");
  if (!usual)
    g_string_append_printf(text, " --profile %s", args->profile);
  for (char **setting = args->settings; setting != NULL && *setting != NULL; setting++) {
    g_autofree char *word = g_shell_quote(*setting);
    g_string_append_printf(text, " --set %s", word);
  }
  g_string_append(text, " FILE\n");
}

static char *
write_script(const RunLog *log, const RunRow *first, const DrillRecordArgs *args,
             const GArray *ends)
{
  Writer w = {.text = g_string_new(NULL),
              .log = log,
              .node = first->node,
              .conn = first->conn,
              .opener = first->event == RUN_SEND,
              .next = 1,
              .taken = 1,
              .own_scale = -1,
              .peer_scale = -1,
              .beyond = g_array_new(FALSE, FALSE, sizeof(int64_t)),
              .ends = ends};
  w.fd = w.opener ? 3 : 4;
  g_autofree char *path = g_path_get_basename(log->path);
  g_autofree char *name = g_strdelimit(g_strdup(path), "\n", ' ');
  g_string_append_printf(w.text, "// %s at %s, from the run %s.\n", w.conn, w.node, name);
  put_command(w.text, args);
  g_string_append_c(w.text, '\n');
  put_opening(&w, first->time);
  for (guint i = 0; i < log->rows->len; i++)
    put_row(&w, &g_array_index(log->rows, RunRow, i));
  g_array_unref(w.beyond);
  return g_string_free(w.text, FALSE);
}

char *
drill_record_script(const DrillRecordArgs *args, char **doubt, GError **error)
{
  g_autoptr(RunLog) log = run_log_read(args->run, error);
  if (log == NULL)
    return NULL;
  const RunRow *first = log->is_capture ? NULL : first_row(log, args->node);
  if (first == NULL) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
                args->node != NULL ? "%s: no TCP connection of a node \"%s\" is in its timeline"
                                   : "%s: no TCP connection is in a timeline of it",
                args->run, args->node);
    return NULL;
  }
  g_autoptr(GArray) ends = g_array_new(FALSE, FALSE, sizeof(SimTime));
  g_autofree char *draft = write_script(log, first, args, NULL);
  DrillJob job = {
      .path = "draft", .profile = args->profile, .settings = args->settings, .returns = ends};
  DrillResult result;
  drill_run_text(&job, draft, &result);
  drill_result_clear(&result);
  char *script = write_script(log, first, args, ends);
  job.path = "the script";
  job.returns = NULL;
  drill_run_text(&job, script, &result);
  *doubt = g_strdup(result.message);
  drill_result_clear(&result);
  return script;
}
