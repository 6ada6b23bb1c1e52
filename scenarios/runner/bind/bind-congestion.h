/* bind-congestion: a congestion control that a scenario defines, as its two files share it:
 * bind-congestion.c reads the definition, bind-control.c runs it. */
#pragma once

#include "models/tcp/cc.h"
#include "scenarios/runner/bind/bind.h"

typedef enum {
  HOOK_INIT,
  HOOK_ON_ACK,
  HOOK_ON_LOSS,
  HOOK_ON_TIMEOUT,
  HOOK_ON_RECOVERED,
  HOOK_ON_UNDO,
  HOOK_ON_IDLE,
  HOOKS
} CongestionHook;

/* What stands for the ACK in Lua. */
typedef struct BindAck {
  BindObject object;
  const TcpCcAck *ack; /* NULL outside of on_ack */
} BindAck;

/* Lives as long as the scenario: profiles point to `ops`. */
typedef struct BindCongestion {
  TcpCcOps ops;
  Scenario *scenario;
  char *help;       /* owned */
  char *what;       /* owned: "the congestion control "aimd"", for messages */
  int hooks[HOOKS]; /* Lua references; LUA_NOREF: none */
  SimParam *params; /* owned, the names too; of ops.params */
  void *defaults;   /* owned: CongestionSettings */
  BindAck *ack;
  int ack_ref; /* anchors it */
} BindCongestion;

/* Settings of a control that a scenario defines: a slot an entry of params. */
typedef struct CongestionSettings {
  BindCongestion *own; /* how the hooks find their functions */
  union {
    double number;
    bool boolean;
    SimTime time;
    uint64_t bytes; /* SIZE and RATE */
  } slots[];
} CongestionSettings;

/* The functions of bind-control.c into `ops`. */
void bind_control_fill(TcpCcOps *ops);
void bind_control_open(lua_State *L);
/* A name that the object `c` has itself? */
bool bind_control_is_field(const char *name);
extern const BindType bind_ack_type;
