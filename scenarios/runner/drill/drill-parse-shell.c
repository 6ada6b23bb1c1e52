/* drill-parse-shell: a text in back-quotes as commands: words, cut where a shell would cut them.
 *
 * Quotes keep words together, a line's end, ";", "&&" and "||" end a command, "#" begins a comment.
 * Nothing is replaced: there is no shell. What a command means is in drill-shell.c. */
#include <string.h>

#include "scenarios/runner/drill/drill-parse-private.h"

typedef struct ShellReader {
  DrillLex *lex;
  const char *at;
  DrillPlace place; /* of `at` */
  GPtrArray *words; /* of const char *, in the arena */
  GArray *places;   /* of DrillPlace */
} ShellReader;

static void
step(ShellReader *reader)
{
  if (*reader->at == '\n') {
    reader->place.line++;
    reader->place.column = 1;
  } else {
    reader->place.column++;
  }
  reader->at++;
}

/* 0: no end here; else its length. */
static unsigned
command_end(const char *at)
{
  if (strncmp(at, "&&", 2) == 0 || strncmp(at, "||", 2) == 0)
    return 2;
  return *at == '\n' || *at == ';' || *at == '\0' || (*at == '&' && at[1] != '>');
}

static void
read_word(ShellReader *reader)
{
  g_autoptr(GString) word = g_string_new(NULL);
  DrillPlace place = reader->place;
  char quote = '\0';
  for (; *reader->at != '\0'; step(reader)) {
    char c = *reader->at;
    if (quote != '\0' && c == quote)
      quote = '\0';
    else if (quote == '\0' && (c == '"' || c == '\''))
      quote = c;
    else if (quote == '\0' && (g_ascii_isspace(c) || command_end(reader->at) > 0))
      break;
    else
      g_string_append_c(word, c);
  }
  const char *kept = drill_script_text(reader->lex->script, word->str, word->len);
  g_ptr_array_add(reader->words, (gpointer)(uintptr_t)kept);
  g_array_append_val(reader->places, place);
}

/* Redirections to nowhere say nothing about the network. */
static bool
is_discard(const char *word)
{
  static const char *const known[] = {">/dev/null", "1>/dev/null", "2>/dev/null",
                                      "2>&1",       "&>/dev/null", NULL};
  return g_strv_contains(known, word);
}

static DrillCommand *
finish_command(ShellReader *reader)
{
  DrillScript *script = reader->lex->script;
  DrillCommand *command = drill_script_alloc(script, sizeof *command);
  command->words = drill_script_alloc(script, (reader->words->len + 1) * sizeof *command->words);
  command->places = drill_script_alloc(script, (reader->words->len + 1) * sizeof(DrillPlace));
  command->place = g_array_index(reader->places, DrillPlace, 0);
  for (guint i = 0; i < reader->words->len; i++) {
    const char *word = reader->words->pdata[i];
    if (is_discard(word))
      continue;
    command->places[command->count] = g_array_index(reader->places, DrillPlace, i);
    command->words[command->count++] = word;
  }
  return command;
}

bool
drill_parse_shell(DrillLex *lex, const char *text, DrillPlace place, DrillCommand **first)
{
  ShellReader reader = {.lex = lex,
                        .at = text,
                        .place = place,
                        .words = g_ptr_array_new(),
                        .places = g_array_new(FALSE, FALSE, sizeof(DrillPlace))};
  for (bool more = true; more;) {
    unsigned end = command_end(reader.at);
    if (end > 0 && reader.words->len > 0) {
      *first = finish_command(&reader);
      first = &(*first)->next;
      g_ptr_array_set_size(reader.words, 0);
      g_array_set_size(reader.places, 0);
    }
    more = *reader.at != '\0';
    if (end > 0)
      for (; end > 0 && more; end--)
        step(&reader);
    else if (g_ascii_isspace(*reader.at))
      step(&reader);
    else if (*reader.at == '\\' && reader.at[1] == '\n')
      step(&reader), step(&reader);
    else if (*reader.at == '#' && (reader.at == text || g_ascii_isspace(reader.at[-1])))
      while (*reader.at != '\0' && *reader.at != '\n')
        step(&reader);
    else
      read_word(&reader);
  }
  g_ptr_array_unref(reader.words);
  g_array_unref(reader.places);
  return !drill_lex_failed(lex);
}
