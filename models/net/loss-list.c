/* loss-list: exactly these packets, by their number on this direction, counted from 1 when the
 * model begins: {kind = "list", 3, 7}. A rule says it by what a packet is; this by where it
 * stands. */
#include "models/net/loss.h"

typedef struct List {
  SimNumbers packets; /* in increasing order */
  uint64_t seen;      /* packets so far */
  uint32_t next;      /* index of the first that is still to come */
} List;

static bool
list_check(const void *state, GError **error)
{
  const List *losses = state;
  for (uint32_t i = 1; i < losses->packets.count; i++)
    if (losses->packets.values[i] <= losses->packets.values[i - 1])
      return sim_numbers_refuse(&losses->packets, i,
                                "the packets are written in increasing order, each once", error);
  if (losses->packets.count > 0)
    return true;
  g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
              "the numbers of the packets are missing: {kind = \"list\", 3, 7}");
  return false;
}

static bool
list_lose(void *state, const Packet *packet, SimTime now, SimRng *rng)
{
  List *losses = state;
  losses->seen++;
  if (losses->next == losses->packets.count ||
      losses->packets.values[losses->next] != (double)losses->seen)
    return false;
  losses->next++;
  return true;
}

static void
list_clear(void *state)
{
  sim_numbers_clear(&((List *)state)->packets);
}

static const SimNumbersForm list_form = {.columns = 1, .min = 1, .max = 1e15, .whole = true};

static const SimParam list_params[] = {
    {.name = "packets",
     .kind = SIM_PARAM_NUMBERS,
     .offset = offsetof(List, packets),
     .form = &list_form,
     .help = "numbers of the packets that are lost; the name may be left out"},
    {.name = NULL},
};

const LossOps loss_list_ops = {
    .name = "list",
    .help = "exactly these packets of the direction, counted from 1: {kind = \"list\", 3, 7}",
    .state_size = sizeof(List),
    .params = list_params,
    .check = list_check,
    .lose = list_lose,
    .clear = list_clear,
};
