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
port_next_free(PortRange range, uint16_t from, PortTakenFn taken, const void *user)
{
  unsigned words = port_words(range), first = port_word_in(range, from);
  uint64_t ahead = ~(port_bit_in(range, from) - 1); /* in its word, looked at first and last */
  uint64_t last = port_bit_in(range, range.last);
  for (unsigned i = 0; i <= words; i++) {
    unsigned word = (first + i) % words;
    uint64_t free = ~taken(word, user);
    if (i == 0)
      free &= ahead;
    else if (i == words)
      free &= ~ahead;
    if (word == words - 1)
      free &= last | (last - 1);
    if (free != 0)
      return (uint16_t)(range.first + word * 64 + (unsigned)__builtin_ctzll(free));
  }
  return 0;
}
