/** All types: what a scan finds of the simulated estate is what the estate holds. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { Compile } from 'typebox/compile';
import type { Resource } from '../../lib/resource.ts';
import type { FaultRule } from '../../loadtest/aws/server/faults.ts';
import { createWorld, type Expected, type World } from '../../loadtest/aws/world/world.ts';
import { ScanRig } from '../../test/support/scan-rig.ts';
import { kindOf } from './aws/context.ts';
import { awsTypes } from './aws/resources/index.ts';

const DAY_MS = 86_400_000;
/**
 * The first strikes always, so that something is not read at all; each other some calls of any operation. What lies with HTTP
 * 200 has a test of its own: vanish.test.ts.
 */
const misery: readonly FaultRule[] = [
  { kind: 'deny', action: 'sqs:ListQueues' },
  { kind: 'throttle', probability: 0.05 },
  { kind: 'error', probability: 0.05 },
  { kind: 'reset', probability: 0.03 },
  { kind: 'truncate', probability: 0.03 },
  { kind: 'empty_page', probability: 0.2 },
  { kind: 'page', probability: 0.1 },
  { kind: 'deny', probability: 0.02 },
  { kind: 'scp', probability: 0.01 },
  { kind: 'expired', probability: 0.01 },
  { kind: 'html', probability: 0.01 },
  { kind: 'slow', probability: 0.02, delayMs: 20 },
  { kind: 'region_off', region: 'eu-west-1', probability: 0.02 },
];

let world: World;
let rig: ScanRig;
beforeAll(async () => {
  world = createWorld({
    accounts: 2,
    regions: ['eu-west-1'],
    types: 'all',
    resources: 800,
    longTail: 3,
  });
  rig = await ScanRig.start(world);
});
afterEach(() => rig.simulator.faults.clear());
afterAll(() => rig.close());

const idsOf = (resources: Iterable<{ readonly id: string }>): string[] => [...resources].map(({ id }) => id).sort();
const arns = (): string[] => [...world.expected()].map(({ arn }) => arn).sort();

describe('a scan of an estate of all types', () => {
  test('finds what is there; a day later a second one writes the drift and nothing that moves by itself', async () => {
    await rig.begin();
    const coverage = await rig.scanAll();
    expect(coverage.filter(({ state }) => state !== 'complete')).toEqual([]);
    const found = await rig.memory.live();
    expect(idsOf(found)).toEqual(arns());
    const byId = new Map(found.map((resource) => [resource.id, resource]));
    for (const want of world.expected()) expectSame(byId.get(want.arn) as Resource, want);
    expectDeclared(found);
    expectLinked(found);

    rig.memory.written = 0;
    world.advance(DAY_MS);
    const changes = world.drift(60);
    const wanted = (...kinds: string[]): number => changes.filter(({ change }) => kinds.includes(change)).length;
    await rig.scanAll();
    expect(rig.memory.written).toBe(wanted('appeared', 'modified', 'reappeared'));
    expect(rig.memory.gone).toBe(wanted('disappeared'));
    expect(idsOf(await rig.memory.live())).toEqual(arns());
  });

  // Goes on where the one before has ended.
  test('with every fault on loses nothing and writes nothing wrong, and a quiet one agrees with what was known', async () => {
    rig.memory.written = 0;
    rig.memory.gone = 0;
    rig.memory.coverage = [];
    rig.simulator.faults.add(misery);
    await rig.scanAll();
    const states = new Set(rig.memory.coverage.map(({ state }) => state));
    expect([...states]).toEqual(expect.arrayContaining(['complete', 'partial', 'failed']));
    expect(rig.memory).toMatchObject({ written: 0, gone: 0 });
    expect(idsOf(await rig.memory.live())).toEqual(arns());

    rig.simulator.faults.clear();
    rig.memory.coverage = [];
    await rig.scanAll();
    expect(rig.memory.coverage.filter(({ state }) => state !== 'complete')).toEqual([]);
    expect(rig.memory).toMatchObject({ written: 0, gone: 0 });
  });
});

describe('the long tail', () => {
  const unit = () => rig.own('other', 'eu-west-1');
  const tail = () => [...world.longTail({ account: unit().account, region: 'eu-west-1' })];

  test('is listed with its tags, marked as shallow, and leaves alone what has a type of its own', async () => {
    await rig.begin();
    expect(await rig.scan(unit())).toMatchObject({ state: 'complete', count: tail().length });
    const found = new Map((await rig.memory.live(unit())).map((resource) => [resource.id, resource]));
    expect([...found.keys()].sort()).toEqual(
      tail()
        .map(({ arn }) => arn)
        .sort(),
    );
    for (const { arn, tags, type, properties } of tail()) {
      expect(found.get(arn)).toMatchObject({ tags, shallow: true, cloudformation_type: type, properties });
    }
    rig.memory.written = 0;
    await rig.scan(unit());
    expect(rig.memory).toMatchObject({ written: 0, gone: 0 });
  });

  test('of which a list is denied keeps what was known of it', async () => {
    await rig.begin();
    await rig.scan(unit());
    const before = await rig.memory.live(unit());
    rig.memory.written = 0;
    rig.simulator.faults.add([{ kind: 'deny', action: 'cloudcontrolapi:ListResources' }]);
    expect(await rig.scan(unit())).toMatchObject({ state: 'partial', error: 'AWS_ACCESS_DENIED', gone: 0 });
    expect(rig.memory.written).toBe(0);
    expect(await rig.memory.live(unit())).toEqual(before);
  });
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

/** What is not theirs, not there any more or not yet: public images, old disks, roles by a wrong name, logs of what never ran. */
const elsewhere = ['ec2:image', 'ec2:snapshot', 'ec2:volume', 'iam:role', 'logs:log-group'];

/** References are the ids of what there is: ARNs that two types build alike. */
function expectLinked(resources: readonly Resource[]): void {
  const ids = new Set(resources.map(({ id }) => id));
  const kinds = new Set([...awsTypes.values()].map((type) => type.arns).filter((kind) => !elsewhere.includes(kind)));
  const refs = resources.flatMap((resource) => resource.refs).filter((ref) => kinds.has(kindOf(ref)));
  expect(refs.filter((ref) => !ids.has(ref))).toEqual([]);
  expect(new Set(refs.map(kindOf)).size).toBeGreaterThan(9);
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
  for (const [name, { fields, arns, shallow }] of awsTypes) {
    if (shallow) continue;
    const check = Compile(fields);
    const known = [...Object.keys(own), ...Object.keys(fields.properties)];
    const ofType = resources.filter(({ type }) => type === name);
    expect({ [name]: ofType.length > 0 }).toEqual({ [name]: true });
    for (const resource of ofType) {
      expect([resource.id, [...check.Errors(resource)]]).toEqual([resource.id, []]);
      expect(kindOf(resource.id)).toBe(arns);
      expect(known).toEqual(expect.arrayContaining(Object.keys(resource)));
    }
  }
  const called = rig.simulator.ledger.report().counts.map(({ action }) => permissions[action] ?? action);
  const declared = [...awsTypes.values()].flatMap(({ actions }) => actions);
  expect(declared).toEqual(expect.arrayContaining(called.filter((action) => !action.startsWith('sts:'))));
}
