/* Tests of id-map: against a GHashTable, with keys that collide. */
#include "scenarios/runner/id-map.h"

#include <glib.h>

static void
test_empty(void)
{
  IdMap map = {0};
  uint32_t value = 7;
  g_assert_false(id_map_get(&map, 1, &value));
  g_assert_false(id_map_take(&map, 1, &value));
  g_assert_cmpuint(value, ==, 7);
  id_map_clear(&map);
}

static void
test_replace(void)
{
  IdMap map = {0};
  uint32_t value = 0;
  id_map_put(&map, 5, 1);
  id_map_put(&map, 5, 2);
  g_assert_cmpuint(map.count, ==, 1);
  g_assert_true(id_map_get(&map, 5, &value));
  g_assert_cmpuint(value, ==, 2);
  g_assert_true(id_map_take(&map, 5, NULL));
  g_assert_false(id_map_get(&map, 5, &value));
  id_map_clear(&map);
}

/* Few keys, often put in and taken out, so that searches run into one another. */
static void
test_random(void)
{
  IdMap map = {0};
  g_autoptr(GHashTable) model = g_hash_table_new(NULL, NULL);
  g_autoptr(GRand) random = g_rand_new_with_seed(1);
  for (int i = 0; i < 200000; i++) {
    guint key = (guint)g_rand_int_range(random, 1, 400), value = 0;
    void *name = GUINT_TO_POINTER(key), *expected = g_hash_table_lookup(model, name);
    if (g_rand_boolean(random)) {
      id_map_put(&map, key, (guint)i + 1);
      g_hash_table_insert(model, name, GUINT_TO_POINTER((guint)i + 1));
    } else {
      g_assert_cmpint(id_map_take(&map, key, &value), ==, expected != NULL);
      g_assert_cmpuint(value, ==, GPOINTER_TO_UINT(expected));
      g_hash_table_remove(model, name);
    }
    g_assert_cmpuint(map.count, ==, g_hash_table_size(model));
  }
  for (guint key = 1; key < 400; key++) {
    guint value = 0;
    id_map_get(&map, key, &value);
    g_assert_cmpuint(value, ==,
                     GPOINTER_TO_UINT(g_hash_table_lookup(model, GUINT_TO_POINTER(key))));
  }
  id_map_clear(&map);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/id-map/empty-has-nothing", test_empty);
  g_test_add_func("/id-map/put-replaces", test_replace);
  g_test_add_func("/id-map/same-as-a-hash-table", test_random);
  return g_test_run();
}
