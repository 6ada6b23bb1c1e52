/* bind: what the Lua faces share: reading arguments, objects, coroutines.
 *
 * lua_error() is a longjmp and skips g_autoptr. Every function here that takes a lua_State may
 * raise unless it says otherwise, so its callers own nothing at that time: they check their
 * arguments first, and hand a GError to bind_raise(), which frees it before it raises. */
#pragma once

#include <lauxlib.h>
#include <lua.h>

#include "models/icmp/icmp.h"
#include "models/net/link.h"
#include "models/tcp/tcp.h"
#include "models/udp/udp.h"
#include "scenarios/runner/bind/bind-table.h"
#include "scenarios/runner/bind/scenario.h"
#include "sim/param.h"

/* The scenario of a Lua state or thread; never raises. */
static inline Scenario *
bind_scenario(lua_State *L)
{
  Scenario *scenario;
  __builtin_memcpy(&scenario, lua_getextraspace(L), sizeof scenario);
  return scenario;
}

/* The name of the chunks that are part of the language (scenarios/lib): a mistake is that of who
 * called them. */
#define BIND_LIBRARY "=[roundtrip]"

/* -- errors (bind-error.c) -- */

/* Raises "FILE:LINE: ...", the line of the nearest Lua function. */
G_NORETURN void bind_error(lua_State *L, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* Raises the error's message in the same way and frees the error. */
G_NORETURN void bind_raise(lua_State *L, GError *error);
/* The same with "CALL: " in front: "connect: ...". */
G_NORETURN void bind_raise_in(lua_State *L, const char *call, GError *error);
/* The line of the nearest Lua function; 0: none. Never raises. `source` may be NULL. */
int bind_line(lua_State *L, const char **source);
/* Raises sim_error_unknown(). */
G_NORETURN void bind_error_unknown(lua_State *L, const char *what, const char *name,
                                   const char *const *known);
/* A message handler: makes a text "FILE:LINE: ..." of any error object, and adds the callers. */
int bind_error_handler(lua_State *L);
/* Raises unless the world may be changed here: not within a rule, a model or an expectation. */
void bind_check_acting(lua_State *L, const char *call);
/* Raises when the run is to be divided among processes, which `what` cannot. */
void bind_check_parallel(lua_State *L, const char *what);
/* Raises unless the file is being read. */
void bind_check_loading(lua_State *L, const char *call);

/* -- values (bind-value.c); `name` is the argument or field for messages -- */

/* "a number", "a table", "a host": for messages. */
const char *bind_value_describe(lua_State *L, int index);
/* Reads one value by its SimParam into `settings`; `where` is put before the message ("link"). */
void bind_value_param(lua_State *L, int index, const char *where, const SimParam *param,
                      void *settings);
SimTime bind_value_time(lua_State *L, int index, const char *where, const char *name);
uint64_t bind_value_size(lua_State *L, int index, const char *where, const char *name);
/* The bytes of an argument that is a size or a text. NULL: it is to be read as a size; so is what
 * is a quantity of another kind, "10 ms", which is refused then and not sent as five letters. */
const char *bind_value_bytes(lua_State *L, int index, size_t *length);
double bind_value_number(lua_State *L, int index, const char *where, const char *name);
int64_t bind_value_integer(lua_State *L, int index, const char *where, const char *name,
                           int64_t min, int64_t max);
bool bind_value_bool(lua_State *L, int index, const char *where, const char *name);
/* A string proper (numbers are not converted). The text belongs to Lua. */
const char *bind_value_text(lua_State *L, int index, const char *where, const char *name);
void bind_value_function(lua_State *L, int index, const char *where, const char *name);
/* Raises unless there are at most `max` arguments: "NAME takes ...". */
void bind_value_count(lua_State *L, int max, const char *usage);

/* The text at `index` as the path of a file in or below the scenario's folder; the path is left on
 * the stack (bind-base.c). */
const char *bind_file_path(lua_State *L, int index, const char *where, const char *name);

/* Checks that `index` is nil or a table whose keys are among the options; false: it is nil. */
bool bind_options_check(lua_State *L, int index, const BindOptions *options);
/* Stores every field of the table that `params` knows; checks nothing else. */
void bind_options_read(lua_State *L, int index, const char *what, const SimParam *params,
                       void *settings);
/* The names of the options, NULL-terminated; g_free. Never raises. */
const char **bind_options_names(const BindOptions *options);
/* Whether there is a field of that name. `fields` may be NULL. */
const BindField *bind_field_find(const BindField *fields, const char *name);

/* -- objects (bind-object.c) -- */

/* Every userdata begins with this. */
typedef struct BindObject {
  uint64_t order; /* of creation: how such objects are ordered as keys */
} BindObject;

typedef struct BindType {
  const char *name;    /* "connection"; the metatable's key */
  const char *class;   /* "Connection", in the reference; NULL: a scenario never sees one */
  const char *help;    /* half a sentence, for the reference */
  const char *example; /* the name of a variable, for messages: "conn" */
  const BindFunction *methods;
  const BindField *fields;                                  /* that can be read; NULL: none */
  bool (*get)(lua_State *L, void *self, const char *field); /* pushes it; false: no such field */
  const BindOptions *assigns; /* what can be assigned besides writable fields; NULL: nothing */
  bool unguarded;             /* may be assigned in a rule or model */
  /* Assigns the value at `index`; only for names that can be. NULL: nothing can. */
  void (*set)(lua_State *L, void *self, const char *field, int index);
  void (*print)(void *self, char *text, size_t size); /* for tostring() */
  void (*collect)(void *self);                        /* NULL: nothing to do */
} BindType;

/* Notes for the expectation that is being asked: NAME = the value on top of the stack. Raises
 * nothing. */
void bind_saw(lua_State *L, const char *name);

void bind_type_open(lua_State *L, const BindType *type);
/* A new userdata of the type on the stack, zeroed but for its order. */
void *bind_object_new(lua_State *L, const BindType *type, size_t size, int user_values);
/* Argument 1 as the type, or an error that shows how METHOD is called. */
void *bind_self(lua_State *L, const BindType *type, const char *method);
void *bind_test(lua_State *L, int index, const BindType *type); /* NULL: something else */

/* -- coroutines (bind-coroutine.c) -- */

typedef struct BindConn BindConn;
typedef struct BindListener BindListener;
typedef struct BindNode BindNode;

struct Coroutine {
  SimEvent event; /* its start, a wake-up, or the deadline of what it waits for */
  Scenario *scenario;
  Coroutine *next, *previous; /* in the scenario's list */
  SimOwner *owner;            /* the node's, or the scenario's */
  lua_State *thread;          /* NULL until it has started */
  int thread_ref;             /* anchors it */
  int function_ref;           /* what it runs */
  bool function_owned;        /* the reference is freed with the coroutine */
  BindConn *conn;             /* first argument, pinned; NULL: none */
  BindListener *listener;     /* the connection that is ready there is the argument; NULL: none */
  const char *texts[2];       /* further arguments, static; NULL: none */
  const char *role;           /* "every": called again after `period`; else NULL */
  SimTime period, tick;       /* of every: seconds between calls, the next one */

  const char *waits;    /* the call that waits, "conn:receive"; NULL: it does not wait */
  BindConn *waits_conn; /* what it waits on; NULL: nothing or a listener */
  bool patient;         /* a listener's accept or every: not reported at the end */
  bool in_background;   /* does not keep the run alive; counted in ticks */
  int line;             /* of the call that waits, or of the function before it has started */
  const char *source;   /* the file of that line; borrowed from Lua's prototype */
  SimTime deadline;     /* SIM_TIME_NEVER: none */
  Coroutine **waits_in; /* the list of waiters that the call joins; NULL: none */
  Coroutine **queue;    /* the one it stands in now; NULL: none */
  Coroutine *queue_next;

  /* For the call that waits in send or receive: does what can be done now; true: the call is over.
   * False: it goes on waiting and Lua is not asked. NULL: any wake-up ends the call. */
  bool (*look)(Coroutine *coroutine);
  const char *text;      /* of write, which its stack holds; NULL: a count */
  uint64_t wanted, done; /* bytes, of send and receive; wanted UINT64_MAX: all there will be */
  bool any;              /* receive() ends with the first bytes */
  GByteArray *bytes;     /* what receive has so far; NULL: nothing */
  bool has_text;         /* `bytes` are text, not only a count */
};

/* A coroutine that runs the function at `index` from `time` on. */
Coroutine *bind_coroutine_new(lua_State *L, int index, SimTime time, SimOwner *owner);
/* The same from a callback, with a function that was kept; never raises. */
Coroutine *bind_coroutine_new_ref(Scenario *scenario, int function_ref, SimOwner *owner);
/* Raises unless the call may wait here. */
void bind_wait_check(lua_State *L, const char *call);
/* Suspends the running coroutine until `deadline` or bind_wake_all(queue), then calls `retry`,
 * which looks again. To be returned: return bind_wait(...). `queue` may be NULL. */
int bind_wait(lua_State *L, const char *call, Coroutine **queue, SimTime deadline,
              lua_KFunction retry);
void bind_wake_all(Coroutine **queue);           /* never raises */
void bind_coroutines_report(Scenario *scenario); /* fills scenario->unfinished */
void bind_coroutines_free(Scenario *scenario);

/* Calls the function with `n` arguments on top of scenario->side, for one result, as `what`, which
 * may neither wait nor act. False: it failed, and the run has been failed with its error. The
 * result is left on the stack of scenario->side when true. Never raises. */
bool bind_side_call(Scenario *scenario, const char *what, int n);

/* -- the faces -- */

struct BindNode {
  BindObject object;
  Node *node;
  TcpHost *tcp;   /* NULL: a router, or the host was freed */
  UdpHost *udp;   /* the same */
  IcmpHost *icmp; /* NULL: it was freed */
};

extern const BindType bind_node_type, bind_router_type, bind_nat_type, bind_firewall_type,
    bind_middlebox_type, bind_link_type, bind_direction_type, bind_listener_type, bind_conn_type,
    bind_udp_type, bind_rule_type, bind_packet_type;

/* A host, a router or a middlebox at `index`, else NULL. */
BindNode *bind_node_test(lua_State *L, int index);
/* A line on the timeline: "ping(server)", by the name of who has the address, if anybody. */
void bind_note_call(Scenario *scenario, const Node *node, const char *call, NetAddressId to);
/* A host, an address or a host's name as an address. */
NetAddressId bind_address(lua_State *L, int index, const char *where, const char *name);

/* Congestion controls of the scenario's own (bind-congestion.c): the list of scenario->congestions;
 * a control of that name, else one of cc_list(), else NULL; all names, NULL-terminated, g_free. */
GPtrArray *bind_congestions_new(void);
const TcpCcOps *bind_congestion_find(const Scenario *scenario, const char *name);
const char **bind_congestion_names(const Scenario *scenario);
/* cc = ... in the table at `index` over `profile` (bind-cc.c). */
void bind_cc_read(lua_State *L, int index, const char *where, TcpProfile *profile);
/* tcp = {...} at `index` over `profile`. */
void bind_tcp_options(lua_State *L, int index, const char *where, TcpProfile *profile);
/* The same without `profile =`, for a table whose names were checked. */
void bind_tcp_option_fields(lua_State *L, int index, const char *where, TcpProfile *profile);

int bind_host_listen(lua_State *L);     /* host:listen(port, [handler], {backlog=, tcp=}) */
int bind_host_connect(lua_State *L);    /* host:connect(dst, port, {timeout=, from_port=, tcp=}) */
int bind_host_udp(lua_State *L);        /* host:udp([port], {receive_buffer=, fragments=}) */
int bind_host_ping(lua_State *L);       /* host:ping(dst, {count=, interval=, size=, ...}) */
int bind_host_traceroute(lua_State *L); /* host:traceroute(dst, {max_hops=, probes=, ...}) */
int bind_host_inject(lua_State *L);     /* host:inject{...} */
void bind_conn_pin(BindConn *conn);
void bind_conn_unpin(BindConn *conn);
void bind_conn_push(lua_State *L, BindConn *conn); /* never raises */
/* "client:49152-server:80"; g_free. Never raises. */
char *bind_conn_name(BindConn *conn);
/* Takes a connection that is ready and pushes it; false: none is. */
bool bind_listener_take(lua_State *L, BindListener *listener);

/* A function of the scenario's that is asked about packets (bind-packet.c): the one at `index`, as
 * `what` ("a rule"). */
typedef struct BindAsked BindAsked;
BindAsked *bind_asked_new(lua_State *L, int index, const char *what);
void bind_asked_free(gpointer asked);
Scenario *bind_asked_scenario(const BindAsked *asked);
/* Calls it with the packet, which it may change when `editable` is the same one and not NULL, and
 * with `text` unless NULL. False: it failed, and so did the run. Else its result is on top of
 * scenario->side. Never raises. */
bool bind_asked_call(const BindAsked *asked, const Packet *packet, Packet *editable,
                     const char *text);
/* packet.FIELD = value at `index` (bind-packet-edit.c). */
void bind_packet_edit(lua_State *L, Packet *packet, const char *field, int index);
/* The TCP_OPT_... that a field of that name means; 0: none. */
uint8_t bind_packet_option(const char *field);

/* :drop, :hold, :copy, :damage, :mark on a link (direction NULL) or on one direction. */
int bind_rule_add(lua_State *L, RuleAction action, Link *link, LinkDirection *direction);
/* The value at `index` as a rule; `call` is put before a message. It is the caller's. */
PacketMatch *bind_rule_match(lua_State *L, int index, const char *call);
/* The function at `index` as a loss model. */
void bind_rule_set_loss(lua_State *L, int index, LinkDirection *direction);
/* The value at `index` as TCP flags: "SYN+ACK". */
uint16_t bind_rule_flags(lua_State *L, int index, const char *where, const char *name);

/* Raises when IPv6 cannot be used over a link of that MTU, but is (bind-link.c). */
void bind_link_check_mtu(lua_State *L, uint64_t mtu, const char *link);

/* A link's options that are more than a number (bind-model.c): a short form, or a table. */
void bind_model_set_loss(lua_State *L, int index, LinkDirection *direction);
void bind_model_set_queue(lua_State *L, int index, LinkDirection *direction);
void bind_model_set_jitter(lua_State *L, int index, LinkDirection *direction);
/* The same in bind-shape.c. */
void bind_shape_set_rate(lua_State *L, int index, LinkDirection *direction);
void bind_shape_set_reorder(lua_State *L, int index, LinkDirection *direction);
void bind_shape_set_policer(lua_State *L, int index, LinkDirection *direction);
void bind_shape_set_shaper(lua_State *L, int index, LinkDirection *direction);

/* tcp = {...} and what stands in it; where the language takes a whole profile (bind-tcp.c). */
extern const BindOptions bind_tcp_all, bind_tcp_set, bind_keepalive_options;
/* Of calls that belong to a host (bind-listener.c, bind-conn.c, bind-udp.c ...). */
extern const BindOptions bind_listen_options, bind_connect_options, bind_close_options,
    bind_ping_options, bind_traceroute_options, bind_inject_options;
extern const BindRecord bind_ping_result, bind_ping_reply, bind_traceroute_result,
    bind_traceroute_hop;
/* Of links (bind-shape.c, bind-rule.c). */
extern const BindOptions bind_rate_options, bind_reorder_options, bind_bucket_options,
    bind_rule_fields, bind_rule_window, bind_rule_behind;
/* Of loads (bind-load.c, bind-load-stream.c, bind-dist.c). */
extern const BindOptions bind_size_distribution, bind_time_distribution;

/* The parts of the language, each in the file of its calls. */
extern const BindGroup bind_group_host, bind_group_link, bind_group_middlebox, bind_group_topology,
    bind_group_time, bind_group_conn, bind_group_udp, bind_group_congestion, bind_group_load,
    bind_group_stream, bind_group_param, bind_group_experiment, bind_group_random, bind_group_study,
    bind_group_base;

/* Adds everything to a state that has nothing yet. */
void bind_base_open(lua_State *L);
void bind_graphml_open(lua_State *L);
/* Whether the value on top of the stack only promises a name that the language has in Lua; if so
 * open_library puts that into the language at `index`. */
bool bind_topology_open(lua_State *L, int index);
/* The sides of NATs and firewalls, once all nodes are there (bind-sides.c). */
bool bind_middlebox_finish(Scenario *scenario, GError **error);
void bind_model_open(lua_State *L);
void bind_packet_open(lua_State *L);
