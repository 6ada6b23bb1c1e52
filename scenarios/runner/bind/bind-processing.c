/* bind-processing: processing = "1 ms" or {kind = "exponential", mean = "1 ms"}: what a node takes
 * before it handles what arrives. */
#include "scenarios/runner/bind/bind-node.h"

typedef struct ProcessingOptions {
  int kind;
  SimTime from, to, mean, deviation;
  double shape;
} ProcessingOptions;

#define PROCESSING(member) offsetof(ProcessingOptions, member)

static const char *const processing_kinds[] = {"constant", "uniform", "exponential",
                                               "normal",   "pareto",  NULL};
static const SimParam processing_params[] = {
    {.name = "kind",
     .kind = SIM_PARAM_CHOICE,
     .offset = PROCESSING(kind),
     .choices = processing_kinds,
     .help = "which distribution"},
    {.name = "from",
     .kind = SIM_PARAM_TIME,
     .offset = PROCESSING(from),
     .help = "uniform: the least"},
    {.name = "to", .kind = SIM_PARAM_TIME, .offset = PROCESSING(to), .help = "uniform: the most"},
    {.name = "mean",
     .kind = SIM_PARAM_TIME,
     .offset = PROCESSING(mean),
     .help = "constant, exponential, normal, pareto: the mean"},
    {.name = "deviation",
     .kind = SIM_PARAM_TIME,
     .offset = PROCESSING(deviation),
     .help = "normal: the standard deviation"},
    {.name = "shape",
     .kind = SIM_PARAM_NUMBER,
     .offset = PROCESSING(shape),
     .min = 1.001,
     .max = 1e6,
     .help = "pareto: how soon long ones become rare"},
    {.name = NULL},
};

static const ProcessingOptions processing_defaults = {.kind = -1, .shape = 2};

const BindOptions bind_processing_options = {
    .name = "ProcessingOptions",
    .what = "option of processing",
    .params = processing_params,
    .defaults = &processing_defaults,
    .help = "a delay that is drawn anew for each packet: processing = {kind = ...}",
};

void
bind_processing_read(lua_State *L, int index, const char *call, NodeProcessing *processing)
{
  char where[48];
  g_snprintf(where, sizeof where, "%s: processing", call);
  if (lua_type(L, index) != LUA_TTABLE) {
    processing->kind = NODE_PROCESSING_CONSTANT;
    processing->mean = bind_value_time(L, index, call, "processing");
    return;
  }
  ProcessingOptions options = processing_defaults;
  bind_options_check(L, index, &bind_processing_options);
  bind_options_read(L, index, where, processing_params, &options);
  if (options.kind < 0)
    bind_error(L, "%s: kind is missing; accepted: constant, uniform, exponential, normal, pareto",
               where);
  bool uniform = options.kind == NODE_PROCESSING_UNIFORM;
  if (uniform && options.from > options.to)
    bind_error(L, "%s: from must not be above to", where);
  processing->kind = (unsigned)options.kind;
  processing->mean = uniform ? options.from : options.mean;
  processing->spread = uniform ? options.to : options.deviation;
  processing->shape = options.shape;
}
