/* cc: the list of congestion controls. Adding one is a file cc-NAME.c, its place in cc.h's list,
 * and a row in each table. */
#include "models/tcp/cc.h"

static const TcpCcOps *const list[CC_COUNT + 1] = {
    [CC_RENO] = &cc_reno,       [CC_CUBIC] = &cc_cubic, [CC_TAHOE] = &cc_tahoe,
    [CC_NEWRENO] = &cc_newreno, [CC_VEGAS] = &cc_vegas, [CC_WESTWOOD] = &cc_westwood,
    [CC_LEDBAT] = &cc_ledbat,   [CC_NONE] = &cc_none,
};

const char *const cc_names[CC_COUNT + 1] = {
    [CC_RENO] = "reno",       [CC_CUBIC] = "cubic", [CC_TAHOE] = "tahoe",
    [CC_NEWRENO] = "newreno", [CC_VEGAS] = "vegas", [CC_WESTWOOD] = "westwood",
    [CC_LEDBAT] = "ledbat",   [CC_NONE] = "none",
};

const TcpCcOps *const *
cc_list(void)
{
  return list;
}
