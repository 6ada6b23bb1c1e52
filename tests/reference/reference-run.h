/* reference-run: a scenario run with the program, for the tests that hold it against a trace.
 *
 * The environment says where the program is (ROUNDTRIP) and where the cases are (REFERENCE). */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "sim/time.h"

typedef struct ReferenceRun {
  char *scratch;    /* owned: the folder that reference_run_free() removes with all in it */
  char *out;        /* owned: what the run left */
  char *complaints; /* owned: what it said on both outputs, and why it could not be started */
  bool ran;         /* it ended with status 0 */
} ReferenceRun;

/* A variable that has to be set. Borrowed. */
const char *reference_environment(const char *name);
/* The path of a file under REFERENCE. g_free. */
char *reference_path(const char *folder, const char *name, const char *suffix);
/* Runs a scenario with further arguments ("-p", "cc=cubic", ..., NULL; NULL: none). */
ReferenceRun *reference_run(const char *scenario, const char *const *arguments);
/* A result of it; when there is none, the test fails. */
double reference_result(const ReferenceRun *run, const char *name);
void reference_run_free(ReferenceRun *run);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ReferenceRun, reference_run_free)

/* The kernel that was measured counts in ticks, and its timer wheel fires a timer that was set for
 * `nominal` by less than this too late, and never too early. */
#define REFERENCE_TICK (4 * SIM_MILLISECOND)
SimTime reference_lateness(SimTime nominal);
