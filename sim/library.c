/* library: dlopen() and dlsym(), with messages. */
#include "sim/library.h"

#include <dlfcn.h>

#include "sim/error.h"

/* NULL: none of its files is there; dlerror() tells of the first. */
static void *
open_library(const SimLibrary *library, char **why)
{
  *why = NULL;
  for (const char *const *file = library->files; *file != NULL; file++) {
    void *handle = dlopen(*file, RTLD_LAZY | RTLD_LOCAL);
    if (handle != NULL) {
      g_clear_pointer(why, g_free);
      return handle;
    }
    if (*why == NULL)
      *why = g_strdup(dlerror());
  }
  return NULL;
}

bool
sim_library_load(const SimLibrary *library, GError **error)
{
  g_autofree char *why = NULL;
  if (open_library(library, &why) != NULL)
    return true;
  g_set_error(error, SIM_ERROR, SIM_ERROR_FILE, "%s, is not installed or cannot be loaded: %s",
              library->name, why);
  return false;
}

uintptr_t
sim_library_function(const SimLibrary *library, const char *name)
{
  g_autofree char *why = NULL;
  void *handle = open_library(library, &why);
  void *function = handle != NULL ? dlsym(handle, name) : NULL;
  if (function == NULL)
    g_error("%s: %s: %s", library->name, name, handle != NULL ? dlerror() : why);
  return (uintptr_t)function;
}
