// lab-side: one setting of a scenario's parameters, and the run that it gives.
//
// A change runs at once. While a run is under way the latest change waits for it, but not for long:
// then a new run takes its place, and the old one is ended.

'use strict';

const PATIENCE = 250; // ms that a run under way may still take when something has changed

class LabSide {
  // lab: {scenario, text, failed(message), ran(side)}
  constructor(lab, name) {
    this.lab = lab;
    this.name = name;
    this.view = `view-${[...crypto.getRandomValues(new Uint8Array(12))].map(byte => byte.toString(16).padStart(2, '0')).join('')}`;
    this.params = [];
    this.seed = element('input', { type: 'number', min: 0, step: 1, value: 1, 'aria-label': 'Seed of the random numbers',
      oninput: () => this.run() });
    this.settings = element('form', { class: 'settings panel', 'aria-label': `Settings ${name}`, onsubmit: event => event.preventDefault() });
    this.status = element('p', { class: 'run-status', role: 'status' });
    this.outcome = element('div', { class: 'outcome' });
    this.stage = element('div', { class: 'stage' });
    this.root = element('section', { class: 'lab-side', 'aria-label': `Setting ${name}` }, this.settings,
      element('div', { class: 'outcome-row' }, this.outcome, this.status), this.stage);
    this.shown = null; // RunView
  }

  // Another scenario: nothing is known of its parameters before it has run.
  forget() {
    this.params = [];
    this.shown = null;
    this.settings.replaceChildren();
    this.outcome.replaceChildren();
    this.stage.replaceChildren();
    this.seed.value = '1';
  }

  form() {
    const form = new URLSearchParams({ view: this.view, scenario: this.lab.scenario, text: this.lab.text,
      seed: this.seed.value === '' ? '1' : this.seed.value });
    for (const param of this.params)
      form.append('param', `${param.name}=${param.value}`);
    return form;
  }

  run() {
    this.wanted = performance.now();
    if (this.running === undefined)
      this.start();
    else if (this.hurry === undefined)
      this.hurry = setTimeout(() => this.replace(), PATIENCE);
  }

  replace() {
    this.hurry = undefined;
    if (this.running === undefined)
      return;
    this.running.abort();
    this.start();
  }

  async start() {
    const running = this.running = new AbortController();
    const since = this.wanted;
    this.status.textContent = 'running …';
    this.root.setAttribute('aria-busy', 'true');
    try {
      const answer = await fetch('run', { method: 'POST', body: this.form(), signal: running.signal });
      const body = answer.ok ? await answer.json() : await answer.text();
      if (this.running !== running)
        return; // a newer one is under way
      if (answer.ok)
        this.show(body, since);
      else
        this.fail(body);
    } catch (error) {
      if (error.name !== 'AbortError' && this.running === running)
        this.fail(error instanceof TypeError ? 'The lab does not answer: was it closed?' : String(error));
    }
    if (this.running !== running)
      return;
    this.running = undefined;
    this.root.setAttribute('aria-busy', 'false');
    clearTimeout(this.hurry);
    this.hurry = undefined;
    if (this.wanted > since)
      this.start();
  }

  fail(message) {
    this.stage.classList.add('stale');
    this.status.classList.add('wrong');
    this.status.textContent = this.lab.failed(message) ? 'not run: see the text' : message;
  }

  show(data, since) {
    const before = this.shown;
    const focused = before !== null && before.root.contains(document.activeElement);
    this.shown = new RunView(data);
    if (before !== null && before.ladder.zoomed)
      this.shown.ladder.keepScale(before.ladder.axis.second);
    this.declare(this.shown.run.declared || []);
    this.stage.classList.remove('stale');
    this.stage.replaceChildren(this.shown.root);
    if (focused)
      this.shown.ladder.root.focus({ preventScroll: true });
    this.showOutcome(this.shown.run);
    this.status.classList.remove('wrong');
    this.lab.ran(this);
    requestAnimationFrame(() => requestAnimationFrame(() => {
      const took = performance.now() - since;
      this.root.dataset.took = String(took);
      this.root.dataset.runs = String(Number(this.root.dataset.runs || 0) + 1);
      this.status.textContent = `picture after ${Math.round(took)} ms`;
    }));
  }

  // Sliders and fields for what the scenario declares; those that are there stay as they are.
  declare(declared) {
    const known = JSON.stringify(declared);
    if (known === this.known && this.params.length > 0)
      return;
    const values = new Map(this.params.map(param => [param.name, param.value]));
    this.known = known;
    this.params = declared.map(param => new LabParam(param, () => this.run()));
    for (const param of this.params)
      if (values.has(param.name))
        param.set(values.get(param.name));
    this.settings.replaceChildren(...this.params.map(param => param.root),
      element('div', { class: 'param' }, element('label', {}, 'seed'), this.seed, element('span', { class: 'way' }, 'of the random numbers')));
  }

  showOutcome(run) {
    const results = Object.entries(run.results || {}).map(([name, value]) => element('span', { class: 'result' }, `${name} = ${showNumber(value)}`));
    const expectations = (run.expectations || []).map(Object).map(({ text, passed, seen }) => element('span', { class: passed ? 'passed' : 'failed' },
      element('span', { class: 'mark' }, passed ? '✓ ' : '✗ '), String(text), !passed && seen ? ` (it saw ${seen})` : ''));
    this.outcome.replaceChildren(...results, ...expectations);
  }

  // The same settings as another side.
  copy(other) {
    this.known = undefined;
    this.seed.value = other.seed.value;
    this.params = other.params;
    this.declare(other.shown ? other.shown.run.declared || [] : []);
  }
}
