/* The scenario's memory runs out at every place in turn: the limit grows from nothing, by less than
 * what any allocation takes, until the scenario is read, run and checked. At each limit before
 * that, one allocation of Lua, one chunk of a slab or one growth of the event queue is the first
 * that does not fit; the run has to end with an error that says so, and (in a sanitized build)
 * without a leak. Sampled; ROUNDTRIP_ALLOCATIONS=all goes over all of them. */
#include <glib.h>
#include <string.h>

#include "models/net/net-account.h"
#include "scenarios/runner/bind/scenario.h"
#include "sim/error.h"

#define SMALLEST 16 /* bytes; Lua asks for no less, but for a few texts */
#define SAMPLED 11  /* steps at once */
#define ENOUGH (UINT64_C(64) << 20)

static const char text[] =
    "congestion('mine', { on_ack = function (c, ack) c.cwnd = c.cwnd + 10 end })\n"
    "local a = host('a', { tcp = { cc = 'mine' } })\n"
    "local b = host('b', { tcp = { cc = 'cubic', profile = 'rfc9293' } })\n"
    "local seen, ticks = 0, 0\n"
    "local r = middlebox('r', function (packet) seen = seen + packet.size end)\n"
    "link(a, r, { rate = '10 Mbit/s', delay = '5 ms', queue = { kind = 'codel' }, loss = '1 %' })\n"
    "link(r, b, { delay = '5 ms', jitter = '1 ms',\n"
    "             loss = function () return random.chance(0.01) end })\n"
    "local kept = {}\n"
    "b:listen(80, function (conn) kept[#kept + 1] = conn:receive_all() conn:close() end)\n"
    "for i = 1, 3 do\n"
    "  a:start(function ()\n"
    "    local conn = assert(a:connect(b, 80))\n"
    "    conn:write(('x'):rep(3000 * i))\n"
    "    conn:close()\n"
    "    result('bytes' .. i, conn.bytes_acked)\n"
    "  end)\n"
    "end\n"
    "every('50 ms', function () ticks = ticks + 1 sleep '1 ms' end)\n"
    "at(0.2, function () a:ping(b) end)\n"
    "bulk{ from = a, to = b, port = 81, bytes = '50 kB', count = 3 }\n"
    "stop_at(5)\n"
    "expect('there is room', function () return #kept == 3 end)\n";

/* Whether it ended well. What else there is has to be an error about memory. */
static bool
run(uint64_t limit)
{
  ScenarioSettings settings = {.path = "allocation.lua",
                               .text = text,
                               .length = strlen(text),
                               .seed = 1,
                               .quiet = true,
                               .memory_limit = limit,
                               .until = 100 * SIM_SECOND};
  GError *error = NULL;
  Scenario *scenario = scenario_new(&settings, &error);
  g_assert_true((scenario == NULL) == (error != NULL));
  bool well = scenario != NULL && scenario_run(scenario, &error);
  if (well) {
    scenario_check(scenario);
    net_account(scenario->net, &error);
    g_assert_no_error(error);
  } else {
    if (strstr(error->message, "--max-memory") == NULL)
      g_error("at %" G_GUINT64_FORMAT " bytes: %s", limit, error->message);
    g_assert_true(g_str_has_prefix(error->message, "allocation.lua:"));
    g_assert_true(g_error_matches(error, SIM_ERROR, SIM_ERROR_LIMIT));
    g_error_free(error);
  }
  if (scenario != NULL)
    scenario_free(scenario); /* slabs say what is left */
  return well;
}

static void
every_limit(void)
{
  bool all = g_strcmp0(g_getenv("ROUNDTRIP_ALLOCATIONS"), "all") == 0;
  uint64_t step = SMALLEST * (all ? 1 : SAMPLED), failures = 0;
  for (uint64_t limit = 0; !run(limit); limit += step) {
    failures++;
    g_assert_cmpuint(limit, <, ENOUGH);
  }
  g_test_message("%" G_GUINT64_FORMAT " limits that were too small", failures);
  g_assert_cmpuint(failures, >, 100); /* there is something to run out of */
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/allocation/each-that-fails-is-an-error", every_limit);
  return g_test_run();
}
