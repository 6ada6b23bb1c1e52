/* address: text to bytes and back. libc's inet_pton and inet_ntop know no locale, and the latter
 * writes what RFC 5952 recommends (lower case, the first longest run of zeros as "::").
 * Supported standards: RFC 4291, RFC 5952. */
#include "models/net/address.h"

#include <arpa/inet.h>
#include <string.h>

#include "sim/error.h"

G_STATIC_ASSERT(NET_ADDRESS_TEXT >= INET6_ADDRSTRLEN);

char *
net_address_print(const NetAddress *address, char text[NET_ADDRESS_TEXT])
{
  int family = address->family == 6 ? AF_INET6 : AF_INET;
  const char *printed = inet_ntop(family, address->bytes, text, NET_ADDRESS_TEXT);
  g_assert(printed != NULL);
  return text;
}

bool
net_address_parse(const char *text, NetAddress *address, GError **error)
{
  *address = (NetAddress){0};
  if (inet_pton(AF_INET, text, address->bytes) == 1) {
    address->family = 4;
    return true;
  }
  if (inet_pton(AF_INET6, text, address->bytes) == 1) {
    address->family = 6;
    return true;
  }
  g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
              "\"%s\" is not an address; accepted: IPv4 such as \"10.0.0.1\" or IPv6 such as "
              "\"fd00::1\"",
              text);
  return false;
}

bool
net_address_equal(const NetAddress *a, const NetAddress *b)
{
  return a->family == b->family && memcmp(a->bytes, b->bytes, a->family == 6 ? 16 : 4) == 0;
}

bool
net_address_is_unicast(const NetAddress *address)
{
  static const uint8_t zeros[16];
  const uint8_t *bytes = address->bytes;
  if (address->family == 4)
    return bytes[0] != 0 && bytes[0] != 127 && bytes[0] < 224;
  bool high_zero = memcmp(bytes, zeros, 15) == 0;
  return bytes[0] != 0xff && !(high_zero && bytes[15] <= 1);
}

bool
net_address_within(const NetAddress *address, const NetAddress *prefix, unsigned length)
{
  if (prefix->family != address->family)
    return false;
  unsigned whole = length / 8, rest = length % 8;
  if (memcmp(prefix->bytes, address->bytes, whole) != 0)
    return false;
  return rest == 0 || ((prefix->bytes[whole] ^ address->bytes[whole]) >> (8 - rest)) == 0;
}
