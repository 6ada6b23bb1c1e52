// lab-editor: the scenario's text, with the numbers of its lines and an error at its line.

'use strict';

const LINE_HEIGHT = 19, LINE_TOP = 8; // px, as in lab.css

class LabEditor {
  constructor(root, changed) {
    this.numbers = element('pre', { class: 'numbers', 'aria-hidden': 'true' });
    this.area = element('textarea', { spellcheck: 'false', wrap: 'off', autocapitalize: 'off', autocomplete: 'off',
      'aria-label': 'The text of the scenario', 'aria-describedby': 'editor-error' });
    this.error = element('p', { id: 'editor-error', class: 'editor-error', role: 'alert' });
    this.line = null; // of the error
    this.reset = element('button', { type: 'button', class: 'reset' }, 'As it was');
    this.bubble = element('p', { class: 'bubble', 'aria-hidden': 'true', hidden: true });
    root.append(element('div', { class: 'editor-frame' }, this.numbers, this.area, this.bubble), this.reset, this.error);
    this.area.addEventListener('input', () => {
      this.count();
      changed();
    });
    this.area.addEventListener('scroll', () => this.follow());
    this.area.addEventListener('keydown', event => this.onKey(event));
  }

  get text() {
    return this.area.value;
  }

  set text(text) {
    this.area.value = text;
    this.area.setSelectionRange(0, 0);
    this.area.scrollTop = 0;
    this.show(null);
  }

  // A scenario's text; `reset` brings its first one back.
  begin(text, reset) {
    this.text = text;
    this.reset.onclick = reset;
  }

  // The tabulator indents; Escape leaves, so that nobody is caught.
  onKey(event) {
    if (event.key === 'Escape')
      this.area.blur();
    if (event.key !== 'Tab' || event.shiftKey || event.ctrlKey)
      return;
    event.preventDefault();
    this.area.setRangeText('  ', this.area.selectionStart, this.area.selectionEnd, 'end');
    this.area.dispatchEvent(new Event('input'));
  }

  count() {
    const lines = this.area.value.split('\n').length;
    this.numbers.replaceChildren(...Array.from({ length: lines }, (_, i) =>
      element('span', { class: i + 1 === this.line ? 'bad' : '' }, `${i + 1}\n`)));
  }

  // The numbers and the message beside their lines.
  follow() {
    this.numbers.scrollTop = this.area.scrollTop;
    this.bubble.hidden = this.line === null;
    this.bubble.style.top = `${LINE_TOP + (this.line || 0) * LINE_HEIGHT - this.area.scrollTop}px`;
  }

  // "scenarios/x.lua:12: what is wrong" at its line; null takes it away.
  show(message) {
    const place = message === null ? null : /:(\d+):/.exec(message);
    this.line = place ? Number(place[1]) : null;
    this.error.textContent = message === null ? '' : message;
    this.area.setAttribute('aria-invalid', String(message !== null));
    this.count();
    this.error.classList.toggle('at-line', place !== null); // the bubble says it to who sees it
    this.bubble.textContent = place ? message.slice(place.index + place[0].length).trim() : '';
    const top = ((this.line || 1) - 1) * LINE_HEIGHT;
    const visible = top >= this.area.scrollTop && top <= this.area.scrollTop + this.area.clientHeight - 3 * LINE_HEIGHT;
    if (this.line !== null && !visible)
      this.area.scrollTop = top - this.area.clientHeight / 2;
    this.follow();
  }
}
