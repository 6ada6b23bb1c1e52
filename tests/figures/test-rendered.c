/* test-rendered: every kind of figure drawn from fixed runs, in the sizes that there are: the
 * picture is there, as large as it says, its letters are of the size of the page, gnuplot has
 * nothing to say about the script, and an author can change a label and run it alone. */
#include <math.h>
#include <string.h>

#include "plots/figure.h"
#include "tests/figures/figure-files.h"
#include "tests/gallery/gallery.h"
#include "tests/unit/run-folder.h"

#define DOTS_PER_MM (300 / 25.4)
#define PX_PER_PT (96 / 72.)
#define LEAST_PT 5.0 /* that is printed on a page */

static char *scratch; /* owned: the runs, and what is drawn of them */

static void
roundtrip(const char *const *arguments)
{
  g_auto(GalleryRun) run = gallery_run(scratch, arguments);
  if (run.status != 0)
    g_error("%s %s: %s", arguments[0], arguments[1], run.complaints);
}

static void
make_runs(void)
{
  const char *fixed = gallery_environment("FIXED");
  const char *studies = gallery_environment("STUDY");
  scratch = folder_new();
  roundtrip((const char *const[]){"run", fixed, "-o", "fixed", "--quiet", NULL});
  roundtrip(
      (const char *const[]){"run", fixed, "-o", "other", "--quiet", "-p", "rate=3 Mbit/s", NULL});
  roundtrip((const char *const[]){"sweep", studies, "loss=0,0.1", "delay=20ms,50ms",
                                  "profile=linux", "--seeds", "3", "-o", "study", "--quiet", NULL});
}

/* What a figure is asked for: its run, its options, and a window for the ladder. */
static void
draw(const char *kind, const char *width, const char *file)
{
  bool study = g_strv_contains(figure_study_names(), kind);
  bool several = g_strv_contains(figure_several_names(), kind);
  bool ladder = strcmp(kind, "ladder") == 0;
  g_autoptr(GPtrArray) arguments = g_ptr_array_new();
  const char *const common[] = {"plot", kind, study ? "study" : "fixed", "--width", width,
                                "-o",   file};
  for (guint i = 0; i < G_N_ELEMENTS(common); i++)
    g_ptr_array_add(arguments, (gpointer)(guintptr)common[i]);
  const char *const of_study[] = {"x=delay", "y=connect_time", "by=loss"};
  const char *const of_heatmap[] = {"x=delay", "y=loss", "z=connect_time"};
  const char *const of_several[] = {"other", "of=cwnd"};
  const char *const of_ladder[] = {"--to", "120ms"};
  bool heatmap = strcmp(kind, "heatmap") == 0, cdf = strcmp(kind, "cdf") == 0;
  for (guint i = 0; study && heatmap && i < 3; i++)
    g_ptr_array_add(arguments, (gpointer)(guintptr)of_heatmap[i]);
  if (study && cdf)
    g_ptr_array_add(arguments, (gpointer)(guintptr) "x=connect_time");
  if (study && cdf)
    g_ptr_array_add(arguments, (gpointer)(guintptr) "by=loss,delay");
  for (guint i = 0; study && !heatmap && !cdf && i < 3; i++)
    g_ptr_array_add(arguments, (gpointer)(guintptr)of_study[i]);
  for (guint i = 0; several && i < G_N_ELEMENTS(of_several); i++)
    g_ptr_array_add(arguments, (gpointer)(guintptr)of_several[i]);
  for (guint i = 0; ladder && i < G_N_ELEMENTS(of_ladder); i++)
    g_ptr_array_add(arguments, (gpointer)(guintptr)of_ladder[i]);
  g_ptr_array_add(arguments, NULL);
  roundtrip((const char *const *)arguments->pdata);
}

