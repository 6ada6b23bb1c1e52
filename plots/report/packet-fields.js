// packet-fields: a packet's headers field by field, each with the rule behind its value.
//
// The values are those of timeline.csv. The rules are the RFCs', in the words of this packet: "ack
// 1: the next byte expected, ISN + 1".

const FLAG_RULES = {
  SYN: 'asks for a connection and says where the sender begins to count (RFC 9293, 3.5)',
  ACK: 'the acknowledgment number counts: set in every segment after the first SYN (RFC 9293, 3.1)',
  PSH: 'the last byte of what the application handed over: pass it on at once (RFC 9293, 3.9.1.2)',
  FIN: 'the sender has nothing more to send; it takes one sequence number (RFC 9293, 3.6)',
  RST: 'there is no such connection, or it is given up: whoever accepts it closes at once (RFC 9293, 3.5.2)',
  URG: 'the urgent pointer counts (RFC 9293, 3.8.5)',
  ECE: 'a congestion mark has arrived; in a SYN: the sender can do ECN (RFC 3168, 6.1)',
  CWR: 'the sender has reduced its window because of ECE; in a SYN: it can do ECN (RFC 3168, 6.1)',
  AE: 'accurate ECN: the third bit of the counter of marks (RFC 9768, 3.1)',
};

const WHY = {
  'RTO': 'the retransmission timer ran out: nothing was acknowledged in time (RFC 6298, 5.4)',
  'fast retransmit': 'three duplicate ACKs said that a segment is missing (RFC 5681, 3.2)',
  'partial ACK': 'an ACK in fast recovery left a hole: the next segment is missing too (RFC 6582)',
  'SACK': 'the SACK blocks show that it is missing (RFC 6675)',
  'last resort': 'later data has arrived, and nothing else may be sent: it may be missing, too (RFC 6675, 4, rule 3)',
  'rescue': 'nothing else may be sent in this recovery: the last one again, in case it is missing (RFC 6675, 4, rule 4)',
  'RACK': 'one that was sent later has arrived, and this one should have by now (RFC 8985)',
  'tail loss probe': 'nothing more came back: a probe asks for an ACK before the time-out (RFC 8985, 7)',
  'repeated SYN': 'the peer sent its SYN again: it has not seen this answer',
  'delayed ACK': 'it was held back for a second segment, and none came in time (RFC 1122, 4.2.3.2)',
  'duplicate ACK': 'something arrived out of order: tell the sender at once what is still expected (RFC 5681, 4.2)',
  'challenge ACK': 'a segment that may be forged: ask the peer what it really meant (RFC 5961)',
  'window probe': 'the peer\'s window is closed: ask whether it has opened (RFC 9293, 3.8.6.1)',
  'window update': 'the application has read, and the window is open again (RFC 9293, 3.8.6.2)',
  'keepalive': 'the connection was silent for long: is the peer still there? (RFC 9293, 3.8.4)',
  'path MTU': 'a router said that the segment was too big: once more, in smaller ones (RFC 1191)',
  'MTU probe': 'a larger segment than before: does the path carry it? (RFC 4821)',
  'SYN cookie': 'nothing is kept of the half-open connection: the ISN holds all that is to be remembered (RFC 4987, 3.6)',
  'Fast Open': 'data in the SYN: the client had a cookie of this server (RFC 7413)',
  'no connection': 'nobody here knows such a connection (RFC 9293, 3.10.7.1)',
  'abort': 'the application gave the connection up (RFC 9293, 3.10.5)',
  'firewall': 'a firewall answered in the name of its target',
  'injected': 'the scenario made it, no TCP: its addresses and numbers are what the scenario says, true or not',
};

const PUT_THERE = 'what the scenario put there, true or not';

// Did the scenario make this packet? Its first hop says so.
function isInjected(run, arrow) {
  const first = arrow.packet === 0 ? arrow : run.arrows.find(other => other.packet === arrow.packet);
  return first.why === 'injected';
}

