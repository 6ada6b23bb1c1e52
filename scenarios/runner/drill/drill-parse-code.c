/* drill-parse-code: what stands between %{ and }%: the part of Python that scripts use.
 *
 * Statements: assert, print, NAME = value, pass. Values: numbers, texts, names, arithmetic,
 * comparisons (chains of them too), and, or, not, "a if b else c", abs, min, max. Anything else is
 * Python that we do not have, and said to be so. */
#include <string.h>

#include "scenarios/runner/drill/drill-parse-private.h"

static DrillExpr *parse_expression(DrillLex *lex);

static DrillExpr *
new_expr(DrillLex *lex, DrillExprKind kind, DrillPlace place)
{
  DrillExpr *expr = drill_script_alloc(lex->script, sizeof *expr);
  expr->kind = kind;
  expr->place = place;
  return expr;
}

static bool
unsupported(DrillLex *lex, const char *what)
{
  drill_problem_set(lex->problem, DRILL_UNSUPPORTED, drill_lex_place(lex), "Python's %s", what);
  return false;
}

/* -- atoms -- */

/* A text in either kind of quotes. */
static DrillExpr *
parse_text(DrillLex *lex)
{
  DrillExpr *expr = new_expr(lex, DRILL_EXPR_TEXT, drill_lex_place(lex));
  if (drill_lex_peek(lex) == '"') {
    expr->text = drill_lex_text(lex);
  } else {
    DrillPlace place;
    expr->text = drill_lex_between(lex, "'", "'", &place);
  }
  return expr->text != NULL ? expr : NULL;
}

static DrillExpr *
parse_number(DrillLex *lex)
{
  DrillExpr *expr = new_expr(lex, DRILL_EXPR_NUMBER, drill_lex_place(lex));
  int64_t whole;
  bool hex = lex->at[0] == '0' && (lex->at[1] == 'x' || lex->at[1] == 'X');
  if (hex) {
    if (!drill_lex_number(lex, false, &whole))
      return drill_lex_expected(lex, "a number"), NULL;
    expr->number = (double)whole;
    return expr;
  }
  size_t length = strspn(lex->at, "0123456789.");
  if ((lex->at[length] == 'e' || lex->at[length] == 'E') &&
      (g_ascii_isdigit(lex->at[length + 1]) ||
       (strchr("+-", lex->at[length + 1]) != NULL && lex->at[length + 1] != '\0')))
    length += 2 + strspn(lex->at + length + 2, "0123456789");
  g_autofree char *digits = g_strndup(lex->at, length);
  char *end;
  expr->number = g_ascii_strtod(digits, &end);
  if (end == digits || *end != '\0')
    return drill_lex_expected(lex, "a number"), NULL;
  lex->at += length;
  return expr;
}

/* Expressions with commas between them, up to ")", which was not yet taken. */
static bool
parse_arguments(DrillLex *lex, DrillExpr **first)
{
  while (drill_lex_peek(lex) != ')') {
    *first = parse_expression(lex);
    if (*first == NULL)
      return false;
    first = &(*first)->next;
    if (!drill_lex_symbol(lex, ","))
      break;
  }
  return true;
}

static bool
close_parenthesis(DrillLex *lex)
{
  bool good = drill_lex_need(lex, ")");
  lex->open--;
  return good;
}

static DrillExpr *
parse_parenthesis(DrillLex *lex)
{
  DrillPlace place = drill_lex_place(lex);
  lex->open++;
  drill_lex_symbol(lex, "(");
  DrillExpr *first = NULL;
  if (!parse_arguments(lex, &first) || !close_parenthesis(lex))
    return NULL;
  if (first != NULL && first->next == NULL)
    return first;
  DrillExpr *tuple = new_expr(lex, DRILL_EXPR_CALL, place);
  tuple->text = "";
  tuple->items = first;
  return tuple;
}

static DrillExpr *
parse_name(DrillLex *lex)
{
  static const char *const functions[] = {"abs",   "min",   "max", "int",
                                          "float", "round", "str", NULL};
  DrillPlace place = drill_lex_place(lex);
  DrillExpr *expr = new_expr(lex, DRILL_EXPR_NAME, place);
  expr->text = drill_lex_name(lex);
  if (drill_lex_peek(lex) == '.' || drill_lex_peek(lex) == '[')
    return unsupported(lex, "attributes and indices"), NULL;
  if (drill_lex_peek(lex) != '(')
    return expr;
  if (!g_strv_contains(functions, expr->text)) {
    drill_problem_set(lex->problem, DRILL_UNSUPPORTED, place, "the function %s() in code",
                      expr->text);
    return NULL;
  }
  expr->kind = DRILL_EXPR_CALL;
  lex->open++;
  drill_lex_symbol(lex, "(");
  return parse_arguments(lex, &expr->items) && close_parenthesis(lex) ? expr : NULL;
}

