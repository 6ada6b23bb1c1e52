/* cmd-list: `roundtrip list`: what there is, made from the tables that the program itself uses. */
#include <stdio.h>
#include <string.h>

#include "models/net/jitter.h"
#include "models/net/loss.h"
#include "models/net/middlebox.h"
#include "models/net/qdisc.h"
#include "models/tcp/cc.h"
#include "models/tcp/tcp-profile.h"
#include "plots/figure.h"
#include "scenarios/runner/cmd.h"
#include "sim/error.h"
#include "sim/file.h"

static gint
compare_names(gconstpointer a, gconstpointer b)
{
  return strcmp(*(char *const *)a, *(char *const *)b);
}

/* -- scenarios -- */

/* The folder that holds scenarios/: where the program was built, else the working directory. */
static const char *
gallery_root(void)
{
  g_autofree char *built = g_build_filename(ROUNDTRIP_SOURCE_DIR, "scenarios", NULL);
  return g_file_test(built, G_FILE_TEST_IS_DIR) ? ROUNDTRIP_SOURCE_DIR : ".";
}

/* The Lua files below `folder`, but for what is not a scenario: lib and the runner. */
static void
find_scenarios(GPtrArray *paths, const char *root, const char *folder, int depth)
{
  g_autofree char *real = g_build_filename(root, folder, NULL);
  GDir *dir = g_dir_open(real, 0, NULL);
  if (dir == NULL)
    return;
  for (const char *name; (name = g_dir_read_name(dir)) != NULL;) {
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_autofree char *at = g_build_filename(root, path, NULL);
    bool other = depth == 0 && (strcmp(name, "lib") == 0 || strcmp(name, "runner") == 0);
    if (g_str_has_suffix(name, ".lua"))
      g_ptr_array_add(paths, g_steal_pointer(&path));
    else if (!other && depth < 2 && g_file_test(at, G_FILE_TEST_IS_DIR))
      find_scenarios(paths, root, path, depth + 1);
  }
  g_dir_close(dir);
}

/* What the first comment line says. g_free. */
static char *
first_comment(const char *path)
{
  FILE *file = sim_file_stream(path, "", NULL);
  char line[256] = "";
  if (file == NULL)
    return g_strdup("");
  while (fgets(line, sizeof line, file) != NULL && strncmp(line, "--", 2) != 0)
    continue;
  fclose(file);
  const char *text = strncmp(line, "--", 2) == 0 ? line + strspn(line, "-[ \t") : "";
  return g_strchomp(g_strdup(text));
}

static void
list_scenarios(GString *text)
{
  const char *root = gallery_root();
  g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
  find_scenarios(paths, root, "scenarios", 0);
  g_ptr_array_sort(paths, compare_names);
  int width = 0;
  for (guint i = 0; i < paths->len; i++)
    width = MAX(width, (int)strlen(paths->pdata[i]));
  for (guint i = 0; i < paths->len; i++) {
    g_autofree char *real = g_build_filename(root, paths->pdata[i], NULL);
    g_autofree char *shows = first_comment(real);
    g_string_append_printf(text, "%-*s  %s\n", width, (const char *)paths->pdata[i], shows);
  }
}

/* -- models and figures -- */

#define NAME_WIDTH 16

void
cmd_list_figures(GString *text)
{
  const char *const *lists[] = {figure_names(), figure_study_names(), figure_several_names()};
  for (size_t k = 0; k < G_N_ELEMENTS(lists); k++)
    for (const char *const *name = lists[k]; *name != NULL; name++) {
      g_autofree char *what =
          g_strdup_printf("%s (needs %s)", figure_shows(*name), figure_needs(*name));
      g_string_append_printf(text, "%-*s ", NAME_WIDTH, *name);
      cmd_append_wrapped(text, what, NAME_WIDTH + 1, NAME_WIDTH + 1);
    }
}

static void
print_params(GString *text, const SimParam *params)
{
  for (const SimParam *param = params; param != NULL && param->name != NULL; param++) {
    g_autofree char *accepts = sim_param_accepts(param);
    g_autofree char *what =
        g_strdup_printf("%s; %s", param->help != NULL ? param->help : "", accepts);
    g_string_append_printf(text, "    %-12s ", param->name);
    cmd_append_wrapped(text, what, 17, 17);
  }
}

/* A line an option with its default, which shows the form; words are named as well. */
static void
print_settings(GString *text, const SimParam *params, const void *defaults)
{
  for (const SimParam *param = params; param != NULL && param->name != NULL; param++) {
    g_autofree char *value = sim_param_print(param, defaults);
    g_autofree char *entry = g_strdup_printf("%s = %s", param->name, value);
    g_autofree char *accepts = sim_param_accepts(param);
    bool words = param->words != NULL || param->choices != NULL;
    g_autofree char *accepted = g_strdup_printf("accepted: %s", accepts);
    g_string_append_printf(text, "    %-26s ", entry);
    cmd_append_wrapped(text, param->help, 31, 31);
    if (words) {
      g_string_append_printf(text, "%31s", "");
      cmd_append_wrapped(text, accepted, 31, 31);
    }
  }
}

