/* Every scenario of the gallery: it runs, its lesson holds, and it leaves what a run has to leave.
 *
 * Each is run once with everything recorded and once with nothing; the points look at what is
 * there then. What its head comment proposes with -p or -s is run too. */
#include <string.h>

#include "plots/run-log.h"
#include "tests/gallery/gallery.h"
#include "tests/unit/run-folder.h"

/* A scenario's one run with everything recorded. */
typedef struct Traced {
  char *folder; /* owned: scratch; NULL: not run yet */
  char *left;   /* owned: what the run left; NULL: it left nothing */
  GalleryRun run;
} Traced;

/* The timeline that was read last, for all points of a scenario. */
typedef struct Timeline {
  const Traced *of; /* NULL: none was read */
  RunLog *log;      /* owned; NULL: none was read */
} Timeline;

typedef struct Subject {
  char *name, *path, *text; /* owned */
  char **variations;        /* owned */
  Traced *traced;           /* owned */
  Timeline *timeline;       /* of all subjects */
} Subject;

typedef struct Variation {
  const Subject *subject;
  const char *arguments; /* "-p delay=300ms" */
} Variation;

static Subject *
subject_new(const char *name, Timeline *timeline)
{
  Subject *subject = g_new0(Subject, 1);
  subject->name = g_strdup(name);
  subject->path = gallery_path(name);
  subject->text = gallery_text(name);
  subject->variations = gallery_variations(subject->text);
  subject->traced = g_new0(Traced, 1);
  subject->timeline = timeline;
  return subject;
}

static void
subject_free(void *data)
{
  Subject *subject = data;
  g_free(subject->name);
  g_free(subject->path);
  g_free(subject->text);
  g_strfreev(subject->variations);
  gallery_run_clear(&subject->traced->run);
  g_free(subject->traced->left);
  if (subject->traced->folder != NULL)
    folder_free(subject->traced->folder);
  g_free(subject->traced);
  g_free(subject);
}

/* Runs it unless that has been done. */
static const Traced *
run_traced(const Subject *subject)
{
  Traced *traced = subject->traced;
  if (traced->folder != NULL)
    return traced;
  traced->folder = folder_new();
  g_autofree char *left = g_build_filename(traced->folder, "out", NULL);
  const char *const arguments[] = {"run", subject->path, "-o", left, NULL};
  traced->run = gallery_run(NULL, arguments);
  if (folder_has(left, "run.json"))
    traced->left = g_steal_pointer(&left);
  return traced;
}

/* What the run left. NULL: nothing, and the test is skipped, since another point fails for it. */
static const char *
left_by(const Subject *subject)
{
  const char *left = run_traced(subject)->left;
  if (left == NULL)
    g_test_skip("it did not run: see its-expectations-hold");
  return left;
}

/* What it recorded, read unless that has been done. Until the next call. */
static RunLog *
timeline_of(const Subject *subject)
{
  Timeline *timeline = subject->timeline;
  if (timeline->of == subject->traced)
    return timeline->log;
  g_clear_pointer(&timeline->log, run_log_free);
  timeline->log = gallery_log(subject->traced->left);
  timeline->of = subject->traced;
  return timeline->log;
}

/* -- it runs and its lesson holds -- */

static void
test_expectations(gconstpointer data)
{
  const Traced *traced = run_traced(data);
  gallery_assert_ran(&traced->run, 0);
  if (traced->left == NULL)
    return;
  g_autoptr(JsonParser) parser = gallery_json(traced->left, "summary.json");
  JsonObject *summary = gallery_object(parser);
  JsonArray *expectations = json_object_get_array_member(summary, "expectations");
  g_assert_cmpuint(json_array_get_length(expectations), >, 0);
  for (guint i = 0; i < json_array_get_length(expectations); i++) {
    JsonObject *expectation = json_array_get_object_element(expectations, i);
    const char *text = json_object_get_string_member(expectation, "text");
    if (!json_object_get_boolean_member(expectation, "passed"))
      g_test_message("failed: %s", text);
    g_assert_true(json_object_get_boolean_member(expectation, "passed"));
    g_assert_nonnull(strstr(traced->run.printed, text)); /* the report names it */
  }
}

