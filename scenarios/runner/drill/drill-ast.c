/* drill-ast: the arena in which a script lies, and what is wrong with it. */
#include "scenarios/runner/drill/drill-ast.h"

#include <string.h>

#define BLOCK_SIZE 16384
#define ALIGNMENT 16

DrillScript *
drill_script_new(const char *path)
{
  DrillScript *script = g_new0(DrillScript, 1);
  script->blocks = g_ptr_array_new_with_free_func(g_free);
  script->path = drill_script_text(script, path, strlen(path));
  return script;
}

void
drill_script_free(DrillScript *script)
{
  if (script == NULL)
    return;
  g_ptr_array_unref(script->blocks);
  g_free(script);
}

void *
drill_script_alloc(DrillScript *script, size_t size)
{
  size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  if (size > (size_t)(script->end - script->at)) {
    size_t block = MAX(size, BLOCK_SIZE);
    script->at = g_malloc0(block);
    script->end = script->at + block;
    g_ptr_array_add(script->blocks, script->at);
  }
  char *memory = script->at;
  script->at += size;
  return memory;
}

const char *
drill_script_text(DrillScript *script, const char *text, size_t length)
{
  char *copy = drill_script_alloc(script, length + 1);
  memcpy(copy, text, length);
  return copy;
}

void
drill_problem_set(DrillProblem *problem, DrillProblemKind kind, DrillPlace place,
                  const char *format, ...)
{
  if (problem->kind != DRILL_NO_PROBLEM)
    return;
  va_list arguments;
  va_start(arguments, format);
  problem->kind = kind;
  problem->place = place;
  problem->text = g_strdup_vprintf(format, arguments);
  va_end(arguments);
}

void
drill_problem_clear(DrillProblem *problem)
{
  g_free(problem->text);
  *problem = (DrillProblem){0};
}
