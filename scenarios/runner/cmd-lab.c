/* cmd-lab: `roundtrip lab`: loads the module that serves the page (lab/lab.h). */
#include <dlfcn.h>
#include <stdio.h>

#include "plots/figure.h"
#include "scenarios/runner/cmd.h"
#include "scenarios/runner/lab/lab.h"
#include "sim/error.h"

#define USAGE "[FOLDER] [--port N] [--max-memory SIZE] [--max-wall TIME]"
#define MEMORY_DEFAULT "256 MiB"
#define WALL_DEFAULT "10 s"

static const char help[] =
    "usage: roundtrip lab " USAGE "\n"
    "\n"
    "Opens a page on 127.0.0.1 to play with: choose a scenario of the gallery or of FOLDER (here, "
    "when\n"
    "none is said), move its parameters and see ladder and graphs at once, two settings side by "
    "side,\n"
    "edit its text. The address that is printed has a secret in it: only who has it may use the "
    "page.\n"
    "Nothing in FOLDER is changed; runs are in a temporary folder that goes with the lab.\n"
    "\n"
    "  --port N           listen there (default: any port that is free)\n"
    "  --max-memory SIZE  memory that a scenario's Lua may take in a run (" MEMORY_DEFAULT ")\n"
    "  --max-wall TIME    real time that a run may take (" WALL_DEFAULT ")\n";

/* What the command line says; strings are owned. */
typedef struct LabArgs {
  char *max_memory, *max_wall; /* NULL: not given */
  gint port;
  gboolean help;
  char **rest; /* FOLDER */
} LabArgs;

static bool
args_parse(LabArgs *args, int argc, char **argv, GError **error)
{
  const GOptionEntry entries[] = {
      {"port", 0, 0, G_OPTION_ARG_INT, &args->port, NULL, NULL},
      {"max-memory", 0, 0, G_OPTION_ARG_STRING, &args->max_memory, NULL, NULL},
      {"max-wall", 0, 0, G_OPTION_ARG_STRING, &args->max_wall, NULL, NULL},
      {"help", 'h', 0, G_OPTION_ARG_NONE, &args->help, NULL, NULL},
      {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &args->rest, NULL, NULL},
      G_OPTION_ENTRY_NULL,
  };
  if (!cmd_parse(&cmd_lab, entries, argc, argv, error))
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
check_limits(const LabArgs *args, GError **error)
{
  uint64_t memory = 0;
  SimTime wall = 0;
  return cmd_parse_quantity("--max-memory", args->max_memory, SIM_PARAM_SIZE, &memory, error) &&
         cmd_parse_quantity("--max-wall", args->max_wall, SIM_PARAM_TIME, &wall, error);
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
    g_set_error(error, SIM_ERROR, SIM_ERROR_FILE, "%s: there is no such folder", wanted);
    return false;
  }
  g_autofree char *gallery = g_build_filename(ROUNDTRIP_SOURCE_DIR, "scenarios", NULL);
  g_autofree char *program = g_file_read_link("/proc/self/exe", error);
  LabServe serve = program != NULL && check_limits(args, error) ? load(program, error) : NULL;
  LabSettings settings = {
      .program = program,
      .folder = folder,
      .gallery = g_file_test(gallery, G_FILE_TEST_IS_DIR) ? ROUNDTRIP_SOURCE_DIR : NULL,
      .figures = figure_names(),
      .port = (guint16)args->port,
      .max_memory = args->max_memory != NULL ? args->max_memory : MEMORY_DEFAULT,
      .max_wall = args->max_wall != NULL ? args->max_wall : WALL_DEFAULT,
  };
  return serve != NULL && serve(&settings, error);
}

static int
run(int argc, char **argv)
{
  g_autoptr(GError) error = NULL;
  LabArgs args = {0};
  if (args_parse(&args, argc, argv, &error)) {
    if (args.help)
      fputs(help, stdout);
    else
      open_lab(&args, &error);
  }
  g_free(args.max_memory);
  g_free(args.max_wall);
  g_strfreev(args.rest);
  return error == NULL ? EXIT_OK : cmd_fail(g_steal_pointer(&error));
}

const Command cmd_lab = {
    .name = "lab",
    .usage = USAGE,
    .summary = "a page to play with: parameters, ladder and graphs at once",
    .run = run,
};
