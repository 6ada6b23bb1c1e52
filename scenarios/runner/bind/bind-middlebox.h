/* bind-middlebox: what bind-middlebox.c (the nodes) and bind-firewall.c (the rules) share. */
#pragma once

#include "scenarios/runner/bind/bind-node.h"

typedef struct BindMiddlebox {
  BindNode node;
  Middlebox *box;
  GPtrArray *sides; /* owned, of char *: the names of the neighbours inside, or outside */
  bool inside;      /* which of the two */
  int line;         /* of the scenario */
} BindMiddlebox;

/* inside = or outside = in the table at `options` (bind-sides.c). */
void bind_sides_read(lua_State *L, BindMiddlebox *bound, int options, const char *call);
/* A rule, as it is written; nat(name, {...}), firewall(name, {...}) without what their models have.
 */
extern const BindOptions bind_firewall_rule, bind_nat_options, bind_firewall_options;
void bind_firewall_open(lua_State *L);
/* rules = {...} at `index`. */
void bind_firewall_rules(lua_State *L, int index, Middlebox *box);
