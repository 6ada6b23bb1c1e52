/* bind-object: userdata with methods and fields, whose every misuse has a message.
 *
 * A metatable's __index is a C function with the type as upvalue: methods come from a table, fields
 * from the type's get(). Nothing of an object's address reaches Lua: tostring() gives its name. */
#include "scenarios/runner/bind/bind.h"

#include <string.h>

static const BindType *
type_of_upvalue(lua_State *L)
{
  return lua_touserdata(L, lua_upvalueindex(1));
}

/* A NULL-terminated list of fields and methods. g_free. */
static const char **
names_of(const BindType *type)
{
  GPtrArray *names = g_ptr_array_new();
  for (const BindField *field = type->fields; field != NULL && field->name != NULL; field++)
    g_ptr_array_add(names, (gpointer)(uintptr_t)field->name);
  for (const BindFunction *method = type->methods; method != NULL && method->name != NULL; method++)
    g_ptr_array_add(names, (gpointer)(uintptr_t)method->name);
  g_ptr_array_add(names, NULL);
  return (void *)g_ptr_array_free(names, FALSE);
}

/* What can be assigned, likewise. */
static const char **
assignable_of(const BindType *type)
{
  if (type->assigns != NULL)
    return bind_options_names(type->assigns);
  GPtrArray *names = g_ptr_array_new();
  for (const BindField *field = type->fields; field != NULL && field->name != NULL; field++)
    if (field->writable)
      g_ptr_array_add(names, (gpointer)(uintptr_t)field->name);
  g_ptr_array_add(names, NULL);
  return (void *)g_ptr_array_free(names, FALSE);
}

#define SEEN_MOST 1000 /* bytes of what an expectation saw: it may have looped */

void
bind_saw(lua_State *L, const char *name)
{
  GString *seen = bind_scenario(L)->seen;
  int type = lua_type(L, -1);
  if (seen == NULL || seen->len > SEEN_MOST ||
      (type != LUA_TNUMBER && type != LUA_TSTRING && type != LUA_TBOOLEAN && type != LUA_TNIL))
    return;
  char *number =
      type == LUA_TNUMBER ? sim_quantity_print(SIM_QUANTITY_NUMBER, lua_tonumber(L, -1)) : NULL;
  const char *text = type == LUA_TNUMBER    ? number
                     : type == LUA_TSTRING  ? lua_tostring(L, -1)
                     : type == LUA_TNIL     ? "nil"
                     : lua_toboolean(L, -1) ? "true"
                                            : "false";
  char *entry = g_strdup_printf("%s = %s", name, text);
  if (strstr(seen->str, entry) == NULL) /* one that is asked in a loop is said once */
    g_string_append_printf(seen, "%s%s", seen->len > 0 ? ", " : "", entry);
  g_free(entry);
  g_free(number);
}

static int
object_index(lua_State *L)
{
  const BindType *type = type_of_upvalue(L);
  void *self = luaL_testudata(L, 1, type->name);
  if (self == NULL || lua_type(L, 2) != LUA_TSTRING)
    bind_error(L, "a %s has named fields and methods only, such as %s:%s", type->name,
               type->example, type->methods != NULL ? type->methods[0].name : "...");
  lua_pushvalue(L, 2);
  if (lua_rawget(L, lua_upvalueindex(2)) != LUA_TNIL)
    return 1;
  const char *field = lua_tostring(L, 2);
  if (bind_field_find(type->fields, field) != NULL && type->get(L, self, field)) {
    char name[64];
    g_snprintf(name, sizeof name, "%s.%s", type->example, field);
    bind_saw(L, name);
    return 1;
  }
  char what[64];
  g_snprintf(what, sizeof what, "field or method of %s %s",
             strchr("aeio", type->name[0]) != NULL ? "an" : "a", type->name);
  const char **names = names_of(type);
  GError *error = NULL;
  sim_error_unknown(&error, what, field, names);
  g_free(names);
  bind_raise(L, error);
}

