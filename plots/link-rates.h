/* link-rates: how fast each direction of a link sends, as a run's summary.json says it. */
#pragma once

#include <glib.h>

#include "sim/time.h"

typedef struct LinkRates LinkRates;

/* From RUN/summary.json. NULL when there is none that can be read: a capture has none. */
LinkRates *link_rates_read(const char *run);
void link_rates_free(LinkRates *rates);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LinkRates, link_rates_free)

/* How long a packet of `size` IP bytes takes from its first bit to its last one on the direction
 * `link` ("client>server"). 0: no time, or it is not known: no such direction, or its rate changed
 * under way. */
SimTime link_rates_time(const LinkRates *rates, const char *link, guint32 size);
