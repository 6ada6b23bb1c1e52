/* drill: one packetdrill script, from its file to its outcome.
 *
 * One simulated host is under test; the script is its program and the other end of its wire, which
 * takes no time. A run shares nothing with any other, so that many may go on at once. */
#pragma once

#include "models/tcp/tcp-profile.h"
#include "scenarios/runner/drill/drill-ast.h"

typedef struct DrillJob {
  const char *path;
  const char *profile;   /* "linux", "rfc9293" */
  char **settings;       /* options of the profile, "min_rto=200 ms"; NULL-terminated; NULL: none */
  const GArray *defines; /* of DrillDefine (drill-lex.h); NULL: none */
  const char *record;    /* folder for timeline.csv and the capture; NULL: nothing is kept */
  GArray
      *returns; /* of SimTime: instead of comparing when calls that wait return, it is told; NULL */
} DrillJob;

typedef enum {
  DRILL_PASSED,
  DRILL_OUTCOME_FAILED,
  DRILL_SKIPPED, /* it asks for something that is not there */
  DRILL_NOT_A_SCRIPT,
  DRILL_UNREADABLE, /* the file, or the folder to record into */
} DrillOutcome;

typedef struct DrillResult {
  DrillOutcome outcome;
  unsigned compared; /* packets, results, assertions */
  char *message;     /* owned; several lines; NULL when it passed */
  char *printed;     /* owned: what print wrote; NULL: nothing */
} DrillResult;

void drill_run_file(const DrillJob *job, DrillResult *result);
/* The script in `text`; job->path is what messages call it. */
void drill_run_text(const DrillJob *job, const char *text, DrillResult *result);
void drill_result_clear(DrillResult *result);

/* drill-setting.c: an option of the profile, by its name; or "OPTION=VALUE". */
bool drill_setting_apply(TcpProfile *profile, const char *name, const char *text, GError **error);
bool drill_setting_parse(TcpProfile *profile, const char *setting, GError **error);
