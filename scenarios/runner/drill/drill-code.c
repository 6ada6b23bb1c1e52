/* drill-code: the state of the connection is asked, and what a script asserts of it is compared.
 *
 * Numbers are doubles, as precise as any field of TCP_INFO is. Where packetdrill runs all code as
 * Python after the last event, ours runs at its time, with the same values. */
#include <math.h>
#include <string.h>

#include "scenarios/runner/drill/drill-run-private.h"

/* A value is a number or a text. */
typedef struct CodeValue {
  double number;
  const char *text; /* borrowed; NULL: a number */
} CodeValue;

typedef struct CodeRun {
  DrillRun *run;
  const DrillEvent *event;
} CodeRun;

static bool evaluate(CodeRun *code, const DrillExpr *expr, CodeValue *value);

/* -- names -- */

static bool
find_constant(const char *name, double *number)
{
  static const struct {
    const char *name;
    double number;
  } own[] = {{"True", 1}, {"False", 0}, {"None", 0}};
  for (size_t i = 0; i < G_N_ELEMENTS(own); i++)
    if (strcmp(own[i].name, name) == 0) {
      *number = own[i].number;
      return true;
    }
  int64_t whole;
  if (!sock_constant(name, &whole))
    return false;
  *number = (double)whole;
  return true;
}

static DrillVariable *
find_variable(DrillRun *run, const char *name)
{
  for (guint i = 0; i < run->variables->len; i++) {
    DrillVariable *variable = &g_array_index(run->variables, DrillVariable, i);
    if (strcmp(variable->name, name) == 0)
      return variable;
  }
  return NULL;
}

static bool
ask_connection(CodeRun *code, const DrillExpr *expr, double *number)
{
  DrillRun *run = code->run;
  int64_t value;
  int fd = run->flow.fd >= 0 ? drill_call_live_fd(run, run->flow.fd) : -1;
  if (fd < 0) {
    drill_run_fail(run, code->event,
                   "%s cannot be asked: the connection has no descriptor (it was not accepted, or "
                   "it was closed)",
                   expr->text);
    return false;
  }
  sock_tcp_info(run->sock, fd, expr->text, &value);
  *number = (double)value;
  return true;
}

static bool
evaluate_name(CodeRun *code, const DrillExpr *expr, CodeValue *value)
{
  *value = (CodeValue){0};
  const DrillVariable *variable = find_variable(code->run, expr->text);
  if (variable != NULL) {
    value->number = variable->value;
    return true;
  }
  if (sock_tcp_info_known(expr->text))
    return ask_connection(code, expr, &value->number);
  if (find_constant(expr->text, &value->number))
    return true;
  drill_run_fail(code->run, code->event, "the name %s has no value", expr->text);
  return false;
}

/* -- arithmetic -- */

static bool
is_whole(double number)
{
  return fabs(number) < 9e15 && number == floor(number);
}

static bool
calculate_bits(CodeRun *code, char op, double a, double b, double *result)
{
  if (!is_whole(a) || !is_whole(b) || ((op == 'l' || op == 'r') && (b < 0 || b > 52))) {
    drill_run_fail(code->run, code->event, "bits are taken of whole numbers only");
    return false;
  }
  int64_t x = (int64_t)a, y = (int64_t)b;
  switch (op) {
  case '&':
    *result = (double)(x & y);
    return true;
  case '|':
    *result = (double)(x | y);
    return true;
  case '^':
    *result = (double)(x ^ y);
    return true;
  case 'l':
    *result = ldexp(a, (int)y);
    return true;
  default:
    *result = floor(ldexp(a, -(int)y));
    return true;
  }
}

static bool
calculate(CodeRun *code, char op, double a, double b, double *result)
{
  if (strchr("/d%", op) != NULL && b == 0) {
    drill_run_fail(code->run, code->event, "division by zero");
    return false;
  }
  switch (op) {
  case '+':
    *result = a + b;
    return true;
  case '-':
    *result = a - b;
    return true;
  case '*':
    *result = a * b;
    return true;
  case '/':
    *result = a / b;
    return true;
  case 'd':
    *result = floor(a / b);
    return true;
  case '%':
    *result = a - b * floor(a / b);
    return true;
  case 'p':
    *result = pow(a, b);
    return true;
  default:
    return calculate_bits(code, op, a, b, result);
  }
}

