/* drill-ast: a packetdrill script as it was read: what is written, with its places, and nothing of
 * what it means when it runs.
 *
 * Everything hangs in the script's arena and goes with it; texts are NUL-terminated copies. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "models/net/icmp-kind.h"
#include "sim/time.h"

typedef struct DrillPlace {
  uint32_t line, column; /* from 1; 0: nowhere (the command line) */
} DrillPlace;

/* -- values: arguments and results of calls -- */

typedef enum {
  DRILL_VALUE_ANY,    /* "..." */
  DRILL_VALUE_NUMBER, /* 10, 0x1f, -1 */
  DRILL_VALUE_WORD,   /* SOL_SOCKET, EAGAIN */
  DRILL_VALUE_TEXT,   /* "reno" */
  DRILL_VALUE_OR,     /* O_RDWR|O_NONBLOCK: items */
  DRILL_VALUE_LIST,   /* [a, b]: items */
  DRILL_VALUE_STRUCT, /* {fd=3, events=POLLIN}: items with names where they have some */
  DRILL_VALUE_CALL,   /* htons(8080), inet_addr("..."): name and items */
} DrillValueKind;

typedef struct DrillValue {
  struct DrillValue *next; /* the next item of what it is in; NULL: the last */
  DrillValueKind kind;
  DrillPlace place;
  int64_t number;           /* NUMBER */
  const char *text;         /* WORD, TEXT, CALL's name */
  const char *field;        /* within a STRUCT: "fd"; NULL: it has no name */
  struct DrillValue *items; /* OR, LIST, STRUCT, CALL */
} DrillValue;

/* -- packets -- */

#define DRILL_OPTION_DATA 38

/* A TCP option as it stands on the wire: kind, length (but for NOP and EOL), data. */
typedef struct DrillOption {
  uint8_t kind;
  uint8_t length; /* of data */
  uint8_t data[DRILL_OPTION_DATA];
} DrillOption;

#define DRILL_OPTIONS 40

typedef struct DrillOptions {
  bool any; /* "<...>" */
  uint8_t count;
  DrillOption items[DRILL_OPTIONS];
} DrillOptions;

enum {
  DRILL_OPTION_EOL = 0,
  DRILL_OPTION_NOP = 1,
  DRILL_OPTION_MSS = 2,
  DRILL_OPTION_WSCALE = 3,
  DRILL_OPTION_SACK_PERMITTED = 4,
  DRILL_OPTION_SACK = 5,
  DRILL_OPTION_TIMESTAMPS = 8,
  DRILL_OPTION_FAST_OPEN = 34,
  DRILL_OPTION_ACCECN0 = 172,
  DRILL_OPTION_ACCECN1 = 174,
  DRILL_OPTION_EXPERIMENT = 254,
  /* No option: its data stands on the wire as it is, without kind and length. */
  DRILL_OPTION_RAW = 255,
};

typedef struct DrillIp {
  int ecn;            /* NET_ECN_...; DRILL_ECN_...; -1: not written */
  int64_t traffic;    /* the whole traffic class; -1: not written */
  int64_t ttl;        /* -1: not written */
  int64_t flow_label; /* -1: not written; always 0 on our wire */
  DrillPlace place;   /* of the bracket */
} DrillIp;
#define DRILL_ECN_ANY_ECT 4 /* "ect01": either of the two */

typedef struct DrillTcp {
  uint16_t flags; /* TCP_SYN ... */
  int ace;        /* the three ECN flags as AccECN's counter; -1: not written */
  uint32_t seq, length;
  uint32_t ack; /* 0 when not written */
  bool has_ack;
  int64_t window;        /* the field; -1: not written */
  int64_t urgent;        /* -1: not written */
  DrillOptions *options; /* NULL: none written */
} DrillTcp;

typedef struct DrillIcmp {
  IcmpKind kind;
  int64_t mtu; /* -1: not written */
  int64_t id;  /* of an echo; -1: not written */
  enum { DRILL_QUOTES_NOTHING, DRILL_QUOTES_TCP, DRILL_QUOTES_UDP } quotes;
  uint32_t seq, length; /* of the segment that is quoted */
  uint32_t payload;     /* bytes of an echo */
} DrillIcmp;

typedef struct DrillPacket {
  bool inbound; /* '<' */
  enum { DRILL_TCP, DRILL_UDP, DRILL_ICMP } protocol;
  DrillIp ip;
  DrillTcp tcp;
  uint32_t udp_length; /* payload */
  DrillIcmp icmp;
} DrillPacket;

/* -- calls -- */

typedef struct DrillCall {
  const char *name;
  DrillValue *arguments; /* in order; NULL: none */
  unsigned count;
  bool blocks; /* an end was written */
  SimTime end; /* blocks: on the event's own scale (absolute or relative) */
  DrillValue *result;
  const char *error;      /* "EAGAIN"; NULL: none */
  DrillPlace error_place; /* of it */
} DrillCall;

