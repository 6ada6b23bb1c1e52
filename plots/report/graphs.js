// graphs: the window, the round trip and the queues over the same time as the ladder.
//
// The axis has the ladder's gaps. What is drawn is every sample; a pixel that has many of them shows
// the least and the greatest.

const GRAPH_HEIGHT = 100, GRAPH_LEFT = 54, GRAPH_RIGHT = 8, GRAPH_TOP = 8, GRAPH_BOTTOM = 18;

class Graph {
  // curves: [{name, points: [[time, value or null]], steps}]; show: a value in words.
  constructor(axis, title, curves, show, cursor) {
    Object.assign(this, { axis, title, curves, show });
    this.legend = element('p', { class: 'legend' });
    this.picture = svg('svg', { class: 'graph', role: 'img', 'aria-label': this.summary() });
    this.root = element('figure', { 'aria-label': title }, element('figcaption', {}, title), this.legend, this.picture);
    const pick = event => {
      if (event.buttons !== 1)
        return;
      const frame = this.picture.getBoundingClientRect();
      cursor(axis.time((event.clientX - frame.left - GRAPH_LEFT) * axis.length / Math.max(1, this.width - GRAPH_LEFT - GRAPH_RIGHT)));
    };
    this.picture.addEventListener('pointerdown', pick);
    this.picture.addEventListener('pointermove', pick);
  }

  summary() {
    return `${this.title}: ` + this.curves.map(curve => {
      const values = curve.points.map(point => point[1]).filter(value => value !== null);
      return values.length === 0 ? `${curve.name} is not known` :
        `${curve.name} between ${this.show(values.reduce((a, b) => Math.min(a, b)))} and ${this.show(values.reduce((a, b) => Math.max(a, b)))}`;
    }).join('; ');
  }

  draw(width) {
    this.width = width;
    const inner = width - GRAPH_LEFT - GRAPH_RIGHT, high = GRAPH_HEIGHT - GRAPH_TOP - GRAPH_BOTTOM;
    let most = 0;
    for (const curve of this.curves)
      for (const [, value] of curve.points)
        most = value !== null && value > most ? value : most;
    most = most > 0 ? most * 1.05 : 1;
    this.x = time => GRAPH_LEFT + this.axis.place(time) * inner / Math.max(this.axis.length, 1e-9);
    const y = value => GRAPH_TOP + high * (1 - value / most);
    this.band = svg('rect', { class: 'window', y: GRAPH_TOP, height: high });
    this.line = svg('line', { class: 'cursor', y1: GRAPH_TOP, y2: GRAPH_TOP + high });
    const frame = [svg('rect', { class: 'frame', x: GRAPH_LEFT, y: GRAPH_TOP, width: Math.max(0, inner), height: high })];
    for (const [from, to] of this.axis.gaps)
      frame.push(svg('rect', { class: 'gap', x: this.x(from), width: this.x(to) - this.x(from), y: GRAPH_TOP, height: high }));
    const step = roundStep(most / 3);
    for (let value = 0; value <= most; value += step)
      frame.push(svg('text', { class: 'axis', x: GRAPH_LEFT - 4, y: y(value) + 4, 'text-anchor': 'end' }, this.show(value)),
        svg('line', { class: 'tick', x1: GRAPH_LEFT, x2: width - GRAPH_RIGHT, y1: y(value), y2: y(value) }));
    for (const [time, anchor] of [[this.axis.start, 'start'], [this.axis.end, 'end']])
      frame.push(svg('text', { class: 'axis', x: this.x(time), y: GRAPH_HEIGHT - 4, 'text-anchor': anchor }, `${showNumber(Number(time.toPrecision(6)))} s`));
    const paths = this.curves.map((curve, i) => svg('path', { class: `curve curve-${i}`, d: curvePath(curve, this.x, y) }));
    this.picture.setAttribute('viewBox', `0 0 ${width} ${GRAPH_HEIGHT}`);
    this.picture.replaceChildren(...frame, this.band, ...paths, this.line);
  }

  mark(time, from, to) {
    if (!this.x)
      return;
    const x = this.x(time === null ? this.axis.end : time);
    this.line.setAttribute('x1', x);
    this.line.setAttribute('x2', x);
    const all = this.axis.place(to) - this.axis.place(from) > 0.97 * this.axis.length;
    this.band.setAttribute('visibility', all ? 'hidden' : 'visible');
    this.band.setAttribute('x', this.x(from));
    this.band.setAttribute('width', Math.max(1, this.x(to) - this.x(from)));
    this.legend.replaceChildren(...this.curves.map((curve, i) => element('span', { class: `key key-${i}` },
      `${curve.name} ${valueAt(curve.points, time, this.show)}`)));
  }
}

