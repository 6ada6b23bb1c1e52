/* The terminal's ladder: golden pictures, and what holds for every picture. */
#include <string.h>

#include "plots/ladder-canvas.h"
#include "plots/ladder-parts.h"
#include "sim/rng.h"

static RunLog *
example(const char *name)
{
  g_autofree char *file = g_strconcat(name, ".csv", NULL);
  g_autofree char *path = g_test_build_filename(G_TEST_DIST, "golden", "ladder", file, NULL);
  g_autoptr(GError) error = NULL;
  RunLog *log = run_log_read(path, &error);
  g_assert_no_error(error);
  return log;
}

static char *
draw(const RunLog *log, const LadderTextOptions *options)
{
  g_autoptr(GError) error = NULL;
  LadderOptions all = {.to = SIM_TIME_NEVER};
  g_autoptr(Ladder) ladder = ladder_new(log, &all, &error);
  g_assert_no_error(error);
  return ladder_text(ladder, options);
}

/* ROUNDTRIP_GOLDEN=write in the environment writes the pictures anew. */
static void
check_golden(const char *name, const char *suffix, const LadderTextOptions *options)
{
  g_autoptr(RunLog) log = example(name);
  g_autofree char *drawn = draw(log, options);
  g_autofree char *file = g_strdup_printf("%s%s.txt", name, suffix);
  g_autofree char *path = g_test_build_filename(G_TEST_DIST, "golden", "ladder", file, NULL);
  g_autofree char *golden = NULL;
  if (g_strcmp0(g_getenv("ROUNDTRIP_GOLDEN"), "write") == 0)
    g_assert_true(g_file_set_contents(path, drawn, -1, NULL));
  g_assert_true(g_file_get_contents(path, &golden, NULL, NULL));
  g_auto(GStrv) expected = g_strsplit(golden, "\n", -1), seen = g_strsplit(drawn, "\n", -1);
  for (guint i = 0; expected[i] != NULL && seen[i] != NULL; i++)
    g_assert_cmpstr(seen[i], ==, expected[i]);
  g_assert_cmpuint(g_strv_length(seen), ==, g_strv_length(expected));
}

static void
test_golden(void)
{
  static const char *const names[] = {"syn-lost", "chain", "simultaneous-open", "burst",
                                      "burst-lost"};
  for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
    check_golden(names[i], "-60", &(LadderTextOptions){.width = 60});
    check_golden(names[i], "-80", &(LadderTextOptions){.width = 80});
    check_golden(names[i], "-120", &(LadderTextOptions){.width = 120});
  }
}

static void
test_golden_ascii(void)
{
  check_golden("syn-lost", "-ascii", &(LadderTextOptions){.width = 80, .ascii = true});
  check_golden("simultaneous-open", "-ascii", &(LadderTextOptions){.width = 80, .ascii = true});
}

static void
test_golden_colour(void)
{
  check_golden("syn-lost", "-colour", &(LadderTextOptions){.width = 80, .colour = true});
}

/* Takes escape sequences out. */
static char *
without_colour(const char *text)
{
  GString *plain = g_string_new(NULL);
  for (const char *p = text; *p != '\0'; p++) {
    if (*p == '\033')
      p = strchr(p, 'm');
    else
      g_string_append_c(plain, *p);
  }
  return g_string_free(plain, FALSE);
}

static void
test_colour_changes_no_letter(void)
{
  g_autoptr(RunLog) log = example("burst");
  g_autofree char *plain = draw(log, &(LadderTextOptions){.width = 80});
  g_autofree char *coloured = draw(log, &(LadderTextOptions){.width = 80, .colour = true});
  g_autofree char *stripped = without_colour(coloured);
  g_assert_cmpstr(coloured, !=, plain);
  g_assert_cmpstr(stripped, ==, plain);
}

static void
test_cut(void)
{
  g_autoptr(RunLog) log = example("burst");
  g_autofree char *drawn = draw(log, &(LadderTextOptions){.width = 80, .max_rows = 3});
  g_assert_nonnull(strstr(drawn, "17 more packets (20 in all)\n"));
  g_assert_nonnull(strstr(drawn, "seq 2897"));
  g_assert_null(strstr(drawn, "seq 4345"));
}

/* A log that no simulator would write, for the layout to cope with. */
typedef struct Wild {
  SimRng rng;
  RunLog *log;
  GArray *rows; /* of RunRow, not yet in order */
  guint n;      /* nodes */
  SimTime now, delay;
  guint64 packet;
  guint delivered;
} Wild;

