/** The edge enforcer as its users meet it: seed 002's calls, OPA's wire, hot reload, the stream of decisions. */
import { execFile } from 'node:child_process';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { elava } from '../../clients/typescript/elava.generated.ts';
import { until } from '../support/until.ts';
import { type Rig, rig } from './rig.ts';
import { seedClient, seedRequest } from './seed.ts';

const plain = `package tenants["tenant-a"]

default allow := false

allow if input.action == "read"

redact := ["pii.phone"] if allow

reason := "read only"

conflict := input.a if input.c

conflict := input.b if input.c

nested.deep := {"list": [1, 2, {"x": "found"}]}

range := numbers.range(1, 3000)

slow if {
	some x in range
	some y in range
	some z in range
	(x * y) * z == -1
}
`;

let edge: Rig;
beforeAll(async () => {
  const budgets = { tiny: { rate: 5, concurrency: 0 } };
  edge = await rig(
    { 'tenants.timeout': '1s', 'tenants.memory': 2048, 'tenants.budgets': budgets },
    {
      'tenant-a': plain,
      broken: 'package tenants.broken\n\nallow if {',
      tiny: 'package tenants.tiny\n\nallow := true',
    },
  );
});
afterAll(async () => {
  await edge[Symbol.asyncDispose]();
});

const ask = (path: string, input: unknown) => edge.call(`/v1/data/tenants/${path}`, { body: { input } });

/** Where there is no curl, what it would send. */
async function curl(url: string, body: string): Promise<string> {
  const args = ['-sS', '-X', 'POST', url, '-H', 'Content-Type: application/json', '-d', body];
  try {
    return (await promisify(execFile)('curl', args)).stdout;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    const headers = { 'content-type': 'application/json', 'user-agent': 'curl/8', accept: '*/*' };
    return (await fetch(url, { method: 'POST', headers, body })).text();
  }
}

describe("the seed's own calls", () => {
  test("the seed's curl, word for word, answers as the seed says", async () => {
    const stdout = await curl(`${edge.url}/v1/data/tenants/tenant_a/allow`, JSON.stringify(seedRequest));
    expect(JSON.parse(stdout)).toEqual({
      result: { allow: true, redact: ['pii.email'], reason: 'Allowed by data residency policy' },
      metrics: { eval_duration_micros: expect.any(Number), tenant_id: 'tenant_a' },
    });
  });

  test("the seed's client code runs unchanged and sees decisions of a tenant with a hyphen", async () => {
    const client = seedClient(edge.ws);
    await until(
      () => client.said.length,
      (count) => count > 0,
    );
    await ask('tenant-a/allow', { action: 'read' });
    const [, decision] = await until(
      () => client.said,
      (said) => said.length > 1,
    );
    expect(client.said[0]).toEqual(['decision stream connected']);
    expect(decision).toEqual([
      'policy decision',
      expect.objectContaining({
        event_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        tenant_id: 'tenant-a',
        timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        decision: { allow: true, redact: ['pii.phone'], reason: 'read only' },
        input: { action: 'read' },
        metrics: { eval_duration_micros: expect.any(Number), tenant_id: 'tenant-a' },
      }),
    ]);
    client.close();
    await until(
      () => client.said.at(-1),
      (last) => last?.[0] === 'decision stream disconnected',
    );
  });

  test('allow is built from the package where the rule is no object', async () => {
    expect((await ask('tenant-a/allow', { action: 'read' })).body.result).toEqual({
      allow: true,
      redact: ['pii.phone'],
      reason: 'read only',
    });
    expect((await ask('tenant-a/allow', { action: 'write' })).body.result).toEqual({
      allow: false,
      redact: [],
      reason: 'read only',
    });
  });
});

