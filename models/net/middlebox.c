/* middlebox: the list of kinds, what they have in common, and the one that asks a callback.
 *
 * A new kind is a file of its own (middlebox-NAME.c) and a row of the list below. */
#include "models/net/middlebox.h"

#include <string.h>

#include "models/net/link.h"

static const MiddleboxOps *const list[] = {&middlebox_firewall, &middlebox_nat, NULL};

const MiddleboxOps *const *
middlebox_list(void)
{
  return list;
}

Middlebox *
middlebox_new(Node *node, const MiddleboxOps *ops)
{
  sim_assert(node->net->sim, node->middlebox == NULL);
  Middlebox *box = g_new0(Middlebox, 1);
  box->ops = ops;
  box->node = node;
  box->state = g_malloc0(ops->state_size);
  box->named = g_ptr_array_new();
  node->middlebox = box;
  if (ops->init != NULL)
    ops->init(box->state, box);
  return box;
}

void
middlebox_free(Middlebox *box)
{
  if (box == NULL)
    return;
  if (box->ops->clear != NULL)
    box->ops->clear(box->state);
  g_free(box->state);
  g_ptr_array_unref(box->named);
  g_free(box);
}

/* -- sides -- */

void
middlebox_name_side(Middlebox *box, Node *neighbour, bool inside)
{
  box->named_inside = inside;
  if (!g_ptr_array_find(box->named, neighbour, NULL))
    g_ptr_array_add(box->named, neighbour);
}

bool
middlebox_is_inside(const Middlebox *box, const Node *neighbour)
{
  for (guint i = 0; i < box->named->len; i++)
    if (g_ptr_array_index(box->named, i) == neighbour)
      return box->named_inside;
  return !box->named_inside;
}

/* "a, b": the nodes at the other ends of its links. g_free. */
static char *
neighbours_text(const Node *node)
{
  GString *text = g_string_new(NULL);
  for (guint i = 0; i < node->directions->len; i++) {
    const LinkDirection *direction = g_ptr_array_index(node->directions, i);
    g_string_append_printf(text, "%s%s", i > 0 ? ", " : "", direction->to->name);
  }
  return g_string_free(text, false);
}

static bool
has_neighbour(const Node *node, const Node *other)
{
  for (guint i = 0; i < node->directions->len; i++)
    if (((const LinkDirection *)g_ptr_array_index(node->directions, i))->to == other)
      return true;
  return false;
}

bool
middlebox_check_sides(const Middlebox *box, GError **error)
{
  const char *side = box->named_inside ? "inside" : "outside";
  bool sides[2] = {false, false};
  for (guint i = 0; i < box->node->directions->len; i++) {
    const LinkDirection *direction = g_ptr_array_index(box->node->directions, i);
    sides[middlebox_is_inside(box, direction->to)] = true;
  }
  g_autofree char *neighbours = neighbours_text(box->node);
  for (guint i = 0; i < box->named->len; i++) {
    const Node *named = g_ptr_array_index(box->named, i);
    if (has_neighbour(box->node, named))
      continue;
    g_set_error(error, SIM_ERROR, SIM_ERROR_NAME,
                "%s: %s: no link joins it with \"%s\"; its neighbours: %s", box->node->name, side,
                named->name, *neighbours != '\0' ? neighbours : "none");
    return false;
  }
  if (sides[false] && sides[true])
    return true;
  g_set_error(error, SIM_ERROR, SIM_ERROR_STATE,
              "%s: all of its neighbours (%s) are %s, so that there is nothing to stand between",
              box->node->name, neighbours, sides[true] ? "inside" : "outside");
  return false;
}

/* -- packets -- */

G_GNUC_NO_INLINE Packet *
middlebox_arrive(Middlebox *box, Packet *packet, LinkDirection *from)
{
  if (from == NULL)
    return packet;
  box->looked_at++;
  return box->ops->arrive(box, packet, from);
}

G_GNUC_NO_INLINE Packet *
middlebox_leave(Middlebox *box, Packet *packet, LinkDirection *to)
{
  return box->ops->leave != NULL ? box->ops->leave(box, packet, to) : packet;
}

void
middlebox_drop(Middlebox *box, Packet *packet, const char *reason)
{
  box->dropped++;
  node_drop(box->node, packet, reason);
}

void
middlebox_refuse(Middlebox *box, Packet *packet, IcmpKind kind, const char *reason)
{
  box->dropped++;
  node_refuse(box->node, packet, kind, reason);
}

bool
middlebox_counter(Middlebox *box, const char *name, uint64_t *value)
{
  if (strcmp(name, "looked_at") == 0) {
    *value = box->looked_at;
    return true;
  }
  if (strcmp(name, "dropped") == 0) {
    *value = box->dropped;
    return true;
  }
  const MiddleboxCounter *counter = box->ops->counters;
  for (; counter != NULL && counter->name != NULL; counter++) {
    if (strcmp(counter->name, name) != 0)
      continue;
    if (box->ops->settle != NULL && !box->told)
      box->ops->settle(box->state);
    memcpy(value, (const char *)box->state + counter->offset, sizeof *value);
    return true;
  }
  return false;
}

/* -- where several processes run a network -- */

unsigned
middlebox_count_counters(const Middlebox *box)
{
  unsigned count = 2; /* looked_at, dropped */
  const MiddleboxCounter *counter = box->ops->counters;
  for (; counter != NULL && counter->name != NULL; counter++)
    count++;
  return count;
}

void
middlebox_read_counters(Middlebox *box, uint64_t *values)
{
  *values++ = box->looked_at;
  *values++ = box->dropped;
  const MiddleboxCounter *counter = box->ops->counters;
  for (; counter != NULL && counter->name != NULL; counter++)
    middlebox_counter(box, counter->name, values++);
}

void
middlebox_put_counters(Middlebox *box, const uint64_t *values)
{
  box->told = true;
  box->looked_at = *values++;
  box->dropped = *values++;
  const MiddleboxCounter *counter = box->ops->counters;
  for (; counter != NULL && counter->name != NULL; counter++)
    memcpy((char *)box->state + counter->offset, values++, sizeof *values);
}

/* -- a callback -- */

typedef struct Function {
  MiddleboxFn fn;
  void *data;               /* of the caller's */
  GDestroyNotify free_data; /* NULL: nothing to free */
} Function;

static Packet *
function_arrive(Middlebox *box, Packet *packet, LinkDirection *from)
{
  const Function *function = box->state;
  const char *reason = function->fn(packet, from->from, function->data);
  if (reason == NULL)
    return packet;
  middlebox_drop(box, packet, reason);
  return NULL;
}

static void
function_clear(void *state)
{
  const Function *function = state;
  if (function->free_data != NULL)
    function->free_data(function->data);
}

static const SimParam function_params[] = {{.name = NULL}};

const MiddleboxOps middlebox_function = {
    .name = "middlebox",
    .help = "a function that looks at each packet, changes or drops it",
    .state_size = sizeof(Function),
    .params = function_params,
    .arrive = function_arrive,
    .clear = function_clear,
};

void
middlebox_function_set(void *state, MiddleboxFn fn, void *data, GDestroyNotify free_data)
{
  Function *function = state;
  *function = (Function){.fn = fn, .data = data, .free_data = free_data};
}
