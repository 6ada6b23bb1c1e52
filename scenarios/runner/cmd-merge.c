/* cmd-merge: `roundtrip merge`: the shards of a sweep become one study.
 *
 * Every run of every folder goes into one database, and what a sweep writes at its end is written
 * from it: the same bytes as if nobody had divided the work. A run that is in two folders is taken
 * from the first. */
#include "scenarios/runner/cmd.h"

#include <stdio.h>
#include <string.h>

#include "scenarios/runner/study/finish.h"
#include "scenarios/runner/study/study.h"
#include "sim/error.h"

#define USAGE "DIR... [-o DIR]"

static const char about[] = "Puts the shards of a sweep (--shard K/N) together into one study.\n";

static const char more[] =
    "Example\n"
    "  roundtrip merge part-* -o whole\n"
    "\n"
    "The folders must be of the same study: scenario, version, parameters and seeds. Runs that no\n"
    "folder has are missing, which is said (exit status 1); the sweep with -o DIR makes them.\n";

typedef struct MergeArgs {
  char *output; /* owned; NULL: from the names of the folders */
  gboolean quiet;
  char **rest; /* owned: the folders */
} MergeArgs;

#define ARG(member) CMD_ARG(MergeArgs, member)

static const GOptionEntry option_table[] = {
    {"output", 'o', 0, G_OPTION_ARG_FILENAME, ARG(output),
     "the study's folder (of folders called X.study.K-of-N: X.study)", "DIR"},
    {"quiet", 0, 0, G_OPTION_ARG_NONE, ARG(quiet), "say nothing but errors", NULL},
    {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, ARG(rest), NULL, NULL},
    G_OPTION_ENTRY_NULL,
};

static bool
args_parse(MergeArgs *args, int argc, char **argv, GError **error)
{
  if (!cmd_parse(&cmd_merge, args, argc, argv, error))
    return false;
  if (args->rest != NULL)
    return true;
  g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
              "merge needs the folders of a study's shards; usage: roundtrip merge %s", USAGE);
  return false;
}

/* "X.study" of "X.study.3-of-16"; NULL and an error. */
static char *
whole_name(const char *folder, GError **error)
{
  g_autoptr(GRegex) regex = g_regex_new("^(.*\\.study)\\.\\d+-of-\\d+/*$", 0, 0, NULL);
  GMatchInfo *match;
  char *name = NULL;
  if (g_regex_match(regex, folder, 0, &match))
    name = g_match_info_fetch(match, 1);
  else
    g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
                "merge: say with -o where the study goes; only of folders called X.study.K-of-N is "
                "it known, X.study, and \"%s\" is none",
                folder);
  g_match_info_free(match);
  return name;
}

static Plan *
read_plan(const char *folder, GError **error)
{
  g_autofree char *path = g_build_filename(folder, "study.json", NULL);
  return plan_read(path, error);
}

/* A run on its way into the whole study. */
typedef struct Copying {
  Store *to;
  int64_t point; /* there */
  GError *error; /* NULL: all is well */
} Copying;

static bool
copy_run(const Outcome *outcome, void *data)
{
  Copying *copying = data;
  OutcomeStatus status;
  return store_has(copying->to, copying->point, outcome->seed, &status, &copying->error) ||
         (copying->error == NULL &&
          store_put(copying->to, copying->point, outcome, &copying->error));
}

/* Copies the runs of `from` that `to` has not. */
static bool
copy_runs(const Study *from, Store *to, GError **error)
{
  const Plan *plan = from->plan;
  Copying copying = {.to = to};
  g_autoptr(GString) key = g_string_new(NULL), sha256 = g_string_new(NULL);
  for (uint64_t point = 0; point < plan->points && copying.error == NULL; point++) {
    if (from->points[point].id <= 0)
      continue;
    plan_key(plan, point, key);
    plan_sha256(plan, point, sha256);
    StorePoint where = {plan->name, sha256->str, plan->version, key->str};
    copying.point = store_point(to, &where, true, &copying.error);
    if (copying.error == NULL && !study_each_run(from, point, copy_run, &copying, &copying.error))
      break;
  }
  if (copying.error == NULL)
    return store_commit(to, error);
  g_propagate_error(error, copying.error);
  return false;
}

/* The plan of each folder, all of one study. g_ptr_array_unref; NULL and an error: nothing is
 * written then. */
static GPtrArray *
read_plans(const MergeArgs *args, const char *output, GError **error)
{
  g_autoptr(GPtrArray) plans = g_ptr_array_new_with_free_func((GDestroyNotify)plan_free);
  g_autofree char *place = g_canonicalize_filename(output, NULL);
  for (char **folder = args->rest; *folder != NULL; folder++) {
    g_autofree char *from = g_canonicalize_filename(*folder, NULL);
    if (strcmp(from, place) == 0) {
      g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
                  "%s is merged, and cannot be where the study goes", *folder);
      return NULL;
    }
    Plan *plan = read_plan(*folder, error);
    if (plan == NULL)
      return NULL;
    g_ptr_array_add(plans, plan);
    if (plan_same(plans->pdata[0], plan, error))
      continue;
    g_prefix_error(error, "%s is of another study: ", *folder);
    return NULL;
  }
  return g_steal_pointer(&plans);
}

/* A folder's runs, all of those that are there. */
static bool
take_folder(const char *folder, Plan *plan, Store *to, GError **error)
{
  g_autoptr(Store) store = store_open(folder, false, error);
  if (store == NULL)
    return false;
  g_autoptr(Study) study = study_new(plan, store);
  return study_run(study, NULL, NULL, error) && copy_runs(study, to, error);
}

static int
merge(const MergeArgs *args, GError **error)
{
  if (!cmd_check_folder(args->output, error))
    return EXIT_WRONG;
  g_autofree char *folder =
      args->output != NULL ? g_strdup(args->output) : whole_name(args->rest[0], error);
  g_autoptr(GPtrArray) plans = folder != NULL ? read_plans(args, folder, error) : NULL;
  if (plans == NULL)
    return EXIT_WRONG;
  g_autoptr(Store) store = store_open(folder, true, error);
  if (store == NULL)
    return EXIT_FILE;
  for (guint i = 0; i < plans->len; i++)
    if (!take_folder(args->rest[i], plans->pdata[i], store, error))
      return EXIT_FILE;
  Plan *plan = plans->pdata[0];
  plan->shard = plan->shards = 1;
  g_autofree char *path = g_build_filename(folder, "study.json", NULL);
  if (!plan_write(plan, path, error))
    return EXIT_FILE;
  g_autoptr(Study) study = study_new(plan, store);
  if (!study_run(study, NULL, NULL, error))
    return EXIT_FILE;
  return finish_study(study, folder, args->quiet, error);
}

static int
run(int argc, char **argv)
{
  GError *error = NULL;
  MergeArgs args = {0};
  int status = EXIT_WRONG;
  if (args_parse(&args, argc, argv, &error))
    status = merge(&args, &error);
  g_free(args.output);
  g_strfreev(args.rest);
  return error == NULL ? status : cmd_fail(error);
}

const Command cmd_merge = {
    .name = "merge",
    .usage = USAGE,
    .summary = "put the shards of a sweep together",
    .options = option_table,
    .about = about,
    .more = more,
    .run = run,
};
