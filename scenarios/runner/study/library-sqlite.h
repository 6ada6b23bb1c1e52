/* library-sqlite: SQLite, which is loaded when a study's database is opened (sim/library.h). */
#pragma once

#include "sim/library.h"

extern const SimLibrary library_sqlite;
