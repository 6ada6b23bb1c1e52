// report: the page of one run, begun.

function startReport() {
  const head = document.getElementById('head');
  let view;
  try {
    view = new RunView(JSON.parse(document.getElementById('run').textContent));
  } catch (error) {
    head.append(element('p', { role: 'alert', class: 'wrong' }, `This page's data cannot be read: ${error.message}`));
    throw error;
  }
  const heading = runHeading(view.run);
  document.title = `${heading.title} – Roundtrip`;
  head.replaceChildren(element('h1', {}, heading.title), element('p', { class: heading.failed ? 'wrong' : '' }, heading.line));
  document.getElementById('view').append(view.root);
  document.getElementById('facts').append(...runFacts(view.run));
  document.addEventListener('keydown', event => {
    if (event.target === document.body)
      view.player.onKey(event);
  });
  window.addEventListener('beforeprint', () => view.beforePrint());
  window.addEventListener('afterprint', () => view.afterPrint());
}

startReport();
