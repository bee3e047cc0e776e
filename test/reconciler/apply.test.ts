/** Plans and their application, whole: the memory, Rego, the wire protocol, the simulator's ledger as the judge. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { DAY, type Rig, rig } from './harness.ts';

let one: Rig;

beforeAll(async () => {
  one = await rig();
});
afterAll(async () => {
  await one[Symbol.asyncDispose]();
});
beforeEach(() => one.simulator.ledger.clear());

/** A running instance nobody asked anything of. */
function fresh(type: 'ec2' | 'ebs' | 's3' | 'security_group' = 'ec2', state?: string) {
  const [found] = one.some(type, ({ tags, api }) => {
    const { State } = api as { State?: string | { Name?: string } };
    const is = typeof State === 'object' ? State.Name : State;
    return (
      (state === undefined || is === state) &&
      !Object.keys(tags).some((key) => key.startsWith('want:') || key === 'used')
    );
  });
  if (!found) throw new Error(`no ${type} is left`);
  one.world.mutate({ do: 'tag', arn: found.arn, tags: { used: 'yes' } });
  return found;
}

async function planFor(arn: string, type: 'ec2' | 'ebs' | 's3' | 'security_group' = 'ec2') {
  await one.look(type);
  const plan = await one.reconciler.plan({ by: 'ada', filter: { ids: [arn] } });
  const [item] = plan.items;
  if (!item) throw new Error(`nothing was planned: ${JSON.stringify(plan.refused)}`);
  return { plan, item };
}

describe('a plan', () => {
  test('says what, why, what it costs and how it is put back, and does nothing', async () => {
    const { arn } = fresh('ec2', 'running');
    one.want(arn, 'stop');
    const { plan, item } = await planFor(arn);
    expect(item).toMatchObject({
      resource_id: arn,
      action: 'stop',
      cost: 'recoverable',
      would: 'stop it',
      undo: 'start it',
      policy: 'elava.remediation',
      reason: 'its tag asks for it',
      needs: 1,
      phase: 'waiting',
      mode: 'enforce',
      held: '',
    });
    expect(one.calls()).toEqual([]);
    expect((await one.reconciler.plan({ by: 'ada', filter: { ids: [arn] } })).items).toEqual([]);
    const signed = await one.reconciler.signed({ id: plan.id });
    expect(signed.signature).toMatch(/^[\w-]{43}$/);
  });

  test('refuses what is no action, what no policy may ask for and what has wrong parameters', async () => {
    const { arn } = fresh('ec2', 'running');
    for (const [action, params] of [
      ['terminate', {}],
      ['authorize_rule', {}],
      ['delete_volume', {}],
      ['tag', { tags: { 'aws:x': '1' } }],
    ] as const) {
      one.want(arn, action, params);
    }
    await one.look('ec2');
    const { items, refused } = await one.reconciler.plan({ by: 'ada', filter: { ids: [arn] } });
    expect(items).toEqual([]);
    expect(refused.map(({ action, reason }) => `${action}: ${reason}`).sort()).toEqual([
      'authorize_rule: no policy may ask for it',
      'delete_volume: it is not for ec2',
      'tag: the tag "aws:x" is not one that AWS takes',
      'terminate: there is no such action',
    ]);
  });

  test('says what it cannot do to the resource as it is', async () => {
    const { arn } = fresh('ec2', 'running');
    one.world.mutate({ do: 'tag', arn, tags: { owner: 'ada' } });
    one.want(arn, 'tag', { tags: { owner: 'cleo' } });
    await one.look('ec2');
    const { items, refused } = await one.reconciler.plan({ by: 'ada', filter: { ids: [arn] } });
    expect([items, refused]).toEqual([
      [],
      [{ resource_id: arn, action: 'tag', reason: 'it has another owner already' }],
    ]);
  });

  test('shows what would break: what refers to the resource', async () => {
    const { arn } = fresh('ebs', 'in-use');
    one.want(arn, 'tag', { tags: { seen: 'yes' } });
    await one.look('ec2');
    const { item } = await planFor(arn, 'ebs');
    expect(item.breaks.map(({ type }) => type)).toEqual(['ec2']);
  });

  test('a denial without an action isolates the instance', async () => {
    const { arn } = fresh('ec2', 'running');
    one.world.mutate({ do: 'tag', arn, tags: { deny: 'yes' } });
    const { item } = await planFor(arn);
    expect(item).toMatchObject({ action: 'quarantine', decision: 'deny', steps: ['group', 'close', 'isolate'] });
  });
});

