/** All types: what a scan finds of the simulated estate is what the estate holds. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { Compile } from 'typebox/compile';
import type { Resource } from '../../lib/resource.ts';
import { createWorld, type Expected, type World } from '../../loadtest/aws/world/world.ts';
import { ScanRig } from '../../test/support/scan-rig.ts';
import { awsTypes } from './aws/resources/index.ts';

const DAY_MS = 86_400_000;
let world: World;
let rig: ScanRig;
beforeAll(async () => {
  world = createWorld({ accounts: 2, regions: ['us-east-1', 'eu-west-1'], types: 'all', resources: 2400 });
  rig = await ScanRig.start(world);
});
afterEach(() => rig.end());
afterAll(() => rig.close());

const idsOf = (resources: Iterable<{ readonly id: string }>): string[] => [...resources].map(({ id }) => id).sort();
const arns = (): string[] => [...world.expected()].map(({ arn }) => arn).sort();

describe('a scan of an estate of all types', () => {
  test('finds what is there; a second one writes nothing, and one after drift writes exactly the drift', async () => {
    await rig.begin();
    const coverage = await rig.scanAll();
    expect(coverage.filter(({ state }) => state !== 'complete')).toEqual([]);
    const found = await rig.memory.live();
    expect(idsOf(found)).toEqual(arns());
    const byId = new Map(found.map((resource) => [resource.id, resource]));
    for (const want of world.expected()) expectSame(byId.get(want.arn) as Resource, want);
    expectDeclared(found);

    // A day later what moves by itself has moved: restorable times, last uses.
    rig.memory.written = 0;
    world.advance(DAY_MS);
    await rig.scanAll();
    expect(rig.memory).toMatchObject({ written: 0, gone: 0 });

    const changes = world.drift(80);
    const wanted = (...kinds: string[]): number => changes.filter(({ change }) => kinds.includes(change)).length;
    await rig.scanAll();
    expect(rig.memory.written).toBe(wanted('appeared', 'modified', 'reappeared'));
    expect(rig.memory.gone).toBe(wanted('disappeared'));
    expect(idsOf(await rig.memory.live())).toEqual(arns());
  }, 180_000);
});

/** Types whose API does not tell when a resource was made. */
const untimed = ['ecs', 'eip', 'eni', 'lambda', 'route53', 'security_group', 'subnet', 'target_group', 'vpc'];
/** Types that are named by a tag, if at all. */
const namedByTag = ['ebs', 'ec2', 'eip', 'eni', 'nat_gateway', 'snapshot', 'subnet', 'vpc'];
const own = {
  id: 1,
  provider: 1,
  account: 1,
  region: 1,
  type: 1,
  name: 1,
  status: 1,
  tags: 1,
  created_at: 1,
  refs: 1,
  metadata: 1,
};

function expectSame(found: Resource, want: Expected): void {
  const { id, account, region, type, tags, name, created_at, provider, metadata } = found;
  // SQS counts whole seconds.
  const made = type === 'sqs' ? want.createdAt.replace(/\.\d+Z$/, '.000Z') : want.createdAt;
  expect({ id, account, region, type, tags, provider, name, created_at }).toEqual({
    id: want.arn,
    account: want.account,
    region: want.region,
    type: want.type,
    tags: want.tags,
    provider: 'aws',
    name: namedByTag.includes(type) ? want.name || want.id : want.name,
    created_at: untimed.includes(type) ? '' : made,
  });
  expect([...found.refs]).toEqual([...new Set(found.refs)].sort());
  const flat = Object.keys(found).filter((key) => !(key in own));
  expect(flat.length).toBeGreaterThan(0);
  for (const key of flat) expect({ [key]: metadata[key] }).toEqual({ [key]: (found as Record<string, unknown>)[key] });
}

/** IAM's names of calls whose own name differs from it. */
const permissions: Readonly<Record<string, string>> = {
  's3:ListBuckets': 's3:ListAllMyBuckets',
  's3:GetBucketEncryption': 's3:GetEncryptionConfiguration',
  's3:GetPublicAccessBlock': 's3:GetBucketPublicAccessBlock',
  'tagging:GetResources': 'tag:GetResources',
};

/** The flat fields are those that the types declare, and no call needs a permission that is not declared. */
function expectDeclared(resources: readonly Resource[]): void {
  for (const [name, { fields }] of awsTypes) {
    const check = Compile(fields);
    const known = [...Object.keys(own), ...Object.keys(fields.properties)];
    const ofType = resources.filter(({ type }) => type === name);
    expect({ [name]: ofType.length > 0 }).toEqual({ [name]: true });
    for (const resource of ofType) {
      expect([resource.id, [...check.Errors(resource)]]).toEqual([resource.id, []]);
      expect(known).toEqual(expect.arrayContaining(Object.keys(resource)));
    }
  }
  const called = rig.simulator.ledger.report().counts.map(({ action }) => permissions[action] ?? action);
  const declared = [...awsTypes.values()].flatMap(({ actions }) => actions);
  expect(declared).toEqual(expect.arrayContaining(called.filter((action) => !action.startsWith('sts:'))));
}
