/* bind-dist: distributions in the tables of loads. */
#pragma once

#include "models/app/app-dist.h"
#include "scenarios/runner/bind/bind.h"

/* Field `name` of the table at argument 1, of `call`, as a distribution of sizes or of times; what
 * `dist` had is freed. False: it is not given. */
bool bind_dist_read(lua_State *L, const char *call, const char *name, bool is_size, AppDist *dist);
