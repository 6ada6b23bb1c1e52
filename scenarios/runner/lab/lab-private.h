/* lab-private: what the files of the module share. */
#pragma once

#include <gio/gio.h>

#include "scenarios/runner/lab/lab.h"

/* -- lab-folder.c: which scenarios there are -- */

typedef struct LabScenario {
  char *id;   /* "gallery/handshake/clean.lua", "own/my.lua" */
  char *root; /* the folder from which it is run */
  char *path; /* below it: "scenarios/handshake/clean.lua" */
} LabScenario;

void lab_scenario_free(LabScenario *scenario);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LabScenario, lab_scenario_free)

/* A line each: its id, a tab, what its first comment says. g_free. */
char *lab_folder_list(const LabSettings *settings);
/* The one that is called so. NULL: it is none of those in the list. */
LabScenario *lab_folder_find(const LabSettings *settings, const char *id);

/* -- lab-run.c: runs, each in a process and a folder of its own -- */

typedef struct LabRuns LabRuns;

/* What became of it: a body, or the words of the program. Takes nothing. */
typedef struct LabOutcome {
  GBytes *body;      /* NULL: it failed */
  const char *words; /* why */
  bool replaced;     /* by a newer one */
} LabOutcome;
typedef void (*LabDone)(const LabOutcome *outcome, gpointer data);

LabRuns *lab_runs_new(const LabSettings *settings, GError **error);
/* Ends what runs and removes all folders. */
void lab_runs_free(LabRuns *runs);

typedef struct LabOrder {
  const char *view; /* whose run it is: a newer one of the same view takes its place */
  const LabScenario *scenario;
  const char *text;          /* of the scenario, perhaps edited */
  const char *seed;          /* a whole number */
  const char *const *params; /* "NAME=VALUE", NULL-terminated */
} LabOrder;

/* Runs it; `done` is called once, later, with the data of its report. */
void lab_runs_start(LabRuns *runs, const LabOrder *order, LabDone done, gpointer data);
/* A file made of the view's last run: what = "report", "capture" (name: a node) or "figure" (name:
 * which, format: "svg", "pdf", "png"). */
typedef struct LabExport {
  const char *view, *what, *name, *format;
} LabExport;
void lab_runs_export(LabRuns *runs, const LabExport *wanted, LabDone done, gpointer data);

/* Letters, digits, '-', '_' and '.', not first: what may be a part of a file's name or an option.
 */
bool lab_is_word(const char *text);
