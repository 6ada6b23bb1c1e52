/* test-property: a stream arrives whole, once and in order, whatever the wire does.
 *
 * Each seed makes a link (rate, delay, queue, loss, reordering, duplication, damage), a profile
 * with options of its own, and two streams of random bytes, one each way. What arrives must be
 * what was sent, by SHA-256; a connection that had to give up must have delivered a prefix.
 * ROUNDTRIP_SEEDS sets how many seeds are tried (default 2,000), ROUNDTRIP_SEED tries one alone. */
#include "tests/tcp/lab.h"

#include <stdio.h>
#include <string.h>

#include "models/tcp/cc.h"

#define SEEDS 2000
#define MOST (120 * 1024)

typedef struct Chaos {
  SimRng rng;
  double hold;     /* probability that a packet is held ... */
  double mark;     /* ... and that it is marked */
  SimTime longest; /* for up to so long */
} Chaos;

static SimRng *tuning; /* of the seed under test; the lab's hook takes no argument of its own */

static bool
flip(void)
{
  return sim_rng_chance(tuning, 0.5);
}

static void
tune(TcpProfile *profile, bool server)
{
  profile->timestamps = flip();
  profile->sack = flip();
  profile->dsack = flip();
  profile->nagle = flip();
  profile->cork = sim_rng_chance(tuning, 0.2);
  profile->syn_cookies = (int)sim_rng_below(tuning, 3);
  profile->minshall = flip();
  profile->quick_acks = flip();
  profile->limited_transmit = flip();
  profile->prr = flip();
  profile->rack = flip();
  profile->tail_loss_probe = flip();
  profile->frto = flip();
  profile->ecn = (int)sim_rng_below(tuning, TCP_ECN_ACCURATE + 1);
  profile->undo = flip();
  int controls = 0;
  while (cc_list()[controls] != NULL)
    controls++;
  profile->cc = cc_list()[sim_rng_below(tuning, (uint64_t)controls)];
  profile->cwnd_counts_segments = flip();
  profile->threshold_from_cwnd = flip();
  profile->probe_with_data = flip();
  profile->challenge_ack = flip();
  profile->autotune = flip();
  profile->idle_restart = flip();
  profile->cwnd_validation = (int)sim_rng_below(tuning, 3);
  profile->window_scale = flip() ? -1 : (int64_t)sim_rng_below(tuning, 15);
  profile->delayed_ack = flip() ? 0 : 40 * SIM_MILLISECOND;
  profile->mss = flip() ? 0 : 64 + sim_rng_below(tuning, 1400);
  profile->initial_window = (int64_t)sim_rng_below(tuning, 12);
  if (flip()) {
    profile->receive_buffer = 100 + sim_rng_below(tuning, 20000);
    profile->receive_buffer_max = MAX(profile->receive_buffer, 65536);
  }
  if (flip())
    profile->send_buffer = 200 + sim_rng_below(tuning, 20000);
  profile->isn = flip() ? -1 : (int64_t)(UINT32_MAX - sim_rng_below(tuning, MOST)); /* wraps */
  profile->retries = 60;
  profile->orphan_retries = 60;
  profile->retries_as_time = false;
  profile->max_rto = 8 * SIM_SECOND;
  profile->time_wait = SIM_SECOND;
}

static bool
hold(const Packet *packet, void *data)
{
  Chaos *chaos = data;
  return sim_rng_chance(&chaos->rng, chaos->hold);
}

static bool
mark(const Packet *packet, void *data)
{
  Chaos *chaos = data;
  return (packet->traffic_class & 3) != 0 && sim_rng_chance(&chaos->rng, chaos->mark);
}

static void
add_rule(Lab *lab, RuleAction action, PacketMatchFn match, Chaos *chaos, SimTime delay)
{
  LinkRule *rule = g_new0(LinkRule, 1);
  rule->action = action;
  rule->match = packet_match_function(match, chaos, NULL);
  rule->text = g_strdup_printf("%s function", rule_action_name(action));
  rule->reason = g_strdup("rule function");
  rule->to = SIM_TIME_NEVER;
  rule->delay = delay;
  link_add_rule(lab->wire, rule);
}

static void
spoil(Lab *lab, LinkDirection *direction, SimRng *rng)
{
  double worst = sim_rng_uniform(rng) * 0.25;
  if (sim_rng_chance(rng, 0.8)) {
    const SimParam *param = sim_param_find(loss_bernoulli.params, "p");
    void *state = g_malloc0(loss_bernoulli.state_size);
    SimParamValue value = {.type = SIM_VALUE_NUMBER, .number = worst};
    g_assert_true(sim_param_set(param, state, &value, NULL));
    link_set_loss(direction, &loss_bernoulli, state);
  }
  if (sim_rng_chance(rng, 0.5))
    link_set_duplicate(direction, sim_rng_uniform(rng) * 0.2);
  if (sim_rng_chance(rng, 0.3))
    link_set_corrupt(direction, sim_rng_uniform(rng) * 0.1);
}

static void
fill(uint8_t *bytes, size_t count, SimRng *rng)
{
  for (size_t i = 0; i < count; i++)
    bytes[i] = (uint8_t)sim_rng_u32(rng);
}

