/* cc: the list of congestion controls, and the settings that profiles share.
 *
 * Adding one is a file cc-NAME.c, its place in cc.h's list, and a row here. */
#include "models/tcp/cc.h"

#include <glib.h>
#include <string.h>

static const TcpCcOps *const list[] = {
    &cc_reno,  &cc_dctcp,    &cc_cubic,  &cc_bbr,  &cc_tahoe, &cc_newreno,
    &cc_vegas, &cc_westwood, &cc_ledbat, &cc_none, NULL,
};

const TcpCcOps *const *
cc_list(void)
{
  return list;
}

const TcpCcOps *
cc_find(const char *name)
{
  for (size_t i = 0; list[i] != NULL; i++)
    if (strcmp(list[i]->name, name) == 0)
      return list[i];
  return NULL;
}

/* -- settings that are shared -- */

typedef struct Shared {
  struct Shared *next;
  const TcpCcOps *ops;
  void *settings; /* owned */
} Shared;

struct TcpCcSettings {
  Shared *first; /* one for each distinct settings that a scenario asks for: a few */
};

TcpCcSettings *
cc_settings_new(void)
{
  return g_new0(TcpCcSettings, 1);
}

void
cc_settings_free(TcpCcSettings *all)
{
  while (all->first != NULL) {
    Shared *shared = all->first;
    all->first = shared->next;
    g_free(shared->settings);
    g_free(shared);
  }
  g_free(all);
}

const void *
cc_settings_share(TcpCcSettings *all, const TcpCcOps *ops, const void *settings)
{
  if (ops->settings_size == 0 || memcmp(settings, ops->defaults, ops->settings_size) == 0)
    return NULL;
  for (const Shared *at = all->first; at != NULL; at = at->next)
    if (at->ops == ops && memcmp(at->settings, settings, ops->settings_size) == 0)
      return at->settings;
  Shared *shared = g_new0(Shared, 1);
  *shared =
      (Shared){.next = all->first, .ops = ops, .settings = g_memdup2(settings, ops->settings_size)};
  all->first = shared;
  return shared->settings;
}
