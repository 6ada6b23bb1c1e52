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
  FILE *file = fopen(path, "r");
  char line[256] = "";
  if (file == NULL)
    return g_strdup("");
  while (fgets(line, sizeof line, file) != NULL && strncmp(line, "--", 2) != 0)
    continue;
  fclose(file);
  const char *text = strncmp(line, "--", 2) == 0 ? line + strspn(line, "-[ \t") : "";
  return g_strchomp(g_strdup(text));
}

static int
list_scenarios(void)
{
  const char *root = gallery_root();
  g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
  find_scenarios(paths, root, "scenarios", 0);
  g_ptr_array_sort(paths, compare_names);
  if (paths->len == 0)
    return cmd_fail(g_error_new(SIM_ERROR, SIM_ERROR_FILE,
                                "no scenarios found: there is no folder \"scenarios\" here"));
  int width = 0;
  for (guint i = 0; i < paths->len; i++)
    width = MAX(width, (int)strlen(paths->pdata[i]));
  for (guint i = 0; i < paths->len; i++) {
    g_autofree char *real = g_build_filename(root, paths->pdata[i], NULL);
    g_autofree char *text = first_comment(real);
    printf("%-*s  %s\n", width, (const char *)paths->pdata[i], text);
  }
  return EXIT_OK;
}

/* -- models and figures -- */

static int
list_figures(void)
{
  const char *const *lists[] = {figure_names(), figure_study_names(), figure_several_names()};
  for (size_t k = 0; k < G_N_ELEMENTS(lists); k++)
    for (const char *const *name = lists[k]; *name != NULL; name++) {
      const char *needs = figure_needs(*name);
      printf("%-16s %s%s%s%s\n", *name, figure_shows(*name), needs != NULL ? " (needs " : "",
             needs != NULL ? needs : "", needs != NULL ? ")" : "");
    }
  return EXIT_OK;
}

static void
print_params(const SimParam *params)
{
  for (const SimParam *param = params; param != NULL && param->name != NULL; param++) {
    g_autofree char *accepts = sim_param_accepts(param);
    printf("    %-12s %s; %s\n", param->name, param->help != NULL ? param->help : "", accepts);
  }
}

/* A line an option with its default, which shows the form; words are named as well. */
static void
print_settings(const SimParam *params, const void *defaults)
{
  for (const SimParam *param = params; param != NULL && param->name != NULL; param++) {
    g_autofree char *value = sim_param_print(param, defaults);
    g_autofree char *entry = g_strdup_printf("%s = %s", param->name, value);
    g_autofree char *accepts = sim_param_accepts(param);
    bool words = param->words != NULL || param->choices != NULL;
    printf("    %-26s %s\n", entry, param->help);
    if (words)
      printf("    %-26s accepted: %s\n", "", accepts);
  }
}

static int
list_loss(void)
{
  for (const LossOps *const *ops = loss_list(); *ops != NULL; ops++) {
    printf("%-16s %s\n", (*ops)->name, (*ops)->help);
    print_params((*ops)->params);
  }
  printf("%-16s %s\n", loss_function.name, loss_function.help);
  return EXIT_OK;
}

static int
list_jitter(void)
{
  for (const JitterOps *const *ops = jitter_list(); *ops != NULL; ops++) {
    printf("%-16s %s\n", (*ops)->name, (*ops)->help);
    print_params((*ops)->params);
  }
  return EXIT_OK;
}

static int
list_queue(void)
{
  for (const QdiscOps *const *ops = qdisc_list(); *ops != NULL; ops++) {
    printf("%-16s %s\n", (*ops)->name, (*ops)->help);
    print_params((*ops)->params);
  }
  return EXIT_OK;
}

/* The defaults are set by a kind as it is put on a node. */
static int
list_middleboxes(void)
{
  Sim *sim = sim_new(1);
  Net *net = net_new(sim);
  for (const MiddleboxOps *const *ops = middlebox_list(); *ops != NULL; ops++) {
    Node *node = node_new(net, (*ops)->name, NODE_ROUTER, NULL);
    const Middlebox *box = middlebox_new(node, *ops);
    printf("%-16s %s\n", (*ops)->name, (*ops)->help);
    print_settings((*ops)->params, box->state);
  }
  printf("%-16s %s\n", middlebox_function.name, middlebox_function.help);
  net_free(net);
  sim_free(sim);
  return EXIT_OK;
}

static int
list_cc(void)
{
  for (const TcpCcOps *const *ops = cc_list(); *ops != NULL; ops++) {
    printf("%-16s %s\n", (*ops)->name, (*ops)->help);
    print_settings((*ops)->params, (*ops)->defaults);
  }
  puts("\ntcp = {cc = \"cubic\"}, or with settings: tcp = {cc = {\"cubic\", beta = 0.5}}");
  return EXIT_OK;
}

/* -- profiles: a table with a column each, and what they do not differ in -- */

#define PROFILES_MAX 6 /* columns that fit the page */

static void
print_row(const char *name, char *const *values)
{
  printf("%-24s", name);
  for (size_t i = 0; i < PROFILES_MAX && values[i] != NULL; i++)
    printf(" %-11s", values[i]);
  putchar('\n');
}

static void
free_values(char **values)
{
  for (size_t i = 0; i < PROFILES_MAX; i++)
    g_free(values[i]);
}

