/* tcp-memory: what a host's TCP keeps its objects in, for who reports how many there were. */
#include "models/tcp/tcp-conn.h"

void
tcp_host_slabs(const TcpHost *host, void (*each)(const SimSlab *slab, void *data), void *data)
{
  const SimSlab *const slabs[] = {&host->conns, &host->sendings, &host->receivings, &host->segments,
                                  &host->rated};
  for (size_t i = 0; i < G_N_ELEMENTS(slabs); i++)
    each(slabs[i], data);
}
