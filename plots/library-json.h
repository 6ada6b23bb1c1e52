/* library-json: JSON-GLib, which is loaded when the first JSON file is read (sim/library.h). It
 * brings GObject and GIO. JSON is written without it. */
#pragma once

#include "sim/library.h"

extern const SimLibrary library_json;
