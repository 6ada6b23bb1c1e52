// ladder-picture: the drawing of a ladder, of which only what is visible is drawn.
//
// Lifelines stand side by side, time runs downwards. Arrows are a few paths, whatever their number:
// thousands of them fall onto the same pixels and are drawn once.

const HEAD = 42;          // px, the names above the lifelines
const GAP = 40;           // px, a stretch in which nothing happens
const LABELS_MOST = 160;  // arrows in sight; with more of them labels would be a grey mass
const DENSE = 1500;       // arrows in sight; beyond it they are thin and without heads
const PRINTED_MOST = 300; // packets on paper

class LadderPicture {
  constructor(run) {
    this.run = run;
    this.conn = null;
    this.selected = null;
    this.time = null; // of the cursor; null: everything is shown as it ended
    this.line = 0;    // within that moment: what stands in a later line of the timeline is still to come
    this.axis = new TimeAxis(run, 1, GAP);
    this.picture = svg('svg', { 'aria-hidden': 'true', class: 'ladder-picture' });
  }

  y(time) {
    return HEAD + this.axis.place(time) - this.top;
  }

  isShown(conn) {
    return this.conn === null || conn === this.conn;
  }

  draw(top, height) {
    if (!this.width || (this.printing && height === this.height))
      return;
    this.top = top;
    this.from = this.axis.time(top - HEAD - 60);
    this.to = this.axis.time(top + height - HEAD + 60);
    this.boxes = new Boxes();
    this.bottom = height;
    this.picture.setAttribute('viewBox', `0 0 ${this.width} ${height}`);
    this.picture.style.height = this.printing ? 'auto' : `${height}px`;
    this.lines = this.visibleArrows().map(arrow => this.lineOf(arrow));
    const names = this.drawHead(); // first, so that no text stands where they do
    this.picture.replaceChildren(...this.drawTime(), ...this.drawStates(), ...this.drawCursor(), ...this.drawTimers(),
      ...this.drawArrows(), ...this.drawMargins(), ...this.drawLabels(), ...names);
    this.moved(this.axis.time(top), this.axis.time(top + height - HEAD));
  }

  visibleArrows() {
    return this.run.arrows.filter(arrow => arrow.sent <= this.to && arrow.end >= this.from && this.isShown(arrow.conn));
  }

  lineOf(arrow) {
    const x0 = this.nodeX[arrow.from], x1 = this.nodeX[arrow.to];
    return { arrow, x0, y0: this.y(arrow.transmitted), x1: x0 + (x1 - x0) * arrow.reach, y1: this.y(arrow.end) };
  }

  drawTime() {
    const top = this.top - HEAD, bottom = top + this.bottom;
    const ticks = this.axis.ticks(Math.max(0, top), bottom, 50);
    const step = ticks.length > 1 ? Math.min(...ticks.slice(1).map((tick, i) => tick - ticks[i])) : 0;
    const made = [];
    for (const tick of ticks) {
      const y = this.y(tick);
      made.push(svg('line', { class: 'tick', x1: 54, x2: this.width, y1: y, y2: y }),
        svg('text', { class: 'time', x: 48, y: y + 4 }, showTick(tick, step)));
    }
    for (const x of this.nodeX)
      made.push(svg('line', { class: 'lifeline', x1: x, x2: x, y1: HEAD, y2: Math.min(this.bottom, this.y(this.axis.end) + 14) }));
    for (const [from, to, idle] of this.axis.gaps) {
      if (from > this.to || to < this.from)
        continue;
      const y0 = this.y(from) + 6, y1 = this.y(to) - 6;
      made.push(svg('rect', { class: 'gap', x: 0, width: this.width, y: y0, height: Math.max(0, y1 - y0) }));
      for (const x of this.nodeX)
        made.push(svg('line', { class: 'lifeline in-gap', x1: x, x2: x, y1: y0, y2: y1 }));
      const text = `⋮ ${showDuration(idle)}`, w = measure(text), y = (y0 + y1) / 2;
      this.boxes.take({ x: 6 + w / 2, y, w, h: TEXT_HEIGHT, angle: 0 });
      made.push(svg('text', { class: 'gap-time', x: 6, y: y + 4 }, text));
    }
    return made;
  }