/* "Each opens with what it shows and what to try". */
static void
test_comment(gconstpointer data)
{
  const Subject *subject = data;
  g_assert_true(g_str_has_prefix(subject->text, "-- "));
  g_assert_nonnull(strstr(subject->text, "\n-- Shows: "));
  g_assert_nonnull(strstr(subject->text, "\n-- Try: "));
}

static void
test_variation(gconstpointer data)
{
  const Variation *variation = data;
  g_autoptr(GPtrArray) arguments = g_ptr_array_new_with_free_func(g_free);
  int count;
  char **given = NULL;
  GError *error = NULL;
  g_shell_parse_argv(variation->arguments, &count, &given, &error);
  g_assert_no_error(error);
  char *folder = folder_new();
  g_autofree char *left = g_build_filename(folder, "out", NULL);
  const char *const fixed[] = {"run", variation->subject->path, "-o", left};
  for (guint i = 0; i < G_N_ELEMENTS(fixed); i++)
    g_ptr_array_add(arguments, g_strdup(fixed[i]));
  for (int i = 0; i < count; i++)
    g_ptr_array_add(arguments, g_strdup(given[i]));
  g_ptr_array_add(arguments, NULL);
  g_auto(GalleryRun) run = gallery_run(NULL, (const char *const *)arguments->pdata);
  /* Who does as told is not told to be wrong: what a scenario expects knows what was changed. */
  gallery_assert_ran(&run, 0);
  g_assert_true(folder_has(left, "summary.json"));
  g_assert_cmpint(folder_has(left, "timeline.csv"), ==,
                  gallery_records_packets(variation->subject->text));
  g_strfreev(given);
  folder_free(folder);
}

/* -- what it leaves -- */

static const char timeline_header[] =
    "time,event,node,link,packet,conn,src,dst,proto,flags,seq,ack,len,size,win,options,retransmit,"
    "state,detail,seq_raw,ack_raw";
static const char tcp_header[] =
    "time,node,conn,cwnd,ssthresh,flight,srtt,rttvar,rto,rcv_wnd,snd_wnd,delivered,lost,"
    "retransmits,recovery,pacing_rate";
static const char links_header[] =
    "time,link,queue_packets,queue_bytes,sent_bytes,sent_packets,dropped,marked,"
    "delivered_packets,delivered_bytes";

static guint
count_commas(const char *line)
{
  guint count = 0;
  for (; *line != '\0'; line++)
    count += *line == ',';
  return count;
}

/* The header and, where no column holds text that could have a comma, as many columns below it. */
static void
check_table(const char *left, const char *file, const char *header)
{
  g_auto(GStrv) lines = folder_lines(left, file);
  g_assert_cmpstr(lines[0], ==, header);
  for (char **line = lines + 1; *line != NULL; line++)
    g_assert_cmpuint(count_commas(*line), ==, count_commas(header));
}

static void
test_tables(gconstpointer data)
{
  const char *left = left_by(data);
  if (left == NULL)
    return;
  check_table(left, "tcp.csv", tcp_header);
  check_table(left, "links.csv", links_header);
  if (!gallery_records_packets(((const Subject *)data)->text))
    return;
  g_auto(GStrv) timeline = folder_lines(left, "timeline.csv");
  g_assert_cmpstr(timeline[0], ==, timeline_header);
  const RunLog *log = timeline_of(data); /* strict about what a row holds */
  g_assert_cmpuint(log->rows->len, ==, g_strv_length(timeline) - 1);
}

static void
check_members(JsonObject *object, const char *const *names)
{
  for (const char *const *name = names; *name != NULL; name++) {
    if (!json_object_has_member(object, *name))
      g_test_message("missing: %s", *name);
    g_assert_true(json_object_has_member(object, *name));
  }
}

static void
check_json(const char *left, const char *file, const char *const *names)
{
  g_autoptr(JsonParser) parser = gallery_json(left, file);
  JsonObject *object = gallery_object(parser);
  check_members(object, names);
}

