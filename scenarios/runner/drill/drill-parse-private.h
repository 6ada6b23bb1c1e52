/* drill-parse-private: what the files of the parser share. Nobody else includes it.
 *
 * Each function reads one rule. False or NULL: there is a problem, which was noted. */
#pragma once

#include "scenarios/runner/drill/drill-parse.h"

DrillPacket *drill_parse_packet(DrillLex *lex);        /* from '<' or '>' on */
DrillOptions *drill_parse_options(DrillLex *lex);      /* from '<' on */
bool drill_parse_icmp(DrillLex *lex, DrillIcmp *icmp); /* behind "icmp" */
DrillCall *drill_parse_call(DrillLex *lex);            /* from the name on */
/* A block of code, a line of the shell: their text, and where it begins. An empty one is NULL. */
bool drill_parse_code(DrillLex *lex, const char *text, DrillPlace place, DrillStatement **first);
bool drill_parse_shell(DrillLex *lex, const char *text, DrillPlace place, DrillCommand **first);

/* "a:b(n)": b must be a + n. */
bool drill_parse_sequence(DrillLex *lex, uint32_t *seq, uint32_t *length);
