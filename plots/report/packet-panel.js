// packet-panel: the selected packet, explained.

class PacketPanel {
  constructor(run) {
    this.run = run;
    this.root = element('section', { class: 'panel packet', tabindex: 0, 'aria-label': 'The selected packet' });
    this.show(null);
  }

  show(arrow) {
    if (arrow === null) {
      this.root.replaceChildren(element('h2', {}, 'Packet'),
        element('p', { class: 'hint' }, 'Click a packet, or step with the arrow keys: its headers stand here, ' +
          'with the rule behind each field.'));
      return;
    }
    const run = this.run;
    this.root.replaceChildren(
      element('h2', {}, run.number(arrow.conn) + arrow.label),
      element('p', { class: 'way' }, `${run.nodes[arrow.from]} → ${run.nodes[arrow.to]}, sent at ${showNumber(arrow.sent)} s` +
        (run.capture ? `, number ${arrow.line}` : `, packet ${arrow.packet}`)),
      element('h3', {}, 'Why it was sent'),
      element('p', {}, packetCause(run, arrow).join(' ')),
      element('h3', {}, 'What became of it'),
      element('p', {}, packetFate(run, arrow).join(' ')),
      fieldTable(packetFields(run, arrow)));
  }
}

function fieldTable(rows) {
  const body = element('tbody');
  let group = '';
  for (const row of rows) {
    if (row.group !== group)
      body.append(element('tr', { class: 'group' }, element('th', { colspan: 3, scope: 'rowgroup' }, row.group)));
    group = row.group;
    body.append(element('tr', {}, element('th', { scope: 'row' }, row.field),
      element('td', { class: 'value' }, row.value), element('td', {}, row.rule)));
  }
  const head = element('tr', {}, ...['field', 'value', 'the rule behind it'].map(text => element('th', { scope: 'col' }, text)));
  return element('table', { class: 'fields' }, element('caption', {}, 'Headers'), element('thead', {}, head), body);
}