static void
list_loss(GString *text)
{
  for (const LossOps *const *ops = loss_list(); *ops != NULL; ops++) {
    g_string_append_printf(text, "%-16s %s\n", (*ops)->name, (*ops)->help);
    print_params(text, (*ops)->params);
  }
  g_string_append_printf(text, "%-16s %s\n", loss_function.name, loss_function.help);
}

static void
list_jitter(GString *text)
{
  for (const JitterOps *const *ops = jitter_list(); *ops != NULL; ops++) {
    g_string_append_printf(text, "%-16s %s\n", (*ops)->name, (*ops)->help);
    print_params(text, (*ops)->params);
  }
}

static void
list_queue(GString *text)
{
  for (const QdiscOps *const *ops = qdisc_list(); *ops != NULL; ops++) {
    g_string_append_printf(text, "%-16s %s\n", (*ops)->name, (*ops)->help);
    print_params(text, (*ops)->params);
  }
}

/* The defaults are set by a kind as it is put on a node. */
static void
list_middleboxes(GString *text)
{
  Sim *sim = sim_new(1);
  Net *net = net_new(sim);
  for (const MiddleboxOps *const *ops = middlebox_list(); *ops != NULL; ops++) {
    Node *node = node_new(net, (*ops)->name, NODE_ROUTER, NULL);
    const Middlebox *box = middlebox_new(node, *ops);
    g_string_append_printf(text, "%-16s %s\n", (*ops)->name, (*ops)->help);
    print_settings(text, (*ops)->params, box->state);
  }
  g_string_append_printf(text, "%-16s %s\n", middlebox_function.name, middlebox_function.help);
  net_free(net);
  sim_free(sim);
}

static void
list_cc(GString *text)
{
  for (const TcpCcOps *const *ops = cc_list(); *ops != NULL; ops++) {
    g_string_append_printf(text, "%-16s %s\n", (*ops)->name, (*ops)->help);
    print_settings(text, (*ops)->params, (*ops)->defaults);
  }
  g_string_append(
      text, "\ntcp = {cc = \"cubic\"}, or with settings: tcp = {cc = {\"cubic\", beta = 0.5}}\n");
}

/* -- profiles: a table with a column each, and what they do not differ in -- */

#define PROFILES_MAX 6 /* columns that fit the page */

static void
print_row(GString *text, const char *name, char *const *values)
{
  g_string_append_printf(text, "%-24s", name);
  for (size_t i = 0; i < PROFILES_MAX && values[i] != NULL; i++)
    g_string_append_printf(text, " %-11s", values[i]);
  g_string_append_c(text, '\n');
}

static void
free_values(char **values)
{
  for (size_t i = 0; i < PROFILES_MAX; i++)
    g_free(values[i]);
}

/* A row an option in which profiles differ; `same` gets the others. */
static void
print_profile_rows(GString *text, const SimParam *params, const char *prefix, GString *same)
{
  const char *const *names = tcp_profile_names();
  for (const SimParam *param = params; param->name != NULL; param++) {
    char *values[PROFILES_MAX] = {NULL};
    bool differs = false;
    for (size_t i = 0; i < PROFILES_MAX && names[i] != NULL; i++) {
      values[i] = sim_param_print(param, tcp_profile_find(names[i]));
      differs = differs || strcmp(values[i], values[0]) != 0;
    }
    g_autofree char *name = g_strconcat(prefix, param->name, NULL);
    if (differs)
      print_row(text, name, values);
    else
      g_string_append_printf(same, "  %-24s %s\n", name, values[0]);
    free_values(values);
  }
}

/* What of the congestion control's settings is not as everywhere: "reno, constant = 12.5 %". */
static void
print_cc_settings(GString *text, const char *name, const TcpProfile *profile)
{
  const TcpCcOps *ops = profile->cc;
  if (profile->cc_settings == NULL)
    return;
  g_string_append_printf(text, "  %-24s cc = {\"%s\"", name, ops->name);
  for (const SimParam *param = ops->params; param->name != NULL; param++) {
    g_autofree char *value = sim_param_print(param, profile->cc_settings);
    g_autofree char *usual = sim_param_print(param, ops->defaults);
    if (strcmp(value, usual) != 0)
      g_string_append_printf(text, ", %s = %s", param->name, value);
  }
  g_string_append(text, "}\n");
}

