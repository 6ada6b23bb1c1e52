/* lab: see the header. */
#include "tests/tcp/lab.h"

#include <string.h>

typedef struct LabCall {
  SimEvent event;
  Lab *lab;
  void (*fn)(Lab *);
  struct LabCall *next;
} LabCall;

static void
pump(LabEnd *end)
{
  TcpConn *conn = end->conn;
  bool text;
  while (end->reads && tcp_receivable(conn) > 0)
    end->received_count += tcp_receive(conn, UINT64_MAX, end->received, &text);
  while (end->to_send > 0) {
    uint64_t n = tcp_send(conn, end->to_send, end->bytes != NULL ? end->bytes + end->queued : NULL);
    if (n == 0)
      break;
    end->to_send -= n;
    end->queued += n;
  }
  if (end->to_send == 0 && end->close_when_sent && tcp_may_send(conn) &&
      tcp_state(conn) >= TCP_ESTABLISHED)
    tcp_shutdown(conn);
  if (end->close_at_end && tcp_at_end(conn) && end->to_send == 0)
    tcp_close(conn);
}

static void
on_event(TcpConn *conn, unsigned events, void *user)
{
  LabEnd *end = user;
  end->events |= events;
  if (end->conn != NULL)
    pump(end);
}

static const TcpUserOps ops = {.event = on_event};

static void
on_accepted(TcpListener *listener, void *user)
{
  Lab *lab = user;
  if (lab->server.conn != NULL)
    tcp_release(lab->server.conn);
  lab->server.conn = tcp_accept(listener, &ops, &lab->server);
  pump(&lab->server);
}

static void
on_state(Sim *sim, const void *data, void *user)
{
  const TcpStateRecord *record = data;
  Lab *lab = user;
  bool client = tcp_conn_host(record->conn) == lab->client_host;
  g_string_append_printf(client ? lab->client_states : lab->server_states, "%s%s",
                         record->from <= TCP_LISTEN ? " " : ">", tcp_state_name(record->to));
}

static void
on_packet(Sim *sim, const void *data, void *user)
{
  const NetPacketRecord *record = data;
  Lab *lab = user;
  if (record->event != NET_PACKET_SEND)
    return;
  const Packet *packet = record->packet;
  const TcpHeader *tcp = &packet->tcp;
  char flags[PACKET_FLAGS_TEXT], time[SIM_TIME_TEXT];
  uint32_t iss = packet->marks & PACKET_HAS_ISS && !lab->absolute ? tcp->iss : 0;
  uint32_t irs = packet->marks & PACKET_HAS_IRS && !lab->absolute ? tcp->irs : 0;
  const char *way = record->node == lab->client_node ? "c>s" : "s>c";
  GString *text = g_string_new(way);
  g_string_append_printf(text, " %s %u:%u(%u)", packet_flags_print(tcp->flags, flags),
                         tcp->seq - iss, tcp->seq - iss + packet->payload, packet->payload);
  if (tcp->flags & TCP_ACK)
    g_string_append_printf(text, " ack %u", tcp->ack - irs);
  static const char *const marks[] = {"", " ect1", " ect0", " ce"};
  g_string_append(text, marks[packet->traffic_class & 3]);
  char *line = g_string_free(text, FALSE);
  g_string_append_printf(lab->timeline, "%s %s win %u\n", sim_time_print(record->time, time), line,
                         (uint32_t)tcp->window << packet->window_scale);
  g_ptr_array_add(lab->sent, line);
}

Lab *
lab_new(const LabSettings *settings)
{
  Lab *lab = g_new0(Lab, 1);
  lab->sim = sim_new(settings->seed);
  lab->net = net_new(lab->sim);
  lab->client_node = node_new(lab->net, "client", NODE_HOST, NULL);
  lab->server_node = node_new(lab->net, "server", NODE_HOST, NULL);
  LinkSettings wire = link_settings_default();
  wire.delay = settings->delay > 0 ? settings->delay : 50 * SIM_MILLISECOND;
  wire.rate = settings->rate;
  if (settings->mtu > 0)
    wire.mtu = settings->mtu;
  lab->wire = link_new(lab->client_node, lab->server_node, &wire, NULL);
  const char *name = settings->profile != NULL ? settings->profile : "rfc9293";
  TcpProfile profile = *tcp_profile_find(name);
  if (settings->tune != NULL)
    settings->tune(&profile, false);
  lab->client_host = tcp_host_new(lab->client_node, &profile);
  profile = *tcp_profile_find(name);
  if (settings->tune != NULL)
    settings->tune(&profile, true);
  lab->server_host = tcp_host_new(lab->server_node, &profile);
  lab->client_port = settings->client_port;
  lab->absolute = settings->absolute;
  lab->client.reads = lab->server.reads = true;
  lab->client.received = g_byte_array_new();
  lab->server.received = g_byte_array_new();
  lab->sent = g_ptr_array_new_with_free_func(g_free);
  lab->timeline = g_string_new(NULL);
  lab->client_states = g_string_new(NULL);
  lab->server_states = g_string_new(NULL);
  sim_trace_listen(lab->sim, NET_TRACE_PACKET, on_packet, lab);
  sim_trace_listen(lab->sim, TCP_TRACE_STATE, on_state, lab);
  return lab;
}

