/* Parts: a network that is run in parts gives the same arrivals and counts as one that is run
 * whole, and tells the same in the same order, for meshes that are drawn, with losses, full queues
 * of every kind, copies and events that fall together; what cannot be cut; packets as bytes. */
#include "models/net/part.h"

#include <string.h>

#include "models/net/link-cut.h"
#include "models/net/net-account.h"
#include "models/net/packet-pack.h"
#include "tests/unit/net-fixture.h"

#define TICK (100 * FIXTURE_US)
#define ROUTERS 5u
#define HOSTS 6u
#define PACKETS 400u
#define MOST_PARTS 3u
#define SEEDS 40u

/* -- meshes, whole and in parts -- */

typedef struct Mesh Mesh;

typedef struct Offer {
  SimEvent event;
  Mesh *mesh;
  unsigned number, from, to, size;
} Offer;

struct Mesh {
  Fixture f;
  Node *hosts[HOSTS];
  Offer offers[PACKETS];
  NetPart *part; /* NULL: whole */
  GArray *told;  /* of Told */
};

/* What happened to a packet; `moment` in a part only. */
typedef struct Told {
  NetPartMoment moment;
  SimTime time;
  uint64_t packet;
  NetPacketEvent event;
  uint32_t node, direction; /* the latter by its number as an owner; 0: none */
} Told;

static void
on_packet(Sim *sim, const void *data, void *self)
{
  const Mesh *mesh = self;
  const NetPacketRecord *record = data;
  Told told = {.time = record->time,
               .packet = record->packet->id,
               .event = record->event,
               .node = record->node->index,
               .direction = record->direction != NULL ? record->direction->owner.id : 0};
  if (mesh->part != NULL)
    told.moment = net_part_moment(mesh->f.net);
  g_array_append_val(mesh->told, told);
}

static void
on_offer(Sim *sim, SimEvent *event)
{
  Offer *offer = sim_container(event, Offer, event);
  Node *from = offer->mesh->hosts[offer->from], *to = offer->mesh->hosts[offer->to];
  node_send(from, fixture_udp(offer->mesh->f.net, from, to, (uint16_t)offer->number, offer->size));
}

/* Drop-tail half the time. */
static void
set_queue(LinkDirection *direction, SimRng *rng)
{
  const QdiscOps *const *all = qdisc_list();
  uint64_t count = 0;
  while (all[count] != NULL)
    count++;
  const QdiscOps *ops = sim_rng_chance(rng, 0.5) ? &qdisc_droptail : all[sim_rng_below(rng, count)];
  void *queue = g_malloc0(ops->state_size);
  ops->init(queue, direction);
  if (ops == &qdisc_droptail)
    ((QdiscDroptail *)queue)->limit_packets = 1 + sim_rng_below(rng, 4);
  link_set_queue(direction, ops, queue);
}

static void
set_models(LinkDirection *direction, SimRng *rng)
{
  set_queue(direction, rng);
  if (sim_rng_chance(rng, 0.1))
    link_set_duplicate(direction, 0.2);
  if (sim_rng_chance(rng, 0.1))
    link_set_corrupt(direction, 0.2);
  if (sim_rng_below(rng, 3) > 0)
    return;
  void *state = g_malloc0(loss_bernoulli.state_size);
  SimParamValue value = {.type = SIM_VALUE_NUMBER, .number = 0.2};
  g_assert_true(sim_param_set(sim_param_find(loss_bernoulli.params, "p"), state, &value, NULL));
  link_set_loss(direction, &loss_bernoulli, state);
}

static void
mesh_link(Mesh *mesh, Node *a, Node *b, SimRng *rng)
{
  LinkSettings settings = link_settings_default();
  settings.delay = TICK * (SimTime)(1 + sim_rng_below(rng, 3));
  settings.rate = sim_rng_chance(rng, 0.3) ? 0 : 8000000;
  Link *link = link_new(a, b, &settings, NULL);
  set_models(&link->forward, rng);
  set_models(&link->backward, rng);
}