static void
list_profiles(GString *text)
{
  const char *const *names = tcp_profile_names();
  char *titles[PROFILES_MAX] = {NULL}, *controls[PROFILES_MAX] = {NULL};
  for (size_t i = 0; i < PROFILES_MAX && names[i] != NULL; i++) {
    titles[i] = g_strdup(names[i]);
    controls[i] = g_strdup(tcp_profile_find(names[i])->cc->name);
  }
  g_autoptr(GString) same = g_string_new(NULL);
  print_row(text, "", titles);
  print_row(text, "cc", controls);
  print_profile_rows(text, tcp_profile_params, "", same);
  print_profile_rows(text, tcp_keepalive_params, "keepalive.", same);
  free_values(titles);
  free_values(controls);
  g_string_append(text, "\nWith settings of the congestion control\n");
  for (size_t i = 0; names[i] != NULL; i++)
    print_cc_settings(text, names[i], tcp_profile_find(names[i]));
  g_string_append_printf(text, "\nThe same in all of them\n%s", same->str);
  g_string_append(
      text,
      "\n`roundtrip list tcp` says what each option is. Each may be set on a host, a listener or "
      "a\n"
      "connection: host(\"a\", {tcp = {profile = \"bsd44\", min_rto = \"200 ms\"}})\n");
}

/* -- options of TCP -- */

static void
print_options(GString *text, const SimParam *params, const char *prefix)
{
  for (const SimParam *param = params; param->name != NULL; param++) {
    g_autofree char *value = sim_param_print(param, tcp_profile_find(tcp_profile_names()[0]));
    g_autofree char *entry = g_strdup_printf("%s%s = %s", prefix, param->name, value);
    g_autofree char *accepts = sim_param_accepts(param);
    g_string_append_printf(text, "%-32s %s\n", entry, param->help);
    if (param->kind != SIM_PARAM_BOOL)
      g_string_append_printf(text, "%-32s accepted: %s\n", "", accepts);
  }
}

static void
list_tcp(GString *text)
{
  const TcpProfile *first = tcp_profile_find(tcp_profile_names()[0]);
  g_autofree char *profile = g_strdup_printf("profile = %s", tcp_profile_names()[0]);
  g_autofree char *cc = g_strdup_printf("cc = %s", first->cc->name);
  g_string_append_printf(text, "%-32s what the rest begins with; `roundtrip list profiles`\n",
                         profile);
  g_string_append_printf(text, "%-32s congestion control; `roundtrip list cc`\n", cc);
  print_options(text, tcp_profile_params, "");
  print_options(text, tcp_keepalive_params, "keepalive.");
}

/* -- the command -- */

static const struct {
  const char *name, *summary;
  void (*list)(GString *text);
} topics[] = {
    {"scenarios", "the gallery: each file and what it shows", list_scenarios},
    {"figures", "what `figure` and `roundtrip plot` draw", cmd_list_figures},
    {"cc", "congestion controls: tcp = {cc = ...}", list_cc},
    {"loss", "loss models: link(a, b, {loss = ...})", list_loss},
    {"jitter", "jitter models: link(a, b, {jitter = ...})", list_jitter},
    {"queue", "queue disciplines: link(a, b, {queue = ...})", list_queue},
    {"middleboxes", "nodes that look into packets: nat(), firewall() and their options",
     list_middleboxes},
    {"profiles", "TCP profiles side by side: tcp = {profile = ...}", list_profiles},
    {"tcp", "options of TCP, with the values of the default profile: tcp = {...}", list_tcp},
};

static void
list_topics(GString *text)
{
  g_string_append(text, "Topics\n");
  for (size_t i = 0; i < G_N_ELEMENTS(topics); i++)
    g_string_append_printf(text, "  %-11s %s\n", topics[i].name, topics[i].summary);
}

bool
cmd_list_append(GString *text, const char *name)
{
  for (size_t i = 0; i < G_N_ELEMENTS(topics); i++)
    if (strcmp(topics[i].name, name) == 0) {
      topics[i].list(text);
      return true;
    }
  return false;
}

static bool
list(GString *text, const char *topic, GError **error)
{
  const char *names[G_N_ELEMENTS(topics) + 1] = {NULL};
  for (size_t i = 0; i < G_N_ELEMENTS(topics); i++)
    names[i] = topics[i].name;
  if (!cmd_list_append(text, topic))
    return sim_error_unknown(error, "topic of list", topic, names);
  if (text->len == 0)
    g_set_error(error, SIM_ERROR, SIM_ERROR_FILE,
                "no scenarios found: there is no folder \"scenarios\" here");
  return text->len > 0;
}

static int
run(int argc, char **argv)
{
  if (argc > 2)
    return cmd_fail(g_error_new(SIM_ERROR, SIM_ERROR_VALUE,
                                "one topic at a time: \"%s\" is too much", argv[2]));
  g_autofree char *usage = cmd_usage(&cmd_list);
  g_autoptr(GString) text = g_string_new(argc < 2 ? usage : NULL);
  GError *error = NULL;
  if (argc == 2 && !list(text, argv[1], &error))
    return cmd_fail(error);
  fputs(text->str, stdout);
  return EXIT_OK;
}

const Command cmd_list = {
    .name = "list",
    .usage = "[scenarios|figures|cc|loss|jitter|queue|middleboxes|profiles|tcp]",
    .summary = "say what there is",
    .about = "Says what there is, from the tables that the program itself uses.\n",
    .more = "Example\n  roundtrip list profiles\n",
    .list = list_topics,
    .run = run,
};