/* The picture's size is the one that its script says, and that the width stands for. */
static void
check_png(const char *name, const char *width)
{
  static const struct {
    const char *name;
    double mm;
  } widths[] = {{"column", 85}, {"double", 175}, {"slide", 254}};
  g_autofree char *png = g_strconcat(name, ".png", NULL);
  g_autofree char *script = g_strconcat(name, ".gp", NULL);
  guint x, y;
  double mm = script_number(scratch, script, "figure_width");
  png_size(scratch, png, &x, &y);
  for (guint i = 0; i < G_N_ELEMENTS(widths); i++)
    if (strcmp(widths[i].name, width) == 0)
      g_assert_cmpfloat(mm, ==, widths[i].mm);
  g_assert_cmpfloat(fabs(x - mm * DOTS_PER_MM), <=, 1);
  g_assert_cmpfloat(fabs(y - script_number(scratch, script, "figure_height") * DOTS_PER_MM), <=, 1);
}

/* All texts in one family, none too small for the page and none larger than its font. */
static void
check_fonts(const char *name)
{
  g_autofree char *svg = g_strconcat(name, ".svg", NULL);
  g_autofree char *script = g_strconcat(name, ".gp", NULL);
  g_autofree char *text = folder_read(scratch, svg, NULL);
  double font = script_number(scratch, script, "font_size");
  guint texts = 0;
  for (const char *at = text; (at = strstr(at, "font-family=\"")) != NULL; texts++) {
    at += strlen("font-family=\"");
    if (!g_str_has_prefix(at, "Helvetica\""))
      g_error("%s: a text in %.20s", svg, at);
    const char *size = strstr(at, "font-size=\"");
    g_assert_nonnull(size);
    double points = g_ascii_strtod(size + strlen("font-size=\""), NULL) / PX_PER_PT;
    if (points < LEAST_PT || points > font * 1.01)
      g_error("%s: a text of %.2f pt beside a font of %.2f pt", svg, points, font);
  }
  g_assert_cmpuint(texts, >, 3);
}

/* gnuplot alone, on what lies beside the picture, without a word but about blocks that are empty: a
 * curve that has no point in this run. */
