/* bind-load-read: what the tables of all loads have, over TCP and over UDP. */
#include "scenarios/runner/bind/bind-load.h"

#include <string.h>

void
bind_load_read(lua_State *L, const char *call, const char *usage, const BindOptions *options,
               void *settings)
{
  bind_check_loading(L, call);
  bind_value_count(L, 1, usage);
  lua_settop(L, 1);
  if (!bind_options_check(L, 1, options))
    bind_error(L, "%s: a table %s is wanted", call, strchr(usage, '{'));
  bind_options_read(L, 1, call, options->params, settings);
}

const char *
bind_load_name(lua_State *L, const char *call, guint number)
{
  lua_getfield(L, 1, "name");
  if (lua_isnil(L, -1))
    lua_pushfstring(L, "%s-%d", call, (int)number);
  return bind_value_text(L, -1, call, "name");
}

const BindNode *
bind_load_host(lua_State *L, int index, const char *call, const char *name, const char *wanted)
{
  const BindNode *node = bind_node_test(L, index);
  if (node == NULL || node->tcp == NULL)
    bind_error(L, "%s: %s: %s is wanted, not %s", call, name, wanted,
               bind_value_describe(L, index));
  return node;
}
