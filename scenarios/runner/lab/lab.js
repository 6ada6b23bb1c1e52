// lab: the page: a scenario is chosen, its text edited, one or two settings of it are run.

'use strict';

class Lab {
  constructor() {
    this.select = document.getElementById('scenario');
    this.about = document.getElementById('about');
    this.texts = new Map(); // those that were edited, by scenario
    this.editor = new LabEditor(document.getElementById('editor'), () => {
      this.texts.set(this.scenario, this.editor.text);
      this.run();
    });
    window.addEventListener('beforeunload', event => {
      if (this.texts.size > 0)
        event.preventDefault(); // the browser asks whether to go: nothing of it is kept
    });
    this.sides = [new LabSide(this, 'A')];
    this.figures = [];
    document.getElementById('sides').append(this.sides[0].root);
    this.select.addEventListener('change', () => this.choose(this.select.value));
    document.getElementById('edit').addEventListener('click', event => this.toggleEditor(event.currentTarget));
    document.getElementById('two').addEventListener('click', event => this.toggleTwo(event.currentTarget));
    this.makeExports();
    document.addEventListener('keydown', event => {
      if (event.target === document.body && this.sides[0].shown !== null)
        this.sides[0].shown.player.onKey(event);
    });
  }

  get text() {
    return this.editor.text;
  }

  async begin() {
    this.figures = (await (await fetch('figures')).text()).split('\n');
    const list = await (await fetch('scenarios')).text();
    const groups = new Map();
    for (const line of list.split('\n').filter(text => text !== '')) {
      const [id, comment] = line.split('\t');
      const [place, ...rest] = id.split('/');
      const group = place === 'own' ? 'Your folder' : rest.length > 1 ? rest[0] : 'gallery';
      if (!groups.has(group))
        groups.set(group, element('optgroup', { label: group }));
      groups.get(group).append(element('option', { value: id, title: comment }, rest.slice(place === 'own' ? 0 : -1).join('/').replace(/\.lua$/, '')));
    }
    this.select.replaceChildren(...groups.values());
    const wanted = decodeURIComponent(location.hash.slice(1)) || 'gallery/handshake/syn-lost.lua';
    if ([...this.select.options].some(option => option.value === wanted))
      this.select.value = wanted;
    if (this.select.value !== '')
      await this.choose(this.select.value);
    else
      this.about.textContent = 'There is no scenario here: put one that ends in .lua into your folder.';
  }

  async choose(id) {
    const answer = await fetch(`scenario?id=${encodeURIComponent(id)}`);
    if (!answer.ok) {
      this.about.textContent = await answer.text();
      return;
    }
    this.scenario = id;
    history.replaceState(null, '', `#${encodeURIComponent(id)}`);
    const original = await answer.text();
    this.editor.begin(this.texts.has(id) ? this.texts.get(id) : original, () => {
      this.texts.delete(id);
      this.editor.text = original;
      this.run();
    });
    this.about.textContent = this.select.selectedOptions[0].title;
    document.title = `${id.split('/').pop().replace(/\.lua$/, '')} – Roundtrip lab`;
    for (const side of this.sides)
      side.forget();
    this.run();
  }

  run() {
    for (const side of this.sides)
      side.run();
  }

  // True when the editor is there to show it.
  failed(message) {
    this.editor.show(message);
    return !document.getElementById('editor').hidden;
  }

  ran(side) {
    if (this.sides.every(other => !other.status.classList.contains('wrong') || other === side))
      this.editor.show(null);
    this.fillExports();
  }

  toggleEditor(button) {
    const editor = document.getElementById('editor');
    editor.hidden = !editor.hidden;
    button.setAttribute('aria-expanded', String(!editor.hidden));
    this.editor.count();
    this.editor.follow();
    if (!editor.hidden)
      this.editor.area.focus();
  }

  toggleTwo(button) {
    if (this.sides.length === 1) {
      this.sides.push(new LabSide(this, 'B'));
      this.sides[1].copy(this.sides[0]);
      document.getElementById('sides').append(this.sides[1].root);
      this.sides[1].run();
    } else {
      this.sides.pop().root.remove();
    }
    document.getElementById('sides').classList.toggle('two', this.sides.length === 2);
    button.setAttribute('aria-pressed', String(this.sides.length === 2));
    this.fillExports();
  }

  // -- exports --

  makeExports() {
    this.which = element('select', { 'aria-label': 'What to export' });
    document.getElementById('exports').append(this.which, ' ', element('button', { type: 'button', onclick: () => this.export() }, 'Export'));
    this.fillExports();
  }

  fillExports() {
    const chosen = this.which.value;
    const options = [['scenario', 'scenario (.lua)']];
    for (const side of this.sides) {
      if (side.shown === null)
        continue;
      const of = this.sides.length > 1 ? ` of ${side.name}` : '';
      const add = (query, label) => options.push([`${side.view}&${query}`, label + of]);
      add('what=report', 'report (.html)');
      for (const figure of this.figures)
        for (const format of ['svg', 'pdf', 'png'])
          add(`what=figure&name=${figure}&format=${format}`, `figure ${figure} (.${format})`);
      for (const node of side.shown.run.nodes)
        add(`what=capture&name=${encodeURIComponent(node)}`, `capture of ${node} (.pcapng)`);
    }
    this.which.replaceChildren(...options.map(([value, label]) => element('option', { value }, label)));
    if (options.some(([value]) => value === chosen))
      this.which.value = chosen;
  }

  async export() {
    const value = this.which.value;
    const stem = this.scenario.split('/').pop().replace(/\.lua$/, '');
    if (value === 'scenario')
      return save(new Blob([this.text], { type: 'text/plain' }), `${stem}.lua`);
    const query = new URLSearchParams(`view=${value}`);
    const answer = await fetch(`export?${query}`);
    if (!answer.ok) {
      this.about.textContent = await answer.text();
      return undefined;
    }
    const ending = { report: 'html', capture: 'pcapng', figure: query.get('format') }[query.get('what')];
    return save(await answer.blob(), `${stem}${query.has('name') ? '-' + query.get('name') : ''}.${ending}`);
  }
}

function save(blob, name) {
  const link = element('a', { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

const lab = new Lab();
lab.begin();