describe("OPA's Data API", () => {
  test('every path under the package is a document; what is not there has no result', async () => {
    expect((await ask('tenant-a/redact', { action: 'read' })).body.result).toEqual(['pii.phone']);
    expect((await ask('tenant-a/nested/deep/list/2/x', {})).body.result).toBe('found');
    const missing = await ask('tenant-a/nothing/here', {});
    expect([missing.status, 'result' in missing.body]).toEqual([200, false]);
    expect((await edge.call('/v1/data/elsewhere', { body: {} })).text).toBe('{}\n');
  });

  test('GET takes the input as a parameter', async () => {
    const input = encodeURIComponent('{"action":"read"}');
    expect((await edge.call(`/v1/data/tenants/tenant-a/allow?input=${input}`)).body.result.allow).toBe(true);
    expect(await edge.call('/v1/data/tenants/tenant-a/allow?input=%7B')).toMatchObject({
      status: 400,
      body: { code: 'invalid_parameter', message: expect.stringContaining('malformed input document') },
    });
  });

  test('metrics, provenance, pretty and explain add what OPA adds', async () => {
    const path = 'tenant-a/allow?metrics&provenance&pretty=true&explain=full';
    const { body, text } = await ask(path, { action: 'read' });
    expect(body.metrics).toMatchObject({
      timer_rego_query_eval_ns: expect.any(Number),
      timer_server_handler_ns: expect.any(Number),
      counter_server_query_cache_hit: 1,
    });
    expect(body.provenance.bundles['tenant-a'].revision).toMatch(/^[0-9a-f]{64}$/);
    expect(body.explanation).toEqual([]);
    expect(text).toContain('\n  "result"');
  });

  test('a forgotten input is warned of; false is an input', async () => {
    expect((await edge.call('/v1/data/tenants/tenant-a/redact', { body: {} })).body).toMatchObject({
      warning: { code: 'api_usage_warning', message: "'input' key missing from the request" },
    });
    expect((await ask('tenant-a/allow', false)).body).not.toHaveProperty('warning');
  });

  test.each([
    ['a body that is no JSON', '{"input":', 400, 'invalid_parameter'],
    ['a list', '[]', 400, 'invalid_parameter'],
    ['a number', '7', 400, 'invalid_parameter'],
    ['a prototype', '{"__proto__":{"polluted":1}}', 400, 'invalid_parameter'],
    ['a prototype that is written in escapes', '{"\\u005f_proto__":{"polluted":1}}', 400, 'invalid_parameter'],
    ['a constructor', '{"constructor":{"prototype":{"polluted":1}}}', 400, 'invalid_parameter'],
    ['JSON of 100,000 levels', '['.repeat(100_000), 400, 'too_deep'],
    ['a megabyte and a byte', `{"input":"${'x'.repeat(1_048_576)}"}`, 413, 'invalid_parameter'],
  ])('%s is refused in the form of OPA', async (_, raw, status, code) => {
    const answer = await edge.call('/v1/data/tenants/tenant-a/allow', {
      raw,
      headers: { 'content-type': 'application/json' },
    });
    expect([answer.status, answer.body.code, typeof answer.body.message]).toEqual([status, code, 'string']);
    expect(answer.text).toMatch(/^\{\n {2}"code"/);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  test('gzip and YAML bodies are read, and a gzip that unpacks to too much is not', async () => {
    const send = (raw: Buffer | string, headers: Record<string, string>) =>
      edge.call('/v1/data/tenants/tenant-a/allow', { raw, headers });
    const packed = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
    expect((await send(gzipSync('{"input":{"action":"read"}}'), packed)).body.result.allow).toBe(true);
    expect((await send('input: {action: read}\n', { 'content-type': 'application/yaml' })).body.result.allow).toBe(
      true,
    );
    expect((await send(gzipSync(Buffer.alloc(64 * 1024 * 1024, 32)), packed)).status).toBe(413);
    expect((await send('no gzip', packed)).status).toBe(400);
  });

  test('text and XML are not read, a form is what curl calls JSON', async () => {
    const send = (type: string) =>
      edge.call('/v1/data/tenants/tenant-a/allow', {
        raw: '{"input":{"action":"read"}}',
        headers: { 'content-type': type },
      });
    expect((await send('text/plain')).status).toBe(415);
    expect((await send('application/xml')).status).toBe(415);
    expect((await send('application/x-www-form-urlencoded')).body.result.allow).toBe(true);
  });

  test('a conflict is an internal error with its place', async () => {
    const { status, body } = await ask('tenant-a/conflict', { c: true, a: 1, b: 2 });
    expect([status, body.code, body.message]).toEqual([
      500,
      'internal_error',
      'error(s) occurred while evaluating query',
    ]);
    expect(body.errors[0]).toMatchObject({ code: 'eval_conflict_error', location: { file: 'policy.rego' } });
  });

  test('a policy that does not end is ended, and another tenant is answered meanwhile', async () => {
    const slow = ask('tenant-a/slow', {});
    expect((await ask('tenant_a/allow', seedRequest.input)).body.result.allow).toBe(true);
    expect(await slow).toMatchObject({ status: 504, body: { code: 'eval_timeout' } });
  });

  test('version 0 takes the input as body and gives the bare value', async () => {
    expect((await edge.call('/v0/data/tenants/tenant-a/redact', { body: { action: 'read' } })).body).toEqual([
      'pii.phone',
    ]);
    const missing = { code: 'undefined_document', message: 'document missing: data.tenants["tenant-a"].none' };
    expect(await edge.call('/v0/data/tenants/tenant-a/none', { body: {} })).toMatchObject({
      status: 404,
      body: missing,
    });
    expect((await edge.call('/v1/query', { body: {} })).text).toBe('404 page not found\n');
  });

  test('a batch answers each input by its name, 207 where some failed', async () => {
    const path = '/v1/batch/data/tenants/tenant-a/conflict';
    const inputs = { good: { a: 1, b: 1 }, bad: { a: 1, b: 2 } };
    const { status, body } = await edge.call(path, { body: { common_input: { c: true }, inputs } });
    expect([status, body.responses.good.result, body.responses.good.http_status_code]).toEqual([207, 1, '200']);
    expect(body.responses.bad).toMatchObject({ code: 'internal_error', http_status_code: '500' });
  });

  test.each([
    '%2e%2e%2f%2e%2e%2fetc',
    '..%2f',
    'a%00b',
    'A',
    'a%2fb',
    'a'.repeat(300),
    '__proto__',
    'constructor',
    'a%E2%80%A4b',
    'a.',
  ])('tenant %s is none, before anything is looked for', async (id) => {
    const answer = await edge.call(`/v1/data/tenants/${id}/allow`, { body: {} });
    expect([answer.status, answer.body.code]).toEqual([400, 'invalid_tenant_id']);
  });
});

test('a tenant whose budget is used up gets 429, and a warning on its stream before', async () => {
  const socket = new WebSocket(`${edge.ws}/v1/stream/decisions?tenant_id=tiny`);
  const said: any[] = [];
  socket.addEventListener('message', ({ data }) => said.push(JSON.parse(String(data))));
  await until(
    () => said.length,
    (count) => count > 0,
  );
  // Of eight that come too slowly none is refused: the budget grows back.
  const refused = await until(async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => ask('tiny/allow', {})));
    return answers.find(({ status }) => status === 429);
  });
  expect(refused?.body).toMatchObject({ code: 'too_many_requests' });
  expect(refused?.headers.get('retry-after')).toBe('1');
  const warning = await until(
    () => said.find(({ type }) => type === 'quota_warning'),
    (found) => found !== undefined,
  );
  expect(warning.data).toMatchObject({ tenant_id: 'tiny', budget: 'rate', limit: 5 });
  expect((await ask('tenant_a/allow', seedRequest.input)).status).toBe(200);
  socket.close();
});

