/* link-rule: a rule's making, its question, and its texts. What the actions do to a packet is in
 * link-watched.c, at the end of the transmission. */
#include "models/net/link-rule.h"

const char *
rule_action_name(RuleAction action)
{
  static const char *const names[] = {
      [RULE_DROP] = "drop",     [RULE_HOLD] = "hold", [RULE_COPY] = "copy",
      [RULE_DAMAGE] = "damage", [RULE_MARK] = "mark",
  };
  g_assert(action < G_N_ELEMENTS(names));
  return names[action];
}

LinkRule *
link_rule_new(RuleAction action, PacketMatch *match)
{
  LinkRule *rule = g_new0(LinkRule, 1);
  rule->action = action;
  rule->match = match;
  rule->text = g_strconcat(rule_action_name(action), " ", packet_match_text(match), NULL);
  rule->reason = g_strconcat("rule ", packet_match_text(match), NULL);
  rule->to = SIM_TIME_NEVER;
  return rule;
}

void
link_rule_free(LinkRule *rule)
{
  packet_match_free(rule->match);
  g_free(rule->text);
  g_free(rule->reason);
  g_free(rule);
}

bool
link_rule_asked(LinkRule *rule, const struct LinkDirection *direction, const Packet *packet,
                SimTime now)
{
  if (rule->direction != NULL && rule->direction != direction)
    return false;
  if (now < rule->from || now > rule->to)
    return false;
  return packet_match(rule->match, packet);
}