/* A row an option in which profiles differ; `same` gets the others. */
static void
print_profile_rows(const SimParam *params, const char *prefix, GString *same)
{
  const char *const *names = tcp_profile_names();
  for (const SimParam *param = params; param->name != NULL; param++) {
    char *values[PROFILES_MAX] = {NULL};
    bool differs = false;
    for (size_t i = 0; names[i] != NULL && i < PROFILES_MAX; i++) {
      values[i] = sim_param_print(param, tcp_profile_find(names[i]));
      differs = differs || strcmp(values[i], values[0]) != 0;
    }
    g_autofree char *name = g_strconcat(prefix, param->name, NULL);
    if (differs)
      print_row(name, values);
    else
      g_string_append_printf(same, "  %-24s %s\n", name, values[0]);
    free_values(values);
  }
}

/* What of the congestion control's settings is not as everywhere: "reno, constant = 12.5 %". */
static void
print_cc_settings(const char *name, const TcpProfile *profile)
{
  const TcpCcOps *ops = profile->cc;
  if (profile->cc_settings == NULL)
    return;
  printf("  %-24s cc = {\"%s\"", name, ops->name);
  for (const SimParam *param = ops->params; param->name != NULL; param++) {
    g_autofree char *value = sim_param_print(param, profile->cc_settings);
    g_autofree char *usual = sim_param_print(param, ops->defaults);
    if (strcmp(value, usual) != 0)
      printf(", %s = %s", param->name, value);
  }
  puts("}");
}

static int
list_profiles(void)
{
  const char *const *names = tcp_profile_names();
  char *titles[PROFILES_MAX] = {NULL}, *controls[PROFILES_MAX] = {NULL};
  for (size_t i = 0; names[i] != NULL && i < PROFILES_MAX; i++) {
    titles[i] = g_strdup(names[i]);
    controls[i] = g_strdup(tcp_profile_find(names[i])->cc->name);
  }
  g_autoptr(GString) same = g_string_new(NULL);
  print_row("", titles);
  print_row("cc", controls);
  print_profile_rows(tcp_profile_params, "", same);
  print_profile_rows(tcp_keepalive_params, "keepalive.", same);
  free_values(titles);
  free_values(controls);
  puts("\nWith settings of the congestion control");
  for (size_t i = 0; names[i] != NULL; i++)
    print_cc_settings(names[i], tcp_profile_find(names[i]));
  printf("\nThe same in all of them\n%s", same->str);
  puts("\n`roundtrip list tcp` says what each option is. Each may be set on a host, a listener or "
       "a\n"
       "connection: host(\"a\", {tcp = {profile = \"bsd44\", min_rto = \"200 ms\"}})");
  return EXIT_OK;
}

/* -- options of TCP -- */

static void
print_options(const SimParam *params, const char *prefix)
{
  for (const SimParam *param = params; param->name != NULL; param++) {
    g_autofree char *value = sim_param_print(param, tcp_profile_find(tcp_profile_names()[0]));
    g_autofree char *entry = g_strdup_printf("%s%s = %s", prefix, param->name, value);
    g_autofree char *accepts = sim_param_accepts(param);
    printf("%-32s %s\n", entry, param->help);
    if (param->kind != SIM_PARAM_BOOL)
      printf("%-32s accepted: %s\n", "", accepts);
  }
}

static int
list_tcp(void)
{
  const TcpProfile *first = tcp_profile_find(tcp_profile_names()[0]);
  g_autofree char *profile = g_strdup_printf("profile = %s", tcp_profile_names()[0]);
  g_autofree char *cc = g_strdup_printf("cc = %s", first->cc->name);
  printf("%-32s what the rest begins with; `roundtrip list profiles`\n", profile);
  printf("%-32s congestion control; `roundtrip list cc`\n", cc);
  print_options(tcp_profile_params, "");
  print_options(tcp_keepalive_params, "keepalive.");
  return EXIT_OK;
}

/* -- the command -- */

static const struct {
  const char *name, *summary;
  int (*list)(void);
} topics[] = {
    {"scenarios", "the gallery: each file and what it shows", list_scenarios},
    {"figures", "what `figure` and `roundtrip plot` draw", list_figures},
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
print_usage(void)
{
  puts("Usage:\n  roundtrip list TOPIC\n\nTopics:");
  for (size_t i = 0; i < G_N_ELEMENTS(topics); i++)
    printf("  %-11s %s\n", topics[i].name, topics[i].summary);
  puts("\nExample:\n  roundtrip list profiles");
}

static int
run(int argc, char **argv)
{
  if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
    print_usage();
    return EXIT_OK;
  }
  if (argc > 2)
    return cmd_fail(g_error_new(SIM_ERROR, SIM_ERROR_VALUE,
                                "one topic at a time: \"%s\" is too "
                                "much",
                                argv[2]));
  for (size_t i = 0; i < G_N_ELEMENTS(topics); i++)
    if (strcmp(topics[i].name, argv[1]) == 0)
      return topics[i].list();
  const char *names[G_N_ELEMENTS(topics) + 1] = {NULL};
  for (size_t i = 0; i < G_N_ELEMENTS(topics); i++)
    names[i] = topics[i].name;
  GError *error = NULL;
  sim_error_unknown(&error, "topic of list", argv[1], names);
  return cmd_fail(error);
}

const Command cmd_list = {
    .name = "list",
    .usage = "[scenarios|figures|cc|loss|jitter|queue|middleboxes|profiles|tcp]",
    .summary = "say what there is",
    .run = run,
};
