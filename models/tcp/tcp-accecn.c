/* tcp-accecn: accurate ECN (RFC 9768): how many packets were marked, not only that one was.
 *
 * Agreed on by AE, CWR and ECE on the SYN; the SYN+ACK says in the same three bits how the SYN's IP
 * header arrived, the third packet how the SYN+ACK's did. From then on the three bits of every
 * segment are one number, ACE: the packets that came marked (r.cep), modulo 8, from 5. An ACK goes
 * out at once when marks begin and at every second one, so that few wraps can go unseen; what the
 * sender makes of the number is the most that is likely (3.2.2.5). The AccECN option brings the
 * bytes that came as ECT(0), CE and ECT(1) (r.e0b, r.ceb, r.e1b), 24 bits each: on the SYN+ACK, the
 * client's third packet, and wherever a count has changed, if it fits behind timestamps and SACK.
 * It settles what ACE leaves open; without it all goes on. A repeated SYN asks once more and then
 * no longer, a repeated SYN+ACK drops the option first and the agreement next. An end that sees
 * ECN mangled (a SYN's codepoint that cannot have come of what was sent, ACE of 0 in the first
 * packet) still counts for its peer, but sends nothing that can be marked (3.2.2.3, 3.2.2.4).
 * The response to marks is RFC 3168's, once a round trip (tcp-recovery.c); DCTCP takes the exact
 * share. Left out: the search for paths that mark everything (3.2.2.3), caches of paths that do not
 * take the options, ECN++ (ECT on SYNs and retransmissions, but for DCTCP). SYN cookies have no
 * room to agree on it and answer with RFC 3168.
 * Supported standards: RFC 9768. */
#include "models/tcp/tcp-conn.h"

#include "models/net/wire.h"

#define ACE_BITS (TCP_AE | TCP_CWR | TCP_ECE)
#define ACE_START 5 /* r.cep and s.cep: 3.2.1 */
#define ACE_MASK 7
#define BYTES_MASK 0xffffff
#define MOST_OPTIONS 40 /* bytes, RFC 9293 3.1 */

/* What may wait for an ACK (3.2.2.5.1): with data unacknowledged "n SHOULD be 2", else 3 at least,
 * so that ACKs of ACKs die out. */
#define MARKS_WITH_DATA 2
#define MARKS_WITHOUT_DATA 3

struct TcpAccEcn {
  /* as receiver */
  uint32_t r_cep;      /* packets that came marked, from 5 */
  uint32_t r_bytes[3]; /* payload by PACKET_ACCECN_...: r.e0b from 1, r.ceb from 0, r.e1b from 1 */
  uint8_t unacked_marks; /* since the last ACK; saturates */
  uint8_t syn_ecn;       /* NET_ECN_... on the peer's SYN or SYN+ACK */
  bool reflects;         /* the next ACK is the third packet: it tells of the SYN+ACK */
  bool last_marked;      /* the last packet with data was */
  bool option_due;       /* a byte count has changed and no option has said so */
  /* as sender */
  uint32_t s_cep;      /* what is known of the peer's r.cep */
  uint32_t s_bytes[3]; /* of its counts of bytes, 24 bits */
  bool ace_checked;    /* the first packet behind the SYN has been seen */
  bool coded;          /* the ACK under way is the third packet, whose ACE is no count */
  bool option_seen;
  bool option_broken; /* the first one had a count at 0 that begins at 1: it is not believed */
  bool not_ect;       /* ECN was mangled, or the handshake had to fall back: nothing is ECT */
};

static uint16_t
ace_flags(uint32_t ace)
{
  return (uint16_t)((ace & 4 ? TCP_AE : 0) | (ace & 2 ? TCP_CWR : 0) | (ace & 1 ? TCP_ECE : 0));
}

static uint32_t
ace_of(const Packet *packet)
{
  uint16_t flags = packet->tcp.flags;
  return (flags & TCP_AE ? 4u : 0) | (flags & TCP_CWR ? 2u : 0) | (flags & TCP_ECE ? 1u : 0);
}

static uint8_t
ecn_of(const Packet *packet)
{
  return packet->traffic_class & 3;
}

/* -- the handshake -- */