static void
check_alone(const char *name)
{
  g_autofree char *script = g_strconcat(name, ".gp", NULL);
  g_autofree char *said = NULL;
  const char *argv[] = {"gnuplot", "-d", script, NULL};
  int status;
  GError *error = NULL;
  g_spawn_sync(scratch, (char **)(guintptr)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, &said,
               &status, &error);
  g_assert_no_error(error);
  g_auto(GStrv) lines = g_strsplit(said, "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    if (**line != '\0' && strstr(*line, "no valid points") == NULL)
      g_error("gnuplot says of %s: %s", script, *line);
  g_assert_cmpint(status, ==, 0);
}

/* As PNG in one size after another (they take turns, which shows each at a third of the cost), and
 * as SVG, in which letters can be measured. */
static void
test_kind(gconstpointer data)
{
  static const char *const widths[] = {"column", "double", "slide"};
  const char *kind = data;
  for (guint i = 0; i < G_N_ELEMENTS(widths); i++) {
    bool as_png = i == g_str_hash(kind) % G_N_ELEMENTS(widths) || strcmp(kind, "ladder") == 0;
    g_autofree char *name = g_strdup_printf("%s-%s", kind, widths[i]);
    g_autofree char *file = g_strconcat(name, as_png ? ".png" : ".svg", NULL);
    if (strcmp(kind, "ladder") == 0 && i == 0)
      continue; /* four nodes do not fit a column, and say so */
    draw(kind, widths[i], file);
    if (as_png)
      check_png(name, widths[i]);
    else
      check_fonts(name);
  }
  g_autofree char *last = g_strdup_printf("%s-%s", kind, widths[2]);
  check_alone(last);
}

/* The grey that `name` of the style is printed in: 0 to 255. */
static double
grey_of(const char *style, const char *name)
{
  g_autofree char *mark = g_strdup_printf("\n%s = 0x", name);
  const char *at = strstr(style, mark);
  g_assert_nonnull(at);
  guint64 rgb = g_ascii_strtoull(at + strlen(mark), NULL, 16);
  return 0.299 * (double)(rgb >> 16) + 0.587 * (double)(rgb >> 8 & 255) +
         0.114 * (double)(rgb & 255);
}

/* Colour is never all: two lines of one width and one dash differ in grey, too. */
static void
test_lines_in_grey(void)
{
  g_autofree char *style = folder_read(scratch, "style.gp", NULL);
  g_auto(GStrv) lines = g_strsplit(style, "\nset linetype ", -1);
  guint count = g_strv_length(lines) - 1;
  g_assert_cmpuint(count, ==, 16);
  g_autofree char **colours = g_new0(char *, count), **strokes = g_new0(char *, count);
  for (guint i = 0; i < count; i++) { /* "1 lc rgb blue lw thick dt 1" */
    g_auto(GStrv) rest = g_strsplit(lines[i + 1], "\n", 2);
    g_auto(GStrv) words = g_strsplit(rest[0], " ", 5);
    g_assert_cmpstr(words[2], ==, "rgb");
    colours[i] = g_strdup(words[3]);
    strokes[i] = g_strdup(words[4]);
    for (guint k = 0; k < i; k++)
      if (strcmp(strokes[k], strokes[i]) == 0 &&
          fabs(grey_of(style, colours[k]) - grey_of(style, colours[i])) < 40)
        g_error("lines %u and %u are the same in grey", k + 1, i + 1);
  }
  for (guint i = 0; i < count; i++) {
    g_free(colours[i]);
    g_free(strokes[i]);
  }
}

/* "An author can change a label and run gnuplot alone." */
static void
test_label(void)
{
  draw("cwnd", "column", "mine.svg");
  g_autofree char *script = folder_read(scratch, "mine.gp", NULL);
  g_auto(GStrv) parts = g_strsplit(script, "'Time [' . clock_name . ']'", -1);
  g_assert_cmpuint(g_strv_length(parts), ==, 2);
  g_autofree char *changed = g_strjoinv("'Zeit in Sekunden'", parts);
  folder_put(scratch, "mine.gp", changed);
  check_alone("mine");
  g_autofree char *svg = folder_read(scratch, "mine.svg", NULL);
  g_assert_nonnull(strstr(svg, "Zeit in Sekunden"));
  g_assert_null(strstr(svg, "Time [s]"));
}

/* Both panels of a comparison have the same value: the last one holds. */
static void
assert_same_setting(const char *figure, const char *setting)
{
  double values[2];
  for (guint i = 0; i < G_N_ELEMENTS(values); i++) {
    g_autofree char *name = g_strdup_printf("%s-%u.gp", figure, i);
    g_autofree char *script = folder_read(scratch, name, NULL);
    g_autofree char *mark = g_strdup_printf("\n%s = ", setting);
    const char *at = g_strrstr(script, mark);
    g_assert_nonnull(at);
    values[i] = g_ascii_strtod(at + strlen(mark), NULL);
  }
  g_assert_cmpfloat(values[0], ==, values[1]);
}

/* Ladders of two runs side by side: each panel is a figure that can be drawn alone, on one scale,
 * in the font of the whole, which Cairo's terminals keep for all panels. */
static void
test_panels(void)
{
  static const char *const lost[] = {"syn-lost", "synack-lost"};
  for (guint i = 0; i < G_N_ELEMENTS(lost); i++) {
    g_autofree char *name = g_strconcat("handshake/", lost[i], NULL);
    g_autofree char *path = gallery_path(name);
    roundtrip((const char *const[]){"run", path, "-o", lost[i], "--quiet", NULL});
  }
  roundtrip((const char *const[]){"plot", "compare", lost[0], lost[1], "of=ladder", "-o",
                                  "both.svg", NULL});
  check_alone("both");
  check_alone("both-0");
  g_assert_cmpfloat(script_number(scratch, "both.gp", "font_size"), ==,
                    script_number(scratch, "both-0.gp", "font_size"));
  g_assert_true(folder_has(scratch, "both-1.dat"));
  roundtrip((const char *const[]){"plot", "compare", "fixed", "other", "of=queue", "layout=panels",
                                  "-o", "queues.svg", NULL});
  assert_same_setting("queues", "x_to");
  assert_same_setting("queues", "y_to");
  /* A time-out of seconds beside a round trip of milliseconds, whose axis is logarithmic, and
   * several ends without time-outs. */
  folder_put(scratch, "many.lua",
             "local client, server = host 'client', host 'server'\n"
             "link(client, server, { rate = '10 Mbit/s', delay = '5 ms' })\n"
             "server:listen(80, function (conn) conn:receive_all() conn:close() end)\n"
             "for i = 1, param('flows', 1) do\n"
             "  client:start(function ()\n"
             "    local conn = assert(client:connect(server, 80))\n"
             "    conn:send '50 kB'\n"
             "    conn:close()\n"
             "  end)\n"
             "end\n");
  roundtrip((const char *const[]){"run", "many.lua", "-o", "one", "--quiet", NULL});
  roundtrip(
      (const char *const[]){"run", "many.lua", "-p", "flows=2", "-o", "two", "--quiet", NULL});
  roundtrip((const char *const[]){"plot", "compare", "one", "two", "of=rtt", "layout=panels", "-o",
                                  "rtts.svg", NULL});
  static const char *const of_rtt[] = {"x_from", "x_to", "y_from", "y_to", "log_y", "unit"};
  for (guint i = 0; i < G_N_ELEMENTS(of_rtt); i++)
    assert_same_setting("rtts", of_rtt[i]);
  g_assert_cmpfloat(script_number(scratch, "rtts-0.gp", "log_y"), !=,
                    script_number(scratch, "rtts-1.gp", "log_y")); /* as each would have it */
  /* One run takes a second longer, for its lost SYN; names before the axis are alike long. */
  g_autofree char *clean = gallery_path("handshake/clean");
  roundtrip((const char *const[]){"run", clean, "-o", "clean", "--quiet", NULL});
  roundtrip((const char *const[]){"plot", "compare", "clean", lost[0], "of=states", "-o",
                                  "states.svg", NULL});
  static const char *const axis[] = {"x_from", "x_to", "left"};
  for (guint i = 0; i < G_N_ELEMENTS(axis); i++)
    assert_same_setting("states", axis[i]);
  g_assert_cmpfloat(script_number(scratch, "states-0.gp", "x_to"), >, 1.1);
}

/* Where both ends took one way through the diagram, their counts stand beside what it is called. */
static void
test_counts_beside_labels(void)
{
  static const char *const counts[] = {"counts-opener", "counts-other"};
  g_autofree char *path = gallery_path("handshake/fast-open");
  roundtrip((const char *const[]){"run", path, "-o", "twice", "--quiet", NULL});
  roundtrip((const char *const[]){"plot", "state-machine", "twice", "-o", "machine.svg", NULL});
  double font = script_number(scratch, "machine.gp", "font_size");
  g_autoptr(GPtrArray) labels = block_read(scratch, "machine.dat", "labels-left");
  g_assert_cmpuint(labels->len, >, 5);
  for (guint side = 0; side < G_N_ELEMENTS(counts); side++) {
    g_autoptr(GPtrArray) rows = block_read(scratch, "machine.dat", counts[side]);
    g_assert_cmpuint(rows->len, >, 3);
    for (guint i = 0; i < rows->len; i++)
      for (guint k = 0; k < labels->len; k++) {
        double half = font * (0.3 * (double)g_utf8_strlen(block_get(rows, i, 2), -1) + 0.1);
        double right = block_number(rows, i, 0) + half - block_number(labels, k, 0);
        double down = block_number(rows, i, 1) - block_number(labels, k, 1);
        if (fabs(down) < font && right > 0 && right < 2 * half)
          g_error("a count stands over \"%s\"", block_get(labels, k, 2));
      }
  }
}

/* Where no round trip was measured there is nothing to draw, and that is said. */
static void
test_rtt_of_nothing(void)
{
  g_autofree char *path = gallery_path("handshake/closed-port");
  roundtrip((const char *const[]){"run", path, "-o", "refused", "--quiet", NULL});
  const char *const plot[] = {"plot", "rtt", "refused", "-o", "nothing.svg", NULL};
  g_auto(GalleryRun) run = gallery_run(scratch, plot);
  g_assert_cmpint(run.status, ==, 2);
  g_assert_nonnull(strstr(run.complaints, "no round trip was measured"));
  g_assert_false(folder_has(scratch, "nothing.svg"));
}

/* Of results in the millions ticks have no powers of ten, which lay over one another: the label
 * has. */
static void
test_millions(void)
{
  static const char *const figures[][3] = {{"cdf", "x=goodput", "by=size"},
                                           {"lines", "x=size", "y=goodput"},
                                           {"box", "x=size", "y=goodput"}};
  folder_put(scratch, "millions.lua",
             "local size = param('size', 1, 'of anything')\n"
             "result('goodput', 2.5e6 * size)\n");
  roundtrip((const char *const[]){"sweep", "millions.lua", "size=1,2,4", "-o", "millions",
                                  "--quiet", NULL});
  for (guint i = 0; i < G_N_ELEMENTS(figures); i++) {
    roundtrip((const char *const[]){"plot", figures[i][0], "millions", "-o", "millions.svg",
                                    figures[i][1], figures[i][2], NULL});
    g_autofree char *svg = folder_read(scratch, "millions.svg", NULL);
    if (strstr(svg, "goodput [10^6]") == NULL || strstr(svg, "e+0") != NULL)
      g_error("%s has ticks that cannot be read", figures[i][0]);
  }
}

/* Packets that take nanoseconds: every time that is written is one of its own, with its unit. */
static void
test_nanoseconds(void)
{
  static const char *const kinds[] = {"cwnd", "throughput", "states", "tcptrace"};
  folder_put(scratch, "fast.lua",
             "local a, b = host 'a', host 'b'\n"
             "link(a, b, { rate = '400 Gbit/s', delay = '5 ns' })\n"
             "b:listen(80, function (conn) conn:receive(100) conn:close() end)\n"
             "a:start(function ()\n"
             "  local conn = assert(a:connect(b, 80))\n"
             "  conn:send(100)\n"
             "  conn:receive_all()\n"
             "end)\n"
             "stop_at '1 us'\n");
  roundtrip((const char *const[]){"run", "fast.lua", "-o", "fast", "--quiet", NULL});
  for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
    roundtrip((const char *const[]){"plot", kinds[i], "fast", "-o", "fast.svg", NULL});
    g_autofree char *svg = folder_read(scratch, "fast.svg", NULL);
    if (strstr(svg, "Time [ns]") == NULL || g_regex_match_simple("[0-9]e-[0-9]", svg, 0, 0))
      g_error("%s has no readable axis of time", kinds[i]);
  }
  roundtrip((const char *const[]){"plot", "ladder", "fast", "-o", "fast.svg", NULL});
  g_autoptr(GPtrArray) times = block_read(scratch, "fast.dat", "times");
  g_autoptr(GHashTable) known = g_hash_table_new(g_str_hash, g_str_equal);
  for (guint i = 0; i < times->len; i++)
    if (!g_hash_table_add(known, (gpointer)(guintptr)block_get(times, i, 5)))
      g_error("two times are \"%s\"", block_get(times, i, 5));
  g_assert_true(g_hash_table_contains(known, "ns"));
  g_assert_true(g_hash_table_contains(known, "6.2")); /* 64 bytes at that rate, and the wire */
  const char *const show[] = {"show", "fast", NULL};
  g_auto(GalleryRun) shown = gallery_run(scratch, show);
  g_assert_nonnull(strstr(shown.printed, "time/ns"));
  g_assert_nonnull(strstr(shown.printed, "\n    6.2  "));
}

