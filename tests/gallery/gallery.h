/* gallery: the scenarios that come with the program, and running the program on them.
 *
 * The environment says where the program is (ROUNDTRIP) and where the gallery is (SCENARIOS). A
 * scenario is found by being there: SCENARIOS/TOPIC/NAME.lua, but for the folders of code. */
#pragma once

#include <glib.h>
#include <json-glib/json-glib.h>
#include <stdbool.h>

#include "plots/run-log.h"

typedef struct GalleryRun {
  int status;       /* of exit; -1: a signal ended the program */
  char *printed;    /* owned: the standard output */
  char *complaints; /* owned: the standard error */
  double cpu_s;     /* of the program and what it started, user and system */
} GalleryRun;

/* A variable of the environment, which must be set. Borrowed. */
const char *gallery_environment(const char *name);
/* "handshake/clean" ..., sorted; at least one. g_strfreev. */
char **gallery_names(void);
/* The path of its file, and what is in it. g_free. */
char *gallery_path(const char *name);
char *gallery_text(const char *name);
/* Whether the scenario records each packet: a long one may say `trace { timeline = false, ... }`. */
bool gallery_records_packets(const char *text);
/* The ways to run it that its head comment proposes, each as it stands there: "-p delay=300ms",
 * "-s 2". g_strfreev. */
char **gallery_variations(const char *text);

/* Runs `roundtrip ARGUMENTS...` (NULL-terminated) in a folder; NULL: in this one. */
GalleryRun gallery_run(const char *folder, const char *const *arguments);
void gallery_run_clear(GalleryRun *run);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(GalleryRun, gallery_run_clear)
/* Fails the test when it ended otherwise than with `status` or said anything beside. */
void gallery_assert_ran(const GalleryRun *run, int status);

/* A file of JSON in a run's folder: g_object_unref; and the object in it, which is borrowed. */
JsonParser *gallery_json(const char *folder, const char *file);
JsonObject *gallery_object(JsonParser *parser);
/* The timeline of a run's folder, or a capture. When it cannot be read, the test fails and the log
 * is empty. */
RunLog *gallery_log(const char *path);
