/* reference-models: loss, jitter, queues and congestion controls in the reference, and the words
 * that stand for other types. */
#include <string.h>

#include "models/net/jitter.h"
#include "models/net/loss.h"
#include "models/net/qdisc.h"
#include "models/tcp/cc.h"
#include "scenarios/runner/reference.h"

/* "GilbertElliott" of "gilbert-elliott". */
static char *
camel(const char *prefix, const char *name)
{
  GString *text = g_string_new(prefix);
  bool up = true;
  for (; *name != '\0'; name++)
    if (!g_ascii_isalnum(*name)) {
      up = true;
    } else {
      g_string_append_c(text, up ? g_ascii_toupper(*name) : *name);
      up = false;
    }
  return g_string_free(text, FALSE);
}

/* The class of a model with its first row, `key` = the name. */
static ReferenceClass *
model_new(const char *prefix, const char *key, const char *name, const char *help)
{
  g_autofree char *class_name = camel(prefix, name);
  ReferenceClass *class = reference_class_new(class_name, help, true);
  ReferenceRow *row = g_new0(ReferenceRow, 1);
  row->name = g_strdup(key);
  row->type = g_strdup_printf("\"%s\"", name);
  row->help = g_strdup("this model");
  g_ptr_array_add(class->rows, row);
  return class;
}

/* A list among the parameters may be written without its name. */
static void
add_nameless(ReferenceClass *class, const SimParam *params)
{
  for (; params->name != NULL; params++)
    if (params->kind == SIM_PARAM_NUMBERS) {
      g_autofree char *help = g_strdup_printf("%s may be written without its name", params->name);
      const BindField field = {"[integer]", "number", help};
      reference_add_field(class, &field);
    }
}

static ReferenceClass *
loss_class(const LossOps *ops)
{
  ReferenceClass *class = model_new("Loss", "kind", ops->name, ops->help);
  void *state = g_malloc0(ops->state_size);
  if (ops->init != NULL)
    ops->init(state);
  reference_add_params(class, ops->params, state);
  add_nameless(class, ops->params);
  if (ops->clear != NULL)
    ops->clear(state);
  g_free(state);
  return class;
}

static ReferenceClass *
jitter_class(const JitterOps *ops)
{
  static const BindField reorder = {"reorder", "boolean", "packets may pass each other (false)"};
  ReferenceClass *class = model_new("Jitter", "kind", ops->name, ops->help);
  void *state = g_malloc0(ops->state_size);
  if (ops->init != NULL)
    ops->init(state);
  reference_add_params(class, ops->params, state);
  reference_add_field(class, &reorder);
  if (ops->clear != NULL)
    ops->clear(state);
  g_free(state);
  return class;
}

static ReferenceClass *
queue_class(const QdiscOps *ops, LinkDirection *direction)
{
  static const BindField classes = {"classes", "PacketRule[]",
                                    "classes of packets, in order, and one more for the rest"};
  ReferenceClass *class = model_new("Queue", "kind", ops->name, ops->help);
  void *state = g_malloc0(ops->state_size);
  if (ops->init != NULL)
    ops->init(state, direction);
  reference_add_params(class, ops->params, state);
  if (ops->add_class != NULL)
    reference_add_field(class, &classes);
  if (ops->clear != NULL)
    ops->clear(state);
  g_free(state);
  return class;
}

static void
add_queues(GPtrArray *classes)
{
  Sim *sim = sim_new(1);
  Net *net = net_new(sim);
  LinkSettings settings = link_settings_default();
  Link *link = link_new(node_new(net, "a", NODE_HOST, NULL), node_new(net, "b", NODE_HOST, NULL),
                        &settings, NULL);
  for (const QdiscOps *const *ops = qdisc_list(); *ops != NULL; ops++)
    g_ptr_array_add(classes, queue_class(*ops, &link->forward));
  net_free(net);
  sim_free(sim);
}

static ReferenceClass *
cc_class(const TcpCcOps *ops)
{
  ReferenceClass *class = model_new("Cc", "[1]", ops->name, ops->help);
  reference_add_params(class, ops->params, ops->defaults);
  return class;
}

