/** After n changes exactly n resources are different: the second scan's number of versions hangs on it. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { kinds } from './kinds/index.ts';
import type { InstanceEntity } from './kinds/instance.ts';
import { createWorld, type Expected, type World } from './world.ts';

/** All that a scan could see of each resource, by ARN, but for what moves with the clock alone. */
function sight(world: World): Map<string, string> {
  const seen = new Map<string, string>();
  for (const unit of world.units()) {
    for (const entity of world.entities(unit)) {
      const {
        LatestRestorableTime: _moves,
        RoleLastUsed: _too,
        ...api
      } = world.describe(unit, entity) as Record<string, unknown>;
      seen.set(kinds[unit.type].arn(unit, entity), JSON.stringify([entity, api]));
    }
  }
  return seen;
}

function differences(before: Map<string, string>, after: Map<string, string>): string[] {
  const arns = new Set([...before.keys(), ...after.keys()]);
  return [...arns].filter((arn) => before.get(arn) !== after.get(arn)).sort();
}

describe('drift', () => {
  test('time alone changes nothing', () => {
    const world = createWorld({ resources: 600 });
    const before = sight(world);
    world.advance(10 * 86_400_000);
    expect(differences(before, sight(world))).toEqual([]);
  });

  test('tells exactly what changed, day after day', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(120), fc.nat()), { minLength: 1, maxLength: 3 }), (days) => {
        const world = createWorld({ accounts: 1, resources: 300 });
        for (const [count, seed] of days) {
          const before = sight(world);
          world.advance(86_400_000);
          const changed = world.drift(count, { seed });
          expect(changed.length).toBe(count);
          const after = sight(world);
          expect(differences(before, after)).toEqual(changed.map(({ arn }) => arn).sort());
          for (const { change, arn } of changed) {
            expect([before.has(arn), after.has(arn)]).toEqual([change !== 'appeared', change !== 'disappeared']);
          }
        }
      }),
      { numRuns: 8 },
    );
  });

  test('tells exactly what changed, with every type', () => {
    const world = createWorld({ accounts: 1, resources: 1200, types: 'all' });
    for (const seed of [1, 2, 3]) {
      const before = sight(world);
      world.advance(86_400_000);
      const changed = world.drift(250, { seed, within: 86_400_000 });
      expect(changed.length).toBe(250);
      expect(differences(before, sight(world))).toEqual(changed.map(({ arn }) => arn).sort());
    }
    const types = new Set(world.trail.labels().map(({ type }) => type));
    expect(world.types.filter((type) => !types.has(type))).toEqual([]);
  });

  test('stays within the units that are asked for, and within modifications', () => {
    const world = createWorld({ resources: 2000 });
    const changed = world.drift(60, { type: 'ec2', region: 'eu-west-1', modifyOnly: true });
    expect(changed.every((c) => c.type === 'ec2' && c.region === 'eu-west-1' && c.change === 'modified')).toBe(true);
  });

  test('gives up when there is not enough to change', () => {
    const world = createWorld({ resources: { s3: 3 } });
    expect(() => world.drift(50, { type: 's3', modifyOnly: true })).toThrow(/only 3 of 50/);
  });
});

describe('changes by name', () => {
  const first = (world: World, type: Expected['type'], such: (e: Expected) => boolean = () => true) =>
    [...world.expected({ type })].find((e) => !e.awsOwned && such(e)) as Expected;

  test.each([
    ['security_group', 'open_ssh', 'ssh_open_to_world'],
    ['s3', 'publish', 'public_bucket'],
    ['lambda', 'leak', 'secret_in_environment'],
  ] as const)('%s %s makes a finding', (type, change, problem) => {
    const world = createWorld();
    const { arn } = first(world, type, ({ problems }) => !problems.includes(problem));
    expect(world.mutate({ do: change, arn })).toMatchObject([{ change: 'modified', arn, what: change }]);
    expect(first(world, type, (e) => e.arn === arn).problems).toContain(problem);
    expect(() => world.mutate({ do: change, arn })).toThrow(/cannot/);
  });

  test('a terminated instance takes its root volume along and leaves its data volume behind', () => {
    const world = createWorld();
    const unit = [...world.units({ type: 'ec2' })][0] as Parameters<World['sibling']>[0];
    const instance = [...world.entities(unit)].find(
      (e) => (e as InstanceEntity).volumes.length === 2,
    ) as InstanceEntity;
    const before = sight(world);
    const changed = world.mutate({
      do: 'delete',
      arn: `arn:aws:ec2:${unit.region}:${unit.account.id}:instance/${instance.id}`,
    });
    expect(changed.map(({ type, change }) => `${type} ${change}`)).toEqual([
      'ec2 disappeared',
      'ebs disappeared',
      'ebs modified',
    ]);
    expect(differences(before, sight(world))).toEqual(changed.map(({ arn }) => arn).sort());
  });

  test('what was deleted comes back as it was, or anew under its name', () => {
    const world = createWorld();
    const { arn, createdAt } = first(world, 's3');
    const before = sight(world);
    world.mutate({ do: 'tag', arn, tags: { owner: 'me' } });
    const tagged = sight(world);
    world.mutate({ do: 'delete', arn });
    expect(() => world.mutate({ do: 'tag', arn, tags: {} })).toThrow(/gone/);
    expect(world.mutate({ do: 'restore', arn })).toMatchObject([{ change: 'reappeared', arn }]);
    expect(differences(tagged, sight(world))).toEqual([]);
    world.mutate({ do: 'delete', arn });
    world.mutate({ do: 'recreate', arn });
    expect(differences(before, sight(world))).toEqual([arn]);
    expect(first(world, 's3', (e) => e.arn === arn).createdAt).not.toBe(createdAt);
  });

  test('refuses what AWS would refuse and what does not exist', () => {
    const world = createWorld();
    const attached = first(world, 'ebs', ({ api }) => (api as { State: string }).State === 'in-use');
    const owned = [...world.expected({ type: 'iam_role' })].find(({ awsOwned }) => awsOwned) as Expected;
    expect(() => world.mutate({ do: 'delete', arn: attached.arn })).toThrow(/attached/);
    expect(() => world.mutate({ do: 'delete', arn: owned.arn })).toThrow(/AWS owns it/);
    expect(() => world.mutate({ do: 'delete', arn: 'arn:aws:s3:::nothing' })).toThrow(/nothing in the estate/);
    expect(() => world.mutate({ do: 'fly', arn: attached.arn })).toThrow(/knows no change/);
    expect(() => world.mutate({ do: 'tag', arn: attached.arn, tags: attached.tags })).toThrow(/changes nothing/);
    expect(() => world.advance(-1)).toThrow(/forward/);
  });
});
