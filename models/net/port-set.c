/* port-set: see the header. */
#include "models/net/port-set.h"

bool
port_set_has(const PortSet *set, uint16_t port)
{
  return port >= PORT_FIRST && set->taken[port_word(port)] & port_bit(port);
}

void
port_set_put(PortSet *set, uint16_t port)
{
  if (port < PORT_FIRST || port_set_has(set, port))
    return;
  set->taken[port_word(port)] |= port_bit(port);
  set->count++;
}

void
port_set_take_out(PortSet *set, uint16_t port)
{
  if (!port_set_has(set, port))
    return;
  set->taken[port_word(port)] &= ~port_bit(port);
  set->count--;
}

uint16_t
port_next_free(uint16_t from, PortTakenFn taken, const void *user)
{
  unsigned first = port_word(from);
  uint64_t ahead = ~(port_bit(from) - 1); /* in its own word, which is looked at first and last */
  for (unsigned i = 0; i <= PORT_WORDS; i++) {
    unsigned word = (first + i) % PORT_WORDS;
    uint64_t free = ~taken(word, user);
    if (i == 0)
      free &= ahead;
    else if (i == PORT_WORDS)
      free &= ~ahead;
    if (free != 0)
      return (uint16_t)(PORT_FIRST + word * 64 + (unsigned)__builtin_ctzll(free));
  }
  return 0;
}
