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

void bind_firewall_open(lua_State *L);
/* rules = {...} at `index`. */
void bind_firewall_rules(lua_State *L, int index, Middlebox *box);
