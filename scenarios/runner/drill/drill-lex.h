/* drill-lex: the characters of a script, with their places.
 *
 * The language has no tokens that could be cut without knowing what is expected: "." is a flag,
 * part of a number or of "...". So the parser asks for what may stand here, and each question
 * first passes over white space and comments (// and # to the end of the line, / * to * /). A name
 * that was defined (-D) is read as its text. After the first problem every question says no. */
#pragma once

#include "scenarios/runner/drill/drill-ast.h"

/* -D NAME=VALUE */
typedef struct DrillDefine {
  const char *name, *value; /* borrowed */
} DrillDefine;

typedef struct DrillLex {
  DrillScript *script;   /* borrowed: where texts go */
  DrillProblem *problem; /* borrowed */
  const char *text;      /* borrowed: the whole file, NUL-terminated */
  const char *at;        /* what comes next: in the text or in a definition */
  const char *name;      /* within a definition: where its name stands in the text ... */
  const char *resume;    /* ... and where the text goes on; NULL: not within one */
  const GArray *defines; /* of DrillDefine, borrowed; NULL: none */
  const char *counted;   /* `place` is that of this character of the text */
  DrillPlace place;
  unsigned depth; /* of what is nested; see drill_lex_enter() */
  bool code;      /* Python: "//" divides, and a line ends a statement ... */
  unsigned open;  /* ... but not within so many parentheses */
} DrillLex;

void drill_lex_init(DrillLex *lex, DrillScript *script, const char *text, const GArray *defines,
                    DrillProblem *problem);

/* Passes over white space and comments; what comes then, '\0' at the end or after a problem. */
char drill_lex_peek(DrillLex *lex);
bool drill_lex_at_end(DrillLex *lex);
DrillPlace drill_lex_place(DrillLex *lex); /* of what comes next */

/* Takes exactly these characters when they come next. */
bool drill_lex_symbol(DrillLex *lex, const char *symbol);
/* Takes this word when it comes next, as a whole. */
bool drill_lex_word(DrillLex *lex, const char *word);
/* Takes the name that comes next: letters, digits and '_'. NULL: there is none. */
const char *drill_lex_name(DrillLex *lex);
/* Takes a decimal or hexadecimal (0x) number, with a sign in front when `is_signed`. */
bool drill_lex_number(DrillLex *lex, bool is_signed, int64_t *number);
/* A number of 0 to `most`, in decimal; says what was expected otherwise. */
bool drill_lex_need_number(DrillLex *lex, const char *what, uint64_t most, uint64_t *number);
/* Seconds: "1", ".05", "0.000001". */
bool drill_lex_time(DrillLex *lex, SimTime *time);
/* Hexadecimal digits, two a byte; the number of bytes, -1 when they are not what they should be. */
int drill_lex_hex(DrillLex *lex, uint8_t *bytes, unsigned most);
/* A text in double quotes; backslash takes the next character as it is (n, t, 0 as in C). */
const char *drill_lex_text(DrillLex *lex);
/* What stands between `open` and `close`, as it is; *inside is the place of its first character. */
const char *drill_lex_between(DrillLex *lex, const char *open, const char *close,
                              DrillPlace *inside);
/* What comes next without passing over anything, for flags: at most one word of the letters in
 * `allowed`. "" when there is none. */
const char *drill_lex_letters(DrillLex *lex, const char *allowed);

/* Problems at what comes next. All return false. "X expected, not Y". */
bool drill_lex_expected(DrillLex *lex, const char *what);
bool drill_lex_need(DrillLex *lex, const char *symbol);
bool drill_lex_failed(const DrillLex *lex);

/* What was read, as it stands in the text: from _begin() to _text_since(). */
const char *drill_lex_begin(DrillLex *lex);
const char *drill_lex_text_since(DrillLex *lex, const char *begin);

/* Something nested begins; false, with a problem, when it goes too deep. Ends with _leave. */
bool drill_lex_enter(DrillLex *lex);
void drill_lex_leave(DrillLex *lex);
