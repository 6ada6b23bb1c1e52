/* capture-icmp: what ICMP messages in captures say, in the words of timelines. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* "echo request", "time exceeded", "fragmentation needed"; NULL: none of those that have a word. */
const char *capture_icmp_name(uint8_t family, uint8_t type, uint8_t code);
bool capture_icmp_is_echo(uint8_t family, uint8_t type);
/* An error, which quotes the packet that it is about. */
bool capture_icmp_is_error(uint8_t family, uint8_t type);
bool capture_icmp_has_mtu(uint8_t family, uint8_t type, uint8_t code);
