/* middlebox-firewall: what only a firewall can do. */
#pragma once

#include "models/net/firewall-rule.h"
#include "models/net/middlebox.h"

/* One more rule, behind the others. Takes what it owns; its reason is made here. */
void middlebox_firewall_add(Middlebox *box, const FirewallRule *rule);
/* How often rule 0, 1 ... decided. */
uint64_t middlebox_firewall_hits(const Middlebox *box, unsigned rule);