/* Raises unless the field can be assigned. */
static void
check_assignable(lua_State *L, const BindType *type, const char *field)
{
  const char **names = assignable_of(type);
  bool good = g_strv_contains(names, field);
  GError *error = NULL;
  char what[64];
  g_snprintf(what, sizeof what, "field of a %s to assign", type->name);
  if (!good && bind_field_find(type->fields, field) == NULL)
    sim_error_unknown(&error, what, field, names);
  g_free(names);
  if (error != NULL)
    bind_raise(L, error);
  if (!good)
    bind_error(L, "%s.%s can be read, but not assigned", type->example, field);
}

static int
object_newindex(lua_State *L)
{
  const BindType *type = type_of_upvalue(L);
  void *self = luaL_testudata(L, 1, type->name);
  const char *field = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "";
  if (self == NULL || type->set == NULL)
    bind_error(L, "%s.%s cannot be assigned: a %s has nothing that can", type->example, field,
               type->name);
  check_assignable(L, type, field);
  char call[64];
  g_snprintf(call, sizeof call, "%s.%s", type->example, field);
  if (!type->unguarded)
    bind_check_acting(L, call);
  type->set(L, self, field, 3);
  return 0;
}

static int
object_tostring(lua_State *L)
{
  const BindType *type = type_of_upvalue(L);
  void *self = luaL_testudata(L, 1, type->name);
  char text[256];
  g_strlcpy(text, type->name, sizeof text);
  if (self != NULL && type->print != NULL)
    type->print(self, text, sizeof text);
  lua_pushstring(L, text);
  return 1;
}

static int
object_gc(lua_State *L)
{
  const BindType *type = type_of_upvalue(L);
  void *self = luaL_testudata(L, 1, type->name);
  if (self != NULL)
    type->collect(self);
  return 0;
}

void
bind_functions_set(lua_State *L, const BindFunction *functions)
{
  for (; functions != NULL && functions->name != NULL; functions++)
    if (functions->call != NULL) {
      lua_pushcfunction(L, functions->call);
      lua_setfield(L, -2, functions->name);
    }
}

/* Sets metatable[name] = a closure of `function` over the type. */
static void
set_closure(lua_State *L, const BindType *type, const char *name, lua_CFunction function)
{
  lua_pushlightuserdata(L, (void *)(uintptr_t)type);
  lua_pushcclosure(L, function, 1);
  lua_setfield(L, -2, name);
}

void
bind_type_open(lua_State *L, const BindType *type)
{
  luaL_newmetatable(L, type->name);
  lua_pushlightuserdata(L, (void *)(uintptr_t)type);
  lua_newtable(L);
  if (type->methods != NULL)
    bind_functions_set(L, type->methods);
  lua_pushcclosure(L, object_index, 2);
  lua_setfield(L, -2, "__index");
  set_closure(L, type, "__newindex", object_newindex);
  set_closure(L, type, "__tostring", object_tostring);
  if (type->collect != NULL)
    set_closure(L, type, "__gc", object_gc);
  lua_pushfstring(L, "%s %s", strchr("aeiou", type->name[0]) != NULL ? "an" : "a", type->name);
  lua_setfield(L, -2, "described");
  lua_pushboolean(L, false);
  lua_setfield(L, -2, "__metatable");
  lua_pop(L, 1);
}

void *
bind_object_new(lua_State *L, const BindType *type, size_t size, int user_values)
{
  BindObject *object = lua_newuserdatauv(L, size, user_values);
  memset(object, 0, size);
  object->order = ++bind_scenario(L)->objects;
  luaL_setmetatable(L, type->name);
  return object;
}

void *
bind_test(lua_State *L, int index, const BindType *type)
{
  return luaL_testudata(L, index, type->name);
}

void *
bind_self(lua_State *L, const BindType *type, const char *method)
{
  void *self = bind_test(L, 1, type);
  if (self == NULL)
    bind_error(L, "%s belongs to a %s and is called with a colon: %s:%s(...), not %s.%s(...)",
               method, type->name, type->example, method, type->example, method);
  return self;
}
