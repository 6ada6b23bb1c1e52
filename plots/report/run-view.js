// run-view: one run with all that is drawn of it. A page may have several.

class RunView {
  constructor(data) {
    const run = this.run = new Run(data);
    this.arrow = null;
    this.conn = null;
    this.packet = new PacketPanel(run);
    this.machines = new StateMachines(run);
    this.ladder = new LadderView(run, {
      select: arrow => this.select(arrow),
      cursor: time => this.player.goTo(time),
      moved: (from, to) => {
        this.window = [from, to];
        this.graphs.show(this.player.time, from, to);
      },
    });
    this.window = [run.start, run.end];
    this.graphs = new Graphs(run, time => this.player.goTo(time));
    this.player = new Player(run, this.ladder, arrow => this.show(arrow));
    this.table = new PacketTable(run, arrow => this.select(arrow));
    this.printed = element('p', { class: 'printed' });
    this.root = element('div', { class: run.noLadder !== null ? 'run no-ladder' : 'run' }, this.player.root, this.player.live, ...this.notice(),
      element('div', { class: 'columns' }, element('div', { class: 'left' }, this.ladder.root, this.printed, this.graphs.root),
        element('div', { class: 'side' }, this.machines.root, this.packet.root)),
      this.table.root);
    this.addChoice();
    this.player.update();
    this.root.addEventListener('keydown', event => this.player.onKey(event));
  }

  // Which connection is shown, when there are several.
  addChoice() {
    if (this.run.conns.length < 2)
      return;
    const select = element('select', { 'aria-label': 'Which connection is shown', onchange: () => this.choose(select.selectedIndex - 1) },
      element('option', {}, `all ${this.run.conns.length} connections`),
      ...this.run.conns.map((conn, i) => element('option', {}, `[${i + 1}] ${conn}`)));
    this.player.root.prepend(select);
  }

  notice() {
    if (this.run.noLadder !== null)
      return [element('p', { class: 'cut', role: 'note' }, `No ladder: ${this.run.noLadder}.`)];
    if (this.run.cutFrom === 0)
      return [];
    return [element('p', { class: 'cut', role: 'note' }, `The first ${this.run.arrows.length} of ${this.run.cutFrom} packets: ` +
      'roundtrip report --from, --to and --conn show others.')];
  }

  choose(index) {
    this.conn = index < 0 ? null : this.run.conns[index];
    this.ladder.show({ conn: this.conn });
    this.machines.show(this.conn, this.player.time, this.player.line);
    this.graphs.choose(this.conn);
  }

  select(arrow) {
    this.player.stop();
    this.player.goTo(arrow.sent);
    this.player.event = this.run.events.findIndex(event => event.arrow === arrow);
    this.player.live.textContent = this.run.events[this.player.event].text;
    this.player.update(arrow);
  }

  show(arrow) {
    const { time, line } = this.player;
    if (arrow !== undefined && arrow !== this.arrow) {
      this.arrow = arrow;
      this.packet.show(arrow);
    }
    const conn = this.conn !== null ? this.conn : this.arrow && this.arrow.conn !== '' ? this.arrow.conn : null;
    this.ladder.show({ time, line, selected: this.arrow, follow: true });
    this.machines.show(conn !== null ? conn : this.machines.conn, time, line);
    this.graphs.show(time, ...this.window);
  }

  beforePrint() {
    const left = this.ladder.print();
    this.printed.textContent = left > 0 ? `${left} packets more are not on paper.` : '';
  }

  afterPrint() {
    this.printed.textContent = '';
    this.ladder.endPrint();
  }
}