static DrillExpr *
parse_atom(DrillLex *lex)
{
  char next = drill_lex_peek(lex);
  if (next == '(')
    return parse_parenthesis(lex);
  if (next == '"' || next == '\'')
    return parse_text(lex);
  if (g_ascii_isdigit(next) || next == '.')
    return parse_number(lex);
  if (g_ascii_isalpha(next) || next == '_')
    return parse_name(lex);
  if (next == '[' || next == '{')
    return unsupported(lex, "lists and dictionaries"), NULL;
  return drill_lex_expected(lex, "a value in code"), NULL;
}

/* -- operators, from the one that binds most -- */

static DrillExpr *parse_unary(DrillLex *lex);

static DrillExpr *
parse_power(DrillLex *lex)
{
  DrillExpr *left = parse_atom(lex);
  if (left == NULL || !drill_lex_symbol(lex, "**"))
    return left;
  DrillExpr *expr = new_expr(lex, DRILL_EXPR_BINARY, left->place);
  expr->op = 'p';
  expr->left = left;
  expr->right = parse_unary(lex);
  return expr->right != NULL ? expr : NULL;
}

static DrillExpr *
parse_unary(DrillLex *lex)
{
  DrillPlace place = drill_lex_place(lex);
  char next = drill_lex_peek(lex);
  if (next != '-' && next != '+' && next != '~')
    return parse_power(lex);
  if (!drill_lex_enter(lex))
    return NULL;
  lex->at++;
  DrillExpr *value = parse_unary(lex);
  drill_lex_leave(lex);
  if (value == NULL || next == '+')
    return value;
  DrillExpr *expr = new_expr(lex, next == '-' ? DRILL_EXPR_MINUS : DRILL_EXPR_INVERT, place);
  expr->left = value;
  return expr;
}

/* By how much they bind: the operators of one level, and the sign that stands for each. */
static const struct {
  const char *text;
  char op;
} binary[][4] = {
    {{"|", '|'}},
    {{"^", '^'}},
    {{"&", '&'}},
    {{"<<", 'l'}, {">>", 'r'}},
    {{"+", '+'}, {"-", '-'}},
    {{"//", 'd'}, {"*", '*'}, {"/", '/'}, {"%", '%'}},
};

static char
take_binary(DrillLex *lex, size_t level)
{
  for (size_t i = 0; i < G_N_ELEMENTS(binary[level]) && binary[level][i].text != NULL; i++)
    if (drill_lex_symbol(lex, binary[level][i].text))
      return binary[level][i].op;
  return '\0';
}

static DrillExpr *
parse_binary(DrillLex *lex, size_t level)
{
  if (level == G_N_ELEMENTS(binary))
    return parse_unary(lex);
  DrillExpr *left = parse_binary(lex, level + 1);
  for (char op; left != NULL && (op = take_binary(lex, level)) != '\0';) {
    DrillExpr *expr = new_expr(lex, DRILL_EXPR_BINARY, left->place);
    expr->op = op;
    expr->left = left;
    expr->right = parse_binary(lex, level + 1);
    left = expr->right != NULL ? expr : NULL;
  }
  return left;
}

static bool
take_comparison(DrillLex *lex, DrillCompare *compare)
{
  static const struct {
    const char *text;
    DrillCompare compare;
  } all[] = {{"==", DRILL_EQ}, {"!=", DRILL_NE}, {"<=", DRILL_LE},
             {">=", DRILL_GE}, {"<", DRILL_LT},  {">", DRILL_GT}};
  if (drill_lex_word(lex, "in") || drill_lex_word(lex, "is"))
    return unsupported(lex, "\"in\" and \"is\"");
  for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
    if (drill_lex_symbol(lex, all[i].text)) {
      *compare = all[i].compare;
      return true;
    }
  return false;
}

static DrillExpr *
parse_comparison(DrillLex *lex)
{
  DrillExpr *left = parse_binary(lex, 0);
  DrillExpr *chain = NULL, **last = NULL;
  DrillCompare compare;
  while (left != NULL && take_comparison(lex, &compare)) {
    if (chain == NULL) {
      chain = new_expr(lex, DRILL_EXPR_COMPARE, left->place);
      chain->left = left;
      last = &chain->items;
    }
    *last = parse_binary(lex, 0);
    if (*last == NULL)
      return NULL;
    (*last)->compare = compare;
    last = &(*last)->next;
  }
  return chain != NULL ? chain : left;
}

static DrillExpr *
parse_not(DrillLex *lex)
{
  DrillPlace place = drill_lex_place(lex);
  if (!drill_lex_word(lex, "not"))
    return parse_comparison(lex);
  DrillExpr *expr = new_expr(lex, DRILL_EXPR_NOT, place);
  if (!drill_lex_enter(lex))
    return NULL;
  expr->left = parse_not(lex);
  drill_lex_leave(lex);
  return expr->left != NULL ? expr : NULL;
}

