/** The decision log: in OPA's form, masked by the tenant's own policy, kept, asked for, and sent to a collector. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { until } from '../support/until.ts';
import { type Rig, rig } from './rig.ts';

const policy = 'package tenants.logged\n\nallow := {"allow": true, "token_of": input.user}\n';
const logPolicy = `package system.log

mask contains "/input/user/email"

mask contains {"op": "upsert", "path": "/input/user/name", "value": "somebody"}

drop if input.input.quiet
`;
let edge: Rig;
let collector: Server;
const uploaded: any[] = [];

beforeAll(async () => {
  collector = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      expect(request.headers).toMatchObject({ 'content-encoding': 'gzip', authorization: 'Bearer collector-token' });
      uploaded.push(...(JSON.parse(gunzipSync(Buffer.concat(parts)).toString()) as unknown[]));
      response.end();
    });
  }).listen(0, '127.0.0.1');
  await once(collector, 'listening');
  const url = `http://127.0.0.1:${(collector.address() as AddressInfo).port}/logs`;
  const upload = {
    'decisions.upload.url': url,
    'decisions.upload.token': 'collector-token',
    'decisions.upload.interval': '100ms',
  };
  edge = await rig({ 'decisions.enabled': true, 'events.allow_private': true, ...upload });
  await edge.tenant('logged', policy, { 'log.rego': logPolicy });
  const quietly = { body: { input: { quiet: true, user: {} } } };
  await until(async () => (await edge.call('/v1/data/tenants/logged/allow', quietly)).body?.result?.allow);
});
afterAll(async () => {
  await edge[Symbol.asyncDispose]();
  collector.close();
});

test('what a tenant was answered is kept as its mask leaves it, without secrets, and sent packed', async () => {
  const input = {
    user: { email: 'a@b.example', name: 'ada' },
    password: 'hunter2hunter2',
    key: 'AKIAABCDEFGHIJKLMNOP',
  };
  const { body } = await edge.call('/v1/data/tenants/logged/allow', { body: { input } });
  expect(body.decision_id).toMatch(/^[0-9a-f-]{36}$/);
  const read = async () => (await edge.call(`/api/decisions?tenant=logged&id=${body.decision_id}`)).body.decisions;
  const [kept] = await until(read, (found) => found.length === 1);
  const event = JSON.parse(kept.event);
  expect(kept).toMatchObject({ tenant: 'logged', path: 'tenants/logged/allow', effect: 'allow', allowed: true });
  expect(event).toMatchObject({
    labels: { tenant_id: 'logged' },
    decision_id: body.decision_id,
    path: 'tenants/logged/allow',
    input: { user: { name: 'somebody' } },
    erased: ['/input/user/email'],
    masked: ['/input/user/name'],
    bundles: { logged: { revision: kept.bundle } },
    requested_by: 'development',
  });
  expect(event.input.user).not.toHaveProperty('email');
  const sent = await until(
    () => uploaded.filter((one) => one.decision_id === body.decision_id),
    (all) => all.length === 1,
  );
  expect(sent[0]).toEqual(event);
  expect(`${kept.event}${edge.logged.join('')}`).not.toMatch(/hunter2|AKIAABCDEFGHIJKLMNOP/);
});

test('what the policy drops is not kept', async () => {
  const { body } = await edge.call('/v1/data/tenants/logged/allow', { body: { input: { quiet: true } } });
  await edge.call('/v1/data/tenants/logged/allow', { body: { input: { last: true } } });
  await until(
    async () => (await edge.call('/api/decisions?tenant=logged')).text,
    (text) => text.includes('last'),
  );
  expect((await edge.call(`/api/decisions?id=${body.decision_id}`)).body.decisions).toEqual([]);
});

test('pages follow one another, and a cursor of elsewhere is refused', async () => {
  for (let i = 0; i < 5; i++) await edge.call('/v1/data/tenants/tenant_a/allow', { body: { input: { i } } });
  const all = await until(
    async () => (await edge.call('/api/decisions?tenant=tenant_a')).body.decisions,
    (found) => found.length === 5,
  );
  const first = (await edge.call('/api/decisions?tenant=tenant_a&limit=3')).body;
  const second = (await edge.call(`/api/decisions?tenant=tenant_a&limit=3&after=${first.next}`)).body;
  expect([...first.decisions, ...second.decisions].map(({ id }) => id)).toEqual(
    all.map(({ id }: { id: string }) => id),
  );
  expect(second.next).toBeUndefined();
  expect((await edge.call("/api/decisions?after=1' OR 1")).status).toBe(400);
});
