/** The oracle must be right before anything is measured against it. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { placementOf, volumesOf } from './kinds/attachment.ts';
import type { InstanceEntity } from './kinds/instance.ts';
import type { VolumeEntity } from './kinds/volume.ts';
import { createWorld, type Expected, type World } from './world.ts';

const plain = (value: unknown) => JSON.stringify(value);

describe('generation', () => {
  test('the same options give the same world, another seed another one', () => {
    const ids = (seed: number) => [...createWorld({ seed, resources: 500 }).expected()].map(plain);
    expect(ids(4)).toEqual(ids(4));
    expect(ids(4)).not.toEqual(ids(5));
  });

  test('has as many resources as were asked for, beside what AWS makes itself', () => {
    const world = createWorld({ resources: 5000, accounts: 7, regions: ['us-east-1', 'eu-west-1', 'ap-south-1'] });
    expect([...world.expected()].length).toBe(5000);
    const bare = [...createWorld({ resources: 0 }).expected()];
    expect(bare.every(({ awsOwned, problems }) => awsOwned && problems.length === 0)).toBe(true);
    expect(bare.length).toBe(3 * 3 + 3 * 2);
  });

  test('takes counts by type', () => {
    const world = createWorld({ resources: { ec2: 40, s3: 3 } });
    const count = (type: Expected['type']) => [...world.expected({ type })].length;
    expect(world.types.map((type) => [type, count(type)])).toEqual([
      ['ec2', 40],
      ['ebs', 0],
      ['snapshot', 0],
      ['security_group', 6],
      ['rds', 0],
      ['s3', 3],
      ['lambda', 0],
      ['iam_role', 9],
      ['dynamodb', 0],
    ]);
  });

  test('one account may have far more of a type than all others', () => {
    const options = { resources: 900, accounts: 3, types: ['ec2', 'log_group'] } as const;
    const world = createWorld({ ...options, giant: { type: 'log_group', resources: 70_000 } });
    const [first] = world.accounts;
    const counts = (of: World): [string, number][] =>
      [...of.units()].map(({ key, account, region, type, count }) => [
        key,
        account.id === first?.id && region === 'us-east-1' && type === 'log_group' ? 70_000 : count,
      ]);
    expect(world.unit(first?.id ?? '', 'us-east-1', 'log_group')?.count).toBe(70_000);
    expect(counts(world)).toEqual(counts(createWorld(options)));
    expect(() => createWorld({ giant: { type: 'sqs', resources: -1 } })).toThrow(RangeError);
  });

  test('ids are unique and lead back to their resource', () => {
    const world = createWorld({ resources: 8000, accounts: 5 });
    const arns = new Set<string>();
    for (const { arn, id, account, region, type } of world.expected()) {
      arns.add(arn);
      const unit = world.unit(account, region, type);
      expect(unit && world.find(unit, id)?.id).toBe(id);
    }
    expect(arns.size).toBe(8000);
  });

  test('takes types: all of them, some, and those that are counted', () => {
    const world = createWorld({ resources: 6000, types: 'all' });
    expect(world.types.length).toBe(29);
    expect(Math.abs([...world.expected()].length - 6000)).toBeLessThan(150);
    expect(createWorld({ types: ['ec2', 'sqs'], resources: 10 }).types).toEqual(['ec2', 'sqs']);
    expect(createWorld({ resources: { kms: 9 } }).types.at(-1)).toBe('kms');
    expect([...createWorld({ resources: 900 }).expected({ type: 'sqs' })]).toEqual([]);
    const bare = [...createWorld({ resources: 0, types: 'all' }).expected()].filter(({ awsOwned }) => !awsOwned);
    expect(new Set(bare.map(({ type, name }) => `${type} ${name}`))).toEqual(new Set(['kms alias/estate']));
  });

  test('every kind of problem is hidden somewhere, and some resources carry more than fifteen tags', () => {
    const all = [...createWorld().expected()];
    expect([...new Set(all.flatMap(({ problems }) => problems))].sort()).toEqual([
      'missing_owner',
      'old_snapshot',
      'orphaned_snapshot',
      'public_bucket',
      'secret_in_environment',
      'ssh_open_to_world',
      'stopped_instance',
      'unattached_volume',
      'unencrypted_prod_database',
      'untagged',
    ]);
    const most = Math.max(...all.map(({ tags }) => Object.keys(tags).length));
    expect(most).toBeGreaterThan(20);
    expect(most).toBeLessThanOrEqual(50);
  });

  test("ARNs have AWS's documented form", () => {
    const form: Record<string, RegExp> = {
      ec2: /^arn:aws:ec2:us-east-1:\d{12}:instance\/i-0[0-9a-f]{16}$/,
      ebs: /^arn:aws:ec2:us-east-1:\d{12}:volume\/vol-0[0-9a-f]{16}$/,
      snapshot: /^arn:aws:ec2:us-east-1::snapshot\/snap-0[0-9a-f]{16}$/,
      security_group: /^arn:aws:ec2:us-east-1:\d{12}:security-group\/sg-0[0-9a-f]{16}$/,
      rds: /^arn:aws:rds:us-east-1:\d{12}:db:[a-z][a-z0-9-]{0,62}$/,
      s3: /^arn:aws:s3:::[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/,
      lambda: /^arn:aws:lambda:us-east-1:\d{12}:function:[\w-]{1,64}$/,
      iam_role: /^arn:aws:iam::\d{12}:role\/(?:[\w.-]+\/)*[\w+=,.@-]{1,64}$/,
      dynamodb: /^arn:aws:dynamodb:us-east-1:\d{12}:table\/[\w.-]{3,255}$/,
    };
    for (const { type, arn } of createWorld({ resources: 2000, regions: ['us-east-1'] }).expected()) {
      expect(arn).toMatch(form[type] as RegExp);
    }
  });
});

describe('options that make no estate', () => {
  test.each([
    [{ accounts: 0 }, 'at least one account'],
    [{ regions: [] }, 'regions must be'],
    [{ regions: ['mars'] }, 'mars'],
    [{ resources: -1 }, 'whole numbers'],
    [{ resources: { ec2: 0.5 } }, 'whole numbers'],
    [{ startTime: Number.NaN }, 'startTime'],
  ])('%j', (options, message) => {
    expect(() => createWorld(options)).toThrow(message);
  });
});

describe('references', () => {
  const world = createWorld({ seed: 9, resources: 4000 });

  test('instances and volumes agree on who holds whom', () => {
    let held = 0;
    for (const unit of world.units({ type: 'ec2' })) {
      for (const entity of world.entities(unit)) {
        const instance = entity as InstanceEntity;
        for (const { id, device, attachedAt } of instance.volumes) {
          const volume = world.find(world.sibling(unit, 'ebs'), id) as VolumeEntity;
          expect(volume.attachment).toMatchObject({ instance: instance.id, device, at: attachedAt });
          held += 1;
        }
      }
    }
    const attached = [...world.units({ type: 'ebs' })].flatMap((unit) => [...world.entities(unit)] as VolumeEntity[]);
    expect(attached.filter(({ attachment }) => attachment).length).toBe(held);
  });

  test('groups and roles that are named exist', () => {
    const find = (type: Expected['type'], unit: Parameters<World['sibling']>[0], id: string) =>
      world.find(world.sibling(unit, type), id);
    for (const unit of world.units({ type: 'ec2' })) {
      for (const entity of world.entities(unit)) {
        const { groups, role } = entity as InstanceEntity;
        for (const { GroupId, GroupName } of groups)
          expect(find('security_group', unit, GroupId)?.name).toBe(GroupName);
        if (role) expect(find('iam_role', unit, role)?.id).toBe(role);
      }
    }
  });

  test('what is named exists, in an estate of all types', () => {
    const estate = createWorld({ seed: 3, resources: 6000, types: 'all', accounts: 2 });
    const all = new Map([...estate.expected()].map((e) => [`${e.account}/${e.region}/${e.id}`, e]));
    let named = 0;
    for (const { account, region, api, type } of estate.expected()) {
      const ids = JSON.stringify(api).match(/\b(?:vpc|subnet|eni|eipalloc|sg|nat)-0[0-9a-f]{16}\b/g) ?? [];
      for (const id of ids) {
        named += 1;
        expect([type, id, all.has(`${account}/${region}/${id}`)]).toEqual([type, id, true]);
      }
    }
    expect(named).toBeGreaterThan(3000);
  });

  test('the key that disks name exists, and functions log where they say', () => {
    const estate = createWorld({ seed: 3, resources: 6000, types: 'all', accounts: 2 });
    const arns = new Set([...estate.expected()].map(({ arn }) => arn));
    const ids = new Set([...estate.expected({ type: 'log_group' })].map(({ id }) => id));
    for (const { api } of estate.expected({ type: 'ebs' })) {
      const { KmsKeyId } = api as { KmsKeyId?: string };
      if (KmsKeyId) expect(arns.has(KmsKeyId)).toBe(true);
    }
    const logged = [...estate.expected({ type: 'lambda' })].filter(({ api }) =>
      ids.has((api as { LoggingConfig: { LogGroup: string } }).LoggingConfig.LogGroup),
    );
    expect(logged.length).toBeGreaterThan(100);
  });

  test('placement is one-to-one for any number of instances and volumes', () => {
    fc.assert(
      fc.property(fc.nat(300), fc.nat(600), (instances, volumes) => {
        const fromInstances = Array.from({ length: instances }, (_, i) =>
          volumesOf(i, instances, volumes).map((v) => [v, i]),
        ).flat();
        const fromVolumes = Array.from(
          { length: volumes },
          (_, v) => [v, placementOf(v, instances)?.instance] as const,
        );
        const attached = fromVolumes.filter(([, instance]) => instance !== undefined);
        expect(fromInstances.sort(([a = 0], [b = 0]) => a - b)).toEqual(attached);
      }),
    );
  });
});