static const char *const wild_nodes[] = {"a", "a-long-name-of-a-node", "c", "d\xc3\xa9"};
static const char *const wild_links[4][4] = {
    {"a>a", "a>a-long-name-of-a-node", "a>c", "a>d\xc3\xa9"},
    {"a-long-name-of-a-node>a", "a-long-name-of-a-node>a-long-name-of-a-node",
     "a-long-name-of-a-node>c", "a-long-name-of-a-node>d\xc3\xa9"},
    {"c>a", "c>a-long-name-of-a-node", "c>c", "c>d\xc3\xa9"},
    {"d\xc3\xa9>a", "d\xc3\xa9>a-long-name-of-a-node", "d\xc3\xa9>c", "d\xc3\xa9>d\xc3\xa9"},
};

static void
add_wild(Wild *wild, RunRow row, SimTime time)
{
  const char **strings[] = {&row.link,  &row.src,     &row.dst,   &row.proto,
                            &row.flags, &row.options, &row.state, &row.detail};
  for (guint i = 0; i < G_N_ELEMENTS(strings); i++)
    if (*strings[i] == NULL)
      *strings[i] = "";
  row.time = time;
  row.conn = sim_rng_chance(&wild->rng, 0.9) ? "a:1-b:2" : "a:3-b:2";
  row.win = -1;
  g_array_append_val(wild->rows, row);
}

static void
add_wild_packet(Wild *wild)
{
  static const char *const flags[] = {"SYN", "ACK", "PSH+ACK", "A-FLAG-NOBODY-HAS-HEARD-OF"};
  static const char *const options[] = {"", "mss=1460 sackOK ts=1/0 ws=7", "sack=1-2,3-4"};
  static const char *const reasons[] = {"", "loss model", "queue full",
                                        "a reason that takes more than one line to be told"};
  guint from = (guint)sim_rng_below(&wild->rng, wild->n);
  guint to = sim_rng_chance(&wild->rng, 0.9) ? (from + 1) % wild->n
                                             : (guint)sim_rng_below(&wild->rng, wild->n);
  RunRow row = {.event = RUN_SEND, .node = wild_nodes[from], .packet = ++wild->packet};
  row.link = wild_links[from][to];
  row.flags = flags[sim_rng_below(&wild->rng, 4)];
  row.options = options[sim_rng_below(&wild->rng, 3)];
  row.seq = (gint64)sim_rng_below(&wild->rng, 100000000);
  row.has_seq = true;
  row.len = (guint32)sim_rng_below(&wild->rng, 1500);
  row.retransmit = sim_rng_chance(&wild->rng, 0.2) ? 3 : 0;
  add_wild(wild, row, wild->now);
  SimTime delay = (SimTime)((double)wild->delay * sim_rng_uniform(&wild->rng));
  if (sim_rng_chance(&wild->rng, 0.5))
    delay = wild->delay;
  bool lost = sim_rng_chance(&wild->rng, 0.2);
  row.event = lost ? RUN_DROP : RUN_RECEIVE;
  row.node = lost ? row.node : wild_nodes[to];
  row.detail = lost ? reasons[sim_rng_below(&wild->rng, 4)] : "";
  wild->delivered += lost ? 0 : 1;
  add_wild(wild, row, wild->now + delay);
}

static void
add_wild_event(Wild *wild)
{
  static const char *const states[] = {"LISTEN>SYN-RECEIVED", "CLOSED>SYN-SENT",
                                       "SYN-SENT>ESTABLISHED", "FIN-WAIT-2>TIME-WAIT"};
  static const char *const timers[] = {"RTO, due 1", "delayed ACK, due 0.04", "persist, due 3",
                                       "a timer that nobody has, due 2"};
  static const char *const calls[] = {
      "connect server:80", "\033[31mred\a", "", "send and then wait for all that may come of it",
      "\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97"};
  RunRow row = {.node = wild_nodes[sim_rng_below(&wild->rng, wild->n)]};
  double kind = sim_rng_uniform(&wild->rng);
  if (kind < 0.4) {
    row.event = RUN_STATE;
    row.state = states[sim_rng_below(&wild->rng, 4)];
  } else if (kind < 0.8) {
    row.event = (RunEvent)(RUN_TIMER_SET + sim_rng_below(&wild->rng, 3));
    row.detail = timers[sim_rng_below(&wild->rng, 4)];
  } else {
    row.event = kind < 0.9 ? RUN_CALL : RUN_NOTE;
    row.node = kind < 0.9 ? row.node : "";
    row.detail = calls[sim_rng_below(&wild->rng, 5)];
  }
  add_wild(wild, row, wild->now);
}

static gint
row_compare(gconstpointer a, gconstpointer b)
{
  const RunRow *x = a, *y = b;
  return (x->time > y->time) - (x->time < y->time);
}