/* So many ends that no row has room for the name of a state, which gnuplot 5.4 crashed over. */
static void
test_states_many(void)
{
  folder_put(scratch, "many.lua",
             "local client, server = host 'client', host 'server'\n"
             "link(client, server, { delay = '50 ms' })\n"
             "server:listen(80)\n"
             "for i = 1, 60 do\n"
             "  client:start(function () client:connect(server, 80) end)\n"
             "end\n");
  roundtrip((const char *const[]){"run", "many.lua", "-o", "many", "--quiet", NULL});
  roundtrip((const char *const[]){"plot", "states", "many", "-o", "states-many.svg", NULL});
  check_alone("states-many");
  g_assert_cmpfloat(script_number(scratch, "states-many.gp", "rows"), ==, 120);
}

/* Plotted again a figure is the one that the scenario asked for; what is said wins. */
static void
test_again(void)
{
  g_autofree char *path = gallery_path("lessons/08-fast-retransmit/fast-retransmit");
  roundtrip((const char *const[]){"run", path, "-o", "asked", "--quiet", NULL});
  roundtrip((const char *const[]){"plot", "ladder", "asked", "-o", "again.svg", NULL});
  roundtrip((const char *const[]){"plot", "ladder", "asked", "--fields", "win", "--to", "0.3s",
                                  "-o", "said.svg", NULL});
  roundtrip((const char *const[]){"plot", "ladder", "asked", "--plain", "-o", "plain.svg", NULL});
  g_autofree char *first = folder_read(scratch, "asked/figures/ladder.svg", NULL);
  g_autofree char *again = folder_read(scratch, "again.svg", NULL);
  g_autofree char *said = folder_read(scratch, "said.dat", NULL);
  g_autofree char *plain = folder_read(scratch, "plain.dat", NULL);
  g_assert_true(strcmp(first, again) == 0);
  g_assert_nonnull(strstr(said, "\"SYN win ")); /* before the scenario's window begins */
  g_assert_null(strstr(said, "ACK seq"));
  g_assert_cmpfloat(script_number(scratch, "said.gp", "figure_width"), ==, 175);
  g_assert_nonnull(strstr(plain, "len 1000"));
  g_assert_cmpfloat(script_number(scratch, "plain.gp", "figure_width"), ==, 85);
}

static void
add_kinds(const char *const *names)
{
  for (; *names != NULL; names++) {
    g_autofree char *path = g_strdup_printf("/figures/drawn/%s", *names);
    g_test_add_data_func(path, *names, test_kind);
  }
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_autofree char *gnuplot = g_find_program_in_path("gnuplot");
  if (gnuplot == NULL) {
    g_print("1..0 # SKIP gnuplot is not installed\n");
    return 0;
  }
  make_runs();
  add_kinds(figure_names());
  add_kinds(figure_study_names());
  add_kinds(figure_several_names());
  g_test_add_func("/figures/a-label-changed-by-hand", test_label);
  g_test_add_func("/figures/plotted-again", test_again);
  g_test_add_func("/figures/lines-in-grey", test_lines_in_grey);
  g_test_add_func("/figures/panels", test_panels);
  g_test_add_func("/figures/nanoseconds", test_nanoseconds);
  g_test_add_func("/figures/millions", test_millions);
  g_test_add_func("/figures/rtt-of-nothing", test_rtt_of_nothing);
  g_test_add_func("/figures/counts-beside-labels", test_counts_beside_labels);
  g_test_add_func("/figures/states-many", test_states_many);
  int status = g_test_run();
  folder_free(scratch);
  return status;
}
