/* report-parts: what the files of the report share. */
#pragma once

#include <json-glib/json-glib.h>

#include "plots/ladder.h"
#include "plots/report.h"

/* report-json.c: compact JSON that may stand inside HTML. In an object every call names its member;
 * in an array `name` is NULL. */
typedef struct ReportJson {
  GString *text;       /* owned until report_json_end() */
  bool comma;          /* the next value is not the first of its array or object */
  GHashTable *strings; /* text -> index + 1; look-up only; owns its keys */
  GPtrArray *list;     /* of const char *: the same, in order; borrowed from `strings` */
} ReportJson;

void report_json_init(ReportJson *json); /* opens the outermost object */
/* Closes it, with the table of texts as its last member "strings". g_free. */
char *report_json_end(ReportJson *json);
void report_json_clear(ReportJson *json);

void report_json_open(ReportJson *json, const char *name, char bracket);        /* '{' or '[' */
void report_json_close(ReportJson *json, char bracket);                         /* '}' or ']' */
void report_json_string(ReportJson *json, const char *name, const char *value); /* NULL: null */
void report_json_integer(ReportJson *json, const char *name, gint64 value);
void report_json_number(ReportJson *json, const char *name, double value); /* inf, nan: null */
void report_json_time(ReportJson *json, const char *name, SimTime value);  /* NEVER: null */
void report_json_null(ReportJson *json, const char *name);
void report_json_boolean(ReportJson *json, const char *name, bool value);
/* The number of `text` in the table of texts: most are there thousands of times. */
void report_json_text(ReportJson *json, const char *text);
/* A value that json-glib has read. */
void report_json_node(ReportJson *json, const char *name, JsonNode *node);

/* report-ladder.c: the items of the ladder, and why each packet was sent. */
void report_put_ladder(ReportJson *json, const RunLog *log, const Ladder *ladder);

/* report-run.c: what the other files of a run's folder say: run.json and summary.json, with the time
 * at which it ended; tcp.csv and links.csv within the ladder's time. */
bool report_put_run(ReportJson *json, const char *run, SimTime *end, GError **error);
bool report_put_samples(ReportJson *json, const char *run, const Ladder *ladder, GError **error);
