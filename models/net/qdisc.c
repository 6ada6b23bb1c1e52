/* qdisc: the list of queue disciplines. A new one is a file of its own (qdisc-NAME.c) and a row. */
#include "models/net/qdisc.h"

#include <string.h>

static const QdiscOps *const list[] = {
    &qdisc_droptail,
    NULL,
};

const QdiscOps *const *
qdisc_list(void)
{
  return list;
}

const QdiscOps *
qdisc_find(const char *name)
{
  for (size_t i = 0; list[i] != NULL; i++) {
    if (strcmp(list[i]->name, name) == 0)
      return list[i];
  }
  return NULL;
}
