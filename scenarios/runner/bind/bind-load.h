/* bind-load: what the loads over TCP (bind-load.c) and those over UDP (bind-load-stream.c) share:
 * how their table is read. */
#pragma once

#include "scenarios/runner/bind/bind.h"

/* Reads the table that is argument 1, the only one, into `settings`, which is set to the defaults
 * first; `usage` is what it looks like. */
void bind_load_read(lua_State *L, const char *call, const char *usage, const BindOptions *options,
                    void *settings);
/* The name in it, else CALL-NUMBER; left on the stack. */
const char *bind_load_name(lua_State *L, const char *call, guint number);
/* The host at `index`; `wanted` for the message: "a host". */
const BindNode *bind_load_host(lua_State *L, int index, const char *call, const char *name,
                               const char *wanted);
