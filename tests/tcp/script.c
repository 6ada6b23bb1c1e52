/* script: see the header. The host's and the peer's initial sequence numbers are chosen so that
 * both streams wrap around within the first few hundred bytes. */
#include "tests/tcp/script.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "models/net/link.h"
#include "models/net/wire.h"

#define PEER_BASE (UINT32_MAX - 300) /* added to the peer's numbers */
#define HOST_ISN (UINT32_MAX - 200)
#define PORT 8080
#define PEER_PORT 40000 /* and on: the ports of peers that open a connection to us */
#define NAMES 32
#define OPTIONS_TEXT 160

/* What a segment looks like, as a line writes it. */
typedef struct Look {
  uint16_t flags;
  uint32_t seq, length, ack;  /* as in the script */
  int64_t window;             /* the field; -1: not written */
  uint16_t urgent;            /* the pointer */
  int ecn;                    /* NET_ECN_...; -1: not written */
  char options[OPTIONS_TEXT]; /* "mss 1460,nop,wscale 7"; "...": any */
} Look;

typedef struct Seen {
  SimTime time;
  Packet *packet; /* owned by the network */
} Seen;

typedef struct Script {
  const char *path;
  const char *line; /* under way */
  Sim *sim;
  Net *net;
  Node *host_node, *peer_node;
  TcpHost *host;
  TcpListener *listener;
  TcpConn *conn; /* NULL before it is made or accepted, and when it was released */
  GQueue seen;   /* of Seen, not yet expected */
  GString *story;
  SimTime base;  /* of the event before */
  bool waiting;  /* stop when a packet comes */
  SimEvent tick; /* so that the clock goes on when nothing else happens */
  uint16_t host_port, peer_port;
  uint32_t peer_iss, host_iss;
  bool opened; /* a SYN was seen: numbers are relative */
  struct {
    uint32_t name, value;
  } clock[NAMES]; /* timestamps by the names that the script gave */
  unsigned clocks;
  uint8_t cookie[16], cookie_length; /* of Fast Open, that the host granted last */
  unsigned told_connected, told_closed;
} Script;

static void G_GNUC_NORETURN G_GNUC_PRINTF(2, 3) fail(const Script *s, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  char *what = g_strdup_vprintf(format, args);
  va_end(args);
  g_error("%s, at \"%s\": %s\nwhat happened:\n%s", s->path, s->line, what, s->story->str);
}

static void
on_tick(Sim *sim, SimEvent *event)
{
}

/* Lets everything happen up to and including `time`; false when a packet came that is waited for.
 */
static bool
run_until(Script *s, SimTime time)
{
  if (time >= sim_now(s->sim) && !sim_event_pending(&s->tick))
    sim_schedule(s->sim, &s->tick, time, SIM_APPLICATION, &s->sim->scenario);
  bool whole = sim_run(s->sim, time) != SIM_RUN_STOPPED;
  sim_cancel(s->sim, &s->tick);
  return whole;
}

/* -- what the host sends -- */

static const struct {
  char letter;
  uint16_t flag;
} flag_letters[] = {{'S', TCP_SYN}, {'F', TCP_FIN}, {'R', TCP_RST}, {'P', TCP_PSH}, {'U', TCP_URG},
                    {'E', TCP_ECE}, {'W', TCP_CWR}, {'A', TCP_AE},  {'.', TCP_ACK}};

