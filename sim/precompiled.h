/* precompiled: with -Db_pch=true, which ./run and ./check ask of gcc, a library reads this once and not in
 * each of its files, a quarter of the time of compiling. Every file includes what it needs all the same:
 * the builds of clang and by hand do without this. */
#include <glib.h>