/* Tables 2 and 3: how a SYN or a SYN+ACK arrived, in the three bits of its answer. */
static uint32_t
code_for(uint8_t ecn)
{
  static const uint8_t codes[4] = {
      [NET_ECN_NOT] = 2, [NET_ECN_ECT1] = 3, [NET_ECN_ECT0] = 4, [NET_ECN_CE] = 6};
  return codes[ecn];
}

/* 3.2.2.3: can what was sent as `sent` have become what `code` tells? Reserved codes tell nothing.
 */
static bool
code_is_possible(uint32_t code, uint8_t sent)
{
  switch (code) {
  case 2:
  case 3:
  case 4:
    return code == code_for(sent);
  case 6:
    return sent != NET_ECN_NOT;
  default:
    return true;
  }
}

/* What tcp_ecn_mark_all() made of our SYN. */
static uint8_t
own_syn_ecn(const TcpConn *conn)
{
  return conn->profile->cc->needs_ecn ? NET_ECN_ECT0 : NET_ECN_NOT;
}

static void
begin(TcpConn *conn, const Packet *syn)
{
  bool marked = ecn_of(syn) == NET_ECN_CE;
  tcp_accecn_free(conn);
  conn->accecn = g_new(TcpAccEcn, 1);
  *conn->accecn = (TcpAccEcn){
      .r_cep = ACE_START + marked,
      .r_bytes = {1, 0, 1},
      .syn_ecn = ecn_of(syn),
      .s_cep = ACE_START,
      .s_bytes = {1, 0, 1},
  };
  conn->ecn = true;
}

/* The code that the peer's answer to our SYN or SYN+ACK brought. */
static void
take_code(TcpConn *conn, uint32_t code)
{
  TcpAccEcn *accecn = conn->accecn;
  accecn->s_cep = code == 6 ? ACE_START + 1 : ACE_START;
  accecn->not_ect |= !code_is_possible(code, own_syn_ecn(conn));
}

void
tcp_accecn_free(TcpConn *conn)
{
  g_free(conn->accecn);
  conn->accecn = NULL;
}

/* 3.1.4.1: "it SHOULD attempt to negotiate the use of AccECN at least one more time", and then
 * without. */
uint16_t
tcp_accecn_ask(const TcpConn *conn)
{
  return conn->syn_sent < TCP_ACCECN_ASKS ? ACE_BITS : 0;
}

/* 3.1.2: anything but "no ECN" and RFC 3168's question counts as ours, whatever the future may mean
 * by it. */
bool
tcp_accecn_take_syn(TcpConn *conn, const Packet *syn)
{
  uint16_t flags = syn->tcp.flags & ACE_BITS;
  if (flags == 0 || flags == (TCP_CWR | TCP_ECE))
    return false;
  begin(conn, syn);
  return true;
}

/* Table 2, the client's side. 0 and 7: the server knows no ECN, or it returns bits that it does not
 * understand; 1: it knows RFC 3168. 5 is reserved and counts as agreed (3.1.3). */
bool
tcp_accecn_take_synack(TcpConn *conn, const Packet *synack)
{
  uint32_t code = ace_of(synack);
  if (code <= 1 || code == 7)
    return false;
  begin(conn, synack);
  take_code(conn, code);
  conn->accecn->reflects = true;
  /* The server may have seen only the SYN that did not ask, and this be an answer to another. */
  conn->accecn->not_ect |= conn->syn_sent > TCP_ACCECN_ASKS;
  return true;
}

/* 3.1.4.2: a SYN+ACK that is repeated twice no longer agrees; its sender then sends no ECT. */
uint16_t
tcp_accecn_synack_flags(TcpConn *conn)
{
  if (conn->syn_sent < TCP_ACCECN_ASKS)
    return ace_flags(code_for(conn->accecn->syn_ecn));
  conn->accecn->not_ect = true;
  return 0;
}

void
tcp_accecn_on_repeated_syn(TcpConn *conn, const Packet *syn)
{
  if (conn->accecn != NULL && !(syn->tcp.flags & ACE_BITS))
    conn->accecn->not_ect = true; /* 3.1.5: the client has fallen back */
}

/* Table 4: without data, the packet that completes the handshake tells of our SYN+ACK. */
void
tcp_accecn_on_third(TcpConn *conn, const Packet *packet)
{
  TcpAccEcn *accecn = conn->accecn;
  if (accecn == NULL || packet->tcp.flags & TCP_SYN || packet_tcp_length(packet) > 0 ||
      packet->tcp.seq != conn->irs + 1)
    return;
  take_code(conn, ace_of(packet));
  accecn->coded = true;
}

