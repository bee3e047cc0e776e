/** Exceptions from policies over HTTP: approvers make and end them, and agree in their own name only. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { makeKey, writeKeys } from '../../services/gateway/auth/api-keys.ts';
import { type Rig, rig } from './rig.ts';

const keys: Record<string, string> = {};
let edge: Rig;
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'elava-exemptions-'));
  const file = join(directory, 'keys.json');
  const expires = new Date(Date.now() + 3_600_000);
  const stored = (['viewer', 'operator', 'approver'] as const).map((role) => {
    const made = makeKey({ id: role, role, tenants: '*', expires });
    keys[role] = made.key;
    return made.stored;
  });
  await writeKeys(file, stored);
  edge = await rig({ 'gateway.auth.keys': file }, {});
});
afterAll(async () => {
  await edge[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

const wanted = {
  resource: 'arn:aws:s3:::site-*',
  rule: 'security.deny_public_bucket',
  reason: 'a public web site',
  owner: 'web',
  expires_at: '2099-01-01T00:00:00.000Z',
};

async function call(role: string, method: string, path: string, body?: object) {
  const headers = { authorization: `Bearer ${keys[role]}`, 'content-type': 'application/json' };
  const response = await fetch(`${edge.url}/api/exemptions${path}`, {
    method,
    headers: body ? headers : { authorization: headers.authorization },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}
const all = async (): Promise<object[]> => (await call('viewer', 'GET', '')).body['exemptions'] as object[];

test.each(['viewer', 'operator'])('a %s neither makes nor ends one', async (role) => {
  expect(await call(role, 'POST', '', wanted)).toMatchObject({ status: 403 });
  expect(await call(role, 'DELETE', '/ex-1')).toMatchObject({ status: 403 });
  expect(await all()).toEqual([]);
});

test('an approver makes it in their own name, everybody sees it, and an approver ends it', async () => {
  const made = await call('approver', 'POST', '', wanted);
  expect(made).toMatchObject({ status: 201, body: { approver: 'key:approver', expires_at: wanted.expires_at } });
  expect(await all()).toMatchObject([{ ...wanted, id: made.body['id'], approver: 'key:approver' }]);
  expect(await call('approver', 'DELETE', `/${String(made.body['id'])}`)).toMatchObject({ status: 200 });
  expect(await all()).toEqual([]);
});

test.each([
  ["in another's name", { ...wanted, approver: 'somebody' }],
  ['for themselves', { ...wanted, owner: 'approver' }],
  ['until yesterday', { ...wanted, expires_at: '2020-01-01T00:00:00.000Z' }],
  ['without a reason', { ...wanted, reason: '' }],
])('not %s', async (_, body) => {
  expect(await call('approver', 'POST', '', body)).toMatchObject({ status: 400 });
  expect(await all()).toEqual([]);
});

test('one that is not there cannot be ended', async () => {
  expect(await call('approver', 'DELETE', '/ex-none')).toMatchObject({ status: 404 });
});
