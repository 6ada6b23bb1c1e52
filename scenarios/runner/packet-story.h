/* packet-story: what there is to tell of a packet, for a comment in a capture. */
#pragma once

#include "scenarios/runner/conn-names.h"

/* When it is sent; NULL: nothing. Ordinary acknowledgements, delayed and duplicate ones too, have
 * no story: a reader's tool marks those. g_free. */
char *packet_story_sent(ConnNames *names, const Packet *packet, const ConnView *view);
/* Whether there is nothing to tell when it is sent, as nearly always: told without a view. */
bool packet_story_is_plain(const Packet *packet);
/* When it is received; NULL: nothing. */
const char *packet_story_received(const Packet *packet);
