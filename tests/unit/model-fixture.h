/* model-fixture: making a link's model with some of its parameters set, for the tests of
 * models/net. */
#pragma once

#include <glib.h>
#include <glib/gstdio.h>

#include "sim/param.h"

/* Sets NAME to a number in the SI unit, in a state made for `params`. */
static inline void
model_set(const SimParam *params, void *state, const char *name, double number)
{
  const SimParam *param = sim_param_find(params, name);
  g_assert_nonnull(param);
  SimParamValue value = {.type = SIM_VALUE_NUMBER, .number = number};
  if (param->kind == SIM_PARAM_BOOL)
    value = (SimParamValue){.type = SIM_VALUE_BOOL, .boolean = number > 0};
  GError *error = NULL;
  sim_param_set(param, state, &value, &error);
  g_assert_no_error(error);
}

static inline void
model_set_list(const SimParam *params, void *state, const char *name, const double *numbers,
               uint32_t count)
{
  SimParamValue value = {.type = SIM_VALUE_NUMBERS, .numbers = numbers, .count = count};
  GError *error = NULL;
  sim_param_set(sim_param_find(params, name), state, &value, &error);
  g_assert_no_error(error);
}

/* A file with that text, for as long as the test runs; its path. g_free, after g_unlink. */
static inline char *
model_file(const char *text)
{
  char *path = NULL;
  GError *error = NULL;
  int fd = g_file_open_tmp("roundtrip-XXXXXX", &path, &error);
  g_assert_no_error(error);
  g_assert_true(g_close(fd, NULL));
  g_assert_true(g_file_set_contents(path, text, -1, &error));
  return path;
}

static inline bool
model_set_file(const SimParam *params, void *state, const char *name, const char *text,
               GError **error)
{
  g_autofree char *path = model_file(text);
  SimParamValue value = {.type = SIM_VALUE_TEXT, .text = path};
  bool good = sim_param_set(sim_param_find(params, name), state, &value, error);
  g_unlink(path);
  return good;
}