const char *const *
reference_model_names(void)
{
  static const char *const names[] = {"loss", "jitter", "queue", "cc", NULL};
  return names;
}

GPtrArray *
reference_models(const char *which)
{
  GPtrArray *classes = g_ptr_array_new_with_free_func(reference_class_free);
  if (strcmp(which, "loss") == 0)
    for (const LossOps *const *ops = loss_list(); *ops != NULL; ops++)
      g_ptr_array_add(classes, loss_class(*ops));
  else if (strcmp(which, "jitter") == 0)
    for (const JitterOps *const *ops = jitter_list(); *ops != NULL; ops++)
      g_ptr_array_add(classes, jitter_class(*ops));
  else if (strcmp(which, "queue") == 0)
    add_queues(classes);
  else
    for (const TcpCcOps *const *ops = cc_list(); *ops != NULL; ops++)
      g_ptr_array_add(classes, cc_class(*ops));
  return classes;
}

/* -- other types -- */

static void
alias_free(gpointer data)
{
  ReferenceAlias *alias = data;
  g_free(alias->name);
  g_free(alias->type);
  g_free(alias->help);
  g_free(alias);
}

static void
add_alias(GPtrArray *aliases, const char *name, const char *type, const char *help)
{
  ReferenceAlias *alias = g_new0(ReferenceAlias, 1);
  *alias = (ReferenceAlias){g_strdup(name), g_strdup(type), g_strdup(help)};
  g_ptr_array_add(aliases, alias);
}

GPtrArray *
reference_aliases(void)
{
  static const struct {
    const char *name, *type, *help;
    const char *models; /* go before the type; NULL: none */
  } table[] = {
      {"Quantity", "number|string", "a text with a unit, or a number in the SI unit", NULL},
      {"Time", "number|string", "\"50 ms\", or seconds", NULL},
      {"Size", "number|string", "\"10 kB\", \"64 KiB\", or bytes", NULL},
      {"Packets", "integer|string", "\"100 pkt\", or their number", NULL},
      {"Rate", "number|string", "\"10 Mbit/s\", or bit/s", NULL},
      {"Ratio", "number|string", "\"1 %\", or 0.01", NULL},
      {"seconds", "number", "a time, as it is read", NULL},
      {"bytes", "number", "a size, as it is read", NULL},
      {"rate", "number", "bits a second, as they are read", NULL},
      {"Node", "Host|Router|Nat|Firewall|Middlebox", "any of them", NULL},
      {"PacketRule", "string|RuleFields|fun(packet: Packet): any",
       "exactly these packets: \"SYN#1\"; roundtrip help rules", NULL},
      {"MiddleboxFunction", "fun(packet: Packet, from: string): any",
       "is asked about each packet, and where it comes from", NULL},
      {"Loss", "Ratio|fun(packet: Packet): any", "which packets are lost", "loss"},
      {"Jitter", "Time", "what is added to the delay; a time: anything up to that", "jitter"},
      {"Queue", "string", "\"100 pkt\", \"64 KiB\", \"1 BDP\", \"unlimited\", or a discipline",
       "queue"},
      {"CongestionSettings", "table", "its name and its settings: {\"cubic\", beta = 0.5}", "cc"},
      {"SizeDistribution", "Size|\"web-search\"|\"data-mining\"|SizeDistributionOptions",
       "a size, or how it is drawn", NULL},
      {"TimeDistribution", "Time|TimeDistributionOptions", "a time, or how it is drawn", NULL},
  };
  GPtrArray *aliases = g_ptr_array_new_with_free_func(alias_free);
  for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
    g_autoptr(GString) type = g_string_new(NULL);
    g_autoptr(GPtrArray) models =
        table[i].models != NULL ? reference_models(table[i].models) : g_ptr_array_new();
    for (guint k = 0; k < models->len; k++)
      g_string_append_printf(type, "%s|", ((const ReferenceClass *)models->pdata[k])->name);
    g_string_append(type,
                    table[i].type); /* a function, whose result would take the rest, is last */
    add_alias(aliases, table[i].name, type->str, table[i].help);
  }
  return aliases;
}
