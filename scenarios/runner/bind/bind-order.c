/* bind-order: pairs, next, tostring and string.format without hash order and addresses.
 *
 * Lua hashes its strings with a seed that changes from run to run, and prints tables by their
 * address: a scenario that looped over pairs() would give other bytes each time. Here the order is
 * numbers, texts, false and true, then the language's objects in the order of their making. Tables
 * and functions as keys have no order; two of them in one table are an error. */
#include "scenarios/runner/bind/bind-order.h"

#include <string.h>

#include "scenarios/runner/bind/bind.h"

typedef enum { RANK_NUMBER, RANK_TEXT, RANK_BOOLEAN, RANK_OBJECT, RANK_NONE } Rank;

typedef struct Key {
  Rank rank;
  double number;     /* numbers; false and true as 0 and 1 */
  lua_Integer whole; /* numbers that are integers: exact */
  bool is_whole;
  const char *text; /* texts: Lua keeps them */
  size_t length;
  uint64_t order; /* objects */
  int place;      /* in the table of keys */
} Key;

static const BindType *const object_types[] = {
    &bind_node_type,      &bind_router_type, &bind_nat_type,       &bind_firewall_type,
    &bind_middlebox_type, &bind_link_type,   &bind_direction_type, &bind_listener_type,
    &bind_conn_type,      &bind_rule_type,
};

static Key
key_read(lua_State *L, int index)
{
  Key key = {.rank = RANK_NONE};
  switch (lua_type(L, index)) {
  case LUA_TNUMBER:
    key.rank = RANK_NUMBER;
    key.number = lua_tonumber(L, index);
    key.is_whole = lua_isinteger(L, index);
    key.whole = key.is_whole ? lua_tointeger(L, index) : 0;
    break;
  case LUA_TSTRING:
    key.rank = RANK_TEXT;
    key.text = lua_tolstring(L, index, &key.length);
    break;
  case LUA_TBOOLEAN:
    key.rank = RANK_BOOLEAN;
    key.number = lua_toboolean(L, index);
    break;
  case LUA_TUSERDATA:
    for (size_t i = 0; i < G_N_ELEMENTS(object_types); i++) {
      const BindObject *object = bind_test(L, index, object_types[i]);
      if (object != NULL) {
        key.rank = RANK_OBJECT;
        key.order = object->order;
      }
    }
    break;
  default:
    break;
  }
  return key;
}

static int
key_compare(const void *left, const void *right)
{
  const Key *a = left, *b = right;
  if (a->rank != b->rank)
    return a->rank < b->rank ? -1 : 1;
  if (a->rank == RANK_TEXT) {
    int order = memcmp(a->text, b->text, MIN(a->length, b->length));
    return order != 0 ? order : (a->length > b->length) - (a->length < b->length);
  }
  if (a->rank == RANK_OBJECT)
    return (a->order > b->order) - (a->order < b->order);
  if (a->is_whole && b->is_whole)
    return (a->whole > b->whole) - (a->whole < b->whole);
  return (a->number > b->number) - (a->number < b->number);
}

/* Raises where the order of two keys cannot be told. */
static void
check_orderless(lua_State *L, int orderless)
{
  if (orderless > 1)
    bind_error(L, "pairs: this table has tables or functions as keys, whose order would not be "
                  "the same in every run; keep them in a list");
}

/* Pushes a list of the table's keys in order. */
static void
push_sorted_keys(lua_State *L, int table)
{
  size_t count = 0;
  int orderless = 0;
  for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1))
    count++;
  Key *keys = lua_newuserdatauv(L, MAX(count, 1) * sizeof *keys, 0);
  lua_createtable(L, (int)count, 0);
  int found = lua_gettop(L);
  int place = 0;
  for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1)) {
    keys[place] = key_read(L, -2);
    orderless += keys[place].rank == RANK_NONE;
    keys[place].place = place + 1;
    lua_pushvalue(L, -2);
    lua_rawseti(L, found, ++place);
  }
  check_orderless(L, orderless);
  qsort(keys, count, sizeof *keys, key_compare);
  lua_createtable(L, (int)count, 0);
  for (size_t i = 0; i < count; i++) {
    lua_rawgeti(L, found, keys[i].place);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  lua_replace(L, found - 1);
  lua_settop(L, found - 1);
}