describe('applying', () => {
  test('waits for an approval of somebody else, does it once, verifies it, and can be undone', async () => {
    const { arn } = fresh('ec2', 'running');
    one.want(arn, 'stop');
    const { plan, item } = await planFor(arn);
    expect(await one.reconciler.apply({ plan: plan.id, by: 'ada' })).toMatchObject({
      done: 0,
      items: [{ outcome: 'held', why: 'it waits for an approval of others than ada' }],
    });
    await expect(one.reconciler.approve({ items: [item.id], by: 'Ada' })).rejects.toMatchObject({
      type: 'APPROVAL_REFUSED',
    });
    await one.reconciler.approve({ items: [item.id], by: 'bob' });
    await expect(one.reconciler.approve({ items: [item.id], by: 'bob' })).rejects.toMatchObject({
      type: 'APPROVAL_REFUSED',
    });
    expect(await one.reconciler.apply({ plan: plan.id, by: 'ada', dry_run: true })).toMatchObject({
      done: 1,
      dry_run: true,
    });
    expect(one.calls()).toEqual([]);
    expect(await one.reconciler.apply({ plan: plan.id, by: 'ada' })).toMatchObject({
      done: 1,
      items: [{ outcome: 'done' }],
    });
    expect(await one.reconciler.apply({ plan: plan.id, by: 'ada' })).toMatchObject({ done: 1, failed: 0 });
    expect(one.calls()).toEqual(['ec2:StopInstances']);
    const { actions } = await one.reconciler.actions({ resource: arn });
    expect(actions).toMatchObject([{ id: `${item.id}.0`, outcome: 'done', step: 'stop', undo: 'start it' }]);

    one.simulator.ledger.clear();
    const { applied } = await one.reconciler.undo({ action: `${item.id}.0`, by: 'ada' });
    expect(applied).toMatchObject({ done: 1, items: [{ action: 'start', outcome: 'done' }] });
    expect(one.calls()).toEqual(['ec2:StartInstances']);
  });

  test('what was done is seen by the next scan', async () => {
    const { arn } = fresh('ebs');
    one.want(arn, 'tag', { tags: { seen: 'yes' } });
    const { plan } = await planFor(arn, 'ebs');
    expect((await one.reconciler.apply({ plan: plan.id, by: 'ada' })).done).toBe(1);
    await one.look('ebs');
    const { resources } = await one.history.resources({ filter: { ids: [arn] } });
    expect(resources[0]?.tags['seen']).toBe('yes');
  });

  test.each<[string, (arn: string) => void, string]>([
    [
      'changed',
      (arn) => void one.world.mutate({ do: 'tag', arn, tags: { more: 'x' } }),
      'the resource changed since it was judged',
    ],
    ['was deleted', (arn) => void one.world.mutate({ do: 'delete', arn }), 'the resource is gone'],
  ])('a resource that %s between decision and approval is left alone', async (_, change, why) => {
    const { arn } = fresh('ec2', 'running');
    one.want(arn, 'stop');
    const { plan, item } = await planFor(arn);
    change(arn);
    await one.reconciler.approve({ items: [item.id], by: 'bob' });
    expect(await one.reconciler.apply({ plan: plan.id, by: 'ada' })).toMatchObject({
      items: [{ outcome: 'superseded', why }],
    });
    expect(one.calls()).toEqual([]);
  });

  test('a resource that changed between approval and apply is left alone', async () => {
    const { arn } = fresh('ec2', 'running');
    one.want(arn, 'stop');
    const { plan, item } = await planFor(arn);
    await one.reconciler.approve({ items: [item.id], by: 'bob' });
    one.world.mutate({ do: 'resize', arn });
    expect(await one.reconciler.apply({ plan: plan.id, by: 'ada' })).toMatchObject({ superseded: 1, done: 0 });
    expect(one.calls()).toEqual([]);
  });

  test('what the policy does not ask for any more is left alone', async () => {
    const { arn } = fresh('ec2', 'running');
    one.want(arn, 'stop');
    const { plan, item } = await planFor(arn);
    await one.reconciler.approve({ items: [item.id], by: 'bob' });
    one.pass(1000);
    const now = one.world.now();
    await one.history.exempt({
      id: 'ex-1',
      resource: arn,
      rule: '*',
      reason: 'agreed',
      owner: 'team',
      approver: 'boss',
      created_at: new Date(now).toISOString(),
      expires_at: new Date(now + 900 * DAY).toISOString(),
    });
    expect(await one.reconciler.apply({ plan: plan.id, by: 'ada' })).toMatchObject({
      items: [{ outcome: 'superseded', why: "today's policies do not ask for it any more" }],
    });
    expect(one.calls()).toEqual([]);
  });

  test('a unit that cannot be read whole holds everything of it', async () => {
    const { arn } = fresh('ec2', 'running');
    one.want(arn, 'tag', { tags: { seen: 'yes' } });
    const { plan } = await planFor(arn);
    one.simulator.faults.add([{ kind: 'deny', action: 'ec2:DescribeInstances' }]);
    const held = await one.reconciler.apply({ plan: plan.id, by: 'ada' });
    one.simulator.faults.clear();
    expect(held).toMatchObject({ done: 0, held: 1 });
    expect(held.items[0]?.why).toContain('is failed (AWS_ACCESS_DENIED)');
    expect(one.calls()).toEqual([]);
    expect((await one.reconciler.apply({ plan: plan.id, by: 'ada' })).done).toBe(1);
  });

  test('a refusal of AWS is a failure and stops the policy; a resumed one goes on', async () => {
    const { arn } = fresh('ec2', 'running');
    one.want(arn, 'tag', { tags: { seen: 'yes' } });
    const { plan } = await planFor(arn);
    one.simulator.faults.add([{ kind: 'deny', action: 'ec2:CreateTags' }]);
    const applied = await one.reconciler.apply({ plan: plan.id, by: 'ada' });
    one.simulator.faults.clear();
    expect(applied).toMatchObject({ failed: 1 });
    expect(applied.items[0]?.why).toContain('ec2:CreateTags');
    const { switches } = await one.reconciler.switches({});
    expect(switches.find(({ policy }) => policy === 'elava.remediation')).toMatchObject({ stopped: true });
    one.pass(1000);
    await one.reconciler.stop({ by: 'ada', policy: 'elava.remediation', reason: 'seen', resume: true });
  });

  test('an answer that is lost is found out by looking, and the call is not made again', async () => {
    const { arn } = fresh('ec2', 'running');
    one.want(arn, 'tag', { tags: { seen: 'yes' } });
    const { plan } = await planFor(arn);
    one.simulator.faults.add([{ kind: 'reset', action: 'ec2:CreateTags' }]);
    const applied = await one.reconciler.apply({ plan: plan.id, by: 'ada' });
    one.simulator.faults.clear();
    expect(one.calls()).toEqual(['ec2:CreateTags']);
    expect(applied).toMatchObject({ done: 1, items: [{ outcome: 'done' }] });
    expect(applied.items[0]?.why).toContain('seen, though');
  });

  test('the switch stops everything, and a policy by itself', async () => {
    const { arn } = fresh('ec2', 'running');
    one.want(arn, 'tag', { tags: { seen: 'yes' } });
    const { plan } = await planFor(arn);
    await one.reconciler.stop({ by: 'bob', reason: 'looks wrong' });
    await expect(one.reconciler.apply({ plan: plan.id, by: 'ada' })).rejects.toMatchObject({ type: 'ACTION_STOPPED' });
    await one.reconciler.stop({ by: 'bob', reason: '', resume: true });
    await one.reconciler.stop({ by: 'bob', policy: 'elava.remediation', reason: 'this one' });
    expect((await one.reconciler.apply({ plan: plan.id, by: 'ada' })).items[0]?.why).toBe(
      'actions are stopped: this one',
    );
    await one.reconciler.stop({ by: 'bob', policy: 'elava.remediation', reason: '', resume: true });
    expect(one.calls()).toEqual([]);
  });

  test('a plan that expired is not begun', async () => {
    const { arn } = fresh('ec2', 'running');
    one.want(arn, 'tag', { tags: { seen: 'yes' } });
    const { plan } = await planFor(arn);
    one.pass(8 * DAY);
    expect((await one.reconciler.apply({ plan: plan.id, by: 'ada' })).items[0]?.why).toBe('its plan has expired');
    await one.reconciler.tick({ plan: false });
    const [after] = (await one.reconciler.plans({ id: plan.id })).plans;
    expect(after?.items[0]?.phase).toBe('expired');
    expect(one.calls()).toEqual([]);
  });
});

