// run-data: a run as the page's other parts see it, unpacked from the JSON of report_data().
//
// Times are in seconds; null where something never happened. Texts come out of files that nobody
// vouches for: they are only ever put into the page as text, never as markup.

class Run {
  constructor(data) {
    Object.assign(this, data);
    this.numbers = new Map(data.conns.map((conn, i) => [conn, i + 1]));
    this.arrows = unpackRows(data.arrows, data.arrowColumns, data.arrowTexts, data.strings);
    this.states = data.states.map(([node, conn, from, to, state, line]) =>
      ({ node, conn: data.strings[conn], from, to, state: data.strings[state], line }));
    this.timers = data.timers.map(([node, conn, set, end, label, fired, line, endLine]) =>
      ({ node, conn: data.strings[conn], set, end, label: data.strings[label], fired, line, endLine }));
    this.notes = data.notes.map(([node, time, text, call, line]) =>
      ({ node, time, text: data.strings[text], call, line }));
    this.arrows.forEach((arrow, index) => {
      arrow.index = index;
      arrow.end = endOf(arrow);
      if (arrow.causeKind === 'timer' || arrow.causeKind === 'call')
        arrow.cause = data.strings[arrow.cause];
    });
    this.events = collectEvents(this);
    delete this.strings;
  }

  // "[2] " in front of what belongs to the second of several connections.
  number(conn) {
    return this.conns.length > 1 && this.numbers.has(conn) ? `[${this.numbers.get(conn)}] ` : '';
  }

  // The ends of a connection, the opener first: "client:49152-server:80" has client and server.
  // Names may have any letter in them: the nodes themselves say which they are.
  ends(conn) {
    const nodes = new Set();
    for (const state of this.states)
      if (state.conn === conn)
        nodes.add(state.node);
    for (const series of this.tcp)
      if (series.conn === conn)
        nodes.add(this.nodes.indexOf(series.node));
    const opener = node => (conn.startsWith(this.nodes[node] + ':') ? 0 : 1);
    return [...nodes].filter(node => node >= 0).sort((a, b) => opener(a) - opener(b) || a - b);
  }

  // The state of an end at a time (and line within it), or null: before it was there. `time` null is
  // the end of the run.
  stateAt(node, conn, time, line) {
    let found = null;
    for (const state of this.states) {
      const mine = state.node === node && (state.conn === conn || state.conn === '');
      if (mine && (time === null || !isAfter(state.from, state.line, time, line)))
        found = state;
    }
    return found;
  }
}

// Does what happened at `time`, in a line of the timeline, come after another moment and line?
function isAfter(time, line, otherTime, otherLine) {
  return time > otherTime || (time === otherTime && line > otherLine);
}

function unpackRows(rows, columns, textColumns, strings) {
  const texts = new Set(textColumns);
  return rows.map(row => {
    const item = {};
    columns.forEach((name, i) => { item[name] = texts.has(name) ? strings[row[i]] : row[i]; });
    return item;
  });
}

// When the arrow's drawn line ends: its arrival, or where it was lost (as ladder-axis.c has it).
function endOf(arrow) {
  if (arrow.arrived !== null)
    return arrow.arrived;
  if (arrow.lost === null)
    return arrow.transmitted + arrow.delay;
  if (arrow.reach < 1)
    return Math.max(arrow.transmitted + arrow.delay * arrow.reach, arrow.sent);
  return Math.max(arrow.lost, arrow.sent);
}

// Everything that one can step to, in the order of the run: {time, line, text, arrow}.
function collectEvents(run) {
  const events = [];
  const add = (time, line, text, arrow) => events.push({ time, line, text, arrow });
  for (const arrow of run.arrows) {
    const from = run.nodes[arrow.from], to = run.nodes[arrow.to];
    const label = run.number(arrow.conn) + arrow.label;
    add(arrow.sent, arrow.line, `${from} sends ${label}`, arrow);
    if (arrow.lost !== null)
      add(arrow.lost, arrow.endLine, `lost on its way to ${to}: ${label} (${arrow.reason})`, arrow);
    else if (arrow.arrived !== null && !run.capture)
      add(arrow.arrived, arrow.endLine, `${to} receives ${label}`, arrow);
  }
  for (const state of run.states)
    if (state.line > 0)
      add(state.from, state.line, `${run.number(state.conn)}${run.nodes[state.node]} is ${state.state}`);
  for (const timer of run.timers)
    if (timer.fired)
      add(timer.end, timer.endLine, `${run.number(timer.conn)}${run.nodes[timer.node]}: ${timer.label} fires`);
  for (const note of run.notes)
    add(note.time, note.line, note.node < 0 ? note.text : `${run.nodes[note.node]}: ${note.text}`);
  return events.sort((a, b) => a.time - b.time || a.line - b.line);
}

// -- words --

// 0.05 as "50 ms": three significant digits, in the unit that needs no zeros in front.
function showDuration(seconds) {
  if (seconds === 0)
    return '0 s';
  const units = [[1, 's'], [1e-3, 'ms'], [1e-6, 'µs'], [1e-9, 'ns']];
  const [size, name] = units.find(unit => Math.abs(seconds) >= unit[0] * 0.9995) || [1e-12, 'ps'];
  return `${Number((seconds / size).toPrecision(4))} ${name}`;
}

function showBytes(bytes) {
  const units = [[1e9, 'GB'], [1e6, 'MB'], [1e3, 'kB']];
  const unit = units.find(([size]) => bytes >= size * 10);
  return unit ? `${Number((bytes / unit[0]).toPrecision(4))} ${unit[1]}` : `${Math.round(bytes)} B`;
}

// A number as a person would write it: 10 digits are enough, as in the terminal.
function showNumber(value) {
  return typeof value === 'number' ? String(Number(value.toPrecision(10))) : String(value);
}

// -- elements --

// An element with its attributes and children; a text is a text, whatever is in it.
function element(name, attributes = {}, ...children) {
  return dress(document.createElement(name), attributes, children);
}

function svg(name, attributes = {}, ...children) {
  return dress(document.createElementNS('http://www.w3.org/2000/svg', name), attributes, children);
}

function dress(made, attributes, children) {
  for (const [key, value] of Object.entries(attributes))
    if (key.startsWith('on'))
      made.addEventListener(key.slice(2), value);
    else if (value !== null && value !== false)
      made.setAttribute(key, value === true ? '' : value);
  made.append(...children);
  return made;
}
