/* fuzz-main: a target without libFuzzer, in every build: each file of a folder is an input, and
 * then so many more that are made of them by small changes, the same ones each time.
 *
 *   seeds-TARGET FOLDER [COUNT]
 *
 * Crashes that were found are among the seeds, and so stay found. Prints TAP. */
#include <glib.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/rng.h"

#define SIZE_MOST 8192
#define CHANGES_MOST 5

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static gint
compare_names(gconstpointer a, gconstpointer b)
{
  return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The inputs of the folder, in the order of their names. */
static GPtrArray *
read_folder(const char *path)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
  GPtrArray *inputs = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
  GError *error = NULL;
  GDir *folder = g_dir_open(path, 0, &error);
  g_assert_no_error(error);
  for (const char *name; (name = g_dir_read_name(folder)) != NULL;)
    g_ptr_array_add(names, g_build_filename(path, name, NULL));
  g_dir_close(folder);
  g_ptr_array_sort(names, compare_names);
  for (guint i = 0; i < names->len; i++) {
    char *bytes;
    gsize size;
    if (g_file_get_contents(names->pdata[i], &bytes, &size, NULL))
      g_ptr_array_add(inputs, g_bytes_new_take(bytes, MIN(size, SIZE_MOST)));
  }
  return inputs;
}

static void
change(GByteArray *input, SimRng *rng, const GPtrArray *inputs)
{
  static const uint8_t special[] = {0,   1,    0x7f, 0x80, 0xff, ' ', ',',
                                    '"', '\n', '-',  '0',  '9',  '.', 'e'};
  guint at = (guint)sim_rng_below(rng, input->len + 1);
  guint length = 1 + (guint)sim_rng_below(rng, 16); /* MIN() asks twice */
  length = MIN(length, input->len - at);
  switch (sim_rng_below(rng, 5)) {
  case 0:
    if (at < input->len)
      input->data[at] ^= (uint8_t)(1u << sim_rng_below(rng, 8));
    break;
  case 1:
    if (at < input->len)
      input->data[at] = special[sim_rng_below(rng, G_N_ELEMENTS(special))];
    break;
  case 2:
    if (length > 0)
      g_byte_array_remove_range(input, at, length);
    break;
  case 3: /* the rest of another one behind it */
  {
    gsize size;
    GBytes *other = inputs->pdata[sim_rng_below(rng, inputs->len)];
    const uint8_t *bytes = g_bytes_get_data(other, &size);
    gsize from = sim_rng_below(rng, size + 1);
    g_byte_array_set_size(input, at);
    g_byte_array_append(input, bytes + from, (guint)MIN(size - from, SIZE_MOST - at));
    break;
  }
  default: /* a piece twice */
    if (length > 0 && input->len + length <= SIZE_MOST) {
      g_autofree uint8_t *piece = g_memdup2(input->data + at, length);
      g_byte_array_append(input, piece, length);
    }
  }
}

static void
run(const uint8_t *data, size_t size)
{
  g_autofree uint8_t *copy = g_malloc(MAX(size, 1)); /* whose end a sanitizer watches */
  memcpy(copy, data, size);
  LLVMFuzzerTestOneInput(copy, size);
}

int
main(int argc, char **argv)
{
  if (argc < 2) {
    fprintf(stderr, "usage: %s FOLDER [COUNT]\n", argv[0]);
    return 2;
  }
  g_autoptr(GPtrArray) inputs = read_folder(argv[1]);
  uint64_t count = argc > 2 ? g_ascii_strtoull(argv[2], NULL, 10) : 0;
  SimRng rng;
  sim_rng_init(&rng, 1, "fuzz");
  for (guint i = 0; i < inputs->len; i++) {
    gsize size;
    const uint8_t *bytes = g_bytes_get_data(inputs->pdata[i], &size);
    run(bytes, size);
  }
  for (uint64_t i = 0; i < count && inputs->len > 0; i++) {
    gsize size;
    const uint8_t *bytes = g_bytes_get_data(inputs->pdata[sim_rng_below(&rng, inputs->len)], &size);
    g_autoptr(GByteArray) input = g_byte_array_new();
    g_byte_array_append(input, bytes, (guint)size);
    for (uint64_t changes = 1 + sim_rng_below(&rng, CHANGES_MOST); changes > 0; changes--)
      change(input, &rng, inputs);
    run(input->data, input->len);
  }
  printf("%s 1 %u seeds and %llu inputs made of them\n1..1\n", inputs->len > 0 ? "ok" : "not ok",
         inputs->len, (unsigned long long)count);
  return inputs->len > 0 ? 0 : 1;
}
