/* bind-node: what hosts, routers and middleboxes have in common as objects of Lua. */
#pragma once

#include "models/net/middlebox.h"
#include "scenarios/runner/bind/bind.h"

typedef struct BindNodeMake {
  const BindType *type;
  size_t size; /* bytes of its struct, which begins with BindNode */
  NodeKind kind;
  const char *call; /* "router", for messages */
  const char *name; /* Lua's */
  int options;      /* index of the table with address =, processing = and, of a host, tcp =; its
                       names were checked; nil or none: no options */
} BindNodeMake;

/* processing = ..., the value at `index` (bind-processing.c). */
extern const BindOptions bind_processing_options;
void bind_processing_read(lua_State *L, int index, const char *call, NodeProcessing *processing);
/* A new node and its object, on the stack, kept for good. */
BindNode *bind_node_new(lua_State *L, const BindNodeMake *make);
/* node:route(prefix, next_hop); name and address; for tostring(). */
int bind_node_route(lua_State *L);
bool bind_node_get(lua_State *L, void *self, const char *field);
void bind_node_print(void *self, char *text, size_t size);
/* "10.0.0.0/8", "10.0.0.9" (all of it) or a node. */
NetAddressId bind_prefix(lua_State *L, int index, const char *where, const char *name,
                         unsigned *length);
