/* capture-decode: the fields of one captured frame: link layer, IPv4 or IPv6, TCP, UDP or ICMP.
 *
 * Nothing in a frame is trusted: every read is checked against the bytes that were captured, and
 * every length that the frame states against the length it had on the wire. A frame that was cut
 * (snaplen) keeps its true lengths; only what stands in the missing bytes is unknown. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CAPTURE_ADDRESS_TEXT 48

/* TCP's flags as on the wire, AE (the former NS) above them. */
enum {
  CAPTURE_FIN = 0x01,
  CAPTURE_SYN = 0x02,
  CAPTURE_RST = 0x04,
  CAPTURE_ACK = 0x10,
};

typedef struct CaptureFrame {
  char source[CAPTURE_ADDRESS_TEXT]; /* "10.0.0.1", "fd00::1" */
  char destination[CAPTURE_ADDRESS_TEXT];
  uint8_t family;   /* 4 or 6 */
  uint8_t protocol; /* of IP; behind IPv6's extension headers */
  bool fragment;    /* not the first one: no transport header */
  bool has_ports;   /* TCP and UDP, when they were captured */
  bool cut;         /* not all of the transport header was captured */
  bool has_tcp;     /* seq, ack, flags and window were captured */
  bool has_icmp;    /* its type, its code and the four bytes behind its checksum were captured */
  uint16_t source_port, destination_port;
  uint32_t seq, ack;
  uint16_t flags;
  uint16_t window;        /* as on the wire */
  uint32_t size;          /* IP length, bytes */
  uint32_t payload;       /* bytes behind the transport header, on the wire */
  const uint8_t *options; /* TCP's, as many as were captured; borrowed from the frame */
  size_t options_length;
  uint8_t icmp_type, icmp_code; /* of ICMP or ICMPv6 */
  uint16_t icmp_sequence;       /* of an echo */
  uint32_t icmp_mtu;            /* of an error that has one */
  const uint8_t *quoted;        /* behind ICMP's header, as much as was captured; borrowed */
  size_t quoted_length;
} CaptureFrame;

/* Can frames of this link type (DLT_...) be read? */
bool capture_decode_knows(int link_type);

/* Fills `frame` from `captured` bytes of a frame that had `original` on the wire. False when it is
 * no IP packet or its IP header is cut or malformed. */
bool capture_decode(int link_type, const uint8_t *bytes, size_t captured, size_t original,
                    CaptureFrame *frame);
