/* lib-files: what the scenario language has in Lua, and its tables, compiled into the program: files
 * of scenarios/lib, listed in meson.build. */
#pragma once

#include "sim/embed.h"

extern const SimEmbedded lib_files[];
