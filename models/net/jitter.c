/* jitter: the list of models. A new one is a file of its own (jitter-NAME.c) and a row. */
#include "models/net/jitter.h"

#include <string.h>

static const JitterOps *const list[] = {
    &jitter_uniform, &jitter_normal, &jitter_exponential, &jitter_pareto, &jitter_trace, NULL,
};

const JitterOps *const *
jitter_list(void)
{
  return list;
}

const JitterOps *
jitter_find(const char *name)
{
  for (size_t i = 0; list[i] != NULL; i++) {
    if (strcmp(list[i]->name, name) == 0)
      return list[i];
  }
  return NULL;
}

SimTime
jitter_time(double seconds)
{
  SimTime time = sim_time_from_seconds(seconds < 0 ? -seconds : seconds);
  time = time < JITTER_LIMIT ? time : JITTER_LIMIT;
  return seconds < 0 ? -time : time;
}