static bool
holds(DrillCompare compare, const CodeValue *a, const CodeValue *b)
{
  double x = a->number, y = b->number;
  if (a->text != NULL || b->text != NULL) {
    int order = a->text != NULL && b->text != NULL ? strcmp(a->text, b->text) : 1;
    x = order > 0 ? 1 : order < 0 ? -1 : 0;
    y = 0;
  }
  switch (compare) {
  case DRILL_EQ:
    return x == y;
  case DRILL_NE:
    return x != y;
  case DRILL_LT:
    return x < y;
  case DRILL_LE:
    return x <= y;
  case DRILL_GT:
    return x > y;
  default:
    return x >= y;
  }
}

static bool
is_true(const CodeValue *value)
{
  return value->text != NULL ? *value->text != '\0' : value->number != 0;
}

/* -- the tree -- */

static bool
evaluate_chain(CodeRun *code, const DrillExpr *expr, CodeValue *value)
{
  CodeValue left, right;
  if (!evaluate(code, expr->left, &left))
    return false;
  *value = (CodeValue){.number = 1};
  for (const DrillExpr *item = expr->items; item != NULL && value->number != 0; item = item->next) {
    if (!evaluate(code, item, &right))
      return false;
    value->number = holds(item->compare, &left, &right);
    left = right;
  }
  return true;
}

static bool
evaluate_call(CodeRun *code, const DrillExpr *expr, CodeValue *value)
{
  CodeValue item;
  const DrillExpr *first = expr->items;
  if (first == NULL || !evaluate(code, first, value))
    return first == NULL ? (*value = (CodeValue){.text = ""}, true) : false;
  if (strcmp(expr->text, "abs") == 0)
    value->number = fabs(value->number);
  else if (strcmp(expr->text, "int") == 0)
    value->number = trunc(value->number);
  else if (strcmp(expr->text, "round") == 0)
    value->number = rint(value->number);
  bool least = strcmp(expr->text, "min") == 0, most = strcmp(expr->text, "max") == 0;
  for (first = first->next; first != NULL; first = first->next) {
    if (!evaluate(code, first, &item))
      return false;
    if ((least && item.number < value->number) || (most && item.number > value->number))
      *value = item;
  }
  return true;
}

static bool
evaluate_binary(CodeRun *code, const DrillExpr *expr, CodeValue *value)
{
  CodeValue left, right;
  if (!evaluate(code, expr->left, &left) || !evaluate(code, expr->right, &right))
    return false;
  *value = (CodeValue){0};
  if (left.text != NULL || right.text != NULL) { /* a message that is put together */
    value->text = left.text != NULL ? left.text : right.text;
    return true;
  }
  return calculate(code, expr->op, left.number, right.number, &value->number);
}

static bool
evaluate_logic(CodeRun *code, const DrillExpr *expr, CodeValue *value)
{
  if (!evaluate(code, expr->left, value))
    return false;
  bool enough = is_true(value) == (expr->kind == DRILL_EXPR_OR);
  return enough || evaluate(code, expr->right, value);
}

static bool
evaluate_one(CodeRun *code, const DrillExpr *expr, CodeValue *value)
{
  if (!evaluate(code, expr->left, value))
    return false;
  if (expr->kind == DRILL_EXPR_NOT) {
    *value = (CodeValue){.number = !is_true(value)};
    return true;
  }
  if (expr->kind == DRILL_EXPR_MINUS) {
    value->number = -value->number;
    return true;
  }
  value->number = -value->number - 1; /* ~ in two's complement */
  return true;
}

static bool
evaluate(CodeRun *code, const DrillExpr *expr, CodeValue *value)
{
  switch (expr->kind) {
  case DRILL_EXPR_NUMBER:
    *value = (CodeValue){.number = expr->number};
    return true;
  case DRILL_EXPR_TEXT:
    *value = (CodeValue){.text = expr->text};
    return true;
  case DRILL_EXPR_NAME:
    return evaluate_name(code, expr, value);
  case DRILL_EXPR_NOT:
  case DRILL_EXPR_MINUS:
  case DRILL_EXPR_INVERT:
    return evaluate_one(code, expr, value);
  case DRILL_EXPR_AND:
  case DRILL_EXPR_OR:
    return evaluate_logic(code, expr, value);
  case DRILL_EXPR_BINARY:
    return evaluate_binary(code, expr, value);
  case DRILL_EXPR_COMPARE:
    return evaluate_chain(code, expr, value);
  case DRILL_EXPR_IF:
    if (!evaluate(code, expr->condition, value))
      return false;
    return evaluate(code, is_true(value) ? expr->left : expr->right, value);
  case DRILL_EXPR_CALL:
    return evaluate_call(code, expr, value);
  }
  return false;
}

