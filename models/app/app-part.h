/* app-part: loads in a network that several processes run, a part each (models/net/part.h).
 *
 * The arrivals of flows are run by all processes alike: what they draw is the same everywhere. An
 * AppFlow is made where one of its ends is, and each end does what it does from what it sees
 * itself. Two things have to be told, by messages: the port that the opener was given, without
 * which the other end does not know whose connection it accepts (it comes with or ahead of the
 * SYN), and that the opener is gone. What became of a flow is told to who counts, in the order of
 * events, since the means are sums of doubles.
 *
 * Of several rounds each end draws the sizes for itself, from the flow's own streams. */
#pragma once

#include "models/app/app-load.h"

#define APP_PART_OUTCOME 24

/* A flow's round that is over: an AppFlowRecord for another process. */
typedef struct AppPartEnd {
  uint32_t load; /* number */
  bool completed;
  bool again; /* the other end may say what it thinks, too: the first word counts */
  bool last;  /* nothing more comes of this flow */
  uint64_t flow, round;
  SimTime time, start;
  uint32_t from, to; /* nodes */
  uint64_t bytes;    /* without what has come to the server (AppPartCame) of a flow that failed */
  char outcome[APP_PART_OUTCOME];
} AppPartEnd;

/* How much of a round's request the server has, whose opener is another process's. */
typedef struct AppPartCame {
  uint64_t flow, round;
  uint64_t bytes;
  uint32_t load; /* number */
} AppPartCame;

typedef struct AppPartOps {
  /* Something of a flow is over, here and now. */
  void (*ended)(void *self, const AppPartEnd *end);
  /* More of a request has come. NULL: nobody wants what a flow that fails has moved. */
  void (*came)(void *self, const AppPartCame *came);
  /* Two processes did at the same time what one would have done in an order that they cannot know
   * from each other; the results would not be those of one process. */
  void (*failed)(void *self, const char *load, uint64_t flow);
} AppPartOps;

/* This process runs a part: behind net_part_new(), before the run. Loads are numbered alike
 * everywhere. */
void app_part_begin(AppLoad *load, uint32_t number, const AppPartOps *ops, void *self);
/* The number of the load for which a message is, and the message itself, to its end. */
uint32_t app_part_load(const uint8_t *at);
const uint8_t *app_part_take(AppLoad *load, const uint8_t *at, const uint8_t *end);
/* All messages about what happened by now have been taken. */
void app_part_settled(AppLoad *load);

/* Where flows are counted and told: what ops was told, in the order of events. */
void app_part_count(AppLoad *load, const AppPartEnd *end);
void app_part_note(AppLoad *load, const AppPartCame *came);
/* What parts received, added up, in place of what this one has. */
void app_part_set_bytes(AppLoad *load, uint64_t bytes);
