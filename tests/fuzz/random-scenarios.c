/* random-scenarios: scenarios made from a grammar, sane ones and insane ones, read, run and
 * checked.
 *
 *   random-scenarios [FIRST [COUNT]]     (seeds 1 to 300)
 *   random-scenarios SEED --print        the scenario of a seed
 *
 * A sane scenario is a network with traffic in which every option has a value that it accepts; an
 * insane one has values of the wrong kind, sign, range or name in it, or lost a piece of its text.
 * Whatever it is, it must end: well, with an error that names its place, or at a limit; every
 * packet must be accounted for and every slab empty. What became of them is counted at the end. A
 * crash names its seed. */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "models/net/net-account.h"
#include "models/tcp/tcp-profile.h"
#include "scenarios/runner/bind/scenario.h"

#define COUNT_DEFAULT 300
#define MEMORY (UINT64_C(64) << 20)
#define STEPS 1000000
#define WALL 3.

typedef struct Maker {
  SimRng rng;
  GString *text;
  bool insane;
  unsigned hosts, routers;
} Maker;

static uint64_t current_seed; /* for the handler of signals */

static uint64_t
below(Maker *maker, uint64_t count)
{
  return sim_rng_below(&maker->rng, count);
}

#define PICK(maker, list) ((list)[below(maker, G_N_ELEMENTS(list))])

static const char *const nonsense[] = {
    "nil",
    "-1",
    "\"\"",
    "{}",
    "function () end",
    "1e308",
    "-1e308",
    "0/0",
    "1/0",
    "\"-5 ms\"",
    "true",
    "\"10 furlongs\"",
    "9007199254740993",
    "\"1e30 Gbit/s\"",
    "{1, 2, {3}}",
    "host",
    "\"\\0\\1\\255\"",
    "\"SYN#0\"",
    "print",
    "(\"x\"):rep(5000)",
    "0",
    "\"0 B\"",
    "\"200 days\"",
    "math.mininteger",
    "coroutine.create(print)",
};

/* One of the values that fit, or, now and then in an insane scenario, one that does not. */
static const char *
value(Maker *maker, const char *const *fitting, size_t count)
{
  if (maker->insane && below(maker, 20) == 0)
    return PICK(maker, nonsense);
  return fitting[below(maker, count)];
}

#define VALUE(maker, list) value(maker, list, G_N_ELEMENTS(list))

static const char *const delays[] = {"0",         "\"1 us\"", "\"10 ms\"",
                                     "\"50 ms\"", "0.2",      "\"300 ms\""};
static const char *const rates[] = {"\"unlimited\"", "\"10 Mbit/s\"",  "\"1 Mbit/s\"",
                                    "\"64 kbit/s\"", "\"100 Mbit/s\"", "1e6"};
static const char *const queues[] = {"\"100 pkt\"",
                                     "\"5 pkt\"",
                                     "\"1 pkt\"",
                                     "\"64 KiB\"",
                                     "{ kind = \"codel\" }",
                                     "{ kind = \"fq-codel\" }",
                                     "{ kind = \"red\" }",
                                     "{ kind = \"pie\" }",
                                     "{ kind = \"drr\" }",
                                     "{ kind = \"priority\", classes = { \"SYN\", \"ACK\" } }",
                                     "{ kind = \"droptail\", packets = 20, mark = 5 }"};
static const char *const losses[] = {
    "0",
    "0.01",
    "\"5 %\"",
    "0.3",
    "1",
    "{ kind = \"gilbert-elliott\", p = 0.01, r = 0.2 }",
    "{ kind = \"list\", 3, 5, 8 }",
    "{ kind = \"periodic\", every = 7 }",
    "{ kind = \"burst\", length = 3, p = 0.01 }",
    "{ kind = \"bit-error\", ber = 1e-6 }",
    "function (packet) return packet.len == 1448 and random.chance(0.05) end"};
static const char *const jitters[] = {"0", "\"5 ms\"",
                                      "{ kind = \"normal\", deviation = \"2 ms\", reorder = true }",
                                      "{ kind = \"exponential\", mean = \"1 ms\" }"};
static const char *const shares[] = {"0", "0.01", "\"2 %\"", "0.2"};
static const char *const mtus[] = {"1500", "1500", "9000", "576", "1280", "296"};
static const char *const rules[] = {
    "\"SYN#1\"",          "\"SYN+ACK#1\"",
    "\"DATA#3\"",         "\"DATA#2-4\"",
    "\"ACK#2+\"",         "\"FIN#1\"",
    "\"REXMIT#1\"",       "\"byte 1449\"",
    "\"h1>SYN#1\"",       "function (packet) return packet.len > 1000 end",
    "{ flags = \"SYN\" }"};