// The rows of the panel: [{group, field, value, rule}].
function packetFields(run, arrow) {
  const rows = [];
  const add = (group, field, value, rule) => rows.push({ group, field, value: String(value), rule });
  const headers = headerLengths(arrow);
  add('IP', 'source', withoutPort(arrow.src, arrow.proto), isInjected(run, arrow) ? PUT_THERE :
    `the address of ${nodeOf(run, arrow, 'src')}`);
  add('IP', 'destination', withoutPort(arrow.dst, arrow.proto), 'routers look at nothing else to choose the way');
  add('IP', 'total length', `${arrow.size} bytes`, `header and payload: ${lengthSum(arrow, headers)}`);
  if (arrow.proto === 'TCP')
    tcpFields(run, arrow, headers, add);
  else
    otherFields(arrow, add);
  return rows;
}

function withoutPort(address, proto) {
  return proto === 'TCP' || proto === 'UDP' ? address.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1') : address;
}

function portOf(address) {
  const match = /:(\d+)$/.exec(address);
  return match ? match[1] : '';
}

// The node that sent a packet of this address, as far as the run shows it.
function nodeOf(run, arrow, side) {
  const address = arrow[side];
  const sender = run.arrows.find(other => other.src === address && other.causeKind !== 'packet') ||
    run.arrows.find(other => other.src === address);
  return sender ? run.nodes[sender.from] : 'the sender';
}

function headerLengths(arrow) {
  const ip = /^[\d.]+(:\d+)?$/.test(arrow.src) ? 20 : 40;
  return { ip, transport: Math.max(0, arrow.size - arrow.len - ip) };
}

function lengthSum(arrow, { ip, transport }) {
  if (arrow.proto === 'TCP')
    return `IP ${ip} + TCP ${transport} + data ${arrow.len}`;
  return arrow.proto === 'UDP' ? `IP ${ip} + UDP 8 + data ${arrow.len}` : `IP ${ip} + what it carries`;
}

function tcpFields(run, arrow, headers, add) {
  const flags = arrow.flags.split('+');
  const syn = flags.includes('SYN'), fin = flags.includes('FIN');
  const injected = isInjected(run, arrow);
  add('TCP', 'source port', portOf(arrow.src), injected ? PUT_THERE : Number(portOf(arrow.src)) >= 32768 ?
    'chosen by the client from the ephemeral ones (RFC 6056)' : 'the port on which it was called');
  add('TCP', 'destination port', portOf(arrow.dst), Number(portOf(arrow.dst)) >= 32768 ?
    'the other end\'s, taken from its first segment' : 'the service that is called');
  if (arrow.seq !== null)
    add('TCP', 'seq', arrow.seq, seqRule(arrow, syn, fin));
  if (arrow.seq !== null)
    add('TCP', 'seq on the wire', arrow.seqRaw, injected ? PUT_THERE : syn ?
      'the ISN: from a clock and a secret hash of addresses and ports (RFC 6528), where the scenario sets none with isn; ' +
      'the BSDs of before 1996 took it from the clock alone' :
      `ISN + ${arrow.seq}, modulo 2^32`);
  if (arrow.ack !== null) {
    add('TCP', 'ack', arrow.ack, ackRule(run, arrow));
    add('TCP', 'ack on the wire', arrow.ackRaw, `the peer's ISN + ${arrow.ack}, modulo 2^32`);
  }
  add('TCP', 'data offset', `${headers.transport / 4} words`,
    `the header has ${headers.transport} bytes: 20, and ${headers.transport - 20} of options`);
  for (const flag of flags)
    add('TCP', `flag ${flag}`, 1, FLAG_RULES[flag] || 'a flag of TCP');
  if (arrow.win !== null)
    windowField(run, arrow, syn, add);
  add('TCP', 'checksum', 'right', 'over header, data and the addresses (RFC 9293, 3.1); the captures have it');
  for (const option of arrow.options.split(' ').filter(text => text !== ''))
    optionField(option, arrow, syn, add);
  if (arrow.len > 0)
    add('Data', 'length', `${arrow.len} bytes`,
      `bytes ${dataStart(arrow, syn)} to ${dataStart(arrow, syn) + arrow.len - 1} of the stream (the first is 1)`);
}

