/* scenario-memory: where the objects of a run are kept, and its connections. */
#include "models/app/app-load.h"
#include "scenarios/runner/bind/bind.h"
#include "scenarios/runner/bind/scenario.h"

static void
add(const SimSlab *slab, void *data)
{
  g_ptr_array_add(data, (gpointer)(uintptr_t)slab);
}

GPtrArray *
scenario_slabs(const Scenario *scenario)
{
  GPtrArray *slabs = g_ptr_array_new();
  add(&scenario->net->packets, slabs);
  add(&scenario->net->exts, slabs);
  for (guint i = 0; i < scenario->nodes->len; i++) {
    const BindNode *node = scenario->nodes->pdata[i];
    if (node->tcp != NULL)
      tcp_host_slabs(node->tcp, add, slabs);
  }
  for (guint i = 0; i < scenario->loads->len; i++)
    add(app_load_slab(scenario->loads->pdata[i]), slabs);
  return slabs;
}

void
scenario_each_conn(const Scenario *scenario, void (*each)(const TcpConn *conn, void *data),
                   void *data)
{
  for (guint i = 0; i < scenario->nodes->len; i++) {
    const BindNode *node = scenario->nodes->pdata[i];
    if (node->tcp != NULL)
      tcp_host_each(node->tcp, each, data);
  }
}