/* -- code: the part of Python that scripts use -- */

typedef enum {
  DRILL_EXPR_NUMBER, /* number */
  DRILL_EXPR_TEXT,   /* text */
  DRILL_EXPR_NAME,   /* text: tcpi_snd_cwnd, TCP_CA_Open, True, a variable */
  DRILL_EXPR_NOT,    /* left */
  DRILL_EXPR_MINUS,  /* left */
  DRILL_EXPR_INVERT, /* left */
  DRILL_EXPR_AND,    /* left, right */
  DRILL_EXPR_OR,
  DRILL_EXPR_BINARY,  /* op: + - * / % // (as 'd') & | ^ << (as 'l') >> (as 'r') ** (as 'p') */
  DRILL_EXPR_COMPARE, /* left, then a chain of op and right: a < b <= c */
  DRILL_EXPR_IF,      /* left if condition else right */
  DRILL_EXPR_CALL,    /* abs, min, max: text and items */
} DrillExprKind;

typedef enum { DRILL_EQ, DRILL_NE, DRILL_LT, DRILL_LE, DRILL_GT, DRILL_GE } DrillCompare;

typedef struct DrillExpr {
  DrillExprKind kind;
  DrillPlace place;
  char op;              /* BINARY */
  DrillCompare compare; /* of an item of a chain: how the one before stands to it */
  double number;
  const char *text;
  struct DrillExpr *left, *right, *condition;
  struct DrillExpr *items; /* COMPARE: what follows `left`; CALL: arguments; linked by next */
  struct DrillExpr *next;
} DrillExpr;

typedef struct DrillStatement {
  struct DrillStatement *next;
  enum { DRILL_ASSERT, DRILL_PRINT, DRILL_ASSIGN, DRILL_PASS } kind;
  DrillPlace place;
  const char *text;   /* as written, for messages */
  const char *name;   /* ASSIGN */
  DrillExpr *value;   /* ASSERT, ASSIGN; PRINT: a list by next; NULL: print() */
  DrillExpr *message; /* ASSERT; NULL: none */
} DrillStatement;

/* -- shell lines -- */

typedef struct DrillCommand {
  struct DrillCommand *next;
  DrillPlace place;
  unsigned count;
  const char **words; /* as a shell would split them; redirections to files count as words */
  DrillPlace *places; /* of each */
} DrillCommand;

/* -- events -- */

typedef struct DrillWhen {
  enum {
    DRILL_TIME_ABSOLUTE,
    DRILL_TIME_RELATIVE,
    DRILL_TIME_ANY /* '*' */
  } kind;
  SimTime from, to; /* the same but for a range */
} DrillWhen;

typedef struct DrillEvent {
  struct DrillEvent *next;
  DrillPlace place;
  const char *text; /* its lines as written, white space at the ends left out */
  DrillWhen when;
  enum { DRILL_EVENT_PACKET, DRILL_EVENT_CALL, DRILL_EVENT_CODE, DRILL_EVENT_SHELL } kind;
  DrillPacket *packet;
  DrillCall *call;
  DrillStatement *code; /* the first; NULL: an empty block */
  DrillCommand *shell;  /* the first; NULL: an empty line */
} DrillEvent;

typedef struct DrillSetting {
  struct DrillSetting *next;
  DrillPlace place;
  const char *name;  /* without the dashes */
  const char *value; /* NULL: none written */
} DrillSetting;

typedef struct DrillScript {
  GPtrArray *blocks; /* owned: the arena */
  char *at, *end;    /* room in the arena's last block */
  const char *path;  /* in the arena */
  DrillSetting *settings;
  DrillCommand *setup; /* the shell lines before the first event */
  DrillEvent *events;
} DrillScript;

DrillScript *drill_script_new(const char *path);
void drill_script_free(DrillScript *script); /* NULL: nothing */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DrillScript, drill_script_free)
/* Zeroed, aligned for anything, freed with the script. */
void *drill_script_alloc(DrillScript *script, size_t size);
const char *drill_script_text(DrillScript *script, const char *text, size_t length);

/* -- what is wrong with a script -- */

typedef enum {
  DRILL_NO_PROBLEM,
  DRILL_WRONG,       /* no packetdrill script, or one with a slip */
  DRILL_UNSUPPORTED, /* it asks for something that is not there: it is skipped */
  DRILL_FAILED,      /* the host did something else than was expected */
} DrillProblemKind;

typedef struct DrillProblem {
  DrillProblemKind kind;
  DrillPlace place;
  char *text; /* owned; NULL: no problem */
} DrillProblem;

/* Keeps the first. */
void drill_problem_set(DrillProblem *problem, DrillProblemKind kind, DrillPlace place,
                       const char *format, ...) G_GNUC_PRINTF(4, 5);
void drill_problem_clear(DrillProblem *problem);
