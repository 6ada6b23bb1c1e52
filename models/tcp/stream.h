/* stream: the bytes of a byte stream, where anybody gave bytes.
 *
 * Positions are 64-bit and count from the first byte of the stream. What no piece covers is
 * zeros. A stream that only counts holds nothing and costs nothing. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct TcpStream {
  GArray *pieces; /* sorted, disjoint; NULL while no byte was given */
} TcpStream;

void stream_clear(TcpStream *stream);
/* Keeps a copy of `bytes` at [position, position + count), but for what is there already. */
void stream_put(TcpStream *stream, uint64_t position, const uint8_t *bytes, uint64_t count);
/* Does any piece reach into [position, position + count)? */
bool stream_has(const TcpStream *stream, uint64_t position, uint64_t count);
/* Copies [position, position + count) out, zeros where there is no piece. */
void stream_get(const TcpStream *stream, uint64_t position, uint8_t *bytes, uint64_t count);
/* Forgets what lies below `position`. */
void stream_drop_pieces(TcpStream *stream, uint64_t position);
static inline void
stream_drop(TcpStream *stream, uint64_t position)
{
  if (stream->pieces != NULL)
    stream_drop_pieces(stream, position);
}
