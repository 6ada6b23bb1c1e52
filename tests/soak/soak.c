/* soak: runs soak.lua for as long as one likes, and looks every few thousand events whether all
 * holds.
 *
 *   soak SCENARIO TIME            soak tests/soak/soak.lua "20 s"
 *
 * Looked at: every connection (models/tcp/tcp-check.c), every packet (models/net/net-account.c),
 * and memory, which may not be more in the last three quarters of the events than it was in the
 * first, by more than a tenth. There is no recorder and no summary here: those keep a record of
 * each connection, on purpose. It is flat from some 600 s on: a TIME-WAIT of rfc9293 takes four
 * minutes (17.0 MB in the first 150 s, 20.9 behind them). Prints TAP.
 *
 * By hand, 10^9 events and with every other check of the hostile build, too:
 *   meson setup build-hostile -Dhostile=true && ninja -C build-hostile tests/soak/soak
 *   nice -n 19 build-hostile/tests/soak/soak tests/soak/soak.lua "16000 s" */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "models/net/net-account.h"
#include "models/tcp/tcp-conn.h"
#include "scenarios/runner/bind/bind.h"
#include "scenarios/runner/bind/scenario.h"

#define ACCOUNT_EVERY 64 /* looks: it counts all that is under way */
#define TELL_EVERY G_USEC_PER_SEC * 60
#define SLACK ((uint64_t)4 << 20) /* bytes that say nothing */

typedef struct Soak {
  double length; /* simulated seconds */
  uint64_t looks, connections;
  uint64_t early, late; /* most bytes in the first quarter, and behind it */
  gint64 told;
} Soak;

static uint64_t
resident(void)
{
  unsigned long size = 0, pages = 0;
  FILE *file = fopen("/proc/self/statm", "r");
  if (file == NULL || fscanf(file, "%lu %lu", &size, &pages) != 2)
    pages = 0;
  if (file != NULL)
    fclose(file);
  return (uint64_t)pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

static void
check_connections(Soak *soak, const Scenario *scenario)
{
  for (guint i = 0; i < scenario->nodes->len; i++) {
    const BindNode *node = scenario->nodes->pdata[i];
    if (node->tcp == NULL)
      continue;
    for (const TcpConn *conn = node->tcp->first; conn != NULL; conn = conn->next) {
      const char *broken = tcp_check(conn);
      soak->connections++;
      if (broken == NULL)
        continue;
      printf("not ok 1 at event %" PRIu64 ", %s, in %s: broken: %s\n1..1\n", scenario->sim->events,
             node->node->name, tcp_state_name(tcp_state(conn)), broken);
      exit(1);
    }
  }
}

/* Between events; never interrupts. */
static bool
look(Scenario *scenario, void *data)
{
  Soak *soak = data;
  if (scenario->loading || scenario->running != NULL || scenario->forbidden != NULL)
    return false; /* in the middle of an event */
  check_connections(soak, scenario);
  g_autoptr(GError) error = NULL;
  if (++soak->looks % ACCOUNT_EVERY == 0 && !net_account(scenario->net, &error)) {
    printf("not ok 1 %s\n1..1\n", error->message);
    exit(1);
  }
  double now = sim_time_to_seconds(sim_now(scenario->sim));
  uint64_t *most = now < soak->length / 4 ? &soak->early : &soak->late;
  *most = MAX(*most, resident());
  if (g_get_monotonic_time() - soak->told > TELL_EVERY) {
    soak->told = g_get_monotonic_time();
    printf("# %.0f s: %" PRIu64 " events, %" PRIu64 " bytes\n", now, scenario->sim->events, *most);
    fflush(stdout);
  }
  return false;
}

int
main(int argc, char **argv)
{
  if (argc != 3) {
    fprintf(stderr, "usage: soak SCENARIO TIME\n");
    return 2;
  }
  SimQuantity length;
  g_autoptr(GError) error = NULL;
  if (!sim_quantity_parse(argv[2], &length, &error))
    g_error("%s", error->message);
  Soak soak = {.length = length.value, .told = g_get_monotonic_time()};
  g_autofree char *param = g_strconcat("time=", argv[2], NULL);
  const char *const params[] = {param, NULL};
  ScenarioSettings settings = {.path = argv[1],
                               .params = params,
                               .seed = 1,
                               .quiet = true,
                               .memory_limit = UINT64_C(1) << 30,
                               .until = SIM_TIME_NEVER,
                               .interrupted = look,
                               .interrupted_data = &soak};
  Scenario *scenario = scenario_new(&settings, &error);
  if (scenario == NULL || !scenario_run(scenario, &error) || !net_account(scenario->net, &error)) {
    printf("not ok 1 %s\n1..1\n", error->message);
    return 1;
  }
  uint64_t events = scenario->sim->events;
  scenario_free(scenario); /* slabs say what is left */
  printf("ok 1 %" PRIu64 " events, %" PRIu64
         " looks at connections: all holds, all is accounted for\n",
         events, soak.connections);
#ifdef __SANITIZE_ADDRESS__
  printf("ok 2 memory is flat # SKIP AddressSanitizer keeps what was freed\n1..2\n");
  return 0;
#else
  bool flat = soak.late <= soak.early + soak.early / 10 + SLACK;
  printf("%s 2 memory is flat: at most %" PRIu64 " bytes in the first quarter, %" PRIu64
         " behind it\n1..2\n",
         flat ? "ok" : "not ok", soak.early, soak.late);
  return flat ? 0 : 1;
#endif
}
