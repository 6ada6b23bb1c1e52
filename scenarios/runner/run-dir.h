/* run-dir: the folder a run leaves, written beside its place and moved into it when it is whole.
 *
 * run_dir_open() makes DIR.part-PID; run_dir_commit() moves an earlier DIR to DIR.1 (an earlier
 * DIR.1 is removed) and the new one to DIR; run_dir_abandon() removes the part. Only a folder that
 * is empty or holds a run (it has a run.json) is ever replaced: anything else is an error before
 * the run starts. */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct RunDir RunDir;

RunDir *run_dir_open(const char *path, GError **error);
const char *run_dir_part(const RunDir *dir);  /* where files are written meanwhile */
const char *run_dir_final(const RunDir *dir); /* where they will be */
/* The nearest folder above that was there before. */
const char *run_dir_there(const RunDir *dir);
/* Both free it. A commit that fails says where the files are now: they stay in the part. */
bool run_dir_commit(RunDir *dir, GError **error);
void run_dir_abandon(RunDir *dir);
/* What run_dir_abandon() does, for a process that died: the part, and the folders above it up to
 * `there` as long as nothing else is in them. */
void run_dir_remove_part(const char *part, const char *there);
/* "out/handshake/syn-lost" for "scenarios/handshake/syn-lost.lua" and "out/my" for "x/my.lua":
 * the path below a folder called scenarios, else the file's name. g_free. */
char *run_dir_default(const char *scenario);
/* "scenarios/handshake/syn-lost.lua" or "my.lua": the same name wherever one stands. g_free. */
char *run_dir_scenario(const char *scenario);
