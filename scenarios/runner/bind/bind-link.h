/* bind-link: the objects of a link, for link() and for their own methods. */
#pragma once

#include "scenarios/runner/bind/bind.h"

typedef struct BindLink {
  BindObject object;
  Link *link;
} BindLink; /* user values 1 and 2: the directions forward and backward */

typedef struct BindDirection {
  BindObject object;
  LinkDirection *direction;
} BindDirection;

/* What can be said of a direction, when it is made and later. */
extern const BindOptions bind_direction_options;
/* Assigns the value at `index` to one of a direction's options. */
void bind_link_set(lua_State *L, LinkDirection *direction, const char *field, int index);
