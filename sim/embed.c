/* embed: a search through the list, which is short. */
#include "sim/embed.h"

#include <stddef.h>
#include <string.h>

const char *
sim_embedded_find(const SimEmbedded *files, const char *name)
{
  for (; files->name != NULL; files++)
    if (strcmp(files->name, name) == 0)
      return files->text;
  return NULL;
}
