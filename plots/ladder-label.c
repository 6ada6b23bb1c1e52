/* ladder-label: what stands on an arrow, in the words of a packet's row.
 *
 * The order is that in which one reads a segment out: flags, seq, ack, length, a window of zero,
 * options, and what is special about it. An option is written where its sender uses it for the
 * first time on a connection (a block of SACK and an MTU each time: they are news each time). */
#include "plots/ladder-parts.h"

#include <string.h>

#include "sim/quantity.h"

struct LadderLabels {
  bool raw;
  GHashTable *used; /* "conn|src|option": look-up only; owns its keys */
};

LadderLabels *
ladder_labels_new(const LadderOptions *options)
{
  LadderLabels *labels = g_new0(LadderLabels, 1);
  labels->raw = options->raw;
  labels->used = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  return labels;
}

void
ladder_labels_free(LadderLabels *labels)
{
  g_hash_table_unref(labels->used);
  g_free(labels);
}

/* News each time, not once: a block of SACK, the MTU that an ICMP error tells. */
static bool
is_news(const char *option, gsize length)
{
  return (length == 4 && strncmp(option, "sack", 4) == 0) ||
         (length == 3 && strncmp(option, "mtu", 3) == 0);
}

/* "mss=1460" as "mss 1460"; the values of timestamps say nothing in a ladder. */
static void
append_option(LadderLabels *labels, const RunRow *row, const char *option, GString *list)
{
  const char *equals = strchr(option, '=');
  gsize length = equals != NULL ? (gsize)(equals - option) : strlen(option);
  if (!is_news(option, length)) {
    char *key = g_strdup_printf("%s|%s|%.*s", row->conn, row->src, (int)length, option);
    if (!g_hash_table_add(labels->used, key))
      return;
  }
  if (list->len > 0)
    g_string_append(list, ", ");
  g_string_append_len(list, option, (gssize)length);
  if (equals != NULL && !(length == 2 && strncmp(option, "ts", 2) == 0))
    g_string_append_printf(list, " %s", equals + 1);
}

static void
append_options(LadderLabels *labels, const RunRow *row, GString *text)
{
  if (row->options[0] == '\0')
    return;
  g_autoptr(GString) list = g_string_new(NULL);
  g_auto(GStrv) options = g_strsplit(row->options, " ", -1);
  for (guint i = 0; options[i] != NULL; i++)
    if (options[i][0] != '\0')
      append_option(labels, row, options[i], list);
  if (list->len > 0)
    g_string_append_printf(text, " <%s>", list->str);
}

char *
ladder_label_packet(LadderLabels *labels, const RunRow *row, guint number)
{
  GString *text = g_string_new(NULL);
  if (number > 0)
    g_string_append_printf(text, "[%u] ", number);
  g_string_append(text, row->flags[0] != '\0' ? row->flags : row->proto);
  bool raw =
      labels->raw && strcmp(row->proto, "TCP") == 0; /* the number of an echo is one already */
  if (row->has_seq && raw)
    g_string_append_printf(text, " seq %u", row->seq_raw);
  else if (row->has_seq)
    g_string_append_printf(text, " seq %" G_GINT64_FORMAT, row->seq);
  if (row->has_ack && raw)
    g_string_append_printf(text, " ack %u", row->ack_raw);
  else if (row->has_ack)
    g_string_append_printf(text, " ack %" G_GINT64_FORMAT, row->ack);
  if (row->len > 0)
    g_string_append_printf(text, " len %u", row->len);
  if (row->win == 0 && strstr(row->flags, "RST") == NULL)
    g_string_append(text, " win 0");
  append_options(labels, row, text);
  if (row->retransmit > 0)
    g_string_append_printf(text, " (retransmission %u)", row->retransmit);
  return g_string_free(text, FALSE);
}

/* The name ends where the times begin: "RTO due 1", "delayed ACK, due 0.2 s". */
char *
ladder_label_timer_name(const char *detail)
{
  const char *const stops[] = {" due", " set", ",", ";", "(", ":", NULL};
  gsize length = strlen(detail);
  for (guint i = 0; stops[i] != NULL; i++) {
    const char *stop = strstr(detail, stops[i]);
    if (stop != NULL && (gsize)(stop - detail) < length)
      length = (gsize)(stop - detail);
  }
  return g_strchomp(g_strndup(detail, length));
}

bool
ladder_label_time_after(const char *detail, const char *word, SimTime *time)
{
  const char *at = strstr(detail, word);
  if (at == NULL)
    return false;
  at += strlen(word);
  if (g_str_has_prefix(at, " at "))
    at += strlen(" at");
  while (*at == ' ' || *at == '=')
    at++;
  /* Timelines give times as they give the column time: bare seconds. */
  g_autofree char *number = g_strndup(at, strspn(at, "0123456789."));
  g_autofree char *seconds = g_strdup_printf("%s s", number);
  SimQuantity quantity;
  if (number[0] == '\0' || !sim_quantity_parse(seconds, &quantity, NULL))
    return false;
  *time = quantity.time;
  return true;
}

char *
ladder_clean(const char *text)
{
  g_autofree char *valid = g_utf8_make_valid(text, -1);
  GString *clean = g_string_new(NULL);
  for (const char *p = valid; *p != '\0'; p += g_utf8_skip[(guchar)*p]) {
    gunichar letter = g_utf8_get_char(p);
    bool drawn = g_unichar_isprint(letter) && !g_unichar_iszerowidth(letter);
    g_string_append_unichar(clean, drawn ? letter : '?');
  }
  return g_string_free(clean, FALSE);
}

/* The longest beginning of `text` that takes at most `width` letters (wide ones count twice), in
 * bytes; it ends at a space where it can, and rather not at one before a number: "seq 0" stays
 * together. At least one letter. */
static gsize
break_at(const char *text, gint width)
{
  const char *p = text, *space = NULL, *before_number = NULL;
  gint used = 0;
  for (; *p != '\0'; p += g_utf8_skip[(guchar)*p]) {
    used += g_unichar_iswide(g_utf8_get_char(p)) ? 2 : 1;
    if (*p == ' ' && p != text && g_ascii_isdigit(p[1]))
      before_number = p;
    else if (*p == ' ' && p != text)
      space = p;
    else if (used > width)
      break;
  }
  if (*p == '\0' && used <= width)
    return (gsize)(p - text);
  if (space != NULL || before_number != NULL)
    return (gsize)((space != NULL ? space : before_number) - text);
  return p == text ? (gsize)g_utf8_skip[(guchar)*p] : (gsize)(p - text);
}

GPtrArray *
ladder_break_lines(const char *text, gint letters)
{
  GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
  while (*text == ' ')
    text++;
  while (*text != '\0') {
    gsize length = break_at(text, letters);
    g_ptr_array_add(lines, g_strndup(text, length));
    text += length;
    while (*text == ' ')
      text++;
  }
  return lines;
}
