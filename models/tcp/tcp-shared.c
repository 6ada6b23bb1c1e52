/* tcp-shared: see the header.
 *
 * Equal means equal as bytes. Profiles are copied as a whole from one another, so that the gaps
 * between fields are equal too; were they not, two copies would be kept where one would do. */
#include "models/tcp/tcp-shared.h"

#include <string.h>

static void
put_first(TcpSharedProfiles *all, TcpSharedProfile *shared)
{
  shared->next = all->first;
  all->first = shared;
}

const TcpProfile *
tcp_shared_take(TcpSharedProfiles *all, const TcpProfile *profile)
{
  TcpSharedProfile **at = &all->first;
  while (*at != NULL && memcmp(&(*at)->profile, profile, sizeof(*profile)) != 0)
    at = &(*at)->next;
  TcpSharedProfile *shared = *at;
  if (shared != NULL) {
    *at = shared->next;
  } else {
    shared = g_new0(TcpSharedProfile, 1);
    memcpy(&shared->profile, profile, sizeof(*profile));
  }
  put_first(all, shared);
  shared->users++;
  return &shared->profile;
}

void
tcp_shared_drop(TcpSharedProfiles *all, const TcpProfile *profile)
{
  TcpSharedProfile **at = &all->first;
  while (&(*at)->profile != profile)
    at = &(*at)->next;
  TcpSharedProfile *shared = *at;
  if (--shared->users > 0)
    return;
  *at = shared->next;
  g_free(shared);
}
