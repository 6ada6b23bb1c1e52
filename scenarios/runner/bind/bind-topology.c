/* bind-topology: ready topologies, which the language has in Lua (scenarios/lib/topologies.lua):
 * what they take and give, and how their file is read when the first of them is used. What the
 * tables below say they take is compared with what they accept by tests/reference-manual. */
#include "scenarios/runner/bind/bind.h"

#include <string.h>

#include "scenarios/runner/lib-files.h"

/* What stands in the language for a name of topologies.lua until one of them is used. */
static const char in_library;

/* Adds to the language at `index` what it has in Lua; graphml_read is for that only. */
static void
open_library(lua_State *L, int index)
{
  const char *text = sim_embedded_find(lib_files, "topologies.lua");
  luaL_checkstack(L, 8, NULL);
  lua_pushvalue(L, index);
  bind_graphml_open(L);
  if (luaL_loadbufferx(L, text, strlen(text), BIND_LIBRARY, "t") != LUA_OK)
    lua_error(L); /* of memory: the file is ours */
  lua_insert(L, -2);
  lua_setupvalue(L, -2, 1); /* its globals are the language */
  lua_call(L, 0, 0);
}

bool
bind_topology_open(lua_State *L, int index)
{
  if (lua_type(L, -1) != LUA_TLIGHTUSERDATA || lua_touserdata(L, -1) != &in_library)
    return false;
  open_library(L, index);
  return true;
}

static const BindField dumbbell_extras[] = {
    {"left", "integer", "hosts on the left (1)"},
    {"right", "integer", "hosts on the right (as many)"},
    {"bottleneck", "LinkOptions", "the link between the routers (10 Mbit/s, 20 ms)"},
    {"access", "LinkOptions", "the links of hosts (1 Gbit/s, 1 ms)"},
    {"tcp", "TcpOptions", "TCP of all hosts"},
    {"address", "string", "\"IPv6\": addresses of that family"},
    {"prefix", "string", "before the name of each node"},
    {.name = NULL},
};
static const BindOptions dumbbell_options = {
    .name = "DumbbellOptions",
    .what = "option of dumbbell",
    .extras = dumbbell_extras,
    .help = "dumbbell{...}",
};
static const BindField star_extras[] = {
    {"hosts", "integer", "around the router (4)"},
    {"link", "LinkOptions", "each link (100 Mbit/s, 1 ms)"},
    {"tcp", "TcpOptions", "TCP of all hosts"},
    {"address", "string", "\"IPv6\": addresses of that family"},
    {"prefix", "string", "before the name of each node"},
    {.name = NULL},
};
static const BindOptions star_options = {
    .name = "StarOptions",
    .what = "option of star",
    .extras = star_extras,
    .help = "star{...}",
};
static const BindField chain_extras[] = {
    {"routers", "integer", "between the two hosts (2)"},
    {"link", "LinkOptions", "each link (10 Mbit/s, 10 ms)"},
    {"access", "LinkOptions", "those of the hosts (as the others)"},
    {"tcp", "TcpOptions", "TCP of all hosts"},
    {"address", "string", "\"IPv6\": addresses of that family"},
    {"prefix", "string", "before the name of each node"},
    {.name = NULL},
};
static const BindOptions chain_options = {
    .name = "ChainOptions",
    .what = "option of chain",
    .extras = chain_extras,
    .help = "chain{...}",
};
static const BindField parking_lot_extras[] = {
    {"hops", "integer", "links between routers (3)"},
    {"bottleneck", "LinkOptions", "each of them (10 Mbit/s, 10 ms)"},
    {"access", "LinkOptions", "the links of hosts (1 Gbit/s, 1 ms)"},
    {"tcp", "TcpOptions", "TCP of all hosts"},
    {"address", "string", "\"IPv6\": addresses of that family"},
    {"prefix", "string", "before the name of each node"},
    {.name = NULL},
};
static const BindOptions parking_lot_options = {
    .name = "ParkingLotOptions",
    .what = "option of parking_lot",
    .extras = parking_lot_extras,
    .help = "parking_lot{...}",
};
static const BindField fat_tree_extras[] = {
    {"k", "integer", "pods, an even number (4)"},
    {"link", "LinkOptions", "each link (1 Gbit/s, 5 us)"},
    {"tcp", "TcpOptions", "TCP of all hosts"},
    {"address", "string", "\"IPv6\": addresses of that family"},
    {"prefix", "string", "before the name of each node"},
    {.name = NULL},
};
static const BindOptions fat_tree_options = {
    .name = "FatTreeOptions",
    .what = "option of fat_tree",
    .extras = fat_tree_extras,
    .help = "fat_tree{...}",
};
static const BindField graphml_extras[] = {
    {"link", "LinkOptions", "each link (10 Gbit/s)"},
    {"delay", "Time", "of links whose ends have no coordinates (1 ms)"},
    {"hosts", "boolean", "a host beside each router (false)"},
    {"access", "LinkOptions", "the links of hosts (10 Gbit/s)"},
    {"tcp", "TcpOptions", "TCP of all hosts"},
    {"address", "string", "\"IPv6\": addresses of that family"},
    {"prefix", "string", "before the name of each node"},
    {.name = NULL},
};
static const BindOptions graphml_options = {
    .name = "GraphmlOptions",
    .what = "option of graphml",
    .extras = graphml_extras,
    .help = "graphml{...}",
};