static DrillExpr *
parse_logic(DrillLex *lex, bool is_or)
{
  DrillExpr *left = is_or ? parse_logic(lex, false) : parse_not(lex);
  while (left != NULL && drill_lex_word(lex, is_or ? "or" : "and")) {
    DrillExpr *expr = new_expr(lex, is_or ? DRILL_EXPR_OR : DRILL_EXPR_AND, left->place);
    expr->left = left;
    expr->right = is_or ? parse_logic(lex, false) : parse_not(lex);
    left = expr->right != NULL ? expr : NULL;
  }
  return left;
}

static DrillExpr *
parse_choice(DrillLex *lex)
{
  DrillExpr *left = parse_logic(lex, true);
  if (left == NULL || !drill_lex_word(lex, "if"))
    return left;
  DrillExpr *expr = new_expr(lex, DRILL_EXPR_IF, left->place);
  expr->left = left;
  expr->condition = parse_logic(lex, true);
  if (expr->condition == NULL)
    return NULL;
  if (!drill_lex_word(lex, "else"))
    return drill_lex_expected(lex, "\"else\""), NULL;
  expr->right = parse_expression(lex);
  return expr->right != NULL ? expr : NULL;
}

static DrillExpr *
parse_expression(DrillLex *lex)
{
  if (!drill_lex_enter(lex))
    return NULL;
  DrillExpr *expr = parse_choice(lex);
  drill_lex_leave(lex);
  return drill_lex_failed(lex) ? NULL : expr;
}

/* -- statements -- */

static bool
parse_assert(DrillLex *lex, DrillStatement *statement)
{
  statement->kind = DRILL_ASSERT;
  statement->value = parse_expression(lex);
  if (statement->value == NULL)
    return false;
  if (!drill_lex_symbol(lex, ","))
    return true;
  statement->message = parse_expression(lex);
  return statement->message != NULL;
}

static bool
parse_print(DrillLex *lex, DrillStatement *statement)
{
  statement->kind = DRILL_PRINT;
  bool parentheses = drill_lex_symbol(lex, "(");
  if (!parentheses) {
    DrillExpr **last = &statement->value;
    do {
      *last = parse_expression(lex);
      if (*last == NULL)
        return false;
      last = &(*last)->next;
    } while (drill_lex_symbol(lex, ","));
    return true;
  }
  lex->open++;
  return parse_arguments(lex, &statement->value) && close_parenthesis(lex);
}

static bool
parse_assignment(DrillLex *lex, DrillStatement *statement)
{
  static const char *const keywords[] = {"if",   "for",  "while", "def",    "import", "from",
                                         "with", "try",  "class", "return", "global", "raise",
                                         "del",  "elif", "else",  "except", "lambda", NULL};
  DrillPlace place = drill_lex_place(lex);
  statement->kind = DRILL_ASSIGN;
  statement->name = drill_lex_name(lex);
  if (statement->name == NULL)
    return drill_lex_expected(lex, "a statement (assert, print, NAME = value)");
  if (g_strv_contains(keywords, statement->name) || drill_lex_peek(lex) == '(' ||
      drill_lex_peek(lex) == '.') {
    drill_problem_set(lex->problem, DRILL_UNSUPPORTED, place, "\"%s\" in code", statement->name);
    return false;
  }
  if (drill_lex_peek(lex) != '=' || lex->at[1] == '=')
    return drill_lex_expected(lex, "a statement (assert, print, NAME = value)");
  drill_lex_symbol(lex, "=");
  statement->value = parse_expression(lex);
  return statement->value != NULL;
}

static DrillStatement *
parse_statement(DrillLex *lex)
{
  DrillStatement *statement = drill_script_alloc(lex->script, sizeof *statement);
  statement->place = drill_lex_place(lex);
  const char *begin = drill_lex_begin(lex);
  bool good = true;
  if (drill_lex_word(lex, "assert"))
    good = parse_assert(lex, statement);
  else if (drill_lex_word(lex, "print"))
    good = parse_print(lex, statement);
  else if (drill_lex_word(lex, "pass"))
    statement->kind = DRILL_PASS;
  else
    good = parse_assignment(lex, statement);
  if (!good || drill_lex_failed(lex))
    return NULL;
  statement->text = drill_lex_text_since(lex, begin);
  return statement;
}

static bool
take_separator(DrillLex *lex)
{
  bool taken = false;
  while (drill_lex_symbol(lex, ";") || drill_lex_symbol(lex, "\n"))
    taken = true;
  return taken;
}

bool
drill_parse_code(DrillLex *outer, const char *text, DrillPlace place, DrillStatement **first)
{
  DrillLex lex;
  drill_lex_init(&lex, outer->script, text, outer->defines, outer->problem);
  lex.place = place;
  lex.code = true;
  take_separator(&lex);
  while (!drill_lex_at_end(&lex)) {
    *first = parse_statement(&lex);
    if (*first == NULL)
      return false;
    first = &(*first)->next;
    if (!take_separator(&lex) && !drill_lex_at_end(&lex))
      return drill_lex_expected(&lex, "the end of the statement");
  }
  return !drill_lex_failed(&lex);
}