static void
test_json(gconstpointer data)
{
  static const char *const summary_names[] = {"results", "expectations", "connections", "links",
                                              "rules",   "end_time",     "events",      NULL};
  static const char *const run_names[] = {"version",    "scenario", "sha256",
                                          "parameters", "seed",     NULL};
  static const char *const machine_names[] = {"wall_s", "cpu_s",  "loop_cpu_s", "peak_rss_bytes",
                                              "host",   "output", NULL};
  const Subject *subject = data;
  const char *left = left_by(data);
  if (left == NULL)
    return;
  check_json(left, "summary.json", summary_names);
  check_json(left, "run.json", run_names);
  check_json(left, "machine.json", machine_names);
  g_autoptr(JsonParser) parser = gallery_json(left, "run.json");
  JsonObject *run = gallery_object(parser);
  g_autofree char *sum = g_compute_checksum_for_string(G_CHECKSUM_SHA256, subject->text, -1);
  g_autofree char *file = g_strconcat("scenarios/", subject->name, ".lua", NULL);
  g_assert_cmpstr(json_object_get_string_member(run, "sha256"), ==, sum);
  g_assert_cmpstr(json_object_get_string_member(run, "scenario"), ==, file);
  g_assert_cmpint(json_object_get_int_member(run, "seed"), ==, 1);
}

/* The figures that a scenario asks for with `figure "NAME"` or `figure("NAME", ...)`. */
static void
test_figures(gconstpointer data)
{
  const Subject *subject = data;
  g_autofree char *gnuplot = g_find_program_in_path("gnuplot");
  if (gnuplot == NULL) {
    g_test_skip("gnuplot is not installed");
    return;
  }
  const char *left = left_by(subject);
  if (left == NULL)
    return;
  g_autofree char *figures = g_build_filename(left, "figures", NULL);
  g_autoptr(GRegex) regex = g_regex_new("^figure[ (]*\"([a-z-]+)\"", G_REGEX_MULTILINE, 0, NULL);
  GMatchInfo *match;
  g_assert_true(g_regex_match(regex, subject->text, 0, &match)); /* at least one */
  for (; g_match_info_matches(match); g_match_info_next(match, NULL)) {
    g_autofree char *name = g_match_info_fetch(match, 1);
    g_autofree char *script = g_strconcat(name, ".gp", NULL);
    g_autofree char *table = g_strconcat(name, ".dat", NULL);
    g_autofree char *picture = g_strconcat(name, ".svg", NULL);
    g_assert_true(folder_has(figures, script));
    g_assert_true(folder_has(figures, table));
    g_assert_true(folder_has(figures, picture));
    if (!folder_has(figures, picture))
      continue;
    g_autofree char *svg = folder_read(figures, picture, NULL);
    g_assert_nonnull(strstr(svg, "<svg"));
    g_assert_true(g_str_has_suffix(g_strchomp(svg), "</svg>"));
  }
  g_match_info_free(match);
}

/* The node is one of the log's own strings, of which there is one of each. */
static bool
is_seen_by(const RunRow *row, const char *node)
{
  return (row->event == RUN_SEND || row->event == RUN_RECEIVE) && row->link[0] != '\0' &&
         row->node == node;
}

/* A capture for each node that sent or received, with as many packets as the timeline. */
static void
test_captures(gconstpointer data)
{
  const char *left = left_by(data);
  if (left == NULL || !gallery_records_packets(((const Subject *)data)->text))
    return;
  const RunLog *log = timeline_of(data);
  guint captures = 0;
  for (guint i = 0; i < log->nodes->len; i++) {
    const char *node = log->nodes->pdata[i];
    guint seen = 0;
    for (guint k = 0; k < log->rows->len; k++)
      seen += is_seen_by(&g_array_index(log->rows, RunRow, k), node);
    if (seen == 0)
      continue;
    g_autofree char *file = g_strconcat(node, ".pcapng", NULL);
    g_autofree char *path = g_build_filename(left, "pcap", file, NULL);
    g_autoptr(RunLog) capture = gallery_log(path);
    g_assert_cmpuint(capture->rows->len, ==, seen);
    captures++;
  }
  g_assert_cmpuint(captures, >, 0);
}

