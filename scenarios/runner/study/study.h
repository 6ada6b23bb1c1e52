/* study: a plan, the database, and what is known of each point: which runs are still to be made.
 *
 * Runs are handed out seed by seed over all points, so that an interrupted study has something to
 * say about each of them. What a study ends with does not depend on the order in which runs come
 * back: a point's number of seeds follows from its first seeds (until.h), and everything that is
 * written is read from the database in the order of the plan. */
#pragma once

#include "scenarios/runner/study/crew.h"
#include "scenarios/runner/study/plan.h"
#include "scenarios/runner/study/store.h"

typedef struct StudyPoint {
  int64_t id;      /* in the database; 0: not known yet */
  uint64_t target; /* seeds it is to have */
  uint64_t next;   /* seeds that were handed out or found */
  uint32_t open;   /* handed out and not back */
  bool fresh;      /* new in this go: no run of it was there */
  bool gaps;       /* runs are missing, and nobody makes them */
  bool settled;    /* it has all that it needs */
} StudyPoint;

typedef struct StudyCounts {
  uint64_t planned;     /* runs of all points that are ours, as far as is known */
  uint64_t made;        /* in this go */
  uint64_t found;       /* that were there */
  uint64_t missing;     /* not there, when nobody makes them */
  uint64_t failed;      /* of made and found: without results */
  uint64_t unmet;       /* of made and found: an expectation did not hold */
  uint64_t wide;        /* points whose interval is too wide after the most seeds */
  double cpu_s;         /* that the runs made took, all together */
  double other_cpu_s;   /* that all else took: handing them out, writing, starting processes */
  uint64_t own_peak;    /* bytes that this process took at most */
  uint64_t worker_peak; /* bytes, of the largest worker; 0: they were elsewhere */
  double seconds;       /* of real time that all took */
} StudyCounts;

typedef struct Study Study;

/* While it goes on. */
typedef struct StudyWatch {
  bool (*stop)(void *data); /* ends it as interrupted; NULL: never */
  void (*ran)(const Study *study, const Outcome *outcome, void *data); /* a run came back */
  void (*looked)(const Study *study, void *data); /* now and then, at least each 0.1 s */
  void *data;
} StudyWatch;

struct Study {
  Plan *plan;         /* borrowed */
  Store *store;       /* borrowed */
  StudyPoint *points; /* owned: plan->points of them */
  bool retry;         /* runs that failed are made again */
  bool interrupted;
  StudyCounts counts;
  /* Of the result that is watched, for the progress and for --until: */
  char *watched;       /* owned: its name; NULL: not known yet */
  SimMoments *moments; /* owned: of each point */

  /* At work: */
  const StudyWatch *watch; /* NULL: none */
  uint64_t cursor;         /* the point that was looked at last */
  uint64_t unsettled;      /* points */
  uint64_t open;           /* runs of all points that are handed out and not back */
  GError *error;           /* of what failed in a callback */
};

Study *study_new(Plan *plan, Store *store);
void study_free(Study *study);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Study, study_free)

/* Makes what is missing with `crew`; NULL: only looks what there is. True when it came to its end
 * or was interrupted. */
bool study_run(Study *study, const Crew *crew, const StudyWatch *watch, GError **error);
/* Calls `fn` for each run of a point that is there and ours, in the order of seeds. */
bool study_each_run(const Study *study, uint64_t point, StoreFn fn, void *data, GError **error);
