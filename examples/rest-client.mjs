// The same over HTTP, with nothing installed: node examples/rest-client.mjs http://127.0.0.1:8181 [token]
const [base = 'http://127.0.0.1:8181', token] = process.argv.slice(2);
const headers = token ? { authorization: `Bearer ${token}` } : {};

async function get(path, query = {}) {
  const url = new URL(path, base);
  for (const [name, value] of Object.entries(query))
    for (const one of [value].flat()) url.searchParams.append(name, one);
  const response = await fetch(url, { headers, signal: AbortSignal.timeout(10_000) });
  const body = await response.json();
  if (!response.ok) throw new Error(`${body.code}: ${body.message} ${body.next ?? ''}`);
  return body;
}

console.log((await get('/api/counts')).types);
let after;
do {
  const page = await get('/api/resources', {
    type: ['ec2', 'rds'], // also account, region, status, owner, text, and tag: 'env=prod'
    limit: 500,
    ...(after && { after }),
  });
  for (const { id, status } of page.resources) console.log(id, status);
  after = page.next;
} while (after);
