/* stream: see the header. A piece is what one write or one segment brought. */
#include "models/tcp/stream.h"

#include <string.h>

typedef struct Piece {
  uint64_t start; /* stream position of its first byte */
  uint64_t count; /* bytes */
  uint8_t *bytes; /* owned */
} Piece;

static Piece *
piece_at(const TcpStream *stream, guint i)
{
  return &g_array_index(stream->pieces, Piece, i);
}

void
stream_clear(TcpStream *stream)
{
  if (stream->pieces == NULL)
    return;
  for (guint i = 0; i < stream->pieces->len; i++)
    g_free(piece_at(stream, i)->bytes);
  g_array_free(stream->pieces, TRUE);
  stream->pieces = NULL;
}

/* The first piece that ends behind `position`. */
static guint
first_behind(const TcpStream *stream, uint64_t position)
{
  guint low = 0, high = stream->pieces->len;
  while (low < high) {
    guint middle = low + (high - low) / 2;
    if (piece_at(stream, middle)->start + piece_at(stream, middle)->count <= position)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

void
stream_put(TcpStream *stream, uint64_t position, const uint8_t *bytes, uint64_t count)
{
  if (stream->pieces == NULL)
    stream->pieces = g_array_new(FALSE, FALSE, sizeof(Piece));
  uint64_t end = position + count;
  guint i = first_behind(stream, position);
  while (position < end) {
    uint64_t stop = end;
    if (i < stream->pieces->len) {
      const Piece *next = piece_at(stream, i);
      if (next->start <= position) {
        uint64_t skip = MIN(next->start + next->count, end) - position;
        position += skip;
        bytes += skip;
        i++;
        continue;
      }
      stop = MIN(end, next->start);
    }
    Piece piece = {position, stop - position, g_memdup2(bytes, stop - position)};
    g_array_insert_val(stream->pieces, i, piece);
    bytes += stop - position;
    position = stop;
    i++;
  }
}

bool
stream_has(const TcpStream *stream, uint64_t position, uint64_t count)
{
  if (stream->pieces == NULL || count == 0)
    return false;
  guint i = first_behind(stream, position);
  return i < stream->pieces->len && piece_at(stream, i)->start < position + count;
}

void
stream_get(const TcpStream *stream, uint64_t position, uint8_t *bytes, uint64_t count)
{
  memset(bytes, 0, count);
  if (stream->pieces == NULL)
    return;
  uint64_t end = position + count;
  for (guint i = first_behind(stream, position); i < stream->pieces->len; i++) {
    const Piece *piece = piece_at(stream, i);
    if (piece->start >= end)
      return;
    uint64_t from = MAX(piece->start, position);
    uint64_t to = MIN(piece->start + piece->count, end);
    memcpy(bytes + (from - position), piece->bytes + (from - piece->start), to - from);
  }
}

void
stream_drop_pieces(TcpStream *stream, uint64_t position)
{
  guint n = first_behind(stream, position);
  if (n == 0)
    return;
  for (guint i = 0; i < n; i++)
    g_free(piece_at(stream, i)->bytes);
  g_array_remove_range(stream->pieces, 0, n);
}
