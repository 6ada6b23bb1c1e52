/* bind-order: pairs, next, tostring and string.format without hash order and addresses. */
#pragma once

#include <lua.h>
#include <stddef.h>

/* Replaces the functions in the language on top of the stack. */
void bind_order_open(lua_State *L);
/* Pushes the value at `index` as a text; a table without a name of its own is "table". */
const char *bind_order_tostring(lua_State *L, int index, size_t *length);
