// lab-param: a slider, a field or a choice for a parameter of a scenario, as run.json declares it.
//
// A slider moves the number of the default and leaves its unit: "50 ms" goes on in milliseconds. It
// covers what `min` and `max` allow, or a tenth to ten times the default where one of them is missing;
// where that is more than a factor of fifty it is logarithmic. The field beside it takes anything.

'use strict';

const UNITS = {
  's': 1, 'ms': 1e-3, 'us': 1e-6, 'µs': 1e-6, 'ns': 1e-9, 'min': 60, 'h': 3600,
  'bit/s': 1, 'kbit/s': 1e3, 'Mbit/s': 1e6, 'Gbit/s': 1e9,
  'B': 1, 'kB': 1e3, 'MB': 1e6, 'GB': 1e9, 'KiB': 1024, 'MiB': 1024 ** 2, 'GiB': 1024 ** 3,
  '%': 0.01, 'pkt': 1, '': 1,
};
const SLIDER = 1000; // steps

// "50 ms" as {number, unit, value}; null: no number with a unit that is known here.
function parseQuantity(text) {
  const match = /^\s*([-+]?\d*\.?\d+(?:[eE][-+]?\d+)?)\s*([a-zA-Zµ%/]*)\s*$/.exec(text);
  if (!match || !(match[2] in UNITS))
    return null;
  return { number: Number(match[1]), unit: match[2], value: Number(match[1]) * UNITS[match[2]] };
}

class LabParam {
  // changed(): the value is another one now.
  constructor(declared, changed) {
    this.declared = declared;
    this.name = declared.name;
    this.changed = changed;
    const id = `param-${Math.random().toString(36).slice(2)}`;
    this.field = this.makeField(id);
    this.slider = this.makeSlider();
    this.root = element('div', { class: 'param' }, element('label', { for: id }, declared.name),
      ...(this.slider ? [this.slider] : []), this.field,
      element('span', { class: 'way' }, declared.help || ''));
    this.set(declared.default);
  }

  get value() {
    return this.field.type === 'checkbox' ? String(this.field.checked) : this.field.value;
  }

  // To a text, without telling.
  set(text) {
    if (this.field.type === 'checkbox')
      this.field.checked = text === 'true';
    else
      this.field.value = text;
    this.moveSlider();
  }

  makeField(id) {
    const { kind, choices } = this.declared;
    const tell = () => {
      this.moveSlider();
      this.changed();
    };
    if (choices && choices.length > 0)
      return element('select', { id, onchange: tell }, ...choices.map(choice => element('option', {}, choice)));
    if (kind === 'true or false')
      return element('input', { id, type: 'checkbox', onchange: tell });
    return element('input', { id, type: 'text', size: 10, spellcheck: 'false', autocomplete: 'off', oninput: tell });
  }

  makeSlider() {
    const { min, max, choices, kind } = this.declared;
    const standard = parseQuantity(this.declared.default);
    if (standard === null || (choices && choices.length > 0) || kind === 'text')
      return null;
    const bound = (text, other) => {
      const quantity = text ? parseQuantity(text) : null;
      return quantity ? quantity.value / UNITS[standard.unit] : other;
    };
    const size = Math.abs(standard.number);
    let least = bound(min, size / 10), most = bound(max, Math.max(size * 10, 1));
    if (min && max === null && least === 0)
      least = 0;
    this.logarithmic = least > 0 && most / least > 50;
    if (!min || least <= 0 ? size > 0 && most / size > 50 : false)
      this.logarithmic = true;
    if (this.logarithmic && least <= 0)
      least = Math.min(size / 100, most / 1000); // its end stands for the least that is allowed
    this.whole = standard.unit === '' && Number.isInteger(standard.number) && kind !== 'ratio' && most > 2;
    Object.assign(this, { unit: standard.unit, least, most, floor: bound(min, least) });
    return element('input', { type: 'range', min: 0, max: SLIDER, step: 1, 'aria-label': `${this.name}, slider`,
      oninput: () => this.slide() });
  }

  slide() {
    const part = Number(this.slider.value) / SLIDER;
    let number = this.logarithmic ? this.least * (this.most / this.least) ** part : this.least + (this.most - this.least) * part;
    if (part === 0)
      number = this.floor;
    number = this.whole ? Math.round(number) : Number(number.toPrecision(3));
    this.field.value = this.unit === '' ? String(number) : `${number} ${this.unit}`;
    this.slider.setAttribute('aria-valuetext', this.field.value);
    this.changed();
  }

  moveSlider() {
    if (!this.slider)
      return;
    const quantity = parseQuantity(this.field.value);
    if (quantity === null)
      return;
    const number = quantity.value / UNITS[this.unit];
    const part = this.logarithmic ? Math.log(Math.max(number, this.least) / this.least) / Math.log(this.most / this.least) :
      (number - this.least) / (this.most - this.least);
    this.slider.value = String(Math.round(Math.min(1, Math.max(0, part)) * SLIDER));
    this.slider.setAttribute('aria-valuetext', this.field.value);
  }
}
