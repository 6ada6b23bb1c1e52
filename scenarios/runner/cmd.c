/* cmd: what the subcommands have in common. */
#include "scenarios/runner/cmd.h"

#include <stdio.h>

#include "sim/error.h"

int
cmd_fail(GError *error)
{
  int status = EXIT_WRONG;
  if (error->domain == G_FILE_ERROR || g_error_matches(error, SIM_ERROR, SIM_ERROR_FILE))
    status = EXIT_FILE;
  else if (g_error_matches(error, SIM_ERROR, SIM_ERROR_LIMIT))
    status = EXIT_LIMIT;
  fprintf(stderr, "roundtrip: %s\n", error->message);
  g_error_free(error);
  return status;
}

const char *
cmd_version(void)
{
  return ROUNDTRIP_VERSION;
}
