/** Tenants' policies: OPA's answers at any path, one tenant's never another's, replaced whole while they are asked. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { RegoCompiler } from '../compiler/compiler.ts';
import { PolicyPool } from '../pool.ts';
import { sourcesOf } from '../sources.ts';
import type { QueryLimits } from './query-limits.ts';
import { Tenants } from './tenants.ts';

const compiler = new RegoCompiler();
const pool = new PolicyPool({ threads: 1, deadlineMs: 20_000, maxQueue: 64 });
const limits: QueryLimits = { deadlineMs: 20_000, memoryBytes: 16 * 1024 * 1024, concurrency: 0 };
const tenants = new Tenants({ compiler, pool, now: () => Date.parse('2026-11-22T10:00:00Z'), limits, maxModules: 2 });
afterAll(async () => {
  tenants.close();
  await Promise.all([pool.close(), compiler.close()]);
});

const rego = `package tenants["tenant-a"]

default allow := false
allow if input.action == "read"
redact contains "pii.email" if allow
levels := [{"name": "low"}, {"name": "high"}]
numbers contains n if some n in [1, 2]
limits.reads.day := 100
both := 1 if input.conflict
both := 2 if input.conflict
now := time.now_ns()
twice(x) := x * 2
seen := input
region := data.regions[0]
`;
const files = [
  { path: 'policy.rego', text: rego },
  { path: 'more.rego', text: 'package tenants["tenant-a"].more.deep\n\ny := 2\n' },
  { path: 'data.json', text: '{"regions": ["eu"], "tenants": {"tenant-a": {"base": {"k": [7]}}}}' },
];
const load = (tenant: string, texts: typeof files, more = {}) =>
  tenants.load({ tenant, sources: sourcesOf(texts), ...more });
const rule = (tenant: string, body: string) => [
  { path: 'policy.rego', text: `package tenants.${tenant}\n\n${body}\n` },
];

async function ask(tenant: string, path: string, ...input: unknown[]) {
  const question = { paths: [path.split('/')], ...(input.length > 0 && { input: input[0] }) };
  const { answers } = await tenants.ask(tenant, [question]);
  const [answer] = answers;
  return answer?.error ?? answer?.values[0];
}

describe('paths of a document', () => {
  beforeAll(() => load('tenant-a', files, { revision: 'r1' }));

  test.each<[string, unknown]>([
    ['tenants/tenant-a/allow', { result: true }],
    ['tenants/tenant-a/redact', { result: ['pii.email'] }],
    ['tenants/tenant-a/redact/pii.email', { result: 'pii.email' }],
    ['tenants/tenant-a/redact/pii', {}],
    ['tenants/tenant-a/levels/1/name', { result: 'high' }],
    ['tenants/tenant-a/levels/2', {}],
    ['tenants/tenant-a/levels/01', {}],
    ['tenants/tenant-a/numbers/2', { result: 2 }],
    ['tenants/tenant-a/limits/reads', { result: { day: 100 } }],
    ['tenants/tenant-a/limits/reads/day', { result: 100 }],
    ['tenants/tenant-a/limits/reads/day/x', {}],
    ['tenants/tenant-a/more', { result: { deep: { y: 2 } } }],
    ['tenants/tenant-a/base/k/0', { result: 7 }],
    ['tenants/tenant-a/now', { result: 1_795_341_600_000_000_000 }],
    ['tenants/tenant-a/region', { result: 'eu' }],
    ['regions', { result: ['eu'] }],
    ['tenants/tenant-a/both', {}],
    ['tenants/tenant-a/twice', {}],
    ['tenants/tenant-a/twice/2', {}],
    ['tenants/tenant-a/nothing', {}],
    ['tenants/tenant-a/__proto__', {}],
    ['tenants/tenant-a/constructor/name', {}],
    ['tenants/tenant-b', {}],
    ['constructor', {}],
    ['', {}],
  ])('%s', async (path, expected) => {
    expect(await ask('tenant-a', path, { action: 'read' })).toEqual(expected);
  });

  test('an input that is not there is undefined, and null is null', async () => {
    expect(await ask('tenant-a', 'tenants/tenant-a/seen')).toEqual({});
    expect(await ask('tenant-a', 'tenants/tenant-a/seen', null)).toEqual({ result: null });
    expect(await ask('tenant-a', 'tenants/tenant-a/seen', false)).toEqual({ result: false });
  });

  test('a conflict is the fault of its rule: its path fails, the one beside it does not', async () => {
    const input = { action: 'read', conflict: true };
    expect(await ask('tenant-a', 'tenants/tenant-a/both', input)).toMatchObject({ code: 'POLICY_EVALUATION' });
    expect(await ask('tenant-a', 'tenants/tenant-a/allow', input)).toEqual({ result: true });
  });

  test('several paths and questions in one call, in their order, each with its own error', async () => {
    const path = (name: string) => ['tenants', 'tenant-a', name];
    const { answers, revision } = await tenants.ask('tenant-a', [
      { paths: [path('allow'), path('redact'), path('reason')], input: { action: 'read' } },
      { paths: [path('both')], input: { conflict: true } },
      { paths: [path('allow')] },
    ]);
    expect(revision).toBe('r1');
    expect(answers.map(({ values }) => values)).toEqual([
      [{ result: true }, { result: ['pii.email'] }, {}],
      [],
      [{ result: false }],
    ]);
    expect(answers[1]?.error).toMatchObject({ code: 'POLICY_EVALUATION' });
  });
});

describe('loading', () => {
  test('a bad bundle leaves the good one serving, and says where', async () => {
    await load('kept', rule('kept', 'x := 1'));
    const after = await load('kept', rule('kept', 'x := '));
    expect(after).toMatchObject({ state: 'serving', errors: [{ file: 'policy.rego', row: 4 }, { row: 4 }] });
    expect(await ask('kept', 'tenants/kept/x')).toEqual({ result: 1 });
    expect(await load('kept', rule('kept', 'x := 2'))).toMatchObject({ errors: [] });
    expect(await ask('kept', 'tenants/kept/x')).toEqual({ result: 2 });
  });

  test('of a tenant that never had a good one the question fails', async () => {
    const info = await load('never', rule('never', 'x := y'));
    expect(info).toMatchObject({ state: 'broken', revision: '' });
    await expect(ask('never', 'tenants/never/x')).rejects.toMatchObject({ type: 'POLICY_SYNTAX' });
  });

  test('a package of another tenant is refused, and one outside', async () => {
    const info = await load('thief', rule('kept', 'x := 3'));
    expect(info.errors).toMatchObject([{ code: 'tenant_package', file: 'policy.rego' }]);
    expect((await load('thief', [{ path: 'p.rego', text: 'package elava.waste\n\nx := 1\n' }])).errors).toHaveLength(1);
    const own = await tenants.load({
      tenant: 'rules',
      sources: sourcesOf([{ path: 'p.rego', text: 'package elava.rules\n\nx := 1\n' }]),
      roots: ['elava'],
    });
    expect(own).toMatchObject({ state: 'serving', packages: ['elava.rules'] });
  });

  test('what reaches out is refused with its place', async () => {
    const info = await load('outward', rule('outward', 'x := http.send({"method": "get", "url": "http://a"})'));
    expect(info.errors).toMatchObject([{ row: 3, message: 'undefined function http.send' }]);
  });

  test('lazily: nothing is compiled before it is asked, and a fault is told then', async () => {
    expect(await load('later', rule('later', 'x := 5'), { lazy: true })).toMatchObject({
      state: 'waiting',
      digest: '',
    });
    const both = await Promise.all([ask('later', 'tenants/later/x'), ask('later', 'tenants/later/x')]);
    expect(both).toEqual([{ result: 5 }, { result: 5 }]);
    await load('latebad', rule('latebad', 'x := '), { lazy: true });
    await expect(ask('latebad', 'tenants/latebad/x')).rejects.toMatchObject({ type: 'POLICY_SYNTAX' });
  });

  test('data alone is a bundle', async () => {
    await load('plain', [{ path: 'tenants/plain/data.json', text: '{"a": [1]}' }]);
    expect(await ask('plain', 'tenants/plain/a/0')).toEqual({ result: 1 });
  });

  test('a wrong id, an unknown one, a removed one', async () => {
    await expect(load('../etc', files)).rejects.toMatchObject({ type: 'TENANT_ID' });
    await expect(ask('nobody', 'x')).rejects.toMatchObject({ type: 'TENANT_UNKNOWN' });
    expect(tenants.remove('plain')).toBe(true);
    expect(tenants.remove('plain')).toBe(false);
    await expect(ask('plain', 'tenants/plain/a')).rejects.toMatchObject({ type: 'TENANT_UNKNOWN' });
  });
});

test('the same policies, and each tenant has its own data and instance', async () => {
  const body = 'x := data.secret\n\nsame if data.secret == input';
  for (const id of ['one', 'two', 'three', 'four']) {
    await load(id, [...rule(id, body), { path: 'data.json', text: JSON.stringify({ secret: `of ${id}` }) }]);
  }
  for (const id of ['one', 'two', 'three', 'four', 'one']) {
    expect(await ask(id, `tenants/${id}/x`)).toEqual({ result: `of ${id}` });
    expect(await ask(id, 'tenants/two/x')).toEqual(id === 'two' ? { result: 'of two' } : {});
  }
});

test('memory is capped for each tenant, and told apart from other faults', async () => {
  await load(
    'greedy',
    rule('greedy', 'x := count([n | some i in numbers.range(1, 3000000); n := sprintf("%d and more", [i])])'),
    {
      limits: { deadlineMs: 120_000, memoryBytes: 8 * 1024 * 1024 },
    },
  );
  expect(await ask('greedy', 'tenants/greedy/x')).toMatchObject({ code: 'POLICY_MEMORY' });
  expect(await ask('one', 'tenants/one/x')).toEqual({ result: 'of one' });
});

test('an endless question is ended alone; the third time its tenant is not asked again, another one with the same rules is', async () => {
  const body =
    'x := 1 if { input.endless; s := {i | some i in numbers.range(1, 3000)}; t := {-1}; s[a]; s[b]; s[c]; t[c] }\n\ny := 2';
  for (const id of ['endless', 'patient']) await load(id, rule(id, body), { limits: { deadlineMs: 1500 } });
  const asked = (id: string, endless: boolean) => ({
    paths: [
      ['tenants', id, 'x'],
      ['tenants', id, 'y'],
    ],
    input: { endless },
  });
  const first = await tenants.ask('endless', [asked('endless', true), asked('endless', false)]);
  expect(first.answers.map(({ values, error }) => error?.code ?? values)).toEqual([
    'DEADLINE_EXCEEDED',
    [{}, { result: 2 }],
  ]);
  for (let i = 0; i < 2; i++) await tenants.ask('endless', [asked('endless', true)]);
  const { answers } = await tenants.ask('endless', [asked('endless', false)]);
  expect(answers[0]?.error?.code).toBe('POLICY_QUARANTINED');
  expect(await ask('patient', 'tenants/patient/y', {})).toEqual({ result: 2 });
  await load('endless', rule('endless', 'y := 3'));
  expect(await ask('endless', 'tenants/endless/y', {})).toEqual({ result: 3 });
});
