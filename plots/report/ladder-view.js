// ladder-view: the ladder as one scrolls, zooms and clicks it.
//
// The element scrolls over a length that stands for the whole run; the picture, of the size of the
// window, stays in sight and is drawn anew for what is in it.

const LONGEST = 4e6;      // px, as long as browsers can scroll safely

class LadderView extends LadderPicture {
  constructor(run, { select, cursor, moved }) {
    super(run);
    this.select = select;   // called with the arrow that was clicked
    this.setTime = cursor;  // called with the time of a click beside the arrows
    this.moved = moved;     // called when another part of the run is in sight
    this.length = element('div', { class: 'ladder-length' }, this.picture);
    this.root = element('div', { class: 'ladder', tabindex: 0, role: 'application', 'aria-roledescription': 'ladder diagram',
      'aria-label': `Ladder of ${run.arrows.length} packets between ${run.nodes.join(', ')}. ` +
        'Arrow keys step through what happened; space plays; plus and minus zoom.' }, this.length);
    this.scrolled = 0; // the root's scrollTop: asking it each time would make the browser lay out
    this.root.addEventListener('scroll', () => {
      this.scrolled = this.root.scrollTop;
      this.redraw();
    });
    this.root.addEventListener('wheel', event => this.onWheel(event), { passive: false });
    this.picture.addEventListener('click', event => this.onClick(event));
    new ResizeObserver(() => this.onResize()).observe(this.root);
  }

  // -- scale --

  onResize() {
    const width = this.root.clientWidth, height = this.root.clientHeight;
    if (width === 0 || (width === this.width && height === this.height))
      return;
    this.width = width;
    this.height = height;
    this.placeNodes();
    this.setScale(this.zoomed ? this.axis.second : this.comfortable(), HEAD);
    this.redraw();
  }

  placeNodes() {
    const count = this.run.nodes.length;
    const times = 62, margin = Math.min(190, Math.max(70, this.width * 0.21));
    const left = times + margin, right = Math.max(left + 60, this.width - margin);
    this.margin = margin;
    this.nodeX = this.run.nodes.map((_, i) => (count < 2 ? (left + right) / 2 : left + (right - left) * i / (count - 1)));
  }

  // A scale at which most labels have room and a packet's slope can be seen; never less than what
  // fills the window.
  comfortable() {
    const gaps = [], delays = [];
    for (let i = 1; i < this.run.arrows.length && i < 2000; i++) {
      const apart = this.run.arrows[i].sent - this.run.arrows[i - 1].sent;
      if (apart > 0)
        gaps.push(apart);
    }
    for (const arrow of this.run.arrows.slice(0, 2000))
      if (arrow.delay > 0)
        delays.push(arrow.delay);
    const middle = list => list.sort((a, b) => a - b)[list.length >> 1];
    let second = gaps.length > 0 ? 20 / middle(gaps) : 1;
    if (delays.length > 0)
      second = Math.min(Math.max(second, 40 / middle(delays)), this.height * 0.3 / middle(delays));
    return Math.max(second, this.filling());
  }

  filling() {
    const rest = this.height - HEAD - 50 - GAP * this.axis.gaps.length;
    return this.axis.busy > 0 ? Math.max(rest, 100) / this.axis.busy : 1;
  }

  // Keeps the time at `anchor` (px from the top) where it is.
  setScale(second, anchor) {
    const time = this.axis.time(this.scrolled + anchor - HEAD);
    const most = LONGEST / Math.max(this.axis.busy, 1e-12);
    this.axis.setScale(Math.min(Math.max(second, Math.min(this.filling() / 4, most)), most), GAP);
    this.length.style.height = `${HEAD + this.axis.length + 40}px`;
    this.scrollTo(this.axis.place(time) + HEAD - anchor);
    this.redraw();
  }

  // The scale of another run's ladder, which the user had chosen.
  keepScale(second) {
    this.zoomed = true;
    this.axis.setScale(second, GAP);
  }

  zoom(factor) {
    this.zoomed = true;
    const y = this.time === null ? null : this.y(this.time);
    this.setScale(this.axis.second * factor, y !== null && y > HEAD && y < this.height ? y : this.height / 2);
  }

  fit() {
    this.zoomed = true;
    this.setScale(this.filling(), HEAD);
    this.scrollTo(0);
  }

  onWheel(event) {
    if (!event.ctrlKey && !event.metaKey)
      return;
    event.preventDefault();
    this.zoomed = true;
    this.setScale(this.axis.second * Math.exp(-event.deltaY / 300), event.clientY - this.root.getBoundingClientRect().top);
  }

  // -- state --

  show({ time = this.time, line = this.line, selected = this.selected, conn = this.conn, follow = false }) {
    Object.assign(this, { time, line, selected, conn });
    if (follow && time !== null)
      this.follow(HEAD + this.axis.place(time));
    this.redraw();
  }

  follow(place) {
    const from = this.scrolled + HEAD + 0.1 * this.height, to = this.scrolled + 0.75 * this.height;
    if (place < from || place > to)
      this.scrollTo(place - 0.45 * this.height);
  }

  scrollTo(top) {
    this.root.scrollTop = top;
    this.scrolled = this.root.scrollTop;
  }

  redraw() {
    if (this.waiting)
      return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      this.draw(this.scrolled, this.height);
    });
  }

  // On paper: the whole ladder, or its first packets, as they ended. Returns how many are left out.
  print() {
    this.before = this.time;
    this.time = null;
    const arrows = this.run.arrows;
    const last = arrows.length > PRINTED_MOST ? arrows[PRINTED_MOST - 1].sent : this.axis.end;
    this.printing = true;
    this.draw(0, HEAD + this.axis.place(last) + 40);
    return Math.max(0, arrows.length - PRINTED_MOST);
  }

  endPrint() {
    this.printing = false;
    this.time = this.before;
    this.redraw();
  }

  // -- the mouse --

  onClick(event) {
    const frame = this.root.getBoundingClientRect();
    const x = event.clientX - frame.left, y = event.clientY - frame.top;
    const label = event.target.closest ? event.target.closest('[data-arrow]') : null;
    const near = label ? this.run.arrows[Number(label.dataset.arrow)] : this.nearest(x, y);
    this.root.focus({ preventScroll: true });
    if (near)
      this.select(near);
    else
      this.setTime(this.axis.time(this.top + y - HEAD));
  }

  // The arrow within a few pixels of a place.
  nearest(x, y) {
    let best = null, least = 8;
    for (const line of this.lines) {
      const dx = line.x1 - line.x0, dy = line.y1 - line.y0, square = dx * dx + dy * dy;
      const along = square > 0 ? Math.min(1, Math.max(0, ((x - line.x0) * dx + (y - line.y0) * dy) / square)) : 0;
      const distance = Math.hypot(x - line.x0 - along * dx, y - line.y0 - along * dy);
      if (distance < least) {
        least = distance;
        best = line.arrow;
      }
    }
    return best;
  }
}