  drawHead() {
    const made = [svg('rect', { class: 'head', x: 0, y: 0, width: this.width, height: 26 }),
      svg('text', { class: 'time', x: 48, y: 18 }, 'time/s')];
    const room = this.nodeX.length > 1 ? this.nodeX[1] - this.nodeX[0] : this.width / 2;
    this.boxes.take({ x: this.width / 2, y: 13, w: this.width, h: 26, angle: 0 });
    this.run.nodes.forEach((node, i) => made.push(
      svg('text', { class: 'node', x: this.nodeX[i], y: 18 }, cutText(node, room - 8), svg('title', {}, node))));
    return made;
  }

  drawStates() {
    return this.run.states.filter(state => state.from <= this.to && (state.to === null || state.to >= this.from) &&
      (this.isShown(state.conn) || state.conn === '')).map(state => {
      const y0 = Math.max(HEAD - 4, this.y(state.from));
      const y1 = Math.min(this.bottom, state.to === null ? this.y(this.axis.end) + 14 : this.y(state.to));
      return svg('rect', { class: `state state-${state.state.replace(/[^A-Z0-9-]/g, '')}${this.isFuture(state.from, state.line)}`,
        x: this.nodeX[state.node] - 3, width: 6, y: y0, height: Math.max(0, y1 - y0) });
    });
  }

  isFuture(time, line) {
    return this.time !== null && isAfter(time, line, this.time, this.line) ? ' future' : '';
  }

  // Which side of its line a node's texts stand: the first node's left, all others' right.
  sideOf(node) {
    return node <= 0 ? -1 : 1;
  }

  // Brackets beside the lifeline, side by side where they overlap.
  drawTimers() {
    const made = [], lanes = this.run.nodes.map(() => []);
    this.lanes = this.run.nodes.map(() => 0);
    for (const timer of this.run.timers) {
      const end = timer.end === null ? this.axis.end : timer.end;
      if (timer.set > this.to || end < this.from || !this.isShown(timer.conn))
        continue;
      const y0 = Math.max(this.y(timer.set), 0), y1 = Math.min(this.y(end), this.bottom + 10);
      const own = lanes[timer.node];
      let lane = own.findIndex(last => last < y0 - 1);
      lane = lane < 0 ? own.length : lane;
      if (lane > 3 || y1 - y0 < 1)
        continue;
      own[lane] = y1;
      timer.lane = lane;
      this.lanes[timer.node] = Math.max(this.lanes[timer.node], lane + 1);
      const side = this.sideOf(timer.node), x = this.nodeX[timer.node], out = x + side * (10 + 8 * lane);
      const tooth = timer.fired ? x + side * 4 : out - side * 4;
      made.push(svg('path', { class: `timer${timer.fired ? ' fired' : ''}${this.isFuture(timer.set, timer.line)}`,
        d: `M${out - side * 4} ${y0}H${out}V${y1}H${tooth}${timer.fired ? headPath(out, y1, tooth, y1) : ''}` }));
    }
    return made;
  }

  drawArrows() {
    const kinds = {}, seen = new Set(), many = this.lines.length > DENSE;
    for (const line of this.lines) {
      const { arrow } = line;
      const future = this.isFuture(arrow.sent, arrow.line);
      const under = future === '' && this.isFuture(arrow.end, arrow.endLine) !== '';
      const again = arrow.retransmit > 0;
      const kind = (arrow.lost !== null ? (again ? 'lost repeated' : 'lost') : again ? 'again' : 'first') + future;
      if (many) {
        const key = pixelKey(kind, line);
        if (seen.has(key))
          continue;
        seen.add(key);
      }
      const path = kinds[kind] = kinds[kind] || { line: [], head: [] };
      this.addArrow(path, line, under);
    }
    const made = [];
    for (const [kind, { line, head }] of Object.entries(kinds))
      made.push(svg('path', { class: `arrow ${kind}${many ? ' dense' : ''}`, d: line.join('') }),
        svg('path', { class: `head-of ${kind}`, d: many ? '' : head.join('') }));
    const chosen = this.lines.find(line => line.arrow === this.selected);
    if (chosen)
      made.push(svg('line', { class: 'arrow chosen', x1: chosen.x0, y1: chosen.y0, x2: chosen.x1, y2: chosen.y1 }));
    return made;
  }