/* -- nothing is lost without a word -- */

typedef struct Counts {
  gint64 sent, received, dropped, duplicated;
} Counts;

/* The link is one of the log's own strings. */
static Counts
count_rows(const RunLog *log, const char *link)
{
  Counts counts = {0};
  for (guint i = 0; i < log->rows->len; i++) {
    const RunRow *row = &g_array_index(log->rows, RunRow, i);
    if (row->link != link)
      continue;
    counts.sent += row->event == RUN_SEND;
    counts.received += row->event == RUN_RECEIVE;
    counts.dropped += row->event == RUN_DROP;
    counts.duplicated += row->event == RUN_DUPLICATE;
  }
  return counts;
}

static gint64
count_drops(JsonObject *link)
{
  JsonObject *reasons = json_object_get_object_member(link, "dropped_packets");
  g_autoptr(GList) names = json_object_get_members(reasons);
  gint64 count = 0;
  for (GList *name = names; name != NULL; name = name->next)
    count += json_object_get_int_member(reasons, name->data);
  return count;
}

/* sent = delivered + dropped + under way, in the summary and in the timeline alike. A run that
 * ended because nothing was left to happen has nothing under way. */
static void
test_conservation(gconstpointer data)
{
  const char *left = left_by(data);
  if (left == NULL)
    return;
  g_autoptr(JsonParser) parser = gallery_json(left, "summary.json");
  JsonObject *summary = gallery_object(parser);
  bool recorded = gallery_records_packets(((const Subject *)data)->text);
  RunLog *log = recorded ? timeline_of(data) : NULL;
  bool finished = g_str_equal(json_object_get_string_member(summary, "ended"), "finished");
  JsonObject *links = json_object_get_object_member(summary, "links");
  g_autoptr(GList) names = json_object_get_members(links);
  g_assert_nonnull(names);
  for (GList *name = names; name != NULL; name = name->next) {
    JsonObject *link = json_object_get_object_member(links, name->data);
    gint64 sent = json_object_get_int_member(link, "sent_packets");
    gint64 duplicated = json_object_get_int_member(link, "duplicated_packets");
    gint64 delivered = json_object_get_int_member(link, "delivered_packets");
    gint64 dropped = count_drops(link);
    gint64 under_way = sent + duplicated - delivered - dropped;
    if (recorded) {
      Counts counts = count_rows(log, run_log_intern(log, name->data));
      g_assert_cmpint(sent, ==, counts.sent);
      g_assert_cmpint(duplicated, ==, counts.duplicated);
      g_assert_cmpint(delivered, ==, counts.received);
      g_assert_cmpint(dropped, ==, counts.dropped);
    }
    g_assert_cmpint(under_way, >=, json_object_get_int_member(link, "waiting_packets"));
    if (finished)
      g_assert_cmpint(under_way, ==, 0);
  }
}

/* -- nobody looks -- */

/* The same world: only the number of events may differ, since a link that nobody watches needs
 * fewer, and the memory: such a link keeps a packet that was lost until it would have arrived
 * (ARCHITECTURE.md, "a link direction works in one of two ways"). */
static void
test_no_trace(gconstpointer data)
{
  const Subject *subject = data;
  const char *traced = left_by(subject);
  if (traced == NULL)
    return;
  g_autofree char *left = g_build_filename(subject->traced->folder, "untraced", NULL);
  const char *const arguments[] = {"run", subject->path, "--no-trace", "-o", left, NULL};
  g_auto(GalleryRun) run = gallery_run(NULL, arguments);
  gallery_assert_ran(&run, 0);
  g_assert_false(folder_has(left, "timeline.csv"));
  g_assert_false(folder_has(left, "pcap"));
  g_autoptr(JsonParser) parser = gallery_json(traced, "summary.json");
  JsonObject *with = gallery_object(parser);
  g_autoptr(JsonParser) other = gallery_json(left, "summary.json");
  JsonObject *without = gallery_object(other);
  g_autoptr(GList) names = json_object_get_members(with);
  g_assert_cmpuint(json_object_get_size(with), ==, json_object_get_size(without));
  for (GList *name = names; name != NULL; name = name->next) {
    if (strcmp(name->data, "events") == 0 || strcmp(name->data, "memory") == 0)
      continue;
    g_assert_true(json_object_has_member(without, name->data));
    g_autofree char *a = json_to_string(json_object_get_member(with, name->data), TRUE);
    g_autofree char *b = json_to_string(json_object_get_member(without, name->data), TRUE);
    g_assert_cmpstr(a, ==, b);
  }
}