static uint32_t
get32(const uint8_t *at)
{
  return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* One option. `val`: what to write for the host's clock; -1: as it is. SACK blocks count from the
 * peer's SYN. */
static void
print_option(const Script *s, const uint8_t *at, int64_t val, GString *text)
{
  switch (*at) {
  case 1:
    g_string_append(text, "nop");
    break;
  case 2:
    g_string_append_printf(text, "mss %u", at[2] << 8 | at[3]);
    break;
  case 3:
    g_string_append_printf(text, "wscale %u", at[2]);
    break;
  case 4:
    g_string_append(text, "sackOK");
    break;
  case 5:
    g_string_append(text, "sack");
    for (int i = 2; i < at[1]; i += 8)
      g_string_append_printf(text, " %u:%u", get32(at + i) - s->peer_iss,
                             get32(at + i + 4) - s->peer_iss);
    break;
  case 8:
    g_string_append_printf(text, "TS val %u ecr %u", val < 0 ? get32(at + 2) : (uint32_t)val,
                           get32(at + 6));
    break;
  case 34:
    g_string_append(text, at[1] > 2 ? "FO " : "FO");
    for (int i = 2; i < at[1]; i++)
      g_string_append_printf(text, "%02x", at[i]);
    break;
  case 172:
  case 174:
    g_string_append(text, *at == 172 ? "accecn0" : "accecn1");
    for (int i = 2; i < at[1]; i += 3)
      g_string_append_printf(text, " %u", at[i] << 16 | at[i + 1] << 8 | at[i + 2]);
    break;
  default:
    g_string_append_printf(text, "kind %u", *at);
    break;
  }
}

/* The options as they stand on the wire. */
static void
print_options(const Script *s, const Packet *packet, int64_t val, char *out)
{
  GByteArray *bytes = g_byte_array_new();
  wire_write_cut(s->net, packet, bytes);
  const uint8_t *at = bytes->data + 40, *end = bytes->data + 20 + packet->tcp.header_length;
  GString *text = g_string_new(NULL);
  while (at < end) {
    if (text->len > 0)
      g_string_append_c(text, ',');
    print_option(s, at, val, text);
    at += *at <= 1 ? 1 : at[1];
  }
  g_strlcpy(out, text->str, OPTIONS_TEXT);
  g_string_free(text, TRUE);
  g_byte_array_free(bytes, TRUE);
}

static Look
look_of(const Script *s, const Packet *packet, int64_t val)
{
  const TcpHeader *tcp = &packet->tcp;
  bool syn = tcp->flags & TCP_SYN;
  Look look = {
      .flags = tcp->flags,
      .seq = tcp->seq - s->host_iss,
      .length = packet->payload,
      .ack = tcp->flags & TCP_ACK ? tcp->ack - (syn ? PEER_BASE : s->peer_iss) : 0,
      .window = tcp->window,
      .urgent = tcp->urgent,
      .ecn = packet->traffic_class & 3,
  };
  print_options(s, packet, val, look.options);
  return look;
}

static void
tell(Script *s, const char *way, const Look *look)
{
  char time[SIM_TIME_TEXT];
  g_string_append_printf(s->story, "  %s %s ", sim_time_print(sim_now(s->sim), time), way);
  for (size_t i = 0; i < G_N_ELEMENTS(flag_letters); i++)
    if (look->flags & flag_letters[i].flag)
      g_string_append_c(s->story, flag_letters[i].letter);
  g_string_append_printf(s->story, " %u:%u(%u)", look->seq, look->seq + look->length, look->length);
  if (look->flags & TCP_ACK)
    g_string_append_printf(s->story, " ack %u", look->ack);
  g_string_append_printf(s->story, " win %d <%s>\n", (int)look->window, look->options);
}

static void
on_peer_receives(void *self, Packet *packet, LinkDirection *arrived_on)
{
  Script *s = self;
  if (packet->tcp.flags & TCP_SYN) {
    s->host_iss = packet->tcp.seq;
    s->host_port = packet->tcp.source_port;
    if (!(packet->tcp.flags & TCP_ACK))
      s->peer_iss = PEER_BASE; /* until the peer's own SYN says otherwise */
    s->opened = true;
    if (packet->tcp.options & TCP_OPT_FAST_OPEN && packet->tcp.flags & TCP_ACK) {
      s->cookie_length = packet->ext->cookie_length;
      memcpy(s->cookie, packet->ext->cookie, sizeof s->cookie);
    }
  }
  Look look = look_of(s, packet, -1);
  tell(s, ">", &look);
  Seen *seen = g_new(Seen, 1);
  *seen = (Seen){sim_now(s->sim), packet};
  g_queue_push_tail(&s->seen, seen);
  if (s->waiting)
    sim_stop(s->sim);
}

/* -- reading a line -- */

static bool
word(const char **at, const char *wanted)
{
  size_t n = strlen(wanted);
  if (strncmp(*at, wanted, n) != 0)
    return false;
  *at += n;
  while (**at == ' ')
    ++*at;
  return true;
}

static uint32_t
number(const Script *s, const char **at)
{
  if (!g_ascii_isdigit(**at))
    fail(s, "a number was expected at \"%s\"", *at);
  char *end;
  uint32_t value = (uint32_t)g_ascii_strtoull(*at, &end, 10);
  *at = end;
  while (**at == ' ')
    ++*at;
  return value;
}

/* "[ce] " before the flags. */
static int
parse_ecn(const char **at)
{
  static const char *const words[] = {"[noecn]", "[ect1]", "[ect0]", "[ce]"};
  for (int i = 0; i < (int)G_N_ELEMENTS(words); i++)
    if (word(at, words[i]))
      return i;
  return -1;
}

static Look
parse(const Script *s, const char *at)
{
  Look look = {.window = -1, .ecn = parse_ecn(&at)};
  for (; *at != ' ' && *at != '\0'; at++)
    for (size_t i = 0; i < G_N_ELEMENTS(flag_letters); i++)
      if (*at == flag_letters[i].letter)
        look.flags |= flag_letters[i].flag;
  word(&at, " ");
  look.seq = number(s, &at);
  bool colon = word(&at, ":");
  uint32_t end = number(s, &at);
  bool open = word(&at, "(");
  look.length = number(s, &at);
  if (!colon || !open || !word(&at, ")") || look.seq + look.length != end)
    fail(s, "no seq:end(length)");
  if (word(&at, "ack"))
    look.ack = number(s, &at);
  if (word(&at, "win"))
    look.window = number(s, &at);
  if (word(&at, "urg"))
    look.urgent = (uint16_t)number(s, &at);
  if (word(&at, "<")) {
    const char *close = strrchr(at, '>');
    if (close == NULL)
      fail(s, "no '>'");
    g_strlcpy(look.options, at, MIN((size_t)(close - at) + 1, OPTIONS_TEXT));
  } else if (*at != '\0') {
    fail(s, "what is \"%s\"?", at);
  }
  return look;
}

static SimTime
seconds(const char **at)
{
  char *end;
  ++*at; /* '+' */
  double value = g_ascii_strtod(*at, &end);
  *at = end;
  return (SimTime)llround(value * 1e6) * SIM_MICROSECOND;
}

/* -- the peer sends -- */

static uint32_t
clock_named(const Script *s, uint32_t name)
{
  for (unsigned i = s->clocks; i > 0; i--)
    if (s->clock[i - 1].name == name)
      return s->clock[i - 1].value;
  if (name != 0)
    fail(s, "no segment had \"TS val %u\"", name);
  return 0;
}

/* "FO", or "FO abcd1234abcd1234"; "FO ours": the cookie that the host granted last. */
static const char *
set_fast_open(const Script *s, const char *at, Packet *packet)
{
  PacketExt *ext = packet_ext(s->net, packet);
  packet->tcp.options |= TCP_OPT_FAST_OPEN;
  if (word(&at, "ours")) {
    ext->cookie_length = s->cookie_length;
    memcpy(ext->cookie, s->cookie, sizeof s->cookie);
  }
  for (; g_ascii_isxdigit(at[0]) && g_ascii_isxdigit(at[1]); at += 2)
    ext->cookie[ext->cookie_length++] =
        (uint8_t)(g_ascii_xdigit_value(at[0]) << 4 | g_ascii_xdigit_value(at[1]));
  return at;
}

/* "accecn0 1 0 1": e0b, ceb, e1b, or the first of them; "accecn1 1 0 1": e1b, ceb, e0b. */
static void
set_accecn(const Script *s, const char **at, bool ect1_first, Packet *packet)
{
  PacketExt *ext = packet_ext(s->net, packet);
  packet->tcp.options |= TCP_OPT_ACCECN;
  ext->accecn_ect1_first = ect1_first;
  while (g_ascii_isdigit(**at)) {
    unsigned i = ext->accecn_fields++;
    ext->accecn[ext->accecn_ect1_first ? 2 - i : i] = number(s, at);
  }
}

static void
set_options(const Script *s, const char *at, Packet *packet)
{
  TcpHeader *tcp = &packet->tcp;
  while (*at != '\0') {
    if (word(&at, "mss")) {
      tcp->options |= TCP_OPT_MSS;
      tcp->mss = (uint16_t)number(s, &at);
    } else if (word(&at, "wscale")) {
      tcp->options |= TCP_OPT_WSCALE;
      tcp->window_scale = (uint8_t)number(s, &at);
    } else if (word(&at, "sackOK")) {
      tcp->options |= TCP_OPT_SACK_PERMITTED;
    } else if (word(&at, "TS val")) {
      tcp->options |= TCP_OPT_TIMESTAMPS;
      tcp->ts_value = number(s, &at);
      if (word(&at, "future")) /* so many ticks beyond the clock that was named last */
        tcp->ts_echo = s->clock[s->clocks - 1].value + number(s, &at);
      else if (word(&at, "ecr"))
        tcp->ts_echo = clock_named(s, number(s, &at));
      else
        fail(s, "no ecr");
    } else if (word(&at, "sack")) {
      tcp->options |= TCP_OPT_SACK;
      while (g_ascii_isdigit(*at)) {
        TcpSackBlock *block = &tcp->sack[tcp->sack_count++];
        block->start = number(s, &at) + s->host_iss;
        word(&at, ":");
        block->end = number(s, &at) + s->host_iss;
      }
    } else if (word(&at, "accecn0")) {
      set_accecn(s, &at, false, packet);
    } else if (word(&at, "accecn1")) {
      set_accecn(s, &at, true, packet);
    } else if (word(&at, "FO")) {
      at = set_fast_open(s, at, packet);
    } else if (!word(&at, "nop")) {
      fail(s, "what is \"%s\"?", at);
    }
    word(&at, ",");
  }
}

static void
peer_sends(Script *s, const char *at)
{
  Look look = parse(s, at);
  bool syn = look.flags & TCP_SYN;
  tell(s, "<", &look);
  if (syn && !(look.flags & TCP_RST) && s->conn == NULL && !s->opened)
    s->peer_iss = PEER_BASE + look.seq;
  if (syn && s->conn != NULL && tcp_state(s->conn) == TCP_SYN_SENT)
    s->peer_iss = PEER_BASE + look.seq;
  Packet *packet = packet_new(s->net, s->peer_node);
  packet->protocol = NET_PROTO_TCP;
  packet->family = 4;
  packet->source = node_address(s->peer_node);
  packet->destination = node_address(s->host_node);
  packet->payload = look.length;
  packet->traffic_class = (uint8_t)MAX(look.ecn, 0);
  TcpHeader *tcp = &packet->tcp;
  tcp->source_port = s->peer_port;
  tcp->destination_port = s->host_port;
  tcp->flags = look.flags;
  tcp->seq = look.seq + (syn ? PEER_BASE : s->peer_iss);
  tcp->ack = look.flags & TCP_ACK ? look.ack + s->host_iss : 0;
  tcp->window = (uint16_t)MAX(look.window, 0);
  tcp->urgent = look.urgent;
  set_options(s, look.options, packet);
  tcp->header_length = (uint8_t)(20 + wire_tcp_options_length(tcp, packet->ext));
  node_send(s->peer_node, packet);
  sim_run(s->sim, sim_now(s->sim));
}

/* -- the host is expected to send -- */

/* "TS val N" in what is expected names the host's clock. */
static int64_t
clock_name(const char *options)
{
  const char *at = strstr(options, "TS val ");
  return at == NULL ? -1 : (int64_t)g_ascii_strtoull(at + 7, NULL, 10);
}

static Packet *
next_packet(Script *s, SimTime until, SimTime *time)
{
  s->waiting = true;
  while (g_queue_is_empty(&s->seen) && !run_until(s, until))
    ;
  s->waiting = false;
  Seen *seen = g_queue_pop_head(&s->seen);
  if (seen == NULL)
    fail(s, "nothing was sent");
  Packet *packet = seen->packet;
  *time = seen->time;
  g_free(seen);
  return packet;
}

static bool
alike(const Look *wanted, const Look *got, bool last)
{
  uint16_t compared = last ? UINT16_MAX : (uint16_t) ~(TCP_PSH | TCP_FIN);
  if (((wanted->flags ^ got->flags) & compared) != 0 || wanted->ack != got->ack ||
      (wanted->ecn >= 0 && wanted->ecn != got->ecn) || wanted->urgent != got->urgent ||
      (wanted->window >= 0 && wanted->window != got->window))
    return false;
  return strcmp(wanted->options, "...") == 0 || strcmp(wanted->options, got->options) == 0;
}

/* "ecr N" of the expected line is the peer's own number, as it stands. */
static void
host_sends(Script *s, const char *at, SimTime from, SimTime to)
{
  Look wanted = parse(s, at);
  int64_t name = clock_name(wanted.options);
  uint32_t next = wanted.seq, left = wanted.length, size = 0;
  bool last;
  do {
    SimTime time;
    Packet *packet = next_packet(s, to, &time);
    Look got = look_of(s, packet, name);
    if (name >= 0) {
      g_assert_cmpuint(s->clocks, <, NAMES);
      s->clock[s->clocks].name = (uint32_t)name;
      s->clock[s->clocks++].value = packet->tcp.ts_value;
    }
    packet_free(s->net, packet);
    last = got.length >= left;
    if (got.seq != next || got.length > left || !alike(&wanted, &got, last) ||
        (size != 0 && got.length > size) || (!last && size != 0 && got.length != size))
      fail(s, "another segment was sent");
    if (time < from || time > to) {
      char early[SIM_TIME_TEXT], when[SIM_TIME_TEXT];
      fail(s, "it was sent at %s, not at %s", sim_time_print(time, when),
           sim_time_print(from, early));
    }
    size = got.length;
    next += got.length;
    left -= got.length;
    s->base = time;
  } while (!last);
}

/* -- the program on the host -- */

static void
on_event(TcpConn *conn, unsigned events, void *user)
{
  Script *s = user;
  s->told_connected += !!(events & TCP_EVENT_CONNECTED);
  s->told_closed += !!(events & TCP_EVENT_CLOSED);
}

static const TcpUserOps ops = {.event = on_event};

static void
set_param(Script *s, char **parts, TcpProfile *profile)
{
  const char *in_keepalive = g_str_has_prefix(parts[0], "keepalive.") ? parts[0] + 10 : NULL;
  const SimParam *param = in_keepalive != NULL ? sim_param_find(tcp_keepalive_params, in_keepalive)
                                               : sim_param_find(tcp_profile_params, parts[0]);
  if (param == NULL)
    fail(s, "no such option");
  char *end;
  SimParamValue value = {.type = SIM_VALUE_TEXT, .text = parts[1]};
  double as_number = g_ascii_strtod(parts[1], &end);
  if (*end == '\0')
    value = (SimParamValue){.type = SIM_VALUE_NUMBER, .number = as_number};
  if (strcmp(parts[1], "true") == 0 || strcmp(parts[1], "false") == 0)
    value = (SimParamValue){.type = SIM_VALUE_BOOL, .boolean = *parts[1] == 't'};
  GError *error = NULL;
  sim_param_set(param, profile, &value, &error);
  g_assert_no_error(error);
}

static void
set_option(Script *s, const char *at)
{
  char **parts = g_strsplit(at, " ", 2);
  TcpProfile profile = s->conn != NULL ? *tcp_conn_profile(s->conn) : *tcp_host_profile(s->host);
  if (strcmp(parts[0], "cc") == 0)
    profile.cc = cc_find(parts[1]);
  else
    set_param(s, parts, &profile);
  if (profile.cc == NULL)
    fail(s, "no such congestion control");
  /* As in a scenario: a buffer that is given does not grow. */
  if (strcmp(parts[0], "receive_buffer") == 0)
    profile.receive_buffer_max = profile.receive_buffer;
  if (s->conn != NULL)
    tcp_conn_set_profile(s->conn, &profile);
  else
    *tcp_host_profile(s->host) = profile;
  g_strfreev(parts);
}

/* With Fast Open, and so many bytes for the SYN, when a number is given. */
static void
connect_to_peer(Script *s, const char *at)
{
  TcpConnectArgs args = {.destination = node_address(s->peer_node),
                         .port = PORT,
                         .ops = &ops,
                         .user = s,
                         .fast_open = *at != '\0',
                         .early = *at != '\0' ? number(s, &at) : 0};
  GError *error = NULL;
  s->opened = false;
  s->conn = tcp_connect(s->host, &args, &error);
  g_assert_no_error(error);
  s->host_port = tcp_endpoints(s->conn).local_port;
  s->peer_port = PORT;
}

static void
listen_for_peer(Script *s)
{
  TcpListenArgs args = {.port = PORT};
  s->listener = tcp_listen(s->host, &args, NULL);
  g_assert_nonnull(s->listener);
}

static void
release(Script *s)
{
  tcp_release(s->conn);
  s->conn = NULL;
  g_assert_cmpuint(s->told_connected, <=, 1);
  g_assert_cmpuint(s->told_closed, <=, 1);
  s->told_connected = s->told_closed = 0;
}

static void
accept_one(Script *s)
{
  s->conn = tcp_accept(s->listener, &ops, s);
  if (s->conn == NULL)
    fail(s, "there is nothing to accept");
}

static void
write_some(Script *s, const char *at)
{
  uint64_t count = number(s, &at), most = *at != '\0' ? number(s, &at) : count;
  g_assert_cmpuint(tcp_send(s->conn, count, NULL), ==, most);
}

static void
read_some(Script *s, const char *at, bool all)
{
  uint64_t count = number(s, &at), there = tcp_receivable(s->conn);
  if (count > there || (all && count < there))
    fail(s, "%u bytes were there", (unsigned)there);
  g_assert_cmpuint(tcp_receive(s->conn, count, NULL, NULL), ==, count);
}

static void
unlisten(Script *s)
{
  tcp_listener_close(s->listener);
  s->listener = NULL;
}

static bool
call(Script *s, const char *at)
{
  if (word(&at, "listen"))
    listen_for_peer(s);
  else if (word(&at, "connect"))
    connect_to_peer(s, at);
  else if (word(&at, "set"))
    set_option(s, at);
  else if (word(&at, "accept nothing"))
    g_assert_null(tcp_accept(s->listener, &ops, s));
  else if (word(&at, "accept"))
    accept_one(s);
  else if (word(&at, "urgent"))
    g_assert_cmpuint(tcp_send_urgent(s->conn, number(s, &at), NULL), >, 0);
  else if (word(&at, "write"))
    write_some(s, at);
  else if (word(&at, "read"))
    read_some(s, at, true);
  else if (word(&at, "take"))
    read_some(s, at, false);
  else if (word(&at, "close"))
    tcp_close(s->conn);
  else if (word(&at, "shutdown"))
    tcp_shutdown(s->conn);
  else if (word(&at, "stop reading"))
    tcp_stop_reading(s->conn);
  else if (word(&at, "abort"))
    tcp_abort(s->conn);
  else if (word(&at, "vanish"))
    tcp_vanish(s->conn);
  else if (word(&at, "port"))
    s->peer_port = (uint16_t)(PEER_PORT + number(s, &at));
  else if (word(&at, "unlisten"))
    unlisten(s);
  else if (word(&at, "restart"))
    tcp_host_restart(s->host);
  else if (word(&at, "quick ack"))
    tcp_quick_ack(s->conn, true);
  else if (word(&at, "release"))
    release(s);
  else
    return false;
  sim_run(s->sim, sim_now(s->sim));
  return true;
}

/* -- what is asserted -- */

static char *
value_of(const Script *s, const char *name, const TcpInfo *info)
{
  TcpListenerInfo queues = {0};
  TcpDetails details = {0};
  if (s->listener != NULL)
    tcp_listener_info(s->listener, &queues);
  if (s->conn != NULL)
    tcp_details(s->conn, &details);
  const struct {
    const char *name;
    uint64_t value;
  } numbers[] = {
      {"cwnd", info->cwnd / MAX(info->mss, 1)},
      {"ssthresh", info->ssthresh / MAX(info->mss, 1)},
      {"cwnd_bytes", info->cwnd},
      {"snd_wnd", info->snd_wnd},
      {"rcv_wnd", info->rcv_wnd},
      {"srtt_us", (uint64_t)(info->srtt / SIM_MICROSECOND)},
      {"rto_us", (uint64_t)(info->rto / SIM_MICROSECOND)},
      {"mss", info->mss},
      {"retransmits", info->retransmits},
      {"timeouts", info->timeouts},
      {"timeouts_in_a_row", details.timeouts_in_a_row},
      {"flight", info->flight},
      {"bytes_acked", info->bytes_acked},
      {"bytes_received", info->bytes_received},
      {"ready", queues.ready},
      {"half_open", queues.half_open},
      {"dropped", queues.dropped},
      {"overflows", queues.overflows},
      {"cookies_sent", queues.cookies_sent},
      {"cookies_received", queues.cookies_received},
      {"cookies_failed", queues.cookies_failed},
      {"connections", tcp_host_connections(s->host)},
      {"orphans", tcp_host_orphans(s->host)},
      {"readable", s->conn != NULL ? tcp_receivable(s->conn) : 0},
      {"at_end", s->conn != NULL ? tcp_at_end(s->conn) : 0},
      {"early", s->conn != NULL ? tcp_early(s->conn) : 0},
      {"before_mark", s->conn != NULL ? MIN(tcp_before_mark(s->conn), 1000000) : 0},
      {"may_send", s->conn != NULL ? tcp_may_send(s->conn) : 0},
  };
  if (strcmp(name, "state") == 0)
    return g_strdup(tcp_state_name(info->state));
  if (strcmp(name, "error") == 0)
    return g_strdup(s->conn != NULL ? tcp_error_name(tcp_error(s->conn)) : "-");
  if (strcmp(name, "recovery") == 0)
    return g_strdup(tcp_recovery_name(info->recovery));
  for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++)
    if (strcmp(name, numbers[i].name) == 0)
      return g_strdup_printf("%" G_GUINT64_FORMAT, numbers[i].value);
  fail(s, "no such value");
}

