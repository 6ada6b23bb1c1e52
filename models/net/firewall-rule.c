/* firewall-rule: see the header. Ports are those of TCP and UDP; a rule that names some means no
 * other protocol. A fragment is judged by the datagram that it is of. */
#include "models/net/firewall-rule.h"

const char *const firewall_action_names[] = {"accept", "drop", "reject", "reset", NULL};

static bool
is_within(const FirewallPrefix *prefix, const NetAddress *address)
{
  if (prefix->prefix.family == 0)
    return true;
  return net_address_within(address, &prefix->prefix, prefix->length);
}

static bool
has_port(const FirewallPorts *ports, uint16_t port)
{
  return ports->last == 0 || (port >= ports->first && port <= ports->last);
}

bool
firewall_rule_matches(FirewallRule *rule, const Net *net, const Packet *packet, bool inbound)
{
  if (rule->direction != FIREWALL_BOTH && (rule->direction == FIREWALL_IN) != inbound)
    return false;
  if (rule->protocol != 0 && packet->protocol != rule->protocol)
    return false;
  bool ports = packet->protocol == NET_PROTO_TCP || packet->protocol == NET_PROTO_UDP;
  if (!ports && (rule->source.last != 0 || rule->destination.last != 0))
    return false;
  if (ports && !(has_port(&rule->source, packet->tcp.source_port) &&
                 has_port(&rule->destination, packet->tcp.destination_port)))
    return false;
  return is_within(&rule->from, net_address(net, packet->source)) &&
         is_within(&rule->to, net_address(net, packet->destination)) &&
         (rule->match == NULL || packet_match(rule->match, packet));
}

void
firewall_rule_clear(FirewallRule *rule)
{
  packet_match_free(rule->match);
  g_free(rule->reason);
}
