/* drill-parse-option: "<mss 1460,sackOK,TS val 100 ecr 0,nop,wscale 7>".
 *
 * Each becomes the bytes that stand on the wire. Beyond packetdrill's own, "raw HEX" puts any bytes
 * there, which is how a malformed option is made on purpose. */
#include <string.h>

#include "scenarios/runner/drill/drill-parse-private.h"

#define EXPERIMENT_FAST_OPEN 0xf989 /* RFC 7413 4.1.1: magic of the option before it had a kind */
#define OPTION_ROOM 40

static void
put(DrillOption *option, uint64_t value, unsigned bytes)
{
  for (unsigned i = bytes; i > 0; i--)
    option->data[option->length++] = (uint8_t)(value >> (8 * (i - 1)));
}

static bool
parse_number(DrillLex *lex, const char *what, unsigned bytes, DrillOption *option)
{
  uint64_t value;
  if (!drill_lex_need_number(lex, what, (UINT64_C(1) << (8 * bytes)) - 1, &value))
    return false;
  put(option, value, bytes);
  return true;
}

/* Blocks of numbers as the script counts them; they become wire numbers when the packet does. */
static bool
parse_sack(DrillLex *lex, DrillOption *option)
{
  while (g_ascii_isdigit(drill_lex_peek(lex))) {
    if (option->length + 8 > 32)
      return drill_lex_expected(lex, "at most four SACK blocks");
    if (!parse_number(lex, "a SACK block's start", 4, option) || !drill_lex_need(lex, ":") ||
        !parse_number(lex, "a SACK block's end", 4, option))
      return false;
  }
  return true;
}

static bool
parse_timestamps(DrillLex *lex, DrillOption *option)
{
  if (!drill_lex_word(lex, "val"))
    return drill_lex_expected(lex, "\"val\"");
  if (!parse_number(lex, "TS val", 4, option))
    return false;
  if (!drill_lex_word(lex, "ecr"))
    return drill_lex_expected(lex, "\"ecr\"");
  return parse_number(lex, "TS ecr", 4, option);
}

static bool
parse_bytes(DrillLex *lex, unsigned most, DrillOption *option)
{
  char next = drill_lex_peek(lex);
  if (next == ',' || next == '>') /* an empty cookie asks for one */
    return true;
  int count = drill_lex_hex(lex, option->data + option->length, most);
  if (count < 0)
    return false;
  option->length = (uint8_t)(option->length + count);
  return true;
}

/* RFC 9768 3.2.3: three counters of 24 bits, of which later ones may be left out. In which order
 * they stand on the wire depends on the kind. */
static bool
parse_accecn(DrillLex *lex, DrillOption *option)
{
  static const char *const orders[2][3] = {{"e0b", "ceb", "e1b"}, {"e1b", "ceb", "e0b"}};
  const char *const *order = NULL;
  for (unsigned i = 0; i < 3; i++) {
    bool first = order == NULL && i == 0;
    unsigned kind = 0;
    if (first && drill_lex_word(lex, "e0b"))
      order = orders[0];
    else if (first && drill_lex_word(lex, "e1b"))
      order = orders[kind = 1];
    else if (first || !drill_lex_word(lex, order[i]))
      break;
    if (first)
      option->kind = kind == 0 ? DRILL_OPTION_ACCECN0 : DRILL_OPTION_ACCECN1;
    if (!parse_number(lex, "a counter of bytes", 3, option))
      return false;
  }
  return option->length > 0 ||
         drill_lex_expected(lex, "e0b N ceb N e1b N (order 0) or e1b N ceb N e0b N (order 1)");
}

static bool
parse_option(DrillLex *lex, DrillOption *option)
{
  DrillPlace place = drill_lex_place(lex);
  if (drill_lex_word(lex, "nop"))
    option->kind = DRILL_OPTION_NOP;
  else if (drill_lex_word(lex, "eol"))
    option->kind = DRILL_OPTION_EOL;
  else if (drill_lex_word(lex, "sackOK"))
    option->kind = DRILL_OPTION_SACK_PERMITTED;
  else if (drill_lex_word(lex, "mss"))
    return option->kind = DRILL_OPTION_MSS, parse_number(lex, "mss", 2, option);
  else if (drill_lex_word(lex, "wscale"))
    return option->kind = DRILL_OPTION_WSCALE, parse_number(lex, "wscale", 1, option);
  else if (drill_lex_word(lex, "sack"))
    return option->kind = DRILL_OPTION_SACK, parse_sack(lex, option);
  else if (drill_lex_word(lex, "TS"))
    return option->kind = DRILL_OPTION_TIMESTAMPS, parse_timestamps(lex, option);
  else if (drill_lex_word(lex, "FO"))
    return option->kind = DRILL_OPTION_FAST_OPEN, parse_bytes(lex, 16, option);
  else if (drill_lex_word(lex, "FOEXP")) {
    option->kind = DRILL_OPTION_EXPERIMENT;
    put(option, EXPERIMENT_FAST_OPEN, 2);
    return parse_bytes(lex, 16, option);
  } else if (drill_lex_word(lex, "accecn") || drill_lex_word(lex, "ECN"))
    return parse_accecn(lex, option);
  else if (drill_lex_word(lex, "raw"))
    return option->kind = DRILL_OPTION_RAW, parse_bytes(lex, DRILL_OPTION_DATA, option);
  else if (drill_lex_word(lex, "md5"))
    drill_problem_set(lex->problem, DRILL_UNSUPPORTED, place, "TCP's MD5 option");
  else
    drill_lex_expected(lex, "mss, wscale, sackOK, sack, TS, nop, eol, FO, FOEXP, accecn or raw");
  return !drill_lex_failed(lex);
}

static unsigned
wire_length(const DrillOption *option)
{
  bool bare = option->kind == DRILL_OPTION_NOP || option->kind == DRILL_OPTION_EOL;
  return bare ? 1 : option->length + (option->kind == DRILL_OPTION_RAW ? 0 : 2);
}

DrillOptions *
drill_parse_options(DrillLex *lex)
{
  DrillOptions *options = drill_script_alloc(lex->script, sizeof *options);
  DrillPlace place = drill_lex_place(lex);
  drill_lex_symbol(lex, "<");
  if (drill_lex_symbol(lex, "...")) {
    options->any = true;
    return drill_lex_need(lex, ">") ? options : NULL;
  }
  if (drill_lex_symbol(lex, ">"))
    return options;
  unsigned length = 0;
  do {
    DrillOption option = {0};
    if (!parse_option(lex, &option))
      return NULL;
    length += wire_length(&option);
    if (length > OPTION_ROOM || options->count == DRILL_OPTIONS) {
      drill_problem_set(lex->problem, DRILL_WRONG, place,
                        "these options take more than the %d bytes that a TCP header has for them",
                        OPTION_ROOM);
      return NULL;
    }
    options->items[options->count++] = option;
  } while (drill_lex_symbol(lex, ","));
  return drill_lex_need(lex, ">") ? options : NULL;
}