function dataStart(arrow, syn) {
  return arrow.seq + (syn ? 1 : 0);
}

function seqRule(arrow, syn, fin) {
  if (syn)
    return 'the SYN stands for the initial sequence number, ISN, which is shown as 0; it takes one number';
  if (arrow.len > 0)
    return `the number of its first byte: ISN + ${arrow.seq}`;
  if (fin)
    return `the FIN takes the number after the last byte: ISN + ${arrow.seq}`;
  return `no data: the next number that it will send, ISN + ${arrow.seq}`;
}

function ackRule(run, arrow) {
  const peer = run.arrows.find(other => other.conn === arrow.conn && other.src === arrow.dst && /FIN/.test(other.flags));
  const finAt = peer ? peer.seq + peer.len : null;
  if (arrow.ack === 1)
    return 'the next byte expected, ISN + 1: the SYN has arrived (it took one number), no data yet';
  if (arrow.ack === 0)
    return 'the next byte expected: nothing has arrived yet';
  if (finAt !== null && arrow.ack === finAt + 1)
    return `the next number expected, ISN + ${arrow.ack}: all ${finAt - 1} bytes have arrived, and the FIN, which took one`;
  return `the next byte expected, ISN + ${arrow.ack}: bytes 1 to ${arrow.ack - 1} have arrived without a hole`;
}

function windowField(run, arrow, syn, add) {
  const shift = syn ? 0 : scaleOf(run, arrow);
  const rule = syn ? 'what it can store, in bytes; the window of a SYN is never scaled (RFC 7323, 2.2)' :
    shift > 0 ? `what it can still store: ${arrow.win >> shift} on the wire, times 2^${shift} (RFC 7323)` :
      'what it can still store, in bytes; not scaled';
  add('TCP', 'window', `${arrow.win} bytes`, arrow.win === 0 ? 'closed: nothing more can be stored now' : rule);
}

// The shift that both ends agreed on in their SYNs; 0 when one did not offer it or is not seen.
function scaleOf(run, arrow) {
  const offers = { [arrow.src]: 0, [arrow.dst]: 0 };
  for (const other of run.arrows) {
    if (other.conn === arrow.conn && /SYN/.test(other.flags) && other.src in offers) {
      const offer = /(?:^| )ws=(\d+)/.exec(other.options);
      offers[other.src] = offer ? Number(offer[1]) : -1;
    }
    if (other.index > arrow.index)
      break;
  }
  return offers[arrow.src] < 0 || offers[arrow.dst] < 0 ? 0 : offers[arrow.src];
}

function optionField(option, arrow, syn, add) {
  const equals = option.indexOf('=');
  const name = equals < 0 ? option : option.slice(0, equals);
  const value = equals < 0 ? 'yes' : option.slice(equals + 1);
  const [time, echo] = value.split('/');
  const rules = {
    mss: 'the largest segment that it wants to receive: MTU less 40 bytes of headers (60 with IPv6; RFC 9293, 3.7.1)',
    sackOK: 'it understands selective acknowledgments (RFC 2018, 2)',
    ws: `its windows are to be multiplied by 2^${value} (RFC 7323, 2)`,
    ts: `its clock says ${time}; ${echo === '0' ? 'nothing to echo yet' : `it echoes ${echo}, so that the peer can measure the round trip`} (RFC 7323, 3)`,
    sack: /^\d+-\d+/.test(value) ? `these bytes have arrived beyond a hole at ${arrow.ack} (RFC 2018, 3)` : 'blocks that have arrived',
    tfo: 'a cookie of Fast Open: proof that the client was here before (RFC 7413, 4.1)',
  };
  add('Options', name, value, rules[name] || 'an option of TCP');
}

