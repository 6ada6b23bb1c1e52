/* drill-run: the events of a script, strictly in the order written.
 *
 * Times are those of packetdrill: "+T" counts from the moment the event before was over: for a
 * packet that was expected, the moment it was sent. The script pulls the simulation along: for each
 * event the clock is brought to its time, then it happens. */
#include "scenarios/runner/drill/drill-run-private.h"

#include <string.h>

#include "scenarios/runner/drill/drill-parse.h"
#include "sim/error.h"
#include "sim/file.h"

#define LATEST (9000000 * SIM_SECOND) /* no time of a script may be beyond it */

/* -- problems -- */

static void
append_looks(DrillRun *run, GString *text)
{
  unsigned count = MIN(run->looked, DRILL_LOOKS);
  if (count > 0)
    g_string_append(text, "\n  the last packets before it:");
  for (unsigned i = run->looked - count; i < run->looked; i++) {
    g_string_append(text, "\n    ");
    drill_look_print(text, &run->looks[i % DRILL_LOOKS]);
  }
}

void
drill_run_fail(DrillRun *run, const DrillEvent *event, const char *format, ...)
{
  if (!drill_run_going(run))
    return;
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *what = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  g_autoptr(GString) text = g_string_new(what);
  g_string_append_printf(text, "\n  the script:  %s", event->text);
  append_looks(run, text);
  drill_problem_set(&run->problem, DRILL_FAILED, event->place, "%s", text->str);
}

void
drill_run_unsupported(DrillRun *run, DrillPlace place, const char *format, ...)
{
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *what = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  drill_problem_set(&run->problem, DRILL_UNSUPPORTED, place, "%s", what);
}

void
drill_run_wrong(DrillRun *run, DrillPlace place, const char *format, ...)
{
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *what = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  drill_problem_set(&run->problem, DRILL_WRONG, place, "%s", what);
}

bool
drill_run_in_time(const DrillRun *run, SimTime time, SimTime from, SimTime to, SimTime gap)
{
  SimTime share = (SimTime)(run->config.tolerance_share * (double)gap);
  SimTime tolerance = MAX(run->config.tolerance, share);
  return time >= from - tolerance && time <= to + tolerance;
}

/* -- events -- */

static void
run_event(DrillRun *run, const DrillEvent *event)
{
  const DrillWhen *when = &event->when;
  SimTime from = when->from, to = when->to;
  if (when->kind == DRILL_TIME_RELATIVE) {
    from += run->base;
    to += run->base;
  } else if (when->kind == DRILL_TIME_ANY) {
    from = 0;
    to = LATEST;
  }
  if (to > LATEST) {
    drill_run_wrong(run, event->place, "this is more than 100 days after the beginning");
    return;
  }
  bool expected = event->kind == DRILL_EVENT_PACKET && !event->packet->inbound;
  if (expected) {
    drill_expect(run, event, from, to);
    return;
  }
  SimTime at = MAX(from, sim_now(run->sim));
  if (event->kind == DRILL_EVENT_PACKET)
    drill_world_reach_before(run, at);
  else
    drill_world_reach(run, at);
  if (!drill_run_going(run))
    return;
  run->base = at;
  if (event->kind == DRILL_EVENT_PACKET)
    drill_inject(run, event);
  else if (event->kind == DRILL_EVENT_CALL)
    drill_call(run, event);
  else if (event->kind == DRILL_EVENT_CODE)
    drill_code_run(run, event);
  else
    drill_shell_run(run, event->shell);
}

static void
run_events(DrillRun *run)
{
  for (const DrillEvent *event = run->script->events; event != NULL; event = event->next) {
    drill_call_check(run, false);
    if (drill_run_going(run))
      run_event(run, event);
    if (!drill_run_going(run))
      return;
  }
  drill_call_check(run, true);
}

