/* capture-icmp: RFC 792, RFC 1122 3.2.2, RFC 1812 5.2.7 and RFC 4443. The words are those of
 * models/net/icmp-kind.c, which a reader of other people's captures does not know. */
#include "plots/capture-icmp.h"

#include <stddef.h>

typedef struct Message {
  uint8_t family, type, code;
  const char *name;
} Message;

static const Message messages[] = {
    {4, 0, 0, "echo reply"},
    {4, 3, 0, "net unreachable"},
    {4, 3, 1, "host unreachable"},
    {4, 3, 2, "protocol unreachable"},
    {4, 3, 3, "port unreachable"},
    {4, 3, 4, "fragmentation needed"},
    {4, 3, 5, "source route failed"},
    {4, 3, 6, "net unknown"},
    {4, 3, 7, "host unknown"},
    {4, 3, 8, "source host isolated"},
    {4, 3, 9, "net prohibited"},
    {4, 3, 10, "host prohibited"},
    {4, 3, 11, "net unreachable for TOS"},
    {4, 3, 12, "host unreachable for TOS"},
    {4, 3, 13, "prohibited"},
    {4, 3, 14, "precedence violation"},
    {4, 3, 15, "precedence cutoff"},
    {4, 4, 0, "source quench"},
    {4, 8, 0, "echo request"},
    {4, 11, 0, "time exceeded"},
    {4, 11, 1, "reassembly time exceeded"},
    {4, 12, 0, "parameter problem"},
    {6, 1, 0, "net unreachable"},
    {6, 1, 1, "prohibited"},
    {6, 1, 3, "host unreachable"},
    {6, 1, 4, "port unreachable"},
    {6, 2, 0, "packet too big"},
    {6, 3, 0, "time exceeded"},
    {6, 3, 1, "reassembly time exceeded"},
    {6, 4, 0, "parameter problem"},
    {6, 4, 1, "protocol unreachable"},
    {6, 128, 0, "echo request"},
    {6, 129, 0, "echo reply"},
    /* of a network that is not simulated */
    {4, 5, 1, "redirect"},
    {6, 133, 0, "router solicitation"},
    {6, 134, 0, "router advertisement"},
    {6, 135, 0, "neighbor solicitation"},
    {6, 136, 0, "neighbor advertisement"},
};

const char *
capture_icmp_name(uint8_t family, uint8_t type, uint8_t code)
{
  for (size_t i = 0; i < sizeof messages / sizeof messages[0]; i++)
    if (messages[i].family == family && messages[i].type == type && messages[i].code == code)
      return messages[i].name;
  return NULL;
}

bool
capture_icmp_is_echo(uint8_t family, uint8_t type)
{
  return family == 6 ? type == 128 || type == 129 : type == 8 || type == 0;
}

bool
capture_icmp_is_error(uint8_t family, uint8_t type)
{
  /* RFC 4443 2.1: "Error messages are identified as such by a zero in the high-order bit of their
   * message Type field values." */
  if (family == 6)
    return type < 128;
  return type == 3 || type == 4 || type == 5 || type == 11 || type == 12;
}

bool
capture_icmp_has_mtu(uint8_t family, uint8_t type, uint8_t code)
{
  return family == 6 ? type == 2 : type == 3 && code == 4;
}