  // `under`: it is on its way at the cursor's time, and drawn as far as it has come.
  addArrow(path, line, under) {
    let { x0, y0, x1, y1 } = line;
    const { arrow } = line;
    if (under && this.time <= arrow.transmitted) { // it waits for the transmitter, or is about to leave
      y0 = y1 = this.y(this.time);
      x1 = x0;
    } else if (under) {
      x1 = x0 + (x1 - x0) * (this.time - arrow.transmitted) / (arrow.end - arrow.transmitted);
      y1 = this.y(this.time);
    }
    if (under) {
      path.head.push(`M${f(x1 - 4)} ${f(y1)}a4 4 0 1 0 8 0a4 4 0 1 0 -8 0`);
    } else if (arrow.lost !== null) {
      path.line.push(`M${f(x1 - 4)} ${f(y1 - 4)}l8 8m0 -8l-8 8`);
    } else {
      path.head.push(headPath(x0, y0, x1, y1));
    }
    path.line.push(`M${f(x0)} ${f(y0)}L${f(x1)} ${f(y1)}`);
  }

  // What happened at the nodes, in the margins: states, calls, notes, timers.
  drawMargins() {
    const sides = this.run.nodes.map(() => []);
    const add = (node, time, line, text, kind) => {
      if (time >= this.from && time <= this.to)
        sides[Math.max(0, node)].push({ time, line, y: this.y(time), text, kind: kind + this.isFuture(time, line) });
    };
    for (const state of this.run.states)
      if (this.isShown(state.conn) || state.conn === '')
        add(state.node, state.from, state.line, this.run.number(state.conn) + state.state, 'state-name');
    for (const note of this.run.notes)
      add(note.node, note.time, note.line, note.text, note.call ? 'call' : 'note');
    for (const timer of this.run.timers) {
      if (!this.isShown(timer.conn) || timer.lane === undefined)
        continue;
      add(timer.node, timer.set, timer.line, timer.label, 'timer-name');
      if (timer.fired && timer.end > timer.set)
        add(timer.node, timer.end, timer.endLine, 'fires', 'timer-name fired');
    }
    const made = [];
    sides.forEach((items, node) => made.push(...this.drawSide(node, items)));
    return made;
  }

  drawSide(node, items) {
    const side = this.sideOf(node), last = node === this.run.nodes.length - 1;
    const x = this.nodeX[node] + side * (8 + 8 * this.lanes[node]);
    const room = node === 0 || last ? this.margin : (this.nodeX[1] - this.nodeX[0]) * 0.6;
    const made = [];
    items.sort((a, b) => a.time - b.time || a.line - b.line);
    stackTexts(this.boxes, items, { x, width: room - 12 - 8 * this.lanes[node], anchor: side < 0 ? 'end' : 'start', top: HEAD + 4 },
      (item, y, text) => made.push(svg('text', { class: item.kind, x, y: y + 4, 'text-anchor': side < 0 ? 'end' : 'start' },
        text, svg('title', {}, item.text))));
    return made;
  }