describe('what is deleted', () => {
  test('is marked, rests its business days, is put off, then gone, with a snapshot', async () => {
    const { arn, id } = fresh('ebs', 'available');
    one.want(arn, 'delete_volume');
    const { plan, item } = await planFor(arn, 'ebs');
    expect(item).toMatchObject({ cost: 'destructive', delayed: true, steps: ['mark', 'snapshot', 'delete'] });
    await one.reconciler.approve({ items: [item.id], by: 'bob' });
    if (item.needs === 2) await one.reconciler.approve({ items: [item.id], by: 'cleo' });
    expect((await one.reconciler.apply({ plan: plan.id, by: 'ada' })).items[0]?.outcome).toBe('marked');
    expect(one.calls()).toEqual(['ec2:CreateTags']);
    const show = async () => (await one.reconciler.plans({ id: plan.id })).plans[0]?.items[0];
    const marked = await show();
    expect(marked?.phase).toBe('grace');
    const tags = one.some('ebs', (each) => each.arn === arn)[0]?.tags;
    expect(tags?.['elava_due']).toBe(marked?.due);
    await one.reconciler.extend({ item: item.id, by: 'owner', days: 1 });
    const put = await show();
    expect(Date.parse(put?.due ?? '') - Date.parse(marked?.due ?? '')).toBeGreaterThanOrEqual(DAY);
    one.pass(Date.parse(put?.due ?? '') - Date.parse(put?.updated_at ?? '') - 60_000);
    await one.reconciler.tick({ plan: false });
    expect(one.calls()).toEqual(['ec2:CreateTags']);
    one.pass(120_000);
    await one.reconciler.tick({ plan: false });
    expect(one.calls()).toEqual(['ec2:CreateTags', 'ec2:CreateSnapshot', 'ec2:DeleteVolume']);
    expect((await show())?.phase).toBe('done');
    expect(one.some('ebs', (each) => each.arn === arn)).toEqual([]);
    const [snapshot] = one.some('snapshot', (each) => each.tags['elava_snapshot_of'] === arn);
    expect(snapshot?.api).toMatchObject({ VolumeId: id });
  });

  test('is left alone, and its mark taken off, when the owner cancels', async () => {
    const { arn } = fresh('ebs', 'available');
    one.want(arn, 'delete_volume');
    const { plan, item } = await planFor(arn, 'ebs');
    for (const by of ['bob', 'cleo']) await one.reconciler.approve({ items: [item.id], by });
    await one.reconciler.apply({ plan: plan.id, by: 'ada' });
    one.simulator.ledger.clear();
    const cancelled = await one.reconciler.cancel({ item: item.id, by: 'owner', reason: 'I need it' });
    expect(cancelled).toMatchObject({ phase: 'cancelled', why: 'I need it' });
    expect(one.calls()).toEqual(['ec2:DeleteTags']);
    const tags = one.some('ebs', (each) => each.arn === arn)[0]?.tags ?? {};
    expect(Object.keys(tags).filter((key) => key.startsWith('elava_'))).toEqual([]);
  });
});