static Mesh *
mesh_new(unsigned seed, bool told)
{
  Mesh *mesh = g_new0(Mesh, 1);
  mesh->told = g_array_new(FALSE, FALSE, sizeof(Told));
  Node *routers[ROUTERS];
  SimRng rng;
  sim_rng_init(&rng, seed, "mesh");
  mesh->f = fixture_empty();
  if (told)
    sim_trace_listen(mesh->f.sim, NET_TRACE_PACKET, on_packet, mesh);
  for (unsigned i = 0; i < ROUTERS; i++) {
    char name[2] = {(char)('r' + i), '\0'};
    routers[i] = node_new(mesh->f.net, name, NODE_ROUTER, NULL);
    if (i > 0)
      mesh_link(mesh, routers[i], routers[sim_rng_below(&rng, i)], &rng);
  }
  mesh_link(mesh, routers[0], routers[ROUTERS - 1], &rng);
  for (unsigned i = 0; i < HOSTS; i++) {
    char name[2] = {(char)('a' + i), '\0'};
    mesh->hosts[i] = node_new(mesh->f.net, name, NODE_HOST, NULL);
    fixture_sink(&mesh->f, mesh->hosts[i]);
    mesh_link(mesh, mesh->hosts[i], routers[sim_rng_below(&rng, ROUTERS)], &rng);
  }
  for (unsigned i = 0; i < PACKETS; i++) {
    Offer *offer = &mesh->offers[i];
    *offer = (Offer){.mesh = mesh,
                     .number = i,
                     .from = (unsigned)sim_rng_below(&rng, HOSTS),
                     .to = (unsigned)sim_rng_below(&rng, HOSTS),
                     .size = 50 * (1 + (unsigned)sim_rng_below(&rng, 4))};
    sim_event_init(&offer->event, on_offer);
    sim_schedule(mesh->f.sim, &offer->event, TICK * (SimTime)sim_rng_below(&rng, 200),
                 SIM_APPLICATION, &mesh->hosts[offer->from]->owner);
  }
  return mesh;
}

static void
mesh_free(Mesh *mesh)
{
  if (mesh->part != NULL)
    net_part_free(mesh->part);
  for (unsigned i = 0; i < PACKETS; i++)
    sim_cancel(mesh->f.sim, &mesh->offers[i].event);
  sim_trace_ignore(mesh->f.sim, NET_TRACE_PACKET, on_packet, mesh);
  fixture_free(&mesh->f);
  g_array_unref(mesh->told);
  g_free(mesh);
}

static void
mesh_divide(Mesh *mesh, unsigned seed, unsigned number, unsigned parts)
{
  SimRng rng;
  sim_rng_init(&rng, seed, "parts");
  guint nodes = mesh->f.net->nodes->len;
  uint32_t *of = g_new(uint32_t, nodes);
  for (guint i = 0; i < nodes; i++)
    of[i] = (uint32_t)sim_rng_below(&rng, parts);
  mesh->part = net_part_new(mesh->f.net, number, parts, of);
  for (unsigned i = 0; i < PACKETS; i++)
    if (!net_part_has(mesh->f.net, mesh->hosts[mesh->offers[i].from]->index))
      sim_cancel(mesh->f.sim, &mesh->offers[i].event);
}

/* Carries what the parts have for each other; when the first event is due that is left. */
static SimTime
carry(Mesh **meshes, unsigned parts)
{
  SimTime next = SIM_TIME_NEVER;
  for (unsigned i = 0; i < parts; i++)
    for (unsigned k = 0; k < parts; k++) {
      const GByteArray *bytes = meshes[i]->part->out[k];
      net_part_take(meshes[k]->part, bytes->data, bytes->len);
    }
  for (unsigned i = 0; i < parts; i++) {
    net_part_sent(meshes[i]->part);
    next = MIN(next, sim_next(meshes[i]->f.sim));
  }
  return next;
}

/* Lets all parts run until `until`; their clocks are brought to the end. */
static void
run_parts(Mesh **meshes, unsigned parts, SimTime until)
{
  for (SimTime next; (next = carry(meshes, parts)) <= until;)
    for (unsigned i = 0; i < parts; i++)
      sim_run_part(meshes[i]->f.sim, MIN(sim_time_add(next, meshes[i]->part->ahead), until + 1));
  for (unsigned i = 0; i < parts; i++)
    meshes[i]->f.sim->now = until;
}

static gint
compare_arrivals(gconstpointer a, gconstpointer b)
{
  const Arrival *left = a, *right = b;
  if (left->time != right->time)
    return left->time < right->time ? -1 : 1;
  return left->number < right->number ? -1 : left->number > right->number;
}

/* What arrived, in an order that both have. */
static void
assert_same_arrivals(Mesh *whole, Mesh **meshes, unsigned parts)
{
  g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(Arrival));
  for (unsigned i = 0; i < parts; i++)
    g_array_append_vals(all, meshes[i]->f.arrivals->data, meshes[i]->f.arrivals->len);
  g_array_sort(all, compare_arrivals);
  g_array_sort(whole->f.arrivals, compare_arrivals);
  g_assert_cmpuint(all->len, ==, whole->f.arrivals->len);
  for (guint i = 0; i < all->len; i++) {
    const Arrival *one = &g_array_index(all, Arrival, i), *other = fixture_arrival(&whole->f, i);
    g_assert_cmpuint(one->number, ==, other->number);
    g_assert_cmpint(one->time, ==, other->time);
    g_assert_cmphex(one->id, ==, other->id);
  }
}

