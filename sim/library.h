/* library: the functions of a shared library that few subcommands need, found when the first of
 * them is called. What is linked is mapped and bound at each start of the program: libpcap alone
 * brings ten further libraries, and together they took more time than a handshake.
 *
 * A file library-NAME.c defines, by SIM_LIBRARY_STUB, the functions that are used of a library,
 * under the names and prototypes of its own header: callers include that header and call them as
 * ever, and a function that is missing in the list does not link. Who is about to use one calls
 * sim_library_load() first, through library-NAME.h, since the library may not be there when the
 * program runs. */
#pragma once

#include <glib.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct SimLibrary {
  const char *name;         /* with what it is for: "libpcap, which reads captures" */
  const char *const *files; /* that it is in, on one system or another; NULL ends them */
} SimLibrary;

/* False: it is not there; the message names it and says what the system's loader said. It stays
 * loaded, and a second call costs little. */
bool sim_library_load(const SimLibrary *library, GError **error);
/* The address of a function, never NULL: what is not there ends the program. */
uintptr_t sim_library_function(const SimLibrary *library, const char *name);

/* Defines `type name parameters`, which calls the library's function of that name by `arguments`.
 * Its address is kept where the linker would keep it, the same for all simulations. */
#define SIM_LIBRARY_STUB(library, type, name, parameters, arguments)                               \
  type name parameters                                                                             \
  {                                                                                                \
    static _Atomic(uintptr_t) found;                                                               \
    uintptr_t function = atomic_load_explicit(&found, memory_order_relaxed);                       \
    if (G_UNLIKELY(function == 0)) {                                                               \
      function = sim_library_function(library, #name);                                             \
      atomic_store_explicit(&found, function, memory_order_relaxed);                               \
    }                                                                                              \
    return ((type(*) parameters)function)arguments;                                                \
  }
