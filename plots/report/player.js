// player: the time cursor: played, stepped, scrubbed.
//
// Playing follows time as it is drawn: gaps pass quickly, busy stretches as slowly as they are wide.
// `time` is null until somebody moves the cursor: then everything is shown as it ended.

const PLAY_SPEED = 90; // px of the ladder in a second
const SLIDER_STEPS = 10000;

class Player {
  constructor(run, ladder, changed) {
    Object.assign(this, { run, ladder, changed });
    this.time = null;
    this.event = -1; // index in run.events of what was stepped to; what comes after it is still to come
    this.slider = new TimeAxis(run, 1, 0);
    this.slider.fit(SLIDER_STEPS, SLIDER_STEPS / 50);
    this.playing = false;
    this.build();
  }

  build() {
    const button = (label, title, act) => element('button', { type: 'button', title, 'aria-label': title, onclick: act }, label);
    this.playButton = button('▶ Play', 'Play (space)', () => this.toggle());
    this.range = element('input', { type: 'range', min: 0, max: SLIDER_STEPS, step: 1, 'aria-label': 'Time in the run',
      oninput: () => this.goTo(this.slider.time(Number(this.range.value))) });
    this.clock = element('output', { class: 'clock', 'aria-label': 'Time', 'aria-live': 'off' }); // the slider says it
    this.speed = element('select', { 'aria-label': 'Speed' }, ...[0.25, 0.5, 1, 2, 4, 10].map(speed =>
      element('option', { value: speed, selected: speed === 1 }, `${speed} ×`)));
    this.live = element('p', { class: 'live', role: 'status', 'aria-live': 'polite', 'aria-atomic': 'true' },
      'Arrow keys step (with Shift: to the next loss or retransmission), space plays, + − 0 zoom.');
    this.root = element('div', { class: 'toolbar', role: 'toolbar', 'aria-label': 'Time' },
      button('|◀', 'To the beginning (Home)', () => this.toStart()),
      button('◀', 'Back one event (left arrow)', () => this.step(-1)),
      this.playButton,
      button('▶', 'On one event (right arrow)', () => this.step(1)),
      button('▶|', 'To the end (End)', () => this.toEnd()),
      this.range, this.clock, this.speed,
      element('span', { class: 'group' }, button('−', 'Zoom out (minus)', () => this.ladder.zoom(1 / 1.5)),
        button('+', 'Zoom in (plus)', () => this.ladder.zoom(1.5)),
        button('Fit', 'The whole run (0)', () => this.ladder.fit())));
  }

  // -- moving --

  goTo(time) {
    this.time = Math.min(this.run.end, Math.max(this.run.start, time));
    this.event = this.lastEvent(this.time);
    this.update(null);
  }

  // Before the first event.
  toStart() {
    this.stop();
    this.time = this.run.start;
    this.event = -1;
    this.update(null);
  }

  toEnd() {
    this.stop();
    this.time = null;
    this.event = this.run.events.length - 1;
    this.ladder.follow(HEAD + this.ladder.axis.length);
    this.update(null);
  }

  // The last event at or before a time.
  lastEvent(time) {
    let low = -1, high = this.run.events.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.run.events[middle].time <= time)
        low = middle;
      else
        high = middle;
    }
    return low;
  }

  // To the next event (of the shown connection), or with `wanted` to the next of which it is true.
  step(by, wanted = () => true) {
    this.stop();
    const events = this.run.events;
    let index = this.time === null && by < 0 ? events.length - 1 : this.event + by;
    const fits = event => (!event.arrow || this.ladder.isShown(event.arrow.conn)) && wanted(event);
    while (index >= 0 && index < events.length && !fits(events[index]))
      index += by;
    if (index < 0 || index >= events.length) {
      this.live.textContent = by > 0 ? 'The end of the run.' : 'The beginning of the run.';
      return;
    }
    this.event = index;
    this.time = events[index].time;
    this.live.textContent = `${showNumber(this.time)} s: ${events[index].text}`;
    this.update(events[index].arrow);
  }

  toggle() {
    if (this.playing)
      return this.stop();
    if (this.time === null || this.time >= this.run.end)
      this.toStart();
    this.playing = true;
    this.last = performance.now();
    this.update(null);
    requestAnimationFrame(now => this.frame(now));
  }

  stop() {
    this.playing = false;
    this.update();
  }

  frame(now) {
    if (!this.playing)
      return;
    const passed = Math.min(0.1, (now - this.last) / 1000);
    this.last = now;
    const axis = this.ladder.axis;
    this.time = axis.time(axis.place(this.time) + passed * PLAY_SPEED * Number(this.speed.value));
    this.event = this.lastEvent(this.time);
    const event = this.run.events[this.event];
    this.live.textContent = event ? `${showNumber(event.time)} s: ${event.text}` : '';
    if (this.time >= this.run.end)
      this.playing = false;
    this.update();
    requestAnimationFrame(next => this.frame(next));
  }

  // -- showing --

  // The line of the timeline up to which everything has happened.
  get line() {
    return this.event < 0 ? 0 : this.run.events[this.event].line;
  }

  // With an arrow (or null for none), that one is selected.
  update(arrow) {
    const time = this.time === null ? this.run.end : this.time;
    this.playButton.textContent = this.playing ? '❚❚ Pause' : '▶ Play';
    this.range.value = String(Math.round(this.slider.place(time)));
    this.range.setAttribute('aria-valuetext', `${showNumber(time)} seconds`);
    this.clock.textContent = `${time.toFixed(6)} s`;
    // While it plays a screen reader would never come to an end.
    this.live.setAttribute('aria-live', this.playing ? 'off' : 'polite');
    this.changed(arrow);
  }

  // True when the key was one of ours.
  onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName))
      return false;
    const trouble = ({ arrow }) => arrow && (arrow.retransmit > 0 || arrow.lost !== null);
    const step = by => this.step(by, event.shiftKey ? trouble : undefined);
    const keys = {
      'ArrowRight': () => step(1), 'ArrowDown': () => step(1), 'ArrowLeft': () => step(-1), 'ArrowUp': () => step(-1),
      'Home': () => this.toStart(), 'End': () => this.toEnd(),
      '+': () => this.ladder.zoom(1.5), '=': () => this.ladder.zoom(1.5), '-': () => this.ladder.zoom(1 / 1.5), '0': () => this.ladder.fit(),
    };
    if (event.key === ' ' && event.target.tagName !== 'BUTTON' && event.target.tagName !== 'SUMMARY')
      this.toggle();
    else if (keys[event.key])
      keys[event.key]();
    else
      return false;
    event.preventDefault();
    return true;
  }
}