/* -- a capture -- */

/* A node that a capture knows by an IPv6 address alone, since it sent ICMP, has all of it for a
 * name. */
static void
test_names_of_capture(void)
{
  char *folder = folder_new();
  g_autofree char *path = gallery_path("networks/ipv6");
  const char *const arguments[] = {"run", path, "-o", "out", "--no-figures", "--quiet", NULL};
  g_auto(GalleryRun) run = gallery_run(folder, arguments);
  gallery_assert_ran(&run, 0);
  const char *const show[] = {"show", "out/pcap/client.pcapng", "--width", "100", NULL};
  g_auto(GalleryRun) shown = gallery_run(folder, show);
  gallery_assert_ran(&shown, 0);
  g_assert_true(g_regex_match_simple("^time/s +fd00::2 +fd00::1 +fd00::3$", shown.printed,
                                     G_REGEX_MULTILINE, 0));
  folder_free(folder);
}

/* -- the search for variations -- */

static void
test_finds_variations(void)
{
  static const char text[] =
      "-- What it shows.\n"
      "-- Try:   -p a=300ms, and (-p b=0.05). Both: -p c=x -p\n"
      "--        d=\"1 s\"; another seed (-s 2) or -p e=5. Not: ./x-p f=1, -p alone\n"
      "local g = 1 -- -p g=2\n";
  g_auto(GStrv) found = gallery_variations(text);
  g_autofree char *joined = g_strjoinv("|", found);
  g_assert_cmpstr(joined, ==, "-p a=300ms|-p b=0.05|-p c=x -p         d=\"1 s\"|-s 2|-p e=5");
}

/* -- the list of tests -- */

static void
add(const Subject *subject, const char *what, GTestDataFunc function)
{
  g_autofree char *path = g_strdup_printf("/gallery/%s/%s", subject->name, what);
  g_test_add_data_func(path, subject, function);
}

static void
add_variation(const Subject *subject, const char *arguments)
{
  Variation *variation = g_new0(Variation, 1);
  *variation = (Variation){subject, arguments};
  g_autofree char *path = g_strdup_printf("/gallery/%s/try %s", subject->name, arguments);
  g_test_add_data_func_full(path, variation, test_variation, g_free);
}

static void
add_subject(const Subject *subject)
{
  add(subject, "its-expectations-hold", test_expectations);
  add(subject, "says-what-it-shows-and-what-to-try", test_comment);
  add(subject, "leaves-tables", test_tables);
  add(subject, "leaves-json", test_json);
  add(subject, "leaves-figures", test_figures);
  add(subject, "leaves-captures", test_captures);
  add(subject, "every-packet-is-accounted-for", test_conservation);
  add(subject, "is-the-same-when-nobody-looks", test_no_trace);
  for (char **arguments = subject->variations; *arguments != NULL; arguments++)
    add_variation(subject, *arguments);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  g_test_add_func("/gallery/finds-variations", test_finds_variations);
  g_test_add_func("/gallery/names-of-a-capture", test_names_of_capture);
  Timeline timeline = {0};
  g_autoptr(GPtrArray) subjects = g_ptr_array_new_with_free_func(subject_free);
  g_auto(GStrv) names = gallery_names();
  for (char **name = names; *name != NULL; name++) {
    g_ptr_array_add(subjects, subject_new(*name, &timeline));
    add_subject(subjects->pdata[subjects->len - 1]);
  }
  int status = g_test_run();
  g_clear_pointer(&timeline.log, run_log_free);
  return status;
}
