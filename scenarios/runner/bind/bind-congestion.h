/* bind-congestion: a congestion control that a scenario defines, as its two files share it:
 * bind-congestion.c reads the definition, bind-hooks.c calls its
 * functions, bind-control.c and bind-ack.c are what these are given. */
#pragma once

#include "models/tcp/cc.h"
#include "scenarios/runner/bind/bind.h"

typedef enum {
  HOOK_INIT,
  HOOK_ON_ACK,
  HOOK_CONTROL,
  HOOK_MEASURE,
  HOOK_ON_MARK,
  HOOK_ON_LOSS,
  HOOK_ON_TIMEOUT,
  HOOK_ON_BACKOFF,
  HOOK_ON_RECOVERED,
  HOOK_ON_UNDO,
  HOOK_ON_IDLE,
  HOOKS
} CongestionHook;

/* What stands for the ACK in Lua. */
typedef struct BindAck {
  const TcpCcAck *ack; /* NULL outside of on_ack, control and measure */
} BindAck;

/* What `c` is. Its user value is the table of its own fields. */
typedef struct BindControl {
  TcpCc *cc;       /* NULL: no function is being called */
  double cwnd;     /* bytes with the fraction, while cc->cwnd is ... */
  uint64_t whole;  /* ... this; 0: not assigned yet */
  bool set_thresh; /* ssthresh was assigned in this call */
} BindControl;

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

/* The functions of bind-hooks.c into own->ops, now that its hooks are known. */
void bind_hooks_fill(BindCongestion *own);
BindControl *bind_control_new(lua_State *L); /* on the stack; user value 1 is for its table */
void bind_control_open(lua_State *L);
/* A name that the object `c` has itself? */
bool bind_control_is_field(const char *name);
extern const BindRecord bind_control_record, bind_ack_record;
BindAck *bind_ack_new(lua_State *L); /* on the stack */
void bind_ack_open(lua_State *L);