/* The iterator: upvalues are the list of keys and the place. */
static int
pairs_next(lua_State *L)
{
  lua_settop(L, 1);
  lua_Integer place = lua_tointeger(L, lua_upvalueindex(2));
  for (;;) {
    if (lua_rawgeti(L, lua_upvalueindex(1), ++place) == LUA_TNIL)
      return 1;
    lua_pushvalue(L, -1);
    if (lua_rawget(L, 1) != LUA_TNIL) {
      lua_pushinteger(L, place);
      lua_replace(L, lua_upvalueindex(2));
      return 2;
    }
    lua_settop(L, 1); /* it was taken away meanwhile */
  }
}

static int
order_pairs(lua_State *L)
{
  luaL_checkany(L, 1);
  lua_settop(L, 1);
  if (luaL_getmetafield(L, 1, "__pairs") != LUA_TNIL) {
    lua_pushvalue(L, 1);
    lua_call(L, 1, 3);
    return 3;
  }
  if (lua_type(L, 1) != LUA_TTABLE)
    bind_error(L, "pairs: a table is wanted, not %s", bind_value_describe(L, 1));
  push_sorted_keys(L, 1);
  lua_pushinteger(L, 0);
  lua_pushcclosure(L, pairs_next, 2);
  lua_pushvalue(L, 1);
  lua_pushnil(L);
  return 3;
}

/* next(table, [key]): the least key, or the least above `key`. */
static int
order_next(lua_State *L)
{
  if (lua_type(L, 1) != LUA_TTABLE)
    bind_error(L, "next: a table is wanted, not %s", bind_value_describe(L, 1));
  lua_settop(L, 2);
  bool first = lua_isnil(L, 2);
  Key after = key_read(L, 2), best = {0};
  int orderless = 0;
  lua_pushnil(L); /* 3: the best key so far */
  for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1)) {
    Key key = key_read(L, -2);
    orderless += key.rank == RANK_NONE;
    bool candidate = first || key_compare(&key, &after) > 0;
    if (candidate && (lua_isnil(L, 3) || key_compare(&key, &best) < 0)) {
      best = key;
      lua_pushvalue(L, -2);
      lua_replace(L, 3);
    }
  }
  check_orderless(L, orderless);
  if (lua_isnil(L, 3))
    return 1;
  lua_pushvalue(L, 3);
  lua_rawget(L, 1);
  return 2;
}

const char *
bind_order_tostring(lua_State *L, int index, size_t *length)
{
  int type = lua_type(L, index);
  bool address = type == LUA_TTABLE || type == LUA_TFUNCTION || type == LUA_TTHREAD ||
                 type == LUA_TLIGHTUSERDATA;
  if (!address || luaL_getmetafield(L, index, "__tostring") != LUA_TNIL) {
    if (address)
      lua_pop(L, 1);
    return luaL_tolstring(L, index, length);
  }
  lua_pushstring(L, lua_typename(L, type));
  return lua_tolstring(L, -1, length);
}

static int
order_tostring(lua_State *L)
{
  luaL_checkany(L, 1);
  bind_order_tostring(L, 1, NULL);
  return 1;
}

/* string.format, upvalue 1 is Lua's own: what would be an address is a type's name instead. */
static int
order_format(lua_State *L)
{
  const char *format = luaL_checkstring(L, 1);
  for (const char *at = strchr(format, '%'); at != NULL; at = strchr(at + 1, '%')) {
    at += 1 + strspn(at + 1, "-+ #0123456789.");
    if (*at == 'p')
      bind_error(L, "string.format: %%p would show an address, which differs from run to run");
    if (*at == '\0')
      break;
  }
  int count = lua_gettop(L);
  for (int i = 2; i <= count; i++) {
    int type = lua_type(L, i);
    if (type == LUA_TTABLE || type == LUA_TFUNCTION || type == LUA_TTHREAD) {
      bind_order_tostring(L, i, NULL);
      lua_replace(L, i);
    }
  }
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_call(L, count, 1);
  return 1;
}

void
bind_order_open(lua_State *L)
{
  static const luaL_Reg functions[] = {
      {"pairs", order_pairs}, {"next", order_next}, {"tostring", order_tostring}, {NULL, NULL}};
  luaL_setfuncs(L, functions, 0);
  lua_getfield(L, -1, "string");
  lua_getfield(L, -1, "format");
  lua_pushcclosure(L, order_format, 1);
  lua_setfield(L, -2, "format");
  lua_pop(L, 1);
}
