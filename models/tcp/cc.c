/* cc: the list of congestion controls. Adding one is a file cc-NAME.c and a row in each table. */
#include "models/tcp/cc.h"

static const TcpCcOps *const list[] = {&cc_reno, NULL};

const char *const cc_names[] = {"reno", NULL};

const TcpCcOps *const *
cc_list(void)
{
  return list;
}