/* -- statements -- */

static void
append_value(GString *text, const CodeValue *value)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];
  g_string_append(text, value->text != NULL
                            ? value->text
                            : g_ascii_formatd(number, sizeof number, "%.15g", value->number));
}

/* The names in an expression with their values, for a failure: "tcpi_snd_cwnd is 9". */
static void
append_names(CodeRun *code, const DrillExpr *expr, GString *text)
{
  if (expr == NULL)
    return;
  if (expr->kind == DRILL_EXPR_NAME && sock_tcp_info_known(expr->text)) {
    CodeValue value;
    g_autofree char *start = g_strdup_printf("%s is ", expr->text);
    if (strstr(text->str, start) == NULL && evaluate(code, expr, &value)) {
      g_string_append_printf(text, "; %s", start);
      append_value(text, &value);
    }
  }
  append_names(code, expr->left, text);
  append_names(code, expr->right, text);
  append_names(code, expr->condition, text);
  for (const DrillExpr *item = expr->items; item != NULL; item = item->next)
    append_names(code, item, text);
}

static void
run_assert(CodeRun *code, const DrillStatement *statement)
{
  CodeValue value, message;
  if (!evaluate(code, statement->value, &value))
    return;
  code->run->compared++;
  if (is_true(&value))
    return;
  g_autoptr(GString) text = g_string_new(NULL);
  g_string_append_printf(text, "the assertion does not hold: %s", statement->text);
  append_names(code, statement->value, text);
  if (statement->message != NULL && evaluate(code, statement->message, &message)) {
    g_string_append(text, "; ");
    append_value(text, &message);
  }
  drill_run_fail(code->run, code->event, "%s", text->str);
}

static void
run_print(CodeRun *code, const DrillStatement *statement)
{
  GString *printed = code->run->printed;
  for (const DrillExpr *item = statement->value; item != NULL; item = item->next) {
    CodeValue value;
    if (!evaluate(code, item, &value))
      return;
    append_value(printed, &value);
    if (item->next != NULL)
      g_string_append_c(printed, ' ');
  }
  g_string_append_c(printed, '\n');
}

static void
run_assign(CodeRun *code, const DrillStatement *statement)
{
  CodeValue value;
  if (!evaluate(code, statement->value, &value))
    return;
  DrillVariable *variable = find_variable(code->run, statement->name);
  if (variable != NULL) {
    variable->value = value.number;
    return;
  }
  DrillVariable made = {statement->name, value.number};
  g_array_append_val(code->run->variables, made);
}

void
drill_code_run(DrillRun *run, const DrillEvent *event)
{
  CodeRun code = {run, event};
  const DrillStatement *statement = event->code;
  for (; statement != NULL && drill_run_going(run); statement = statement->next) {
    if (statement->kind == DRILL_ASSERT)
      run_assert(&code, statement);
    else if (statement->kind == DRILL_PRINT)
      run_print(&code, statement);
    else if (statement->kind == DRILL_ASSIGN)
      run_assign(&code, statement);
  }
}

/* -- before it runs -- */

static bool
check_names(DrillRun *run, const DrillExpr *expr)
{
  if (expr == NULL)
    return true;
  if (expr->kind == DRILL_EXPR_NAME && g_str_has_prefix(expr->text, "tcpi_") &&
      !sock_tcp_info_known(expr->text)) {
    drill_run_unsupported(run, expr->place, "the field %s of TCP_INFO", expr->text);
    return false;
  }
  for (const DrillExpr *item = expr->items; item != NULL; item = item->next)
    if (!check_names(run, item))
      return false;
  return check_names(run, expr->left) && check_names(run, expr->right) &&
         check_names(run, expr->condition);
}

bool
drill_code_check(DrillRun *run, const DrillStatement *first)
{
  for (; first != NULL; first = first->next) {
    for (const DrillExpr *item = first->value; item != NULL; item = item->next)
      if (!check_names(run, item))
        return false;
    if (!check_names(run, first->message))
      return false;
  }
  return true;
}