static LinkDirection *
direction_of(const Mesh *mesh, guint number)
{
  Link *link = g_ptr_array_index(mesh->f.net->links, number / 2);
  return number % 2 == 0 ? &link->forward : &link->backward;
}

/* The counts of all parts added up are those of the whole, and a direction says so when told. */
static void
assert_same_counts(Mesh *whole, Mesh **meshes, unsigned parts)
{
  uint64_t events = 0;
  for (unsigned i = 0; i < parts; i++) {
    events += meshes[i]->f.sim->events;
    GError *error = NULL;
    net_account(meshes[i]->f.net, &error);
    g_assert_no_error(error);
  }
  g_assert_cmpuint(events, ==, whole->f.sim->events);
  for (guint i = 0; i < 2 * whole->f.net->links->len; i++) {
    LinkState sum = {0}, expected;
    uint64_t *sums = (uint64_t *)(void *)&sum;
    for (unsigned k = 0; k < parts; k++) {
      LinkState state;
      link_cut_state(direction_of(meshes[k], i), &state);
      const uint64_t *numbers = (const uint64_t *)(const void *)&state;
      for (size_t n = 0; n < sizeof state / sizeof *numbers; n++)
        sums[n] += numbers[n];
    }
    link_cut_state(direction_of(whole, i), &expected);
    g_assert_cmpmem(&sum, sizeof sum, &expected, sizeof expected);
    LinkDirection *first = direction_of(meshes[0], i);
    link_cut_settle(first, &sum);
    g_assert_cmpuint(link_queue_packets(first), ==, expected.waiting_packets);
    g_assert_cmpuint(link_queue_bytes(first), ==, expected.waiting_bytes);
    g_assert_cmpmem(link_counters(first), sizeof(LinkCounters), &expected.counters,
                    sizeof(LinkCounters));
  }
}

/* Always the part whose next one comes first. */
static void
assert_same_told(const Mesh *whole, Mesh **meshes, unsigned parts)
{
  guint at[MOST_PARTS] = {0};
  for (guint i = 0; i < whole->told->len; i++) {
    const Told *first = NULL;
    unsigned chosen = 0;
    for (unsigned k = 0; k < parts; k++) {
      const Told *next = &g_array_index(meshes[k]->told, Told, at[k]);
      if (at[k] == meshes[k]->told->len ||
          (first != NULL && !net_part_is_before(&next->moment, &first->moment)))
        continue;
      first = next;
      chosen = k;
    }
    const Told *expected = &g_array_index(whole->told, Told, i);
    g_assert_nonnull(first);
    g_assert_cmpint(first->time, ==, expected->time);
    g_assert_cmpint(first->event, ==, expected->event);
    g_assert_cmphex(first->packet, ==, expected->packet);
    g_assert_cmpuint(first->node, ==, expected->node);
    g_assert_cmpuint(first->direction, ==, expected->direction);
    at[chosen]++;
  }
  for (unsigned k = 0; k < parts; k++)
    g_assert_cmpuint(at[k], ==, meshes[k]->told->len);
}

static void
parts_are_the_whole(gconstpointer data)
{
  bool told = GPOINTER_TO_INT(data);
  uint64_t waiting = 0, lost = 0, full = 0;
  for (unsigned seed = 1; seed <= SEEDS; seed++) {
    SimTime until = TICK * (SimTime)(50 + 7 * seed); /* some in the middle of it */
    unsigned parts = 1 + seed % MOST_PARTS;
    Mesh *whole = mesh_new(seed, told), *meshes[MOST_PARTS];
    sim_run(whole->f.sim, until);
    whole->f.sim->now = until;
    for (unsigned i = 0; i < parts; i++) {
      meshes[i] = mesh_new(seed, told);
      mesh_divide(meshes[i], seed, i, parts);
    }
    run_parts(meshes, parts, until);
    assert_same_arrivals(whole, meshes, parts);
    assert_same_counts(whole, meshes, parts);
    assert_same_told(whole, meshes, parts);
    for (guint i = 0; i < 2 * whole->f.net->links->len; i++) {
      LinkDirection *direction = direction_of(whole, i);
      waiting += link_queue_packets(direction);
      lost += link_counters(direction)->dropped_loss;
      full += link_counters(direction)->dropped_queue;
    }
    mesh_free(whole);
    for (unsigned i = 0; i < parts; i++)
      mesh_free(meshes[i]);
  }
  g_assert_cmpuint(waiting, >, 20); /* it compares what it says */
  g_assert_cmpuint(lost, >, 200);
  g_assert_cmpuint(full, >, 200);
}

