/* fuzz-options: texts that stand for values: quantities, every option of TCP, the axes of a study.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "models/tcp/tcp-profile.h"
#include "scenarios/runner/study/axis.h"
#include "sim/quantity.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
set_all(const char *text)
{
  for (const SimParam *param = tcp_profile_params; param->name != NULL; param++) {
    if (param->kind == SIM_PARAM_FILE || param->kind == SIM_PARAM_NUMBERS)
      continue;
    TcpProfile profile = *tcp_profile_find("linux");
    GError *error = NULL;
    SimParamValue value = {.type = SIM_VALUE_TEXT, .text = text};
    if (sim_param_set(param, &profile, &value, &error) != (error == NULL))
      abort();
    g_clear_error(&error);
  }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup((const char *)data, MIN(size, 1000));
  g_autoptr(GError) error = NULL;
  SimQuantity quantity;
  if (sim_quantity_parse(text, &quantity, &error)) {
    g_autofree char *printed = sim_quantity_print(quantity.kind, quantity.value);
    SimQuantity again;
    if (!sim_quantity_parse(printed, &again, &error)) /* what we print we can read */
      abort();
  }
  g_clear_error(&error);
  set_all(text);
  Axis *axis = axis_parse(text, size % 2, &error);
  if ((axis == NULL) != (error != NULL))
    abort();
  if (axis != NULL)
    axis_free(axis);
  return 0;
}