/* What is not there is found before anything happens: a script is skipped whole. */
static void
check_events(DrillRun *run)
{
  for (const DrillEvent *event = run->script->events; event != NULL; event = event->next) {
    if (event->kind == DRILL_EVENT_CALL && !drill_call_known(event->call->name))
      drill_run_unsupported(run, event->place, "the call %s()", event->call->name);
    else if (event->kind == DRILL_EVENT_CODE && !drill_code_check(run, event->code))
      return;
    else if (event->kind == DRILL_EVENT_PACKET && event->packet->protocol == DRILL_ICMP)
      run->expects_icmp |= !event->packet->inbound;
  }
}

static void
run_script(DrillRun *run)
{
  run->profile = *tcp_profile_find(run->job->profile);
  run->config = (DrillConfig){.family = 4,
                              .mtu = 1500,
                              .bind_port = 8080,
                              .connect_port = 8080,
                              .tolerance = 4 * SIM_MILLISECOND};
  drill_config_read(run);
  if (drill_run_going(run))
    check_events(run);
  if (drill_run_going(run))
    drill_shell_run(run, run->script->setup);
  for (char **setting = run->job->settings; setting != NULL && *setting != NULL; setting++)
    drill_setting_parse(&run->profile, *setting, NULL); /* who gave it has seen that it is right */
  if (drill_run_going(run) && drill_world_open(run))
    run_events(run);
  if (drill_run_going(run) && run->compared == 0)
    drill_run_unsupported(run, (DrillPlace){1, 1}, "a script in which nothing is compared");
  drill_world_close(run);
}

/* -- the result -- */

static void
give_result(const DrillJob *job, const DrillProblem *problem, DrillResult *result)
{
  static const DrillOutcome outcomes[] = {[DRILL_NO_PROBLEM] = DRILL_PASSED,
                                          [DRILL_WRONG] = DRILL_NOT_A_SCRIPT,
                                          [DRILL_UNSUPPORTED] = DRILL_SKIPPED,
                                          [DRILL_FAILED] = DRILL_OUTCOME_FAILED};
  result->outcome = outcomes[problem->kind];
  if (problem->kind == DRILL_NO_PROBLEM)
    return;
  const char *what = problem->kind == DRILL_UNSUPPORTED ? "not supported: " : "";
  result->message = g_strdup_printf("%s:%u:%u: %s%s", job->path, problem->place.line,
                                    problem->place.column, what, problem->text);
}

static bool
read_text(const DrillJob *job, char **text, DrillResult *result)
{
  GError *error = NULL;
  size_t length;
  *text = sim_file_read(job->path, "a packetdrill script is a file of text, such as syn.pkt",
                        &length, &error);
  if (*text == NULL) {
    result->outcome = DRILL_UNREADABLE;
    result->message = g_strdup(error->message);
    g_error_free(error);
    return false;
  }
  if (strlen(*text) == length)
    return true;
  result->outcome = DRILL_NOT_A_SCRIPT;
  result->message = g_strdup_printf("%s: this is no text: it has a zero byte", job->path);
  return false;
}

void
drill_run_text(const DrillJob *job, const char *text, DrillResult *result)
{
  *result = (DrillResult){0};
  DrillRun *run = g_new0(DrillRun, 1);
  g_autoptr(DrillScript) script = drill_parse(job->path, text, job->defines, &run->problem);
  run->script = script;
  run->job = job;
  run->printed = g_string_new(NULL);
  if (script != NULL)
    run_script(run);
  give_result(job, &run->problem, result);
  result->compared = run->compared;
  result->printed = g_string_free(run->printed, run->printed->len == 0);
  drill_problem_clear(&run->problem);
  g_free(run);
}

void
drill_run_file(const DrillJob *job, DrillResult *result)
{
  g_autofree char *text = NULL;
  *result = (DrillResult){0};
  if (read_text(job, &text, result))
    drill_run_text(job, text, result);
}

void
drill_result_clear(DrillResult *result)
{
  g_free(result->message);
  g_free(result->printed);
  *result = (DrillResult){0};
}