static void
is(Script *s, const char *at)
{
  char **parts = g_strsplit(at, " ", 2);
  TcpInfo info = {0};
  if (s->conn != NULL)
    tcp_info(s->conn, &info);
  char *value = value_of(s, parts[0], &info);
  if (strcmp(value, parts[1]) != 0)
    fail(s, "it is %s", value);
  g_free(value);
  g_strfreev(parts);
}

static void
play(Script *s, const char *line)
{
  const char *at = s->line = line;
  SimTime from = s->base, to;
  if (*at == '+')
    from += seconds(&at);
  to = from;
  if (word(&at, "~"))
    to = s->base + seconds(&at);
  while (*at == ' ')
    at++;
  if (word(&at, ">")) {
    host_sends(s, at, from, to);
    return;
  }
  run_until(s, from);
  s->base = from;
  if (word(&at, "<"))
    peer_sends(s, at);
  else if (word(&at, "is"))
    is(s, at);
  else if (strcmp(at, "wait") != 0 && !call(s, at))
    fail(s, "what is that?");
}

/* -- a test -- */

static void
open_lab(Script *s, const char *profile_name)
{
  s->sim = sim_new(1);
  s->net = net_new(s->sim);
  s->host_node = node_new(s->net, "host", NODE_HOST, NULL);
  s->peer_node = node_new(s->net, "peer", NODE_HOST, NULL);
  LinkSettings wire = link_settings_default();
  wire.delay = 0;
  wire.rate = 0;
  link_new(s->host_node, s->peer_node, &wire, NULL);
  TcpProfile profile = *tcp_profile_find(profile_name);
  profile.isn = HOST_ISN;
  profile.cc = &cc_reno; /* what the scripts count on */
  s->host = tcp_host_new(s->host_node, &profile);
  node_set_protocol(s->peer_node, NET_PROTO_TCP, on_peer_receives, s);
  s->story = g_string_new(NULL);
  sim_event_init(&s->tick, on_tick);
  s->host_port = PORT;
  s->peer_port = PEER_PORT;
  s->peer_iss = PEER_BASE;
}