static const char *const sizes[] = {"1", "100", "\"10 kB\"", "\"100 kB\"", "\"1 MB\"", "65536"};
static const char *const times[] = {"0", "0.1", "\"500 ms\"", "1.5", "\"2 s\""};

static void add(Maker *maker, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void
add(Maker *maker, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  g_string_append_vprintf(maker->text, format, args);
  va_end(args);
}

/* An option of TCP with a value that its table accepts. */
static void
add_tcp_option(Maker *maker)
{
  static const char *const controls[] = {"cubic",  "reno",  "bbr",     "dctcp", "vegas", "westwood",
                                         "ledbat", "tahoe", "newreno", "none",  "none"};
  unsigned count = 0;
  while (tcp_profile_params[count].name != NULL)
    count++;
  const SimParam *param = &tcp_profile_params[below(maker, count)];
  if (strchr(param->name, '.') != NULL)
    return;
  if (maker->insane && below(maker, 10) == 0) {
    add(maker, "%s = %s, ", below(maker, 3) == 0 ? "no_such_option" : param->name,
        PICK(maker, nonsense));
    return;
  }
  if (strcmp(param->name, "cc") == 0)
    add(maker, "cc = \"%s\", ", PICK(maker, controls));
  else if (param->kind == SIM_PARAM_BOOL)
    add(maker, "%s = %s, ", param->name, below(maker, 2) ? "true" : "false");
  else if (param->kind == SIM_PARAM_CHOICE) {
    unsigned choices = 0;
    while (param->choices[choices] != NULL)
      choices++;
    add(maker, "%s = \"%s\", ", param->name, param->choices[below(maker, choices)]);
  } else if (param->max > param->min) {
    double part = (double)below(maker, 1001) / 1000;
    double number = param->min + (MIN(param->max, param->min + 1e6) - param->min) * part * part;
    add(maker,
        param->kind == SIM_PARAM_INTEGER || param->kind == SIM_PARAM_SIZE ? "%s = %.0f, "
                                                                          : "%s = %g, ",
        param->name, number);
  }
}

static void
add_tcp(Maker *maker)
{
  static const char *const profiles[] = {"linux", "linux",     "rfc9293",
                                         "bsd44", "reno-1990", "tahoe-1988"};
  add(maker, "tcp = { ");
  if (below(maker, 2) == 0)
    add(maker, "profile = \"%s\", ", PICK(maker, profiles));
  for (uint64_t i = below(maker, 4); i > 0; i--)
    add_tcp_option(maker);
  add(maker, "}");
}

static void
add_link(Maker *maker, const char *from, unsigned a, const char *to, unsigned b)
{
  add(maker, "do local wire = link(%s%u, %s%u, { delay = %s", from, a, to, b, VALUE(maker, delays));
  if (below(maker, 4) != 0)
    add(maker, ", rate = %s", VALUE(maker, rates));
  if (below(maker, 2) == 0)
    add(maker, ", queue = %s", VALUE(maker, queues));
  if (below(maker, 3) == 0)
    add(maker, ", loss = %s", VALUE(maker, losses));
  if (below(maker, 4) == 0)
    add(maker, ", jitter = %s", VALUE(maker, jitters));
  if (below(maker, 4) == 0)
    add(maker, ", reorder = %s", VALUE(maker, shares));
  if (below(maker, 6) == 0)
    add(maker, ", duplicate = %s, corrupt = %s", VALUE(maker, shares), VALUE(maker, shares));
  if (below(maker, 6) == 0)
    add(maker, ", mtu = %s", VALUE(maker, mtus));
  if (maker->insane && below(maker, 20) == 0)
    add(maker, ", nonsense = %s", PICK(maker, nonsense));
  add(maker, " })\n");
  if (below(maker, 3) == 0) {
    static const char *const acts[] = {"drop", "copy", "damage", "mark"};
    add(maker, "  wire:%s(%s)\n", PICK(maker, acts), VALUE(maker, rules));
  }
  if (below(maker, 8) == 0)
    add(maker, "  wire:hold(%s, %s)\n", VALUE(maker, rules), VALUE(maker, delays));
  if (below(maker, 6) == 0)
    add(maker, "  at(%s, function () wire:down() sleep(%s) wire:up() end)\n", VALUE(maker, times),
        VALUE(maker, times));
  if (below(maker, 8) == 0)
    add(maker, "  at(%s, function () wire.forward.rate = %s wire.backward.delay = %s end)\n",
        VALUE(maker, times), VALUE(maker, rates), VALUE(maker, delays));
  add(maker, "end\n");
}

static void
add_network(Maker *maker)
{
  maker->hosts = 2 + (unsigned)below(maker, 3);
  maker->routers = (unsigned)below(maker, 3);
  for (unsigned i = 1; i <= maker->hosts; i++) {
    add(maker, "local h%u = host(\"h%u\", { ", i, i);
    add_tcp(maker);
    add(maker, " })\n");
  }
  for (unsigned i = 1; i <= maker->routers; i++)
    add(maker,
        below(maker, 5) == 0 && i == 1 ? "local r%u = nat(\"r%u\", { inside = { \"h1\" } })\n"
                                       : "local r%u = router \"r%u\"\n",
        i, i);
  for (unsigned i = 2; i <= maker->routers; i++)
    add_link(maker, "r", i - 1, "r", i);
  for (unsigned i = 1; i <= maker->hosts; i++)
    if (maker->routers > 0)
      add_link(maker, "h", i, "r", i == 1 ? 1 : 1 + (unsigned)below(maker, maker->routers));
    else if (i > 1)
      add_link(maker, "h", 1, "h", i);
}

static void
add_talk(Maker *maker, unsigned number)
{
  static const char *const steps[] = {"conn:send(%s)\n",
                                      "conn:receive()\n",
                                      "conn:receive(10)\n",
                                      "conn:write \"some text\"\n",
                                      "conn:shutdown()\n",
                                      "conn:close()\n",
                                      "conn:abort()\n",
                                      "conn:vanish()\n",
                                      "sleep(0.05)\n",
                                      "conn:set{ nagle = false }\n",
                                      "conn:receive_all()\n",
                                      "conn:send_urgent(5)\n",
                                      "result(\"cwnd\", conn.cwnd)\n",
                                      "conn:quick_ack()\n",
                                      "conn:on(\"loss\", function () note \"loss\" end)\n"};
  unsigned from = 1 + (unsigned)below(maker, maker->hosts),
           to = 1 + (unsigned)below(maker, maker->hosts);
  add(maker, "h%u:listen(%u, function (conn)\n", to, 80 + number);
  for (uint64_t i = 1 + below(maker, 4); i > 0; i--) {
    const char *step = PICK(maker, steps);
    if (strstr(step, "%s") != NULL)
      add(maker, "  conn:send(%s)\n", VALUE(maker, sizes));
    else
      add(maker, "  %s", step);
  }
  add(maker,
      "end)\nh%u:start(function ()\n  sleep(%s)\n  local conn = h%u:connect(h%u, %u, { timeout = 3 "
      "})\n  if not conn then return end\n",
      from, VALUE(maker, times), from, to, 80 + number);
  for (uint64_t i = 1 + below(maker, 5); i > 0; i--) {
    const char *step = PICK(maker, steps);
    if (strstr(step, "%s") != NULL)
      add(maker, "  conn:send(%s)\n", VALUE(maker, sizes));
    else
      add(maker, "  %s", step);
  }
  add(maker, "end)\n");
}

static void
add_load(Maker *maker, unsigned number)
{
  unsigned from = 1 + (unsigned)below(maker, maker->hosts), to = 1 + from % maker->hosts;
  switch (below(maker, 6)) {
  case 0:
    add(maker, "bulk{ from = h%u, to = h%u, port = %u, bytes = %s, count = 3, ", from, to,
        200 + number, VALUE(maker, sizes));
    break;
  case 1:
    add(maker, "request_response{ from = h%u, to = h%u, port = %u, requests = 3, response = %s, ",
        from, to, 200 + number, VALUE(maker, sizes));
    break;
  case 2:
    add(maker, "poisson{ from = h%u, to = h%u, port = %u, rate = 5, size = %s, count = 10, ", from,
        to, 200 + number, VALUE(maker, sizes));
    break;
  case 3:
    add(maker, "cbr{ from = h%u, to = h%u, rate = \"500 kbit/s\" }\n", from, to);
    return;
  case 4:
    add(maker,
        "h%u:start(function () local p = h%u:ping(h%u, { count = 2 }) result(\"pings\", "
        "p.received) end)\n",
        from, from, to);
    return;
  default:
    add(maker,
        "local s%u = h%u:udp(%u) h%u:start(function () h%u:udp():send_to(h%u, %u, %s) end)\n",
        number, to, 5000 + number, from, from, to, 5000 + number, VALUE(maker, sizes));
    return;
  }
  add_tcp(maker);
  add(maker, " }\n");
}

/* Takes a piece out of the text, doubles one, or puts nonsense in. */
static void
spoil(Maker *maker)
{
  GString *text = maker->text;
  gsize at = below(maker, text->len), length = 1 + below(maker, 30); /* MIN() asks twice */
  length = MIN(length, text->len - at);
  switch (below(maker, 3)) {
  case 0:
    g_string_erase(text, (gssize)at, (gssize)length);
    break;
  case 1: {
    g_autofree char *piece = g_strndup(text->str + at, length);
    g_string_insert(text, (gssize)below(maker, text->len), piece);
    break;
  }
  default:
    g_string_insert(text, (gssize)at, PICK(maker, nonsense));
  }
}

static char *
make_scenario(uint64_t seed, bool *insane)
{
  Maker maker = {.text = g_string_new(NULL)};
  sim_rng_init(&maker.rng, seed, "random scenario");
  *insane = maker.insane = seed % 2 == 0;
  add_network(&maker);
  for (uint64_t i = 1 + below(&maker, 3); i > 0; i--)
    add_talk(&maker, (unsigned)i);
  for (uint64_t i = below(&maker, 3); i > 0; i--)
    add_load(&maker, (unsigned)i);
  add(&maker, "stop_at(%s)\nexpect(\"something\", function () return now() >= 0 end)\n",
      below(&maker, 3) == 0 ? "20" : "3");
  if (maker.insane && below(&maker, 3) == 0)
    spoil(&maker);
  return g_string_free(maker.text, FALSE);
}

typedef struct Tally {
  uint64_t sane, insane, ran, refused, failed, limited;
  uint64_t events;
} Tally;

/* Whether the message says where: "FILE:LINE:" or, of a limit, "FILE:". */
static void
check_message(const GError *error)
{
  if (strstr(error->message, "random.lua:") == NULL) {
    fprintf(stderr, "seed %" PRIu64 ": no place: %s\n", current_seed, error->message);
    abort();
  }
}

static void
run_one(Tally *tally, uint64_t seed)
{
  bool insane;
  g_autofree char *text = make_scenario(seed, &insane);
  ScenarioSettings settings = {.path = "random.lua",
                               .text = text,
                               .length = strlen(text),
                               .seed = seed,
                               .quiet = true,
                               .memory_limit = MEMORY,
                               .steps_limit = STEPS,
                               .wall_limit = WALL,
                               .until = SIM_TIME_NEVER};
  g_autoptr(GError) error = NULL;
  current_seed = seed;
  *(insane ? &tally->insane : &tally->sane) += 1;
  Scenario *scenario = scenario_new(&settings, &error);
  if (scenario == NULL) {
    check_message(error);
    tally->refused++;
    return;
  }
  bool good = scenario_run(scenario, &error);
  tally->events += scenario->sim->events;
  if (good && !net_account(scenario->net, &error)) {
    fprintf(stderr, "seed %" PRIu64 ": %s\n", seed, error->message);
    abort();
  }
  if (good)
    scenario_check(scenario);
  else
    check_message(error);
  if (good)
    tally->ran++;
  else if (error->code == SIM_ERROR_LIMIT)
    tally->limited++;
  else
    tally->failed++;
  scenario_free(scenario); /* slabs say what is left */
}

static void
on_signal(int number)
{
  char text[80];
  int length = g_snprintf(text, sizeof text, "seed %" PRIu64 ": signal %d\n", current_seed, number);
  ssize_t written = write(STDERR_FILENO, text, (size_t)length);
  (void)written;
}

int
main(int argc, char **argv)
{
  uint64_t first = argc > 1 ? g_ascii_strtoull(argv[1], NULL, 10) : 1;
  bool print = argc > 2 && strcmp(argv[2], "--print") == 0;
  uint64_t count = argc > 2 ? g_ascii_strtoull(argv[2], NULL, 10) : COUNT_DEFAULT;
  if (print) {
    bool insane;
    g_autofree char *text = make_scenario(first, &insane);
    fputs(text, stdout);
    return 0;
  }
  struct sigaction action = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};
  sigaction(SIGABRT, &action, NULL);
#ifndef __SANITIZE_ADDRESS__
  sigaction(SIGSEGV, &action, NULL);
#endif
  Tally tally = {0};
  for (uint64_t seed = first; seed < first + count; seed++)
    run_one(&tally, seed);
  printf("ok 1 %" PRIu64 " scenarios (%" PRIu64 " sane, %" PRIu64 " insane): %" PRIu64
         " ran, %" PRIu64 " were refused, %" PRIu64 " failed later, %" PRIu64
         " met a limit; %" PRIu64 " events\n1..1\n",
         tally.sane + tally.insane, tally.sane, tally.insane, tally.ran, tally.refused,
         tally.failed, tally.limited, tally.events);
  return 0;
}