/* -- the receiver -- */

static unsigned
count_of(uint8_t ecn)
{
  return ecn == NET_ECN_ECT0 ? PACKET_ACCECN_E0B
         : ecn == NET_ECN_CE ? PACKET_ACCECN_CEB
                             : PACKET_ACCECN_E1B;
}

/* An acceptable segment has come (3.2.2.5.1): "SHOULD emit an ACK whenever a data packet marked CE
 * arrives after the previous packet was not CE", and at every nth mark. */
void
tcp_accecn_on_segment(TcpConn *conn, const Packet *packet)
{
  TcpAccEcn *accecn = conn->accecn;
  uint8_t ecn = ecn_of(packet);
  bool marked = ecn == NET_ECN_CE, begins = marked && !accecn->last_marked;
  if (packet->payload > 0) {
    accecn->last_marked = marked;
    if (ecn != NET_ECN_NOT) {
      accecn->r_bytes[count_of(ecn)] += packet->payload;
      accecn->option_due = true;
    }
  }
  if (!marked)
    return;
  accecn->r_cep++;
  accecn->unacked_marks = (uint8_t)MIN(accecn->unacked_marks + 1, UINT8_MAX);
  bool data = packet->payload > 0 || conn->ack_due != TCP_ACK_NONE;
  if ((begins && packet->payload > 0) ||
      accecn->unacked_marks >= (data ? MARKS_WITH_DATA : MARKS_WITHOUT_DATA))
    tcp_ack_owe(conn, TCP_ACK_NOW, PACKET_CAUSE_NEW);
}

/* ACE on what leaves, the SYN and resets apart. */
void
tcp_accecn_write_ace(TcpConn *conn, Packet *packet)
{
  TcpAccEcn *accecn = conn->accecn;
  TcpHeader *tcp = &packet->tcp;
  if (tcp->flags & (TCP_SYN | TCP_RST))
    return;
  bool third = accecn->reflects && packet->payload == 0;
  tcp->flags |= ace_flags(third ? code_for(accecn->syn_ecn) : accecn->r_cep);
  accecn->option_due |= accecn->reflects;
  accecn->reflects = false;
  accecn->unacked_marks = 0;
}

/* How many of the three counts have to be told; those that never moved may be left out at the end
 * (3.2.3). `ect1_first`: ECT(1) comes first. */
static unsigned
fields_wanted(const TcpAccEcn *accecn, bool synack, bool *ect1_first)
{
  bool e0 = accecn->r_bytes[PACKET_ACCECN_E0B] != 1, ce = accecn->r_bytes[PACKET_ACCECN_CEB] != 0,
       e1 = accecn->r_bytes[PACKET_ACCECN_E1B] != 1;
  *ect1_first = e1 && !e0;
  if (synack || (e0 && e1))
    return 3;
  return ce ? 2 : 1;
}

/* Bytes of options that still fit, beside the data too. */
static uint32_t
option_room(const TcpConn *conn, const Packet *packet)
{
  uint32_t taken = wire_tcp_options_length(&packet->tcp, packet->ext);
  uint32_t room = MOST_OPTIONS - MIN(taken, MOST_OPTIONS);
  if (packet->payload == 0)
    return room;
  uint32_t whole = packet->payload + taken - (conn->timestamps ? 12 : 0);
  return whole < conn->mss ? MIN(room, (conn->mss - whole) / 4 * 4) : 0;
}

/* 3.2.3: the option, or as much of it as fits; none is left for the next segment that has room. */
void
tcp_accecn_write_option(TcpConn *conn, Packet *packet)
{
  TcpAccEcn *accecn = conn->accecn;
  TcpHeader *tcp = &packet->tcp;
  bool synack = tcp->flags & TCP_SYN;
  if (tcp->flags & TCP_RST || !(tcp->flags & TCP_ACK) ||
      (synack ? conn->syn_sent > 1 : !accecn->option_due))
    return;
  bool ect1_first;
  unsigned fields = fields_wanted(accecn, synack, &ect1_first);
  if (option_room(conn, packet) < 2 + 3 * fields)
    return;
  PacketExt *ext = packet_ext(conn->host->net, packet);
  for (unsigned i = 0; i < 3; i++)
    ext->accecn[i] = accecn->r_bytes[i] & BYTES_MASK;
  ext->accecn_fields = (uint8_t)fields;
  ext->accecn_ect1_first = ect1_first;
  tcp->options |= TCP_OPT_ACCECN;
  accecn->option_due = false;
}