/* With ROUNDTRIP_SEED the whole story is told. */
static void
tell(const Lab *lab)
{
  if (g_getenv("ROUNDTRIP_SEED") != NULL)
    fputs(lab->timeline->str, stderr);
}

static void
check_stream(const LabEnd *from, const LabEnd *to, const uint8_t *bytes, size_t count,
             const char *which, uint64_t seed)
{
  bool gave_up = from->conn == NULL || to->conn == NULL || tcp_error(from->conn) != TCP_OK ||
                 tcp_error(to->conn) != TCP_OK;
  if (to->received->len > count || (!gave_up && to->received->len != count))
    g_error("seed %" G_GUINT64_FORMAT ", %s: %u bytes arrived of %zu (errors \"%s\", \"%s\")", seed,
            which, to->received->len, count,
            from->conn != NULL ? tcp_error_name(tcp_error(from->conn)) : "-",
            to->conn != NULL ? tcp_error_name(tcp_error(to->conn)) : "-");
  char *sent = g_compute_checksum_for_data(G_CHECKSUM_SHA256, bytes, to->received->len);
  char *came =
      g_compute_checksum_for_data(G_CHECKSUM_SHA256, to->received->data, to->received->len);
  if (strcmp(sent, came) != 0)
    g_error("seed %" G_GUINT64_FORMAT ", %s: what arrived is not what was sent", seed, which);
  g_free(sent);
  g_free(came);
}

static bool
run_seed(uint64_t seed)
{
  SimRng rng;
  sim_rng_init(&rng, seed, "property");
  tuning = &rng;
  LabSettings settings = {
      .seed = seed,
      .profile = sim_rng_chance(&rng, 0.5) ? "linux" : "rfc9293",
      .delay = (SimTime)(1 + sim_rng_below(&rng, 100)) * SIM_MILLISECOND,
      .rate = sim_rng_chance(&rng, 0.3) ? 0 : 1000000 + sim_rng_below(&rng, 100000000),
      .tune = tune,
  };
  Lab *lab = lab_new(&settings);
  Chaos chaos = {.hold = sim_rng_chance(&rng, 0.5) ? sim_rng_uniform(&rng) * 0.2 : 0};
  sim_rng_init(&chaos.rng, seed, "hold");
  chaos.mark = sim_rng_uniform(&chaos.rng) * 0.1;
  add_rule(lab, RULE_MARK, mark, &chaos, 0);
  add_rule(lab, RULE_HOLD, hold, &chaos, (SimTime)(1 + sim_rng_below(&rng, 150)) * SIM_MILLISECOND);
  spoil(lab, &lab->wire->forward, &rng);
  spoil(lab, &lab->wire->backward, &rng);
  size_t up = sim_rng_below(&rng, MOST),
         down = sim_rng_chance(&rng, 0.5) ? 0 : sim_rng_below(&rng, MOST);
  uint8_t *up_bytes = g_malloc(up + 1), *down_bytes = g_malloc(down + 1);
  fill(up_bytes, up, &rng);
  fill(down_bytes, down, &rng);
  lab_listen(lab);
  lab->client.close_when_sent = lab->client.close_at_end = true;
  lab->server.close_when_sent = lab->server.close_at_end = true;
  lab_send(lab, &lab->server, down, down_bytes);
  lab_connect(lab);
  lab_send(lab, &lab->client, up, up_bytes);
  lab_run(lab, 20000 * SIM_SECOND);
  tell(lab);
  check_stream(&lab->client, &lab->server, up_bytes, up, "client to server", seed);
  check_stream(&lab->server, &lab->client, down_bytes, down, "server to client", seed);
  bool whole = lab->server.conn != NULL && tcp_error(lab->server.conn) == TCP_OK &&
               tcp_error(lab->client.conn) == TCP_OK;
  if (whole &&
      (tcp_state(lab->client.conn) != TCP_CLOSED || tcp_state(lab->server.conn) != TCP_CLOSED))
    g_error("seed %" G_GUINT64_FORMAT ": still %s and %s", seed,
            tcp_state_name(tcp_state(lab->client.conn)),
            tcp_state_name(tcp_state(lab->server.conn)));
  lab_free(lab);
  g_free(up_bytes);
  g_free(down_bytes);
  return whole;
}

static void
stream_arrives_whole(void)
{
  const char *alone = g_getenv("ROUNDTRIP_SEED"), *many = g_getenv("ROUNDTRIP_SEEDS");
  if (alone != NULL) {
    run_seed(g_ascii_strtoull(alone, NULL, 10));
    return;
  }
  uint64_t seeds = many != NULL ? g_ascii_strtoull(many, NULL, 10) : SEEDS, whole = 0;
  for (uint64_t seed = 1; seed <= seeds; seed++)
    whole += run_seed(seed);
  g_test_message("%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " connections ended in order", whole,
                 seeds);
  /* Connections may fail while they open; most must not. */
  g_assert_cmpuint(whole * 100, >=, seeds * 95);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/tcp/property/stream-arrives-whole", stream_arrives_whole);
  return g_test_run();
}