void
lab_free(Lab *lab)
{
  for (LabCall *call = lab->calls, *next; call != NULL; call = next) {
    next = call->next;
    sim_cancel(lab->sim, &call->event);
    g_free(call);
  }
  if (lab->client.conn != NULL)
    tcp_release(lab->client.conn);
  if (lab->server.conn != NULL)
    tcp_release(lab->server.conn);
  tcp_host_free(lab->client_host);
  tcp_host_free(lab->server_host);
  net_free(lab->net);
  sim_trace_ignore(lab->sim, NET_TRACE_PACKET, on_packet, lab);
  sim_trace_ignore(lab->sim, TCP_TRACE_STATE, on_state, lab);
  sim_free(lab->sim);
  g_byte_array_free(lab->client.received, TRUE);
  g_byte_array_free(lab->server.received, TRUE);
  g_ptr_array_free(lab->sent, TRUE);
  g_string_free(lab->timeline, TRUE);
  g_string_free(lab->client_states, TRUE);
  g_string_free(lab->server_states, TRUE);
  g_free(lab);
}

void
lab_listen(Lab *lab)
{
  TcpListenArgs args = {.port = 80, .accepted = on_accepted, .user = lab};
  lab->listener = tcp_listen(lab->server_host, &args, NULL);
  g_assert_nonnull(lab->listener);
}

static void
connect_now(Lab *lab, uint16_t from_port)
{
  TcpConnectArgs args = {
      .destination = node_address(lab->server_node),
      .port = 80,
      .from_port = from_port,
      .ops = &ops,
      .user = &lab->client,
  };
  GError *error = NULL;
  lab->client.conn = tcp_connect(lab->client_host, &args, &error);
  g_assert_no_error(error);
}

void
lab_connect(Lab *lab)
{
  if (lab->client.conn != NULL)
    tcp_release(lab->client.conn);
  connect_now(lab, lab->client_port);
}

static void
fire_call(Sim *sim, SimEvent *event)
{
  LabCall *call = sim_container(event, LabCall, event);
  call->fn(call->lab);
}

void
lab_at(Lab *lab, SimTime time, void (*fn)(Lab *))
{
  LabCall *call = g_new0(LabCall, 1);
  call->lab = lab;
  call->fn = fn;
  call->next = lab->calls;
  lab->calls = call;
  sim_event_init(&call->event, fire_call);
  sim_schedule(lab->sim, &call->event, time, SIM_APPLICATION, &lab->sim->scenario);
}

void
lab_rule(Lab *lab, RuleAction action, const char *text, SimTime delay)
{
  GError *error = NULL;
  LinkRule *rule = g_new0(LinkRule, 1);
  rule->action = action;
  rule->match = packet_match_parse(lab->net, text, &error);
  g_assert_no_error(error);
  rule->text = g_strdup_printf("%s %s", rule_action_name(action), text);
  rule->reason = g_strdup_printf("rule %s", text);
  rule->to = SIM_TIME_NEVER;
  rule->delay = delay;
  link_add_rule(lab->wire, rule);
}

void
lab_run(Lab *lab, SimTime until)
{
  sim_run(lab->sim, until);
}

void
lab_send(Lab *lab, LabEnd *end, uint64_t count, const uint8_t *bytes)
{
  end->to_send = count;
  end->bytes = bytes;
  end->queued = 0;
  if (end->conn != NULL)
    pump(end);
}

void
lab_inject(Lab *lab, Node *from, const TcpHeader *header, uint32_t payload)
{
  Node *to = from == lab->client_node ? lab->server_node : lab->client_node;
  Packet *packet = packet_new(lab->net, from);
  packet->protocol = NET_PROTO_TCP;
  packet->family = 4;
  packet->source = node_address(from);
  packet->destination = node_address(to);
  packet->payload = payload;
  packet->marks |= PACKET_INJECTED;
  packet->tcp = *header;
  packet->tcp.header_length = 20;
  node_send(from, packet);
}

void
lab_expect_lines(Lab *lab, const char *file, int line, const char *const *lines)
{
  guint i = 0;
  for (; lines[i] != NULL; i++) {
    const char *got = i < lab->sent->len ? g_ptr_array_index(lab->sent, i) : "(nothing)";
    if (strcmp(lines[i], got) != 0)
      g_error("%s:%d: packet %u\n  expected: %s\n  sent:     %s\nall that was sent:\n%s", file,
              line, i + 1, lines[i], got, lab->timeline->str);
  }
  if (i < lab->sent->len)
    g_error("%s:%d: packet %u was not expected: %s\nall that was sent:\n%s", file, line, i + 1,
            (char *)g_ptr_array_index(lab->sent, i), lab->timeline->str);
  g_ptr_array_set_size(lab->sent, 0);
}
