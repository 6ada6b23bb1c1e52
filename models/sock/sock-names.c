/* sock-names: look-up by name and number. */
#include "models/sock/sock-names.h"

#include <glib.h>
#include <string.h>

typedef struct Named {
  const char *name;
  int64_t number;
} Named;

#define X(name, number) {#name, number},
static const Named errnos[] = {SOCK_ERRNOS(X)};
static const Named constants[] = {SOCK_CONSTANTS(X) SOCK_TCP_STATES(X)};
#undef X

static const Named *
find(const Named *all, size_t count, const char *name)
{
  for (size_t i = 0; i < count; i++)
    if (strcmp(all[i].name, name) == 0)
      return &all[i];
  return NULL;
}

const char *
sock_errno_name(int number)
{
  for (size_t i = 0; i < G_N_ELEMENTS(errnos); i++)
    if (errnos[i].number == number)
      return errnos[i].name;
  return NULL;
}

int
sock_errno_number(const char *name)
{
  if (strcmp(name, "EWOULDBLOCK") == 0)
    return SOCK_EAGAIN;
  const Named *found = find(errnos, G_N_ELEMENTS(errnos), name);
  return found != NULL ? (int)found->number : 0;
}

bool
sock_constant(const char *name, int64_t *number)
{
  const Named *found = find(constants, G_N_ELEMENTS(constants), name);
  if (found != NULL)
    *number = found->number;
  else
    *number = sock_errno_number(name);
  return found != NULL || *number != 0;
}
