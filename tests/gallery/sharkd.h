/* sharkd: captures read by Wireshark. Its daemon, which comes with tshark, reads one after the
 * other: starting either takes nearly half a second, most of a capture's time. */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct Sharkd Sharkd;

/* A packet as it was read: a text for each field that was asked for, "" where there is none. */
typedef struct SharkdFrame {
  char **column; /* owned */
} SharkdFrame;

/* Checks the checksums, and leaves fragments as they are. `folder` keeps the preferences of whom it
 * belongs to out of this; it is there until the end. NULL: it is not installed. */
Sharkd *sharkd_start(const char *folder);
void sharkd_stop(Sharkd *sharkd);
/* Of SharkdFrame: each packet of a file, with the first value of each of `fields`
 * (NULL-terminated). */
GArray *sharkd_read(Sharkd *sharkd, const char *file, const char *const *fields);