/* -- the sender -- */

bool
tcp_accecn_may_mark(const TcpConn *conn)
{
  return conn->accecn == NULL || !conn->accecn->not_ect;
}

/* What the option adds to our count of bytes that were marked; -1: it says nothing. A count that
 * seems to run backward is older than what is known. */
static int64_t
take_option(TcpAccEcn *accecn, const Packet *packet)
{
  if (!(packet->tcp.options & TCP_OPT_ACCECN) || packet->ext == NULL || accecn->option_broken)
    return -1;
  const PacketExt *ext = packet->ext;
  int64_t marked = 0; /* a count that is left out has not moved */
  for (unsigned i = 0; i < ext->accecn_fields; i++) {
    unsigned which = ext->accecn_ect1_first ? 2 - i : i;
    uint32_t value = ext->accecn[which];
    /* 3.2.3.2.4: they begin at 1 so that a middlebox that clears them gives itself away. */
    accecn->option_broken |= !accecn->option_seen && which != PACKET_ACCECN_CEB && value == 0;
    uint32_t more = (value - accecn->s_bytes[which]) & BYTES_MASK;
    if (more > BYTES_MASK / 2)
      return -1;
    if (which == PACKET_ACCECN_CEB)
      marked = more;
    accecn->s_bytes[which] = value;
  }
  accecn->option_seen = true;
  return accecn->option_broken ? -1 : marked;
}

/* 3.2.2.5.2 and appendix A.2: how many packets were marked, of `delivered`, when ACE has gone on by
 * `least` modulo 8: as many turns of it as there is room for, unless the bytes tell otherwise. */
static uint32_t
safest_likely(const TcpConn *conn, uint32_t least, uint32_t delivered, int64_t marked_bytes)
{
  if (delivered <= ACE_MASK)
    return least;
  uint32_t most = delivered - ((delivered - least) & ACE_MASK);
  if (marked_bytes == 0)
    return least;
  /* They cannot be fewer than full segments with these bytes, and small ones are not likely. */
  uint64_t full = ((uint64_t)MAX(marked_bytes, 0) + conn->mss - 1) / conn->mss;
  uint64_t turns = full > least ? (full - least + ACE_MASK) / (ACE_MASK + 1) : 0;
  return marked_bytes < 0 ? most : (uint32_t)MIN(most, least + turns * (ACE_MASK + 1));
}

/* 3.2.2.4: the first packet behind the SYN has an ACE of 0 only if something cleared it. */
static void
check_zero(TcpAccEcn *accecn, uint32_t ace)
{
  accecn->not_ect |= !accecn->ace_checked && ace == 0;
  accecn->ace_checked = true;
}

void
tcp_accecn_on_ack(TcpConn *conn, const Packet *packet, TcpAckSeen *seen)
{
  TcpAccEcn *accecn = conn->accecn;
  uint32_t ace = ace_of(packet);
  bool coded = accecn->coded;
  accecn->coded = false;
  if (packet->tcp.flags & TCP_SYN)
    return;
  check_zero(accecn, ace);
  int64_t marked_bytes = take_option(accecn, packet);
  /* An ACK that tells nothing new may be older than what is known: its ACE, too. */
  bool new_text = packet_tcp_length(packet) > 0 && packet->tcp.seq == conn->rcv_nxt;
  bool forward = seen->advanced || seen->delivered > 0 || (seen->duplicate && !conn->sack_ok) ||
                 new_text || marked_bytes > 0;
  if (coded || !forward)
    return;
  uint32_t marks =
      safest_likely(conn, (ace - accecn->s_cep) & ACE_MASK, seen->delivered, marked_bytes);
  accecn->s_cep += marks;
  seen->ecn_echo = marks > 0;
  seen->marked_segments = marks;
  seen->marked_bytes = marked_bytes >= 0 ? (uint64_t)marked_bytes : (uint64_t)marks * conn->mss;
}
