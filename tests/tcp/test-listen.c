/* test-listen: listeners and their queues. */
#include "tests/tcp/script.h"

static const ScriptTest tests[] = {
  /* PASSIVE uses one port of the peer: queues need several peers, see below. */
  {NULL},
};

int
main(int argc, char **argv)
{
  return script_main(argc, argv, tests);
}