// The value in force at a time, in words; null is the end.
function valueAt(points, time, show) {
  let low = -1, high = points.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (time === null || points[middle][0] <= time)
      low = middle;
    else
      high = middle;
  }
  return low < 0 || points[low][1] === null ? '–' : show(points[low][1]);
}

function curvePath(curve, x, y) {
  const parts = [];
  let pen = false, lastX = null, least = 0, greatest = 0;
  const flush = () => {
    if (lastX !== null && greatest > least)
      parts.push(`M${f(lastX)} ${f(y(least))}V${f(y(greatest))}M${f(lastX)} ${f(this_y)}`);
    lastX = null;
  };
  let this_y = 0;
  for (const [time, value] of curve.points) {
    if (value === null) {
      flush();
      pen = false;
      continue;
    }
    const at = Math.round(x(time) * 2) / 2;
    if (lastX === at) { // one more on the same pixel
      least = Math.min(least, value);
      greatest = Math.max(greatest, value);
      this_y = y(value);
      continue;
    }
    flush();
    parts.push(pen ? (curve.steps ? `H${f(at)}V${f(y(value))}` : `L${f(at)} ${f(y(value))}`) : `M${f(at)} ${f(y(value))}`);
    pen = true;
    lastX = at;
    least = greatest = value;
    this_y = y(value);
  }
  flush();
  return parts.join('') + (pen && curve.steps ? `H${f(x(Infinity))}` : '');
}

class Graphs {
  constructor(run, cursor) {
    this.run = run;
    this.cursor = cursor;
    this.axis = new TimeAxis(run, 1, 0);
    this.axis.fit(1000, 20);
    this.graphs = [];
    this.choice = element('select', { 'aria-label': 'Which end the window and round trip are of', onchange: () => this.build() });
    run.tcp.forEach((series, i) => this.choice.append(element('option', { value: i }, `${series.node} of ${series.conn}`)));
    this.body = element('div', { class: 'graphs' });
    this.root = element('section', { class: 'panel graphs-panel', 'aria-label': 'Graphs' }, this.body);
    if (run.tcp.length > 2)
      this.root.prepend(this.choice);
    this.choose(null);
    new ResizeObserver(() => this.resize()).observe(this.body);
  }

  // The end that sends most, of the chosen connection or of all; without packets, the one that has
  // most under way.
  choose(conn) {
    const sent = new Map();
    for (const arrow of this.run.arrows) {
      const key = `${this.run.nodes[arrow.from]} ${arrow.conn}`;
      sent.set(key, (sent.get(key) || 0) + arrow.len);
    }
    let best = 0, most = -1;
    this.run.tcp.forEach((series, i) => {
      const own = sent.get(`${series.node} ${series.conn}`) ||
        (sent.size > 0 ? 0 : series.rows.reduce((flight, row) => Math.max(flight, row[3]), 0));
      if ((conn === null || series.conn === conn) && own > most) {
        best = i;
        most = own;
      }
    });
    this.choice.selectedIndex = best;
    this.build();
  }

  build() {
    const series = this.run.tcp[Math.max(0, this.choice.selectedIndex)];
    const column = index => series.rows.map(row => [row[0], row[index]]);
    const make = (title, curves, show) => new Graph(this.axis, title, curves, show, this.cursor);
    this.graphs = [];
    if (series) {
      this.graphs.push(make(`Window of ${series.node}`, [
        { name: 'cwnd', points: column(1), steps: true }, { name: 'ssthresh', points: column(2), steps: true },
        { name: 'in flight', points: column(3), steps: true }], showBytes));
      this.graphs.push(make(`Round trip seen by ${series.node}`, [
        { name: 'SRTT', points: column(4), steps: true }, { name: 'RTO', points: column(5), steps: true }], showDuration));
    }
    const lanes = this.run.queues.map(lane => ({ name: lane.link, points: lane.rows.map(row => [row[0], row[1]]), steps: false,
      most: lane.rows.reduce((most, row) => Math.max(most, row[1]), 0) })).sort((a, b) => b.most - a.most)
      .filter((lane, i) => i < 1 || (lane.most > 0 && i < 3));
    if (lanes.length > 0)
      this.graphs.push(make('Queues', lanes, value => `${Number(value.toFixed(1))} pkt`));
    this.body.replaceChildren(...(this.graphs.length > 0 ? this.graphs.map(graph => graph.root) :
      [element('p', { class: 'hint' }, 'No samples were recorded (tcp.csv, links.csv).')]));
    this.width = 0;
    this.resize();
  }

  resize() {
    const width = this.body.clientWidth;
    if (width === 0 || width === this.width)
      return;
    this.width = width;
    for (const graph of this.graphs)
      graph.draw(graph.root.clientWidth);
    this.mark();
  }

  show(time, from, to) {
    this.shown = [time, from, to];
    this.mark();
  }

  mark() {
    if (this.shown)
      for (const graph of this.graphs)
        graph.mark(...this.shown);
  }
}