function otherFields(arrow, add) {
  if (arrow.proto === 'UDP') {
    add('UDP', 'source port', portOf(arrow.src), 'where an answer would go');
    add('UDP', 'destination port', portOf(arrow.dst), 'the service that is called');
  } else if (arrow.flags !== '') {
    add(arrow.proto, 'type', arrow.flags, 'what the message says (RFC 792, RFC 4443)');
  }
  if (arrow.seq !== null)
    add(arrow.proto, 'seq', arrow.seq, 'counts the requests; the reply repeats it');
  for (const option of arrow.options.split(' ').filter(text => text !== ''))
    add(arrow.proto, option.split('=')[0], option.split('=').slice(1).join('=') || 'yes', 'what the message adds');
  add('Data', 'length', `${arrow.len} bytes`, 'what it carries');
}

// Why the packet was sent, in sentences: what TCP said of it, and what happened at that moment.
function packetCause(run, arrow) {
  const said = [];
  if (arrow.copy)
    said.push('The link made a second copy of a packet.');
  if (arrow.retransmit > 0)
    said.push(`Retransmission ${arrow.retransmit} of what was sent before.`);
  if (arrow.why !== '')
    said.push(`${capital(arrow.why)}: ${WHY[arrow.why] || 'as TCP says'}.`);
  if (arrow.causeKind === 'packet') {
    const cause = run.arrows[arrow.cause];
    said.push(cause.packet === arrow.packet ? `${run.nodes[arrow.from]} passes it on.` :
      `At this moment ${cause.label} arrived at ${run.nodes[arrow.from]}.`);
  } else if (arrow.causeKind === 'timer') {
    said.push(`At this moment a timer fired: ${arrow.cause} s.`);
  } else if (arrow.causeKind === 'call') {
    said.push(`The application called ${arrow.cause}.`);
  }
  if (said.length === 0)
    said.push(run.capture ? 'A capture does not say why.' : 'No packet, timer or call of this moment led to it: it had waited for its turn.');
  return said;
}

function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

// What became of it: its way over the links, and who answered for it.
function packetFate(run, arrow) {
  const said = [];
  const to = run.nodes[arrow.to];
  if (arrow.transmitted > arrow.sent)
    said.push(`It waited ${showDuration(arrow.transmitted - arrow.sent)} for the transmitter.`);
  if (arrow.lost !== null)
    said.push(`Lost at ${showNumber(arrow.lost)} s on its way to ${to}: ${arrow.reason}.`);
  else if (arrow.arrived === null)
    said.push('Still under way at the end of what is shown.');
  else if (!run.capture)
    said.push(`It arrived at ${to} at ${showNumber(arrow.arrived)} s, ${showDuration(arrow.arrived - arrow.sent)} after it was sent.`);
  const onward = run.arrows.find(other => other.index > arrow.index && other.packet === arrow.packet &&
    arrow.packet !== 0 && !other.copy && other.from === arrow.to);
  if (onward)
    said.push(`${to} passed it on to ${run.nodes[onward.to]}.`);
  const last = arrow.seq === null ? 0 : arrow.seq + arrow.len + (/SYN|FIN/.test(arrow.flags) ? 1 : 0);
  if (arrow.proto !== 'TCP' || last === arrow.seq)
    return said;
  const again = run.arrows.find(other => other.index > arrow.index && other.conn === arrow.conn && other.src === arrow.src &&
    other.seq === arrow.seq && other.packet !== arrow.packet && other.retransmit > arrow.retransmit);
  if (again)
    said.push(`Sent again at ${showNumber(again.sent)} s (retransmission ${again.retransmit}${again.why ? ', ' + again.why : ''}).`);
  const origin = run.arrows.find(other => other.packet === arrow.packet).from;
  const answer = run.arrows.find(other => other.conn === arrow.conn && other.to === origin && other.ack !== null &&
    other.ack >= last && other.arrived !== null && other.arrived >= arrow.sent && other.src !== arrow.src);
  if (answer)
    said.push(`Acknowledged by ${answer.label}, which arrived at ${showNumber(answer.arrived)} s.`);
  return said;
}