test('a policy that wants the network is refused with its place', async () => {
  const text = 'package tenants.tiny\n\nx := http.send({"method": "get", "url": "http://127.0.0.1"})';
  const refused = await edge.call('/api/policies/tiny/net', { body: { name: 'net', kind: 'rego', text } });
  expect(refused).toMatchObject({ status: 422, body: { message: expect.stringContaining('api/net.rego:3:6') } });
  expect(refused.body.message).toContain('undefined function http.send');
});

test('without authentication the server is for loopback names, whoever they lead to it, and for its own pages', async () => {
  expect((await edge.call('/api/whoami')).body).toMatchObject({ id: 'development', role: 'admin', tenants: '*' });
  const answer = await new Promise<string>((resolve) => {
    const socket = connect(Number(new URL(edge.url).port), '127.0.0.1', () =>
      socket.write('GET /api/whoami HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\n\r\n'),
    );
    let text = '';
    socket.on('data', (data) => (text += String(data))).on('close', () => resolve(text));
  });
  expect(answer).toContain('ORIGIN_FORBIDDEN');
  const headers = { origin: 'https://evil.example', 'content-type': 'application/x-www-form-urlencoded' };
  expect((await edge.call('/v1/data/tenants/tenant-a/allow', { raw: '{}', headers })).status).toBe(403);
});

test('the generated client asks and throws with types', async () => {
  const api = elava({ url: edge.url });
  const { tenants } = await api.getApiTenants();
  expect(tenants.map(({ id }) => id)).toContain('tenant_a');
  const { result } = await api.postV1DataPath({ path: 'tenants/tenant_a/allow', body: seedRequest });
  expect(result).toMatchObject({ allow: true });
  await expect(api.getApiTenantsTenant({ tenant: 'nope' })).rejects.toMatchObject({
    status: 404,
    code: 'TENANT_UNKNOWN',
  });
});

