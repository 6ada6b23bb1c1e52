// state-machine: RFC 9293's diagram (section 3.3.2) for one end, with its present state lit.

const STATES = { // centre of each box, and the RFC's short name where that is another
  'CLOSED': [200, 18], 'LISTEN': [200, 78], 'SYN-RECEIVED': [62, 136, 'SYN-RCVD'], 'SYN-SENT': [338, 136],
  'ESTABLISHED': [200, 190, 'ESTAB'], 'FIN-WAIT-1': [62, 246], 'CLOSE-WAIT': [338, 246],
  'FIN-WAIT-2': [62, 340], 'CLOSING': [200, 292], 'LAST-ACK': [338, 312], 'TIME-WAIT': [200, 370],
  'CLOSED ': [338, 384, 'CLOSED'], // where a connection ends
};

// [from, to, what happens, where the text stands, how the line runs]
const TRANSITIONS = [
  ['CLOSED', 'LISTEN', 'passive open', 168, 52],
  ['CLOSED', 'SYN-SENT', 'active open: send SYN', 330, 52, 'M254 18H338V122'],
  ['LISTEN', 'SYN-RECEIVED', 'rcv SYN: send SYN+ACK', 74, 100, 'M146 78H62V122'],
  ['LISTEN', 'SYN-SENT', 'send SYN', 292, 96],
  ['SYN-SENT', 'SYN-RECEIVED', 'rcv SYN: send SYN+ACK', 200, 130],
  ['SYN-RECEIVED', 'ESTABLISHED', 'rcv ACK of SYN', 90, 174],
  ['SYN-SENT', 'ESTABLISHED', 'rcv SYN+ACK: send ACK', 316, 174],
  ['SYN-RECEIVED', 'FIN-WAIT-1', 'close: send FIN', 44, 206],
  ['ESTABLISHED', 'FIN-WAIT-1', 'close: send FIN', 160, 228],
  ['ESTABLISHED', 'CLOSE-WAIT', 'rcv FIN: send ACK', 310, 214],
  ['FIN-WAIT-1', 'FIN-WAIT-2', 'rcv ACK of FIN', 44, 296],
  ['FIN-WAIT-1', 'CLOSING', 'rcv FIN: send ACK', 166, 266],
  ['FIN-WAIT-1', 'TIME-WAIT', 'rcv FIN+ACK: send ACK', 148, 318],
  ['CLOSE-WAIT', 'LAST-ACK', 'close: send FIN', 338, 282],
  ['FIN-WAIT-2', 'TIME-WAIT', 'rcv FIN: send ACK', 78, 374],
  ['CLOSING', 'TIME-WAIT', 'rcv ACK of FIN', 226, 336],
  ['LAST-ACK', 'CLOSED ', 'rcv ACK of FIN', 338, 350],
  ['TIME-WAIT', 'CLOSED ', 'time-out: 2 MSL', 234, 399],
];

const BOX_W = 108, BOX_H = 28;

class StateMachine {
  constructor(run, node, conn) {
    Object.assign(this, { run, node, conn });
    this.boxes = {};
    this.edges = TRANSITIONS.map(([from, to, text, x, y, d]) => ({
      from, to, text,
      line: svg('path', { class: 'edge', d: d || edgePath(STATES[from], STATES[to]), 'marker-end': 'url(#edge-end)' }),
      label: svg('text', { class: 'edge-text', x, y }, text),
    }));
    for (const [name, [x, y, short]] of Object.entries(STATES))
      this.boxes[name] = svg('g', { class: 'box' }, svg('rect', { x: x - BOX_W / 2, y: y - BOX_H / 2, width: BOX_W, height: BOX_H, rx: 4 }),
        svg('text', { x, y: y + 6 }, short || name));
    const picture = svg('svg', { viewBox: '0 0 400 404', 'aria-hidden': 'true' }, edgeMarker(),
      ...this.edges.map(edge => edge.line), ...this.edges.map(edge => edge.label), ...Object.values(this.boxes));
    this.now = element('p', { class: 'state-now' });
    this.root = element('figure', { class: 'machine' }, element('figcaption', {}, run.nodes[node]), picture, this.now);
    this.show(null, 0);
  }

  show(time, line) {
    const state = this.run.stateAt(this.node, this.conn, time, line);
    const before = state ? this.before(state) : null;
    const name = state ? state.state : 'CLOSED';
    const shown = name === 'CLOSED' && before !== null ? 'CLOSED ' : name;
    for (const [key, box] of Object.entries(this.boxes))
      box.classList.toggle('lit', key === shown);
    let taken = null;
    for (const edge of this.edges) {
      const on = before !== null && edge.from === before && edge.to === shown;
      edge.line.classList.toggle('lit', on);
      edge.label.classList.toggle('lit', on);
      taken = on ? edge : taken;
    }
    this.root.setAttribute('aria-label', `${this.run.nodes[this.node]} is ${name}`);
    this.now.textContent = before === null ? name : `${before} → ${name}${taken ? ': ' + taken.text : ''}`;
  }

  // The state that was left for this one; null when the run does not tell.
  before(state) {
    let before = null;
    for (const other of this.run.states)
      if (other.node === this.node && (other.conn === this.conn || other.conn === '') && other !== state &&
        (other.from < state.from || (other.from === state.from && other.line < state.line)))
        before = other.state;
    return before === null && state.state !== 'CLOSED' && state.state !== 'LISTEN' && state.line > 0 ? 'CLOSED' : before;
  }
}

function edgeMarker() {
  return svg('defs', {}, svg('marker', { id: 'edge-end', viewBox: '0 0 8 8', refX: 8, refY: 4, markerWidth: 9, markerHeight: 9, markerUnits: 'userSpaceOnUse', orient: 'auto' },
    svg('path', { class: 'edge-head', d: 'M0 0L8 4L0 8Z' })));
}

// From the rim of one box to the rim of the other.
function edgePath([x0, y0], [x1, y1]) {
  const rim = (dx, dy) => Math.min(dx !== 0 ? BOX_W / 2 / Math.abs(dx) : Infinity, dy !== 0 ? BOX_H / 2 / Math.abs(dy) : Infinity);
  const part = rim(x1 - x0, y1 - y0);
  return `M${f(x0 + (x1 - x0) * part)} ${f(y0 + (y1 - y0) * part)}L${f(x1 - (x1 - x0) * part)} ${f(y1 - (y1 - y0) * part)}`;
}

// Both ends of a connection, side by side.
class StateMachines {
  constructor(run) {
    this.run = run;
    this.root = element('section', { class: 'panel machines', 'aria-label': 'State machines of both ends (RFC 9293)' });
    this.machines = [];
    this.show(null, null, 0);
  }

  show(conn, time, line) {
    const wanted = typeof conn === 'string' ? conn : this.run.conns[0];
    if (wanted !== this.conn) {
      this.conn = wanted;
      this.machines = wanted === undefined ? [] : this.run.ends(wanted).slice(0, 2).map(node => new StateMachine(this.run, node, wanted));
      this.root.replaceChildren(element('h2', {}, 'States', element('span', { class: 'of' }, wanted === undefined ? '' : wanted)),
        ...(this.machines.length > 0 ? [element('div', { class: 'pair' }, ...this.machines.map(machine => machine.root))] :
          [element('p', { class: 'hint' }, 'No connection of TCP, or none whose states were recorded.')]));
    }
    for (const machine of this.machines)
      machine.show(time, line);
  }
}
