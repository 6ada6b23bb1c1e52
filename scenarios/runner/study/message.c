/* message: fields in a fixed order: numbers as eight bytes, texts with their length and a NUL. */
#include "scenarios/runner/study/message.h"

#include <string.h>

void
outcome_init(Outcome *outcome)
{
  *outcome = (Outcome){.message = "",
                       .expectations = "[]",
                       .json = "{}",
                       .results = g_array_new(FALSE, FALSE, sizeof(OutcomeResult))};
}

void
outcome_clear(Outcome *outcome)
{
  g_array_unref(outcome->results);
}

const char *
outcome_status_name(OutcomeStatus status)
{
  static const char *const names[] = {
      [OUTCOME_OK] = "ok", [OUTCOME_UNMET] = "unmet", [OUTCOME_FAILED] = "failed"};
  return names[status];
}

/* -- writing -- */

static void
put_u64(GByteArray *to, uint64_t value)
{
  value = GUINT64_TO_LE(value);
  g_byte_array_append(to, (const guint8 *)&value, sizeof value);
}

static void
put_double(GByteArray *to, double value)
{
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  put_u64(to, bits);
}

static void
put_bytes(GByteArray *to, const char *bytes, uint64_t length)
{
  put_u64(to, length);
  g_byte_array_append(to, (const guint8 *)bytes, (guint)length);
  g_byte_array_append(to, (const guint8 *)"", 1);
}

static void
put_text(GByteArray *to, const char *text)
{
  put_bytes(to, text, strlen(text));
}

/* Leaves room for the head; message_end() fills it in. */
static guint
begin(GByteArray *to, MessageKind kind)
{
  guint at = to->len;
  g_byte_array_set_size(to, at + MESSAGE_HEAD);
  to->data[at + 4] = (guint8)kind;
  return at;
}

static void
end(GByteArray *to, guint at)
{
  uint32_t length = GUINT32_TO_LE(to->len - at - 4);
  memcpy(to->data + at, &length, sizeof length);
}

void
message_put_setup(GByteArray *to, const MessageSetup *setup)
{
  guint at = begin(to, MESSAGE_SETUP);
  put_text(to, setup->path);
  put_bytes(to, setup->text, setup->length);
  put_u64(to, setup->memory);
  put_u64(to, setup->steps);
  put_double(to, setup->wall);
  end(to, at);
}

void
message_put_run(GByteArray *to, const MessageRun *run)
{
  guint at = begin(to, MESSAGE_RUN);
  put_u64(to, run->point);
  put_u64(to, run->seed);
  put_bytes(to, run->params, run->length);
  end(to, at);
}

void
message_put_ready(GByteArray *to)
{
  end(to, begin(to, MESSAGE_READY));
}

void
message_put_outcome(GByteArray *to, const Outcome *outcome)
{
  guint at = begin(to, MESSAGE_OUTCOME);
  put_u64(to, outcome->point);
  put_u64(to, outcome->seed);
  put_u64(to, outcome->status);
  put_text(to, outcome->message);
  put_text(to, outcome->expectations);
  put_text(to, outcome->json);
  put_double(to, outcome->wall_s);
  put_double(to, outcome->cpu_s);
  put_double(to, outcome->sim_s);
  put_u64(to, outcome->events);
  put_u64(to, outcome->results->len);
  for (guint i = 0; i < outcome->results->len; i++) {
    const OutcomeResult *result = &g_array_index(outcome->results, OutcomeResult, i);
    put_text(to, result->name);
    put_double(to, result->value);
  }
  end(to, at);
}

/* -- reading -- */

uint32_t
message_length(const uint8_t *bytes, size_t size)
{
  uint32_t length;
  if (size < MESSAGE_HEAD)
    return 0;
  memcpy(&length, bytes, sizeof length);
  length = GUINT32_FROM_LE(length);
  if (length == 0 || length > MESSAGE_MAX)
    return UINT32_MAX;
  return size - 4 >= length ? length + 4 : 0;
}

MessageKind
message_kind(const uint8_t *message)
{
  return (MessageKind)message[4];
}

typedef struct Cursor {
  const uint8_t *at, *end;
  bool good;
} Cursor;

static Cursor
cursor_of(const uint8_t *message, MessageKind kind)
{
  uint32_t length;
  memcpy(&length, message, sizeof length);
  length = GUINT32_FROM_LE(length);
  return (Cursor){message + MESSAGE_HEAD, message + 4 + length, message_kind(message) == kind};
}

static uint64_t
get_u64(Cursor *cursor)
{
  uint64_t value = 0;
  if (!cursor->good || (size_t)(cursor->end - cursor->at) < sizeof value) {
    cursor->good = false;
    return 0;
  }
  memcpy(&value, cursor->at, sizeof value);
  cursor->at += sizeof value;
  return GUINT64_FROM_LE(value);
}

static double
get_double(Cursor *cursor)
{
  uint64_t bits = get_u64(cursor);
  double value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

static const char *
get_bytes(Cursor *cursor, uint64_t *length)
{
  *length = get_u64(cursor);
  if (!cursor->good || (uint64_t)(cursor->end - cursor->at) <= *length ||
      cursor->at[*length] != '\0') {
    cursor->good = false;
    *length = 0;
    return "";
  }
  const char *bytes = (const char *)cursor->at;
  cursor->at += *length + 1;
  return bytes;
}

static const char *
get_text(Cursor *cursor)
{
  uint64_t length;
  return get_bytes(cursor, &length);
}

bool
message_get_setup(const uint8_t *message, MessageSetup *setup)
{
  Cursor cursor = cursor_of(message, MESSAGE_SETUP);
  setup->path = get_text(&cursor);
  setup->text = get_bytes(&cursor, &setup->length);
  setup->memory = get_u64(&cursor);
  setup->steps = get_u64(&cursor);
  setup->wall = get_double(&cursor);
  return cursor.good && cursor.at == cursor.end;
}

bool
message_get_run(const uint8_t *message, MessageRun *run)
{
  Cursor cursor = cursor_of(message, MESSAGE_RUN);
  run->point = get_u64(&cursor);
  run->seed = get_u64(&cursor);
  run->params = get_bytes(&cursor, &run->length);
  return cursor.good && cursor.at == cursor.end;
}

bool
message_get_outcome(const uint8_t *message, Outcome *outcome)
{
  Cursor cursor = cursor_of(message, MESSAGE_OUTCOME);
  outcome->point = get_u64(&cursor);
  outcome->seed = get_u64(&cursor);
  uint64_t status = get_u64(&cursor);
  cursor.good = cursor.good && status <= OUTCOME_FAILED;
  outcome->status = (OutcomeStatus)status;
  outcome->message = get_text(&cursor);
  outcome->expectations = get_text(&cursor);
  outcome->json = get_text(&cursor);
  outcome->wall_s = get_double(&cursor);
  outcome->cpu_s = get_double(&cursor);
  outcome->sim_s = get_double(&cursor);
  outcome->events = get_u64(&cursor);
  g_array_set_size(outcome->results, 0);
  for (uint64_t left = get_u64(&cursor); cursor.good && left > 0; left--) {
    OutcomeResult result = {.name = get_text(&cursor)};
    result.value = get_double(&cursor);
    g_array_append_val(outcome->results, result);
  }
  return cursor.good && cursor.at == cursor.end;
}
