/** What must never happen, from the simulator's own ledger: limits, modes, dry runs, a store that is down, a week of time. */
import { describe, expect, test } from '@jest/globals';
import { DAY, type Rig, rig } from './harness.ts';

const tag = { tags: { seen: 'yes' } };

async function everything(one: Rig, action = 'tag', params: object = tag): Promise<number> {
  const all = one.some('ec2', ({ api }) => (api as { State: { Name: string } }).State.Name === 'running');
  for (const { arn } of all) one.want(arn, action, params);
  await one.look('ec2');
  return all.length;
}

test('a policy that matches everything does nothing at all; a plan within the limit does', async () => {
  await using one = await rig({ resources: { ec2: 60 }, flags: { 'reconciler.limits.count': 5 } });
  const asked = await everything(one);
  expect(asked).toBeGreaterThan(40);
  const plan = await one.reconciler.plan({ by: 'ada' });
  expect(plan.items).toHaveLength(asked);
  expect(new Set(plan.items.map(({ held }) => held)).size).toBe(1);
  const applied = await one.reconciler.apply({ plan: plan.id, by: 'ada' });
  expect(applied).toMatchObject({ done: 0, held: asked });
  expect(applied.items[0]?.why).toContain(`${asked} of 60 are more than the 5 of one run`);
  expect(one.calls()).toEqual([]);
  const few = plan.items.slice(0, 5).map(({ id }) => id);
  expect((await one.reconciler.apply({ plan: plan.id, by: 'ada', items: few })).done).toBe(5);
  // The rest of the plan is over the limit together with what it did.
  const rest = plan.items.slice(5, 6).map(({ id }) => id);
  expect((await one.reconciler.apply({ plan: plan.id, by: 'ada', items: rest })).done).toBe(0);
  expect(one.calls()).toHaveLength(5);
});

describe.each(['monitor', 'notify'])('in mode %s', (mode) => {
  test('no changing call is made, whatever is asked for', async () => {
    await using one = await rig({ resources: { ec2: 12 }, flags: { 'policies.enforcement_mode': mode } });
    await everything(one);
    const plan = await one.reconciler.plan({ by: 'ada' });
    await one.reconciler.approve({ items: plan.items.map(({ id }) => id), by: 'bob' });
    expect((await one.reconciler.apply({ plan: plan.id, by: 'ada' })).done).toBe(0);
    await one.reconciler.tick({});
    expect(one.calls()).toEqual([]);
  });
});

test('a dry run makes no changing call', async () => {
  await using one = await rig({ resources: { ec2: 12 } });
  const asked = await everything(one);
  const plan = await one.reconciler.plan({ by: 'ada' });
  const dry = await one.reconciler.apply({ plan: plan.id, by: 'ada', dry_run: true });
  expect(dry).toMatchObject({ done: asked, dry_run: true });
  expect(one.calls()).toEqual([]);
});

test('a canary acts on its share alone, the same ones each time', async () => {
  await using one = await rig({
    resources: { ec2: 60 },
    flags: { 'reconciler.canary.share': 0.2, 'reconciler.limits.count': 60 },
  });
  await everything(one);
  const plan = await one.reconciler.plan({ by: 'ada' });
  const free = plan.items.filter(({ held }) => held === '');
  expect(free.length).toBeGreaterThan(2);
  expect(free.length).toBeLessThan(25);
  expect((await one.reconciler.apply({ plan: plan.id, by: 'ada' })).done).toBe(free.length);
  expect(one.calls()).toHaveLength(free.length);
});

test('a week goes by: rounds every six hours find nothing to do twice, and grace ends when it should', async () => {
  await using one = await rig({ resources: { ec2: 6, ebs: 80 } });
  const [volume] = one.some(
    'ebs',
    ({ api, environment }) => (api as { State: string }).State === 'available' && environment !== 'prod',
  );
  if (!volume) throw new Error('the estate has no free volume');
  one.want(volume.arn, 'delete_volume');
  await one.look('ebs');
  const counts = await one.reconciler.tick({});
  expect(counts).toMatchObject({ planned: 1, done: 0 });
  const item = async () => (await one.reconciler.plans({})).plans.flatMap(({ items }) => items)[0];
  const first = await item();
  await one.reconciler.approve({ items: [first?.id ?? ''], by: 'bob' });
  await one.reconciler.tick({});
  const marked = await item();
  const due = Date.parse(marked?.due ?? '');
  const from = Date.parse(marked?.updated_at ?? '');
  // Monday 10 o'clock: three business days for an owner, eight where nobody is known, and a weekend in between.
  expect(due - from).toBe(marked?.owner === '' ? 10 * DAY : 3 * DAY);
  let gone = 0;
  for (let at = from; at < from + 12 * DAY; at += DAY / 4) {
    one.pass(DAY / 4);
    await one.reconciler.tick({});
    const calls = one.calls().filter((call) => call === 'ec2:DeleteVolume').length;
    if (calls > 0 && gone === 0) gone = at + DAY / 4;
  }
  expect(gone).toBeGreaterThanOrEqual(due);
  expect(gone - due).toBeLessThanOrEqual(DAY / 4 + 60_000);
  expect(one.calls()).toEqual(['ec2:CreateTags', 'ec2:CreateSnapshot', 'ec2:DeleteVolume']);
});