static const BindField dumbbell_fields[] = {
    {"left", "Host[]", "on the left"},    {"right", "Host[]", "on the right"},
    {"routers", "Router[]", "both"},      {"bottleneck", "Link", "between them"},
    {"access", "Link[]", "of the hosts"}, {.name = NULL},
};
static const BindField star_fields[] = {
    {"hub", "Router", "in the middle"},
    {"hosts", "Host[]", "around it"},
    {"links", "Link[]", "of the hosts"},
    {.name = NULL},
};
static const BindField chain_fields[] = {
    {"first", "Host", "at one end"},
    {"last", "Host", "at the other"},
    {"routers", "Router[]", "between them"},
    {"links", "Link[]", "from first to last"},
    {.name = NULL},
};
static const BindField parking_lot_fields[] = {
    {"first", "Host", "crosses every hop"},        {"last", "Host", "to here"},
    {"sources", "Host[]", "each crosses one hop"}, {"sinks", "Host[]", "to here"},
    {"bottlenecks", "Link[]", "the hops"},         {"routers", "Router[]", "between them"},
    {"access", "Link[]", "of the hosts"},          {.name = NULL},
};
static const BindField fat_tree_fields[] = {
    {"hosts", "Host[]", "k^3 / 4 of them"},
    {"edge", "Router[]", "switches beside hosts"},
    {"aggregation", "Router[]", "switches of the pods"},
    {"core", "Router[]", "switches between pods"},
    {"links", "Link[]", "all"},
    {.name = NULL},
};
static const BindField graphml_fields[] = {
    {"routers", "Router[]", "a node of the file each"},
    {"hosts", "Host[]", "beside them, when asked for"},
    {"links", "Link[]", "an edge of the file each"},
    {"nodes", "table<string, Router>", "by label"},
    {"name", "string?", "of the network"},
    {.name = NULL},
};

static const BindRecord dumbbell_record = {"Dumbbell", "what dumbbell returns", dumbbell_fields};
static const BindRecord star_record = {"Star", "what star returns", star_fields};
static const BindRecord chain_record = {"Chain", "what chain returns", chain_fields};
static const BindRecord parking_lot_record = {"ParkingLot", "what parking_lot returns",
                                              parking_lot_fields};
static const BindRecord fat_tree_record = {"FatTree", "what fat_tree returns", fat_tree_fields};
static const BindRecord graphml_record = {"Graphml", "what graphml returns", graphml_fields};

static const BindFunction functions[] = {
    {"dumbbell", NULL, "options?: DumbbellOptions", "Dumbbell", "hosts on both sides of one link"},
    {"star", NULL, "options?: StarOptions", "Star", "hosts around a router"},
    {"chain", NULL, "options?: ChainOptions", "Chain",
     "two hosts with routers in a row between them"},
    {"parking_lot", NULL, "options?: ParkingLotOptions", "ParkingLot",
     "a flow over several hops, and one of its own over each hop"},
    {"fat_tree", NULL, "options?: FatTreeOptions", "FatTree", "the network of a data centre"},
    {"graphml", NULL, "file: string, options?: GraphmlOptions", "Graphml",
     "a network from a file in the form of the Topology Zoo; delays from coordinates, rates from "
     "LinkSpeedRaw"},
    {.name = NULL},
};

/* Most scenarios do not use it, and reading it takes as long as half of the rest of the start. */
static void
promise(lua_State *L)
{
  for (const BindFunction *function = functions; function->name != NULL; function++) {
    lua_pushlightuserdata(L, (void *)(uintptr_t)&in_library);
    lua_setfield(L, -2, function->name);
  }
}

static const BindOptions *const options_of_topology[] = {
    &dumbbell_options, &star_options, &chain_options, &parking_lot_options, &fat_tree_options,
    &graphml_options,  NULL};
static const BindRecord *const records_of_topology[] = {
    &dumbbell_record, &star_record,    &chain_record, &parking_lot_record,
    &fat_tree_record, &graphml_record, NULL};

const BindGroup bind_group_topology = {
    .name = "topologies",
    .title = "Ready topologies",
    .help = "networks of the usual shapes",
    .functions = functions,
    .options = options_of_topology,
    .records = records_of_topology,
    .open = promise,
};
