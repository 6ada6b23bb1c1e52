/* quantity: numbers with units, as people write them in a scenario or on the command line.
 *
 *   time   "50 ms" "1.5 s" "2 min" "1 h" "10 us" "5 ns" "3 ps"
 *   rate   "10 Mbit/s" "1 Gbps" "100 kB/s" "1 MiB/s"
 *   size   "1500 B" "10 kB" "64 KiB" "1 GB" "12000 bit" (a whole number of bytes)
 *   ratio  "1 %" "0.5 %"
 *   pkt    "100 pkt"  (also "packets")
 *   number "1500" "0.05" "1e6" ("inf" and "nan" are not numbers here)
 * Powers of ten with k M G T, of two with Ki Mi Gi Ti; one space or none before the unit. Parsing
 * is independent of the locale, and a time is exact: its digits never pass through a double. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "sim/time.h"

typedef enum {
  SIM_QUANTITY_NUMBER,  /* no unit */
  SIM_QUANTITY_TIME,    /* seconds */
  SIM_QUANTITY_RATE,    /* bit/s */
  SIM_QUANTITY_SIZE,    /* bytes */
  SIM_QUANTITY_RATIO,   /* 1 is the whole: "1 %" is 0.01 */
  SIM_QUANTITY_PACKETS, /* packets */
  SIM_QUANTITY_BDP,     /* "1 BDP": multiples of a link's bandwidth-delay product */
} SimQuantityKind;

typedef struct SimQuantity {
  SimQuantityKind kind;
  double value; /* in the SI unit of its kind */
  SimTime time; /* the exact value when kind is TIME, else 0 */
} SimQuantity;

/* Reads the whole of `text`. On failure returns false and sets SIM_ERROR_VALUE with the text and
 * the units that are known. A negative value is read: whether it fits is the caller's question. */
bool sim_quantity_parse(const char *text, SimQuantity *quantity, GError **error);

/* "time", "rate" ... for messages, and an example of each: "\"50 ms\" or 0.05". */
const char *sim_quantity_kind_name(SimQuantityKind kind);
const char *sim_quantity_kind_example(SimQuantityKind kind);

/* Writes `value` with the unit that suits it, shortest form that reads back to the same double:
 * "50 ms", "10 Mbit/s", "64 KiB" only when it is a whole number of them, "1 %". Times of 1,000 s
 * and more may come in min or h, sizes below 10,000 B in B unless another is shorter. g_free. */
char *sim_quantity_print(SimQuantityKind kind, double value);
