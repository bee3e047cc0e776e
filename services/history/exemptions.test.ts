import { afterEach, beforeEach, expect, test } from '@jest/globals';
import * as read from './actions-read.ts';
import * as write from './actions-write.ts';
import type { Evaluation, Exemption } from './history.contract.ts';
import { resource, scan, type TestMemory, testMemory, unit } from './testing.ts';

let t: TestMemory;
beforeEach(async () => {
  t = await testMemory();
});
afterEach(() => t.close());

const other = { ...unit, type: 's3' };
const exemption = (more: Partial<Exemption> = {}): Exemption => ({
  id: 'ex-1',
  resource: resource('web_1').id,
  rule: 'elava.security',
  reason: 'agreed',
  owner: 'web',
  approver: 'security',
  created_at: '2026-11-20T12:00:00.000Z',
  expires_at: '2026-12-01T00:00:00.000Z',
  ...more,
});
const asked = { bundle: 'b', judged_before: '2026-11-01T00:00:00.000Z' };
const dueTypes = async () => (await read.due(t.memory, asked)).units.map((one) => [one.unit.type, one.since]);

async function judged(at: string, evaluations: Evaluation[] = []): Promise<void> {
  t.clock.set(at);
  for (const { unit: of, upto } of (await read.due(t.memory, { ...asked, judged_before: at })).units) {
    const own = evaluations.filter(({ type }) => type === of.type);
    await write.storeJudged(t.memory, { unit: of, bundle: 'b', at, evaluations: own, cleared: [], upto });
  }
}
async function estate(): Promise<void> {
  await scan(t.memory, { scan: '1', at: '2026-11-20T11:00:00.000Z', seen: [resource('web_1'), resource('webx1')] });
  await scan(t.memory, { scan: '2', at: '2026-11-20T11:00:00.000Z', unit: other, seen: [resource('b', {}, other)] });
  await judged('2026-11-20T11:30:00.000Z');
  t.clock.set('2026-11-20T12:00:00.000Z');
}

test('what is stored is there after a restart, and what is removed is gone', async () => {
  await write.exempt(t.memory, exemption());
  await t.reopen();
  expect(await read.exemptions(t.memory)).toEqual({ exemptions: [{ ...exemption(), used: 0 }] });
  t.clock.set('2026-11-20T13:00:00.000Z');
  await write.unexempt(t.memory, { id: 'ex-1' });
  expect(await read.exemptions(t.memory)).toEqual({ exemptions: [] });
  await expect(write.unexempt(t.memory, { id: 'ex-1' })).rejects.toMatchObject({ type: 'NOT_FOUND' });
});

test.each([
  ['in the past', { expires_at: '2026-11-20T12:00:00.000Z' }],
  ['approved by its owner', { approver: 'web' }],
])('refused: %s', async (_, more) => {
  await expect(write.exempt(t.memory, exemption(more))).rejects.toMatchObject({ type: 'INVALID_REQUEST' });
});

test('refused: an id that is taken', async () => {
  await write.exempt(t.memory, exemption());
  await expect(write.exempt(t.memory, exemption())).rejects.toMatchObject({ type: 'INVALID_REQUEST' });
});

test('what it touches is due again as a whole: when it comes, when it expires, when it goes', async () => {
  await estate();
  expect(await dueTypes()).toEqual([]);
  await write.exempt(t.memory, exemption());
  expect(await dueTypes()).toEqual([['ec2', undefined]]);
  await judged('2026-11-20T12:01:00.000Z');
  expect(await dueTypes()).toEqual([]);
  t.clock.set('2026-12-01T00:00:00.000Z');
  expect(await dueTypes()).toEqual([['ec2', undefined]]);
  await judged('2026-12-01T00:01:00.000Z');
  expect(await dueTypes()).toEqual([]);
  t.clock.set('2026-12-01T00:02:00.000Z');
  await write.unexempt(t.memory, { id: 'ex-1' });
  expect(await dueTypes()).toEqual([['ec2', undefined]]);
});

test.each([
  ['*', ['ec2', 's3']],
  ['arn:aws:ec2:*:instance/web*', ['ec2']],
  ['arn:aws:ec2:*:instance/web_', []],
  ['%', []],
  ['\\*', []],
  ['*web_1', ['ec2']],
  ['*we_x1', []],
])('the units that %s touches', async (pattern, types) => {
  await estate();
  await write.exempt(t.memory, exemption({ resource: pattern }));
  expect((await dueTypes()).map(([type]) => type)).toEqual(types);
});

test('an exemption is used by as many results as it changes', async () => {
  await estate();
  await write.exempt(t.memory, exemption());
  const { account, region, type } = unit;
  const result = { decision: 'allow', reason: '', confidence: 1, policies: [], metadata: {}, actions: [] };
  const evaluation = {
    id: 'e1',
    resource_id: resource('web_1').id,
    policy_name: 'elava.security',
    result: { ...result, exempt: ['ex-1'], would: 'deny' },
    effect: 'allow',
    error: '',
    evaluated_at: '2026-11-20T12:01:00.000Z',
    revision: '1',
    bundle: 'b',
    account,
    region,
    type,
    name: 'web_1',
    environment: 'prod',
  };
  await judged('2026-11-20T12:01:00.000Z', [evaluation]);
  expect((await read.exemptions(t.memory)).exemptions).toMatchObject([{ id: 'ex-1', used: 1 }]);
  const { evaluations } = await read.evaluations(t.memory, {});
  expect(evaluations[0]?.result).toMatchObject({ decision: 'allow', exempt: ['ex-1'], would: 'deny' });
});
