/* loss-periodic: every so many packets one is lost, or a few in a row: what analyses of TCP assume
 * (one loss a cycle), without chance. Packets are counted from 1 when the model begins. */
#include "models/net/loss.h"

typedef struct Periodic {
  int64_t every;  /* packets from one loss to the next */
  int64_t length; /* lost in a row */
  int64_t first;  /* number of the first that is lost; 0: `every` */
  int64_t next;   /* packets until the next loss begins; 0: set at the first packet */
  int64_t left;   /* of the row under way */
} Periodic;

static void
periodic_init(void *state)
{
  *(Periodic *)state = (Periodic){.every = 100, .length = 1};
}

static bool
periodic_check(const void *state, GError **error)
{
  const Periodic *periodic = state;
  if (periodic->length <= periodic->every)
    return true;
  g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
              "length = %" G_GINT64_FORMAT ": must be at most every, which is %" G_GINT64_FORMAT,
              periodic->length, periodic->every);
  return false;
}

static bool
periodic_lose(void *state, const Packet *packet, SimTime now, SimRng *rng)
{
  Periodic *periodic = state;
  if (periodic->next == 0)
    periodic->next = periodic->first > 0 ? periodic->first : periodic->every;
  if (--periodic->next == 0) {
    periodic->next = periodic->every;
    periodic->left = periodic->length;
  }
  if (periodic->left == 0)
    return false;
  periodic->left--;
  return true;
}

#define COUNT(field, text)                                                                         \
  {                                                                                                \
    .name = #field, .kind = SIM_PARAM_INTEGER, .offset = offsetof(Periodic, field), .min = 1,      \
    .max = 1e15, .help = text                                                                      \
  }

static const SimParam periodic_params[] = {
    COUNT(every, "packets from one loss to the next"),
    COUNT(length, "packets lost in a row"),
    COUNT(first, "number of the first packet that is lost; when not given: every"),
    {.name = NULL},
};

const LossOps loss_periodic = {
    .name = "periodic",
    .help = "every so many packets, without chance",
    .state_size = sizeof(Periodic),
    .params = periodic_params,
    .init = periodic_init,
    .check = periodic_check,
    .lose = periodic_lose,
};