describe('policies and health', () => {
  test("OPA's policy API: errors with their place, a put that serves at once, a delete", async () => {
    const put = (text: string) =>
      edge.call('/v1/policies/extra', { method: 'PUT', raw: text, headers: { 'content-type': 'text/plain' } });
    expect(await put('package tenants["tenant-a"]\n\nextra if y')).toMatchObject({
      status: 400,
      body: {
        code: 'invalid_parameter',
        message: 'error(s) occurred while compiling module(s)',
        errors: [{ code: 'rego_unsafe_var_error', message: 'var y is unsafe', location: { row: 3, col: 10 } }],
      },
    });
    expect((await put('')).status).toBe(400);
    expect(await put('package tenants["tenant-a"]\n\nextra := 1')).toMatchObject({ status: 200, text: '{}' });
    expect((await ask('tenant-a/extra', {})).body.result).toBe(1);
    expect((await edge.call('/v1/policies/extra')).body.result).toMatchObject({ id: 'tenants/tenant-a/extra' });
    expect((await edge.call('/v1/policies/tenants/tenant-a/extra', { method: 'DELETE' })).status).toBe(200);
    expect((await ask('tenant-a/extra', {})).body).not.toHaveProperty('result');
    expect(await edge.call('/v1/policies/nope')).toMatchObject({
      status: 404,
      body: { code: 'resource_not_found', message: 'storage_not_found_error: policy id "nope"' },
    });
  });

  test('health names no tenant but says that a bundle is not active; status says why', async () => {
    expect((await edge.call('/health')).status).toBe(200);
    expect(await edge.call('/health?bundles')).toMatchObject({
      status: 500,
      body: { error: expect.stringContaining('not activated: 1') },
    });
    const { result } = (await edge.call('/v1/status')).body;
    expect(result.bundles['tenant_a']).toMatchObject({ active_revision: '1.0.0' });
    expect(result.bundles['broken'].errors[0]).toMatchObject({ file: 'policy.rego', row: 3 });
    expect((await edge.call('/metrics')).text).toMatch(
      /http_request_duration_seconds_count\{code="200",handler="v1\/data",method="POST"\} \d+/,
    );
  });
});

describe('hot reload', () => {
  test('a new tenant, a change, a bad change that leaves the last good one, a removal', async () => {
    const policy = (word: string): string => `package tenants.fresh\n\nallow := {"allow": true, "reason": "${word}"}\n`;
    const reason = async () => (await ask('fresh/allow', {})).body?.result?.reason;
    await edge.tenant('fresh', policy('first'));
    await until(reason, (word) => word === 'first');
    await edge.tenant('fresh', policy('second'), { 'metadata.json': '{"version": "2"}' });
    await until(reason, (word) => word === 'second');
    await edge.tenant('fresh', 'package tenants.tenant_a\n\nallow := true\n');
    const state = async () => (await edge.call('/api/tenants/fresh')).body;
    const stale = await until(state, ({ state: now }) => now === 'stale');
    expect(stale.errors[0]).toMatchObject({
      file: 'policy.rego',
      row: 1,
      message: expect.stringContaining('tenants.fresh'),
    });
    expect(await reason()).toBe('second');
    await rm(join(edge.directory, 'tenants.d', 'fresh'), { recursive: true });
    await until(
      async () => (await ask('fresh/allow', {})).status,
      (status) => status === 404,
    );
  });

  test('several files and data of a tenant load together; data is its own', async () => {
    const folder = join(edge.directory, 'tenants.d', '.new');
    await mkdir(folder, { recursive: true });
    await writeFile(
      join(folder, 'policy.rego'),
      'package tenants.many\n\nallow := data.limits.max > data.tenants.many.helper.least\n',
    );
    await writeFile(join(folder, 'helper.rego'), 'package tenants.many.helper\n\nleast := 3\n');
    await writeFile(join(folder, 'data.json'), '{"limits": {"max": 5}}');
    await rename(folder, join(edge.directory, 'tenants.d', 'many'));
    await until(
      async () => (await ask('many/allow', {})).body?.result?.allow,
      (allow) => allow === true,
    );
    expect((await edge.call('/v1/data/limits', { body: {} })).text).toBe('{}\n');
  });
});