static RunLog *
wild_log(guint64 seed, guint *delivered, guint *nodes)
{
  static const SimTime delays[] = {0, SIM_MILLISECOND, 50 * SIM_MILLISECOND, SIM_SECOND};
  Wild wild = {.log = run_log_new("wild"), .rows = g_array_new(FALSE, FALSE, sizeof(RunRow))};
  sim_rng_init(&wild.rng, seed, "wild ladder");
  wild.n = 1 + (guint)sim_rng_below(&wild.rng, 4);
  wild.delay = delays[sim_rng_below(&wild.rng, 4)];
  for (guint i = 0; i < 60; i++) {
    if (sim_rng_chance(&wild.rng, 0.6))
      wild.now += (SimTime)(sim_rng_exponential(&wild.rng, 0.01) * SIM_SECOND);
    if (sim_rng_chance(&wild.rng, 0.6))
      add_wild_packet(&wild);
    else
      add_wild_event(&wild);
  }
  g_array_sort(wild.rows, row_compare);
  for (guint i = 0; i < wild.rows->len; i++) {
    RunRow row = g_array_index(wild.rows, RunRow, i);
    row.line = i + 2;
    row.conn = run_log_intern(wild.log, row.conn);
    run_log_add(wild.log, &row);
  }
  g_array_unref(wild.rows);
  *delivered = wild.delivered;
  *nodes = wild.n;
  return wild.log;
}

static guint
count(const char *text, const char *what)
{
  guint found = 0;
  for (const char *p = text; (p = strstr(p, what)) != NULL; p += strlen(what))
    found++;
  return found;
}

/* Rows fit, times in the margin never go back, every packet that arrived has one head, no control
 * character comes through. That each cell is written once is asserted by the canvas. */
static void
check_picture(const char *drawn, guint width, guint delivered)
{
  g_auto(GStrv) lines = g_strsplit(drawn, "\n", -1);
  double last = -1;
  for (guint i = 0; lines[i] != NULL; i++) {
    double time = g_ascii_strtod(lines[i], NULL);
    g_assert_cmpint(ladder_canvas_text_width(lines[i]), <=, (gint)width);
    for (const char *p = lines[i]; *p != '\0'; p++)
      g_assert_false(g_ascii_iscntrl(*p));
    if (!g_ascii_isdigit(lines[i][0]) && !(lines[i][0] == ' ' && g_ascii_isdigit(lines[i][1])))
      continue;
    g_assert_cmpfloat(time, >=, last);
    last = time;
  }
  g_assert_cmpuint(count(drawn, "\xe2\x96\xb6") + count(drawn, "\xe2\x97\x80"), ==, delivered);
}

static void
test_wild(void)
{
  static const guint widths[] = {60, 80, 97, 200};
  for (guint64 seed = 0; seed < 300; seed++) {
    guint delivered, nodes, width = widths[seed % 4];
    g_autoptr(RunLog) log = wild_log(seed, &delivered, &nodes);
    g_autofree char *drawn = draw(log, &(LadderTextOptions){.width = width});
    check_picture(drawn, nodes > 2 ? MAX(width, 120) : width, delivered);
  }
}

/* A log of some size must not make show wait. */
static void
test_many_rows(void)
{
  g_autoptr(RunLog) log = run_log_new("many");
  for (guint64 i = 0; i < 50000; i++) {
    RunRow row = {.node = "a", .link = "a>b", .src = "", .dst = "", .options = "", .state = ""};
    row.conn = "";
    row.proto = "TCP";
    row.flags = "ACK";
    row.detail = "";
    row.packet = i + 1;
    row.time = (SimTime)i * SIM_MICROSECOND;
    row.event = RUN_SEND;
    run_log_add(log, &row);
    row.node = "b";
    row.event = RUN_RECEIVE;
    run_log_add(log, &row);
  }
  gint64 begin = g_get_monotonic_time();
  g_autofree char *drawn = draw(log, &(LadderTextOptions){.width = 100, .max_rows = 200});
  g_test_message("100,000 rows: %.0f ms", (double)(g_get_monotonic_time() - begin) / 1000);
  g_assert_nonnull(strstr(drawn, "49800 more packets (50000 in all)"));
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/ladder-text/golden-pictures", test_golden);
  g_test_add_func("/ladder-text/golden-pictures-in-ascii", test_golden_ascii);
  g_test_add_func("/ladder-text/golden-picture-in-colour", test_golden_colour);
  g_test_add_func("/ladder-text/colour-changes-no-letter", test_colour_changes_no_letter);
  g_test_add_func("/ladder-text/a-long-one-is-cut-and-says-so", test_cut);
  g_test_add_func("/ladder-text/wild-logs-keep-every-rule", test_wild);
  g_test_add_func("/ladder-text/a-large-log", test_many_rows);
  return g_test_run();
}