/* -- what may be cut -- */

static void
links_that_hold_back_are_not_cut(void)
{
  Fixture f;
  fixture_link(&f, 8000000, FIXTURE_MS);
  g_assert_true(link_cut_possible(f.link));
  g_assert_cmpint(link_cut_ahead(f.way), ==, FIXTURE_MS + 20 * FIXTURE_US);
  link_set_overhead(f.way, 18);
  g_assert_cmpint(link_cut_ahead(f.way), ==, FIXTURE_MS + 38 * FIXTURE_US);
  link_set_delay(&f.link->backward, 0);
  g_assert_false(link_cut_possible(f.link));
  link_set_delay(&f.link->backward, FIXTURE_MS);
  g_assert_true(link_cut_possible(f.link));
  link_set_duplicate(f.way, 0.1);
  g_assert_true(link_cut_possible(f.link));
  g_assert_cmpint(link_cut_ahead(f.way), ==, FIXTURE_MS);
  link_set_shaper(&f.link->backward, 1000000, 1500);
  g_assert_false(link_cut_possible(f.link));
  fixture_free(&f);
}

/* -- packets as bytes -- */

/* A packet with all that it can own: it comes back, and nothing of it is shared. */
static void
packets_come_back_from_bytes(void)
{
  Fixture f;
  fixture_link(&f, 0, 0);
  Packet *packet = fixture_tcp(f.net, f.a, f.b, TCP_PSH | TCP_ACK, 5);
  PacketExt *ext = packet_ext(f.net, packet);
  ext->payload = (uint8_t *)g_strdup("hello");
  ext->options = (uint8_t *)g_strdup("opt.");
  ext->options_length = 4;
  Packet *quoted = fixture_tcp(f.net, f.b, f.a, TCP_SYN, 3);
  packet_ext(f.net, quoted)->payload = (uint8_t *)g_strdup("abc");
  ext->quoted = quoted;
  Packet *plain = fixture_udp(f.net, f.a, f.b, 7, 100);
  packet->time = 12345;

  g_autoptr(GByteArray) bytes = g_byte_array_new();
  packet_pack(bytes, packet);
  packet_pack(bytes, plain);
  const uint8_t *at = bytes->data, *end = at + bytes->len;
  Packet *copy = packet_unpack(f.net, &at, end);
  Packet *second = packet_unpack(f.net, &at, end);
  g_assert_true(at == end);
  g_assert_cmphex(copy->id, ==, packet->id);
  g_assert_cmpint(copy->time, ==, 12345);
  g_assert_true(copy->ext != ext);
  g_assert_cmpmem(copy->ext->payload, 5, "hello", 5);
  g_assert_true(copy->ext->payload != ext->payload);
  g_assert_cmpmem(copy->ext->options, 4, "opt.", 4);
  g_assert_cmphex(copy->ext->quoted->id, ==, quoted->id);
  g_assert_cmpmem(copy->ext->quoted->ext->payload, 3, "abc", 3);
  g_assert_cmphex(second->id, ==, plain->id);
  g_assert_null(second->ext);
  Packet *all[] = {packet, plain, copy, second};
  for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
    packet_free(f.net, all[i]);
  fixture_free(&f);
}

/* What there is to tell has outgrown a message: no more is put together, and the part stops. */
static void
a_message_that_is_too_long_stops_the_part(void)
{
  Mesh *mesh = mesh_new(1, false);
  mesh_divide(mesh, 1, 0, 2);
  mesh->part->most = 2000;
  g_assert_false(sim_run_part(mesh->f.sim, SIM_SECOND));
  guint length = mesh->part->out[1]->len;
  g_assert_cmpuint(length, >, 2000);
  g_assert_cmpuint(length, <, 2000 + 2 * sizeof(Packet));
  mesh_free(mesh);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_data_func("/part/parts-are-the-whole", GINT_TO_POINTER(false), parts_are_the_whole);
  g_test_add_data_func("/part/parts-tell-what-the-whole-tells", GINT_TO_POINTER(true),
                       parts_are_the_whole);
  g_test_add_func("/part/links-that-hold-back-are-not-cut", links_that_hold_back_are_not_cut);
  g_test_add_func("/part/packets-come-back-from-bytes", packets_come_back_from_bytes);
  g_test_add_func("/part/a-message-that-is-too-long-stops-the-part",
                  a_message_that_is_too_long_stops_the_part);
  return g_test_run();
}
