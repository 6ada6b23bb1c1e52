/* message: what workers are told and what they answer, as bytes for a pipe or for MPI.
 *
 *   SETUP    the scenario, the limits: once, first
 *   RUN      a point, a seed, the parameters
 *   READY    the setup has come, and the worker can run: before anything else that it says
 *   OUTCOME  what became of a run
 *
 * A message is its length (4 bytes, little endian, without itself), its kind (1 byte) and its
 * fields. Both ends are the same program; a reader still checks every length, since a worker may
 * die in the middle of a word. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef enum { MESSAGE_SETUP = 1, MESSAGE_RUN, MESSAGE_READY, MESSAGE_OUTCOME } MessageKind;

#define MESSAGE_HEAD 5          /* length and kind */
#define MESSAGE_MAX (64u << 20) /* bytes; more is none of ours */

typedef enum {
  OUTCOME_OK,
  OUTCOME_UNMET, /* an expectation did not hold: the results count all the same */
  OUTCOME_FAILED /* no results: `message` says why */
} OutcomeStatus;

typedef struct OutcomeResult {
  const char *name; /* borrowed from the message or the scenario */
  double value;
} OutcomeResult;

/* What became of a run. */
typedef struct Outcome {
  uint64_t point, seed;
  OutcomeStatus status;
  const char *message;      /* "" */
  const char *expectations; /* JSON: [{"text":"...","passed":true}]; one that failed: "seen", too */
  const char *json;         /* the results as JSON: {"connect_time":0.1}; exact */
  GArray *results;          /* of OutcomeResult: the same */
  double wall_s, cpu_s;     /* that the run took on its machine */
  double sim_s;             /* simulated end */
  uint64_t events;
} Outcome;

void outcome_init(Outcome *outcome);
void outcome_clear(Outcome *outcome);
const char *outcome_status_name(OutcomeStatus status); /* "ok", "unmet", "failed" */

typedef struct MessageSetup {
  const char *path, *text; /* of the scenario */
  uint64_t length;         /* of the text */
  uint64_t memory;         /* bytes */
  uint64_t steps;          /* of Lua within an event; 0: the default */
  double wall;             /* seconds */
} MessageSetup;

typedef struct MessageRun {
  uint64_t point, seed;
  const char *params; /* "NAME=VALUE" texts, each with its NUL, one behind the other */
  uint64_t length;    /* of params */
} MessageRun;

/* Append a whole message. */
void message_put_setup(GByteArray *to, const MessageSetup *setup);
void message_put_run(GByteArray *to, const MessageRun *run);
void message_put_ready(GByteArray *to);
void message_put_outcome(GByteArray *to, const Outcome *outcome);

/* The bytes of the message at the beginning of `bytes`; 0: it is not whole yet. UINT32_MAX: it is
 * none of ours. */
uint32_t message_length(const uint8_t *bytes, size_t size);
MessageKind message_kind(const uint8_t *message);
/* Read a whole message; texts are borrowed from it. False: it is none of ours. */
bool message_get_setup(const uint8_t *message, MessageSetup *setup);
bool message_get_run(const uint8_t *message, MessageRun *run);
bool message_get_outcome(const uint8_t *message, Outcome *outcome); /* over an initialised one */