  drawLabels() {
    const made = [];
    if (this.lines.length > (this.printing ? 2 * PRINTED_MOST : LABELS_MOST))
      return made;
    for (const line of this.lines)
      if (line.arrow.lost !== null)
        made.push(...this.drawReason(line));
    const urgency = ({ arrow }) => (arrow === this.selected ? 0 : arrow.lost !== null || arrow.retransmit > 0 ? 1 : 2);
    for (const line of [...this.lines].sort((a, b) => urgency(a) - urgency(b))) {
      const { arrow } = line;
      if (line.y1 < HEAD || line.y0 > this.bottom || this.isNamedAtCross(line))
        continue;
      const text = this.labelOf(arrow);
      const whole = { ...line, x1: this.nodeX[arrow.to], y1: line.y0 + (line.y1 - line.y0) / Math.max(arrow.reach, 0.01) };
      const place = placeLabel(this.boxes, line, this.lines, arrow.lost !== null ? whole : line, text);
      if (place === null)
        continue;
      const { x, y, angle } = place.box;
      made.push(svg('text', { class: `label${arrow.lost !== null ? ' lost' : ''}${this.isFuture(arrow.sent, arrow.line)}`, 'data-arrow': arrow.index,
        transform: `translate(${f(x)} ${f(y)}) rotate(${f(angle * 180 / Math.PI)})`, y: 4 }, place.text, svg('title', {}, text)));
    }
    return made;
  }

  labelOf(arrow) {
    return this.run.number(arrow.conn) + arrow.label;
  }

  // Of a lost packet too short for its label with others beside it, the label stands at its cross: along
  // the way that it did not go, it would be taken for that of the arrow beside it.
  isNamedAtCross(line) {
    const { arrow, x0, y0, x1, y1 } = line;
    return arrow.lost !== null && Math.hypot(x1 - x0, y1 - y0) < measure(this.labelOf(arrow)) + 26 &&
      this.lines.some(other => other.arrow.from === arrow.from && other.arrow.to === arrow.to &&
        other.arrow.reach > arrow.reach && Math.abs(other.y0 - y0) < 2 * TEXT_HEIGHT);
  }

  // Why a packet was lost, at its cross.
  drawReason(line) {
    const { arrow, x0, x1, y1 } = line, named = this.isNamedAtCross(line);
    const reason = `lost: ${arrow.reason}`, whole = named ? `${this.labelOf(arrow)}, ${reason}` : reason;
    const room = Math.abs(this.nodeX[arrow.to] - x1) - 18;
    const text = cutText(whole, named ? Math.max(150, room) : 150), right = x1 >= x0;
    const w = measure(text), x = x1 + (right ? 9 : -9);
    const y = [TEXT_HEIGHT, 0, 2 * TEXT_HEIGHT].map(by => y1 + by).find(at =>
      this.boxes.take({ x: x + (right ? w / 2 : -w / 2), y: at, w, h: TEXT_HEIGHT, angle: 0 }));
    if (text === '' || y === undefined)
      return [];
    return [svg('text', { class: `reason${this.isFuture(arrow.lost, arrow.endLine)}`, 'data-arrow': arrow.index, x, y: y + 4,
      'text-anchor': right ? 'start' : 'end' }, text, svg('title', {}, whole))];
  }

  drawCursor() {
    if (this.time === null || this.printing)
      return [];
    const y = this.y(this.time);
    return y < HEAD ? [] : [svg('line', { class: 'cursor', x1: 0, x2: this.width, y1: y, y2: y })];
  }
}

// Equal for arrows of a kind that fall onto the same pixels.
function pixelKey(kind, { arrow, y0, y1 }) {
  const place = y => Math.min(4095, Math.max(0, Math.round(y) + 100));
  return (((kind.charCodeAt(0) * 2 + (kind.length > 5 ? 1 : 0)) * 64 + arrow.from) * 64 + arrow.to) * 2 ** 24 + place(y0) * 4096 + place(y1);
}

function f(number) {
  return String(Math.round(number * 10) / 10);
}

// A head at the end of a line.
function headPath(x0, y0, x1, y1) {
  const length = Math.hypot(x1 - x0, y1 - y0);
  if (length === 0)
    return '';
  const ux = (x1 - x0) / length * 8, uy = (y1 - y0) / length * 8;
  return `M${f(x1)} ${f(y1)}L${f(x1 - ux - uy * 0.4)} ${f(y1 - uy + ux * 0.4)}L${f(x1 - ux + uy * 0.4)} ${f(y1 - uy - ux * 0.4)}Z`;
}
