/* drill-parse: from the text of a script to its tree.
 *
 * A recursive descent, a function a rule of the grammar in scenarios/drill.md. It stops at the
 * first problem: DRILL_WRONG for what is no packetdrill, DRILL_UNSUPPORTED for what is and is not
 * there. */
#pragma once

#include "scenarios/runner/drill/drill-lex.h"

/* The script in `text`, called `path` in messages; `defines` of DrillDefine, NULL: none. NULL, and
 * *problem says why. */
DrillScript *drill_parse(const char *path, const char *text, const GArray *defines,
                         DrillProblem *problem);
