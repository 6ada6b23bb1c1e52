// packet-table: the packets as a table, a page at a time: for a screen reader, and for copying.

const TABLE_PAGE = 100;

class PacketTable {
  constructor(run, select) {
    this.run = run;
    this.select = select;
    this.page = 0;
    this.pages = Math.max(1, Math.ceil(run.arrows.length / TABLE_PAGE));
    this.body = element('tbody');
    this.where = element('span', { 'aria-live': 'polite' });
    const head = element('tr', {}, ...['time/s', 'from', 'to', 'packet', 'what became of it'].map(text => element('th', { scope: 'col' }, text)));
    this.root = element('details', { class: 'table', ontoggle: () => this.fill() },
      element('summary', {}, `All ${run.arrows.length} packets as a table`),
      element('p', {}, element('button', { type: 'button', onclick: () => this.turn(-1) }, 'Previous'), ' ', this.where, ' ',
        element('button', { type: 'button', onclick: () => this.turn(1) }, 'Next')),
      element('table', {}, element('caption', {}, 'Packets in the order in which they were sent'), element('thead', {}, head), this.body));
  }

  turn(by) {
    this.page = Math.min(this.pages - 1, Math.max(0, this.page + by));
    this.fill();
  }

  fill() {
    const first = this.page * TABLE_PAGE;
    const rows = this.run.arrows.slice(first, first + TABLE_PAGE);
    this.where.textContent = rows.length === 0 ? 'none' : `${first + 1} to ${first + rows.length} of ${this.run.arrows.length}`;
    this.body.replaceChildren(...rows.map(arrow => element('tr', {},
      element('td', {}, showNumber(arrow.sent)), element('td', {}, this.run.nodes[arrow.from]), element('td', {}, this.run.nodes[arrow.to]),
      element('td', {}, element('button', { type: 'button', class: 'link', onclick: () => this.select(arrow) },
        this.run.number(arrow.conn) + arrow.label)),
      element('td', {}, arrow.lost !== null ? `lost at ${showNumber(arrow.lost)} s: ${arrow.reason}` :
        arrow.arrived !== null ? `arrived at ${showNumber(arrow.arrived)} s` : 'under way at the end'))));
  }
}
