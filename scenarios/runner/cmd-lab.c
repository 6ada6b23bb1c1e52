/* cmd-lab: `roundtrip lab`: loads the module that serves the page (lab/lab.h). */
#include <dlfcn.h>
#include <stdio.h>

#include "plots/figure.h"
#include "scenarios/runner/cmd.h"
#include "scenarios/runner/lab/lab.h"
#include "sim/error.h"

#define USAGE "[FOLDER] [--port N] [--max-memory SIZE] [--max-steps N] [--max-wall TIME]"
#define MEMORY_DEFAULT "256 MiB"
#define STEPS_DEFAULT "300000000"
#define WALL_DEFAULT "10 s"
#define WALL_MOST_MS                                                                               \
  (24 * 3600 * 1000) /* what a timer of GLib can be asked for, and nobody needs */

static const char about[] =
    "Opens a page on 127.0.0.1 to play with: choose a scenario of the gallery or of FOLDER (here,\n"
    "when none is said), move its parameters and see ladder and graphs at once, two settings side\n"
    "by side, edit its text. The address that is printed has a secret in it: only who has it may\n"
    "use the page. Nothing in FOLDER is changed; runs are in a temporary folder that goes with "
    "the\n"
    "lab.\n";

/* What the command line says; strings are owned. */
typedef struct LabArgs {
  char *max_memory, *max_steps, *max_wall; /* NULL: not given */
  gint port;
  char **rest; /* FOLDER */
} LabArgs;

#define ARG(member) CMD_ARG(LabArgs, member)

static const GOptionEntry option_table[] = {
    {"port", 0, 0, G_OPTION_ARG_INT, ARG(port), "listen there (any port that is free)", "N"},
    {"max-memory", 0, 0, G_OPTION_ARG_STRING, ARG(max_memory),
     "memory that a run may take (" MEMORY_DEFAULT ")", "SIZE"},
    {"max-steps", 0, 0, G_OPTION_ARG_STRING, ARG(max_steps),
     "instructions of Lua that one event of a run may take (" STEPS_DEFAULT ")", "N"},
    {"max-wall", 0, 0, G_OPTION_ARG_STRING, ARG(max_wall),
     "real time that a run may take (" WALL_DEFAULT ")", "TIME"},
    {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, ARG(rest), NULL, NULL},
    G_OPTION_ENTRY_NULL,
};

static bool
args_parse(LabArgs *args, int argc, char **argv, GError **error)
{
  if (!cmd_parse(&cmd_lab, args, argc, argv, error))
    return false;
  if (args->rest != NULL && g_strv_length(args->rest) > 1) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
                "lab: one folder at a time; usage: roundtrip lab %s", USAGE);
    return false;
  }
  if (args->port < 0 || args->port > G_MAXUINT16) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE, "--port: 1 to 65535 is wanted, not %d",
                args->port);
    return false;
  }
  return true;
}

/* The limits are read here, so that a slip is not told by every run. */
static bool
read_limits(const LabArgs *args, LabSettings *settings, GError **error)
{
  uint64_t memory = 0, steps = 0;
  SimTime wall = 0;
  settings->max_memory = args->max_memory != NULL ? args->max_memory : MEMORY_DEFAULT;
  settings->max_steps = args->max_steps != NULL ? args->max_steps : STEPS_DEFAULT;
  settings->max_wall = args->max_wall != NULL ? args->max_wall : WALL_DEFAULT;
  if (!cmd_parse_quantity("--max-memory", settings->max_memory, SIM_PARAM_SIZE, &memory, error) ||
      !cmd_parse_steps(settings->max_steps, &steps, error) ||
      !cmd_parse_quantity("--max-wall", settings->max_wall, SIM_PARAM_TIME, &wall, error))
    return false;
  settings->max_wall_ms = (guint)MIN(wall / SIM_MILLISECOND, WALL_MOST_MS);
  return true;
}

/* The module beside the program (as it is built) or in the library folder (as it is installed). */
static LabServe
load(const char *program, GError **error)
{
  g_autofree char *folder = g_path_get_dirname(program);
  g_autofree char *beside = g_build_filename(folder, LAB_MODULE, NULL);
  g_autofree char *installed = g_build_filename(ROUNDTRIP_LIBDIR, LAB_MODULE, NULL);
  bool built = g_file_test(beside, G_FILE_TEST_EXISTS);
  if (!built && !g_file_test(installed, G_FILE_TEST_EXISTS)) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_FILE,
                "the program was built without the lab, which needs libsoup 3: install "
                "libsoup-3.0-dev (Debian, Ubuntu), then meson setup --reconfigure BUILD and ninja; "
                "./run lab does that by itself");
    return NULL;
  }
  void *module = dlopen(built ? beside : installed, RTLD_NOW | RTLD_LOCAL);
  LabServe serve = module != NULL ? (LabServe)dlsym(module, LAB_SYMBOL) : NULL;
  if (serve == NULL)
    g_set_error(error, SIM_ERROR, SIM_ERROR_FILE, "the lab cannot be loaded: %s", dlerror());
  return serve; /* it stays loaded: GObject's types cannot be taken back */
}

static bool
open_lab(const LabArgs *args, GError **error)
{
  const char *wanted = args->rest != NULL && args->rest[0] != NULL ? args->rest[0] : ".";
  g_autofree char *folder = g_canonicalize_filename(wanted, NULL);
  if (!g_file_test(folder, G_FILE_TEST_IS_DIR)) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_FILE, "%s: %s", wanted,
                g_file_test(wanted, G_FILE_TEST_EXISTS) ? "a folder of scenarios is wanted"
                                                        : "there is no such folder");
    return false;
  }
  g_autofree char *gallery = g_build_filename(ROUNDTRIP_SOURCE_DIR, "scenarios", NULL);
  g_autofree char *program = g_file_read_link("/proc/self/exe", error);
  LabSettings settings = {
      .program = program,
      .folder = folder,
      .gallery = g_file_test(gallery, G_FILE_TEST_IS_DIR) ? ROUNDTRIP_SOURCE_DIR : NULL,
      .figures = figure_names(),
      .port = (guint16)args->port,
  };
  LabServe serve =
      program != NULL && read_limits(args, &settings, error) ? load(program, error) : NULL;
  return serve != NULL && serve(&settings, error);
}

static int
run(int argc, char **argv)
{
  g_autoptr(GError) error = NULL;
  LabArgs args = {0};
  if (args_parse(&args, argc, argv, &error))
    open_lab(&args, &error);
  g_free(args.max_memory);
  g_free(args.max_steps);
  g_free(args.max_wall);
  g_strfreev(args.rest);
  return error == NULL ? EXIT_OK : cmd_fail(g_steal_pointer(&error));
}

const Command cmd_lab = {
    .name = "lab",
    .usage = USAGE,
    .summary = "a page to play with: parameters, ladder and graphs at once",
    .options = option_table,
    .about = about,
    .run = run,
};
