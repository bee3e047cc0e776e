/** Shows /openapi.json. Everything is put in as text, so that nothing in a description can run. */
const at = (id) => document.getElementById(id);

function node(name, props = {}, ...children) {
  const made = Object.assign(document.createElement(name), props);
  made.append(...children.filter((child) => child !== undefined));
  return made;
}

/** A schema as one would write the type. */
function typeOf(schema = {}, depth = 0) {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.anyOf) return schema.anyOf.map((one) => typeOf(one, depth)).join(' | ');
  if (schema.$ref) return schema.$ref.split('/').at(-1);
  if (schema.type === 'array') return `${typeOf(schema.items, depth)}[]`;
  return schema.type === 'object' ? objectType(schema, depth) : (schema.type ?? 'anything');
}

function objectType({ properties, patternProperties, required = [] }, depth) {
  if (patternProperties) return `{ [name]: ${typeOf(Object.values(patternProperties)[0], depth)} }`;
  if (!properties) return 'object';
  const pad = '  '.repeat(depth + 1);
  const lines = Object.entries(properties).map(([name, own]) => {
    const words = own.description ? `  // ${own.description}` : '';
    return `${pad}${name}${required.includes(name) ? '' : '?'}: ${typeOf(own, depth + 1)}${words}`;
  });
  return `{\n${lines.join('\n')}\n${'  '.repeat(depth)}}`;
}

function parameters(list) {
  if (list.length === 0) return undefined;
  const row = ({ name, in: where, required, description = '', schema }) =>
    node(
      'tr',
      {},
      node('td', {}, node('code', { textContent: name })),
      node('td', { textContent: where }),
      node('td', { textContent: `${typeOf(schema)}${required ? ', required' : ''}` }),
      node('td', { textContent: description }),
    );
  const head = node('tr', {}, ...['parameter', 'in', 'type', ''].map((textContent) => node('th', { textContent })));
  return node('table', {}, head, ...list.map(row));
}

function content(title, body) {
  return Object.entries(body?.content ?? {}).map(([type, { schema }]) =>
    node('div', {}, node('h4', { textContent: `${title} (${type})` }), node('pre', { textContent: typeOf(schema) })),
  );
}

function operation(path, method, spec) {
  const summary = node(
    'summary',
    {},
    node('span', { className: 'method', textContent: method.toUpperCase() }),
    node('span', { className: 'path', textContent: path }),
    node('span', { textContent: spec.summary ?? '' }),
    node('span', { className: 'role', textContent: spec['x-role'] }),
  );
  const answers = Object.entries(spec.responses)
    .filter(([status]) => status !== 'default')
    .flatMap(([status, answer]) => content(`Answer ${status}`, answer));
  const body = node(
    'div',
    { className: 'body' },
    parameters(spec.parameters),
    ...content('Body', spec.requestBody),
    ...answers,
  );
  const made = node('details', { id: spec.operationId }, summary, body);
  made.dataset.words = `${path} ${method} ${spec.summary ?? ''}`.toLowerCase();
  return made;
}

const byName = ([a], [b]) => (a < b ? -1 : 1);

function show(document_) {
  const groups = new Map();
  for (const [path, methods] of Object.entries(document_.paths)) {
    for (const [method, spec] of Object.entries(methods)) {
      const tag = spec.tags[0];
      groups.set(tag, [...(groups.get(tag) ?? []), operation(path, method, spec)]);
    }
  }
  at('about').textContent = `${document_.info.description} Version ${document_.info.version}.`;
  at('tags').replaceChildren(
    ...[...groups].sort(byName).map(([tag]) => node('a', { href: `#${tag}`, textContent: tag })),
  );
  at('operations').replaceChildren(
    ...[...groups]
      .sort(byName)
      .map(([tag, all]) => node('section', { id: tag }, node('h2', { textContent: tag }), ...all)),
  );
}

at('find').addEventListener('input', ({ target }) => {
  for (const one of document.querySelectorAll('details'))
    one.hidden = !one.dataset.words.includes(target.value.toLowerCase());
});

const answer = await fetch('/openapi.json');
show(await answer.json());
