// run-facts: what the run was and what came out: results, expectations, parameters, the scenario.

function runFacts(run) {
  const made = [];
  if (run.results && Object.keys(run.results).length > 0)
    made.push(facts('Results', pairs(run.results)));
  if (run.expectations && run.expectations.length > 0)
    made.push(facts('Expectations', expectationList(run)));
  if (run.parameters && Object.keys(run.parameters).length > 0)
    made.push(facts('Parameters', parameterTable(run)));
  if (run.rules && run.rules.length > 0)
    made.push(facts('Rules', element('table', {}, element('tbody', {}, ...run.rules.map(Object).map(rule => element('tr', {},
      element('th', { scope: 'row' }, `${rule.link}: ${rule.rule}`), element('td', {}, rule.hits === 1 ? 'once' : `${rule.hits} times`)))))));
  if (run.unfinished && run.unfinished.length > 0)
    made.push(facts('Still waiting at the end', element('ul', {}, ...run.unfinished.map(text => element('li', {}, String(text))))));
  if (run.text !== undefined)
    made.push(scenarioText(run));
  return made;
}

function facts(title, ...content) {
  for (const table of content.filter(part => part.tagName === 'TABLE'))
    table.setAttribute('aria-label', title);
  return element('section', { class: 'panel' }, element('h2', {}, title), ...content);
}

// Parameters with what they are, where the run says it.
function parameterTable(run) {
  const help = new Map((run.declared || []).map(param => [Object(param).name, Object(param).help]));
  return element('table', {}, element('tbody', {}, ...Object.entries(run.parameters).map(([name, value]) => element('tr', {},
    element('th', { scope: 'row' }, name), element('td', {}, showNumber(value)), element('td', { class: 'way' }, String(help.get(name) || ''))))));
}

function pairs(object) {
  return element('table', {}, element('tbody', {}, ...Object.entries(object).map(([name, value]) => element('tr', {},
    element('th', { scope: 'row' }, name), element('td', {}, showNumber(value))))));
}

function expectationList(run) {
  return element('ul', { class: 'expectations' }, ...run.expectations.map(expectation => {
    const { text, passed, seen, line } = Object(expectation);
    return element('li', { class: passed ? 'passed' : 'failed' }, element('span', { class: 'mark' }, passed ? '✓ ' : '✗ '),
      String(text), passed ? '' : ` – failed in line ${line}${seen ? ': it saw ' + seen : ''}`);
  }));
}

function scenarioText(run) {
  const lines = String(run.text).replace(/\n$/, '').split('\n');
  return element('section', { class: 'panel scenario' }, element('h2', {}, 'Scenario'),
    element('p', { class: 'way' }, `${run.scenario}, seed ${run.seed}, Roundtrip ${run.version}. SHA-256 ${run.sha256}`),
    element('pre', { tabindex: 0, 'aria-label': 'The text of the scenario' }, element('code', {}, ...lines.map(line => element('span', { class: 'line' }, line + '\n')))));
}

// What the page begins with: the scenario's first comment, and how it ended.
function runHeading(run) {
  const first = /^--\s*(.+)$/m.exec(run.text === undefined ? '' : String(run.text));
  const failed = (run.expectations || []).filter(expectation => !Object(expectation).passed).length;
  const all = (run.expectations || []).length;
  const parts = [];
  if (run.end_time !== undefined)
    parts.push(`${run.arrows.length} packets on links; ${run.ended} at ${showNumber(run.end_time)} s`);
  if (all > 0)
    parts.push(failed === 0 ? (all === 1 ? 'its expectation holds' : `all ${all} expectations hold`) : `${failed} of ${all} expectations failed`);
  return { title: first ? first[1] : String(run.scenario), line: [String(run.scenario), ...parts].join(' · '), failed: failed > 0 };
}
