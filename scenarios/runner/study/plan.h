/* plan: what a study runs: the scenario, its points, the seeds of each.
 *
 * A point is one value for every parameter that is varied; its number counts through the axes, the
 * last one fastest (with --zip, along all of them at once). A run is a point and a seed. Every
 * point has the same seeds, and streams of random numbers go by seed and name, so that two points
 * meet the same losses and their difference is paired.
 *
 * A plan is made from a request and the scenario, and can be written into the study's folder and
 * read back (plan-json.c), which is how `merge` and the figures know it. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "scenarios/runner/study/axis.h"
#include "scenarios/runner/study/request.h"
#include "scenarios/runner/study/until.h"

#define PLAN_POINTS_MAX 1000000
#define PLAN_RUNS_MAX UINT64_C(1000000000) /* with --until, to begin with */

/* A parameter that the scenario declares. */
typedef struct PlanParam {
  char *name; /* owned */
  char *text; /* owned: the value where it is not varied, as printed: "50 ms" */
  int axis;   /* which one varies it; -1: none */
} PlanParam;

typedef struct Plan {
  char *scenario; /* owned: path as given; of a plan that was read back, its name */
  char *name;     /* owned: "scenarios/handshake/clean.lua", the same everywhere */
  char *text;     /* owned: the scenario */
  gsize length;   /* bytes of text */
  char *sha256;   /* owned: of the scenario and the files it reads at the first value of all axes */
  char *version;  /* owned: of the program */

  GPtrArray *params; /* of PlanParam, in the order of their declaration */
  GPtrArray *axes;   /* of Axis */
  bool zip;
  uint64_t points;

  uint64_t seed, seeds; /* the first one, and how many (with `until`: to begin with) */
  Until *until;         /* NULL: no rule */
  char *until_text;     /* owned; NULL */
  uint64_t max_seeds;   /* of a point, with a rule */
  char *vs;             /* owned: "cc=reno"; NULL: no differences */
  int vs_axis;          /* -1: none */
  guint vs_value;       /* on that axis */

  guint shard, shards; /* 1 of 1: all of it */
  GPtrArray *figures;  /* of StudyFigure, a reference to the request's */
} Plan;

/* Settings that hold for every run. */
typedef struct PlanLimits {
  uint64_t memory; /* bytes */
  uint64_t steps;  /* of Lua within an event; 0: the default */
  double wall;     /* seconds */
} PlanLimits;

/* Reads the scenario and what it says of the values: anything wrong with them is an error here,
 * before the first run. `request` is borrowed for the plan's life. */
Plan *plan_new(const StudyRequest *request, const char *scenario, const char *shard,
               const PlanLimits *limits, GError **error);
Plan *plan_empty(void); /* to be filled in by plan_read() */
void plan_free(Plan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Plan, plan_free)

/* What plan_new() asks of the scenario. In plan-probe.c, which reads scenarios. */
bool plan_probe(Plan *plan, const PlanLimits *limits, GError **error);
/* Latin hypercube: gives each axis `count` values, to be taken together. */
void plan_sample(Plan *plan, guint64 count);

/* plan-points.c */
/* The value of an axis at a point, borrowed. */
const char *plan_value(const Plan *plan, uint64_t point, guint axis);
guint plan_value_index(const Plan *plan, uint64_t point, guint axis);
/* The value of a parameter at a point, borrowed. */
const char *plan_param(const Plan *plan, uint64_t point, guint param);
/* Every parameter of a point as a JSON object: what makes it another point. */
void plan_key(const Plan *plan, uint64_t point, GString *key);
/* SHA-256 of the scenario and of the files that it reads at a point. */
void plan_sha256(const Plan *plan, uint64_t point, GString *sha256);
/* "loss = 0.01, delay = 50 ms": the varied ones. g_free. */
char *plan_label(const Plan *plan, uint64_t point);
/* The point with the same values but that of --vs on its axis. */
uint64_t plan_vs_point(const Plan *plan, uint64_t point);
/* Whether this run belongs to the plan's shard. With a rule a point is never divided. */
bool plan_is_ours(const Plan *plan, uint64_t point, uint64_t seed);
/* How many of its runs do; with a rule, to begin with. */
uint64_t plan_runs(const Plan *plan);

/* plan-json.c */
bool plan_write(const Plan *plan, const char *path, GError **error);
Plan *plan_read(const char *path, GError **error);
/* Whether both are the same study, shards apart; else an error that says what differs. */
bool plan_same(const Plan *a, const Plan *b, GError **error);
