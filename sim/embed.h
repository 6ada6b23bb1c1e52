/* embed: text files compiled into the program. A folder's meson.build lists them, embed.awk makes
 * an array of C of them, and here they are found by their names. */
#pragma once

typedef struct SimEmbedded {
  const char *name; /* as in the list of meson.build; NULL ends the array */
  const char *text;
} SimEmbedded;

/* The text; NULL: there is none of that name. */
const char *sim_embedded_find(const SimEmbedded *files, const char *name);