static void
close_lab(Script *s)
{
  s->line = "the end";
  if (!g_queue_is_empty(&s->seen))
    fail(s, "something was sent that was not expected");
  if (s->conn != NULL)
    tcp_release(s->conn);
  tcp_host_free(s->host);
  sim_run(s->sim, sim_now(s->sim));
  for (Seen *seen; (seen = g_queue_pop_head(&s->seen)) != NULL; g_free(seen))
    packet_free(s->net, seen->packet);
  g_assert_cmpuint(s->told_connected, <=, 1);
  g_assert_cmpuint(s->told_closed, <=, 1);
  net_free(s->net);
  sim_free(s->sim);
  g_string_free(s->story, TRUE);
}

static void
run(const ScriptTest *test, const char *profile)
{
  Script s = {.path = test->path};
  open_lab(&s, profile);
  for (const char *const *line = test->lines; *line != NULL; line++)
    play(&s, *line);
  close_lab(&s);
}

static void
run_linux(const void *test)
{
  run(test, "linux");
}

static void
run_rfc(const void *test)
{
  run(test, "rfc9293");
}

void
script_add(const ScriptTest *tests)
{
  for (const ScriptTest *test = tests; test->path != NULL; test++) {
    if (test->profiles == SCRIPT_BOTH) {
      char *linux_path = g_strconcat(test->path, "/linux", NULL);
      char *rfc_path = g_strconcat(test->path, "/rfc9293", NULL);
      g_test_add_data_func(linux_path, test, run_linux);
      g_test_add_data_func(rfc_path, test, run_rfc);
      g_free(linux_path);
      g_free(rfc_path);
    } else {
      g_test_add_data_func(test->path, test, test->profiles == SCRIPT_LINUX ? run_linux : run_rfc);
    }
  }
}

int
script_main(int argc, char **argv, const ScriptTest *tests)
{
  g_test_init(&argc, &argv, NULL);
  script_add(tests);
  return g_test_run();
}
