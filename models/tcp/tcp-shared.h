/* tcp-shared: profiles that many connections read and none may write.
 *
 * A host's thousand connections nearly always behave alike. Each distinct profile is kept once and
 * counted; the last one that was asked for is found without a search. Private to models/tcp. */
#pragma once

#include <stdint.h>

#include "models/tcp/tcp-profile.h"

typedef struct TcpSharedProfile {
  TcpProfile profile; /* first: a TcpProfile that is shared is a TcpSharedProfile */
  struct TcpSharedProfile *next;
  uint32_t users;
} TcpSharedProfile;

typedef struct TcpSharedProfiles {
  TcpSharedProfile *first; /* the one that was asked for last; NULL: none */
} TcpSharedProfiles;

/* A profile that says the same as `profile`, good until tcp_shared_drop(). */
const TcpProfile *tcp_shared_take(TcpSharedProfiles *all, const TcpProfile *profile);
/* `profile` is from tcp_shared_take(); it is freed with its last user. */
void tcp_shared_drop(TcpSharedProfiles *all, const TcpProfile *profile);
