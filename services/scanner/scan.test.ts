import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Coverage, Resource, Unit } from '../../lib/resource.ts';
import { createWorld, type World } from '../../loadtest/aws/world/world.ts';
import { ScanRig } from '../../test/support/scan-rig.ts';
import type { AwsContext } from './aws/context.ts';
import { awsTypes } from './aws/resources/index.ts';

/** Enough that listings have several pages where a test is about pages. */
const resources = { ec2: 120, ebs: 40, snapshot: 60, s3: 40, lambda: 260, dynamodb: 16, rds: 8 };
let world: World;
let rig: ScanRig;

beforeAll(async () => {
  world = createWorld({ accounts: 2, regions: ['us-east-1', 'eu-west-1'], resources });
  rig = await ScanRig.start(world);
});
afterEach(() => rig.simulator.faults.clear());
afterAll(() => rig.close());

/** A server that says the same to whoever asks the service. */
async function serve(says: (service: string) => string) {
  const server = createServer((request, response) => {
    const [, service = ''] = /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(request.headers.authorization ?? '') ?? [];
    request.resume().on('end', () => response.writeHead(200, { 'x-amzn-requestid': 'r-1' }).end(says(service)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}

const scan = (unit: Unit, signal?: AbortSignal, timeoutMs?: number): Promise<Coverage> =>
  rig.scan(unit, signal, timeoutMs);
const first = (type: string, region = 'us-east-1'): Unit => rig.own(type, region);
const byId = (resources: readonly Resource[]): Map<string, Resource> => new Map(resources.map((r) => [r.id, r]));
const sizeOf = async (unit: Unit): Promise<number> => (await rig.memory.live(unit)).length;

test('batches are such that a bus can carry them', async () => {
  await rig.begin();
  await scan(first('ec2'));
  await scan(first('snapshot'));
  expect(rig.memory.batches.length).toBeGreaterThan(0);
  for (const batch of rig.memory.batches)
    expect(Buffer.byteLength(JSON.stringify(batch))).toBeLessThanOrEqual(512 * 1024);
});

test('every answer is a sign of life, and no failure is', async () => {
  await rig.begin();
  const { signal } = new AbortController();
  let heard = 0;
  const aws = (await rig.provider.open(first('ec2'), signal, () => heard++)) as AwsContext;
  for (let i = 1; i <= 3; i++) {
    await aws.call('ec2', 'DescribeVolumes', {});
    expect(heard).toBe(i);
  }
  rig.simulator.faults.add([{ kind: 'deny', action: 'ec2:DescribeVolumes' }]);
  await expect(aws.call('ec2', 'DescribeVolumes', {})).rejects.toMatchObject({ type: 'AWS_ACCESS_DENIED' });
  expect(heard).toBe(3);
});

describe('what a listing that fails says', () => {
  const denied = { kind: 'deny', action: 'ec2:DescribeInstances' } as const;
  const nothing = { kind: 'error', action: 'none:None' } as const;
  let unit: Unit;
  let known: number;
  beforeAll(async () => {
    await rig.begin();
    unit = first('ec2', 'eu-west-1');
    await scan(unit);
    known = await sizeOf(unit);
    expect(known).toBeGreaterThan(10);
  });
  test.each([
    ['denied', denied, 'failed', 'AWS_ACCESS_DENIED'],
    ['forbidden by a service control policy', { ...denied, kind: 'scp' }, 'failed', 'AWS_SCP_DENIED'],
    ['throttled to the end', { ...denied, kind: 'throttle' }, 'failed', 'AWS_THROTTLED'],
    ['answered with errors', { ...denied, kind: 'error' }, 'failed', 'AWS_SERVICE_ERROR'],
    ['answered with HTML', { ...denied, kind: 'html' }, 'failed', 'AWS_RESPONSE_INVALID'],
    ['reset', { ...denied, kind: 'reset' }, 'failed', 'AWS_UNREACHABLE'],
    ['cut off', { ...denied, kind: 'truncate' }, 'failed', 'AWS_UNREACHABLE'],
    ['called with expired credentials', { ...denied, kind: 'expired' }, 'failed', 'AWS_CREDENTIALS_EXPIRED'],
    ['of a region that is off', { kind: 'region_off', region: 'eu-west-1' }, 'skipped', 'AWS_REGION_DISABLED'],
    ['throttled twice', { ...denied, kind: 'throttle', times: 2 }, 'complete', ''],
    ['reset once', { ...denied, kind: 'reset', times: 1 }, 'complete', ''],
    ['cut off once', { ...denied, kind: 'truncate', times: 1 }, 'complete', ''],
    ['answered with an empty page first', { ...denied, kind: 'empty_page' }, 'complete', ''],
    ['healthy', nothing, 'complete', ''],
  ] as const)('%s: nothing disappears', async (_, fault, state, error) => {
    rig.simulator.faults.add([fault]);
    expect(await scan(unit)).toMatchObject({ state, error, gone: 0, count: state === 'complete' ? known : 0 });
    expect(await sizeOf(unit)).toBe(known);
  });
});

describe('a listing that fails', () => {
  test('half-way: what was read is kept, the rest stays', async () => {
    await rig.begin();
    // Lambda gives fifty a page.
    const units = [...world.units({ type: 'lambda' })].sort((x, y) => y.count - x.count);
    const many = { account: units[0]?.account.id ?? '', region: units[0]?.region ?? '', type: 'lambda' };
    const { count } = await scan(many);
    expect(count).toBeGreaterThan(50);
    rig.simulator.faults.add([{ kind: 'page', action: 'lambda:ListFunctions' }]);
    expect(await scan(many)).toMatchObject({ state: 'partial', error: 'AWS_SERVICE_ERROR', count: 50, gone: 0 });
    expect(await sizeOf(many)).toBe(count);
  });
});

describe('a detail that cannot be read', () => {
  test('is absent on a new bucket, not false, and the unit is partial', async () => {
    await rig.begin();
    rig.simulator.faults.add([{ kind: 'deny', action: 's3:GetPublicAccessBlock' }]);
    expect(await scan(first('s3'))).toMatchObject({ state: 'partial', error: 'AWS_ACCESS_DENIED', gone: 0 });
    for (const bucket of await rig.memory.live()) {
      expect(bucket).not.toHaveProperty('public_read');
      expect(bucket.metadata).not.toHaveProperty('public_read');
      expect(bucket).toHaveProperty('encrypted');
    }
  });

  test('keeps the value that it had: nothing is written, and other changes are', async () => {
    await rig.begin();
    const unit = first('s3');
    await scan(unit);
    const before = byId(await rig.memory.live());
    rig.memory.written = 0;
    rig.simulator.faults.add([{ kind: 'deny', action: 's3:GetPublicAccessBlock' }]);
    expect(await scan(unit)).toMatchObject({ state: 'partial', count: before.size });
    expect(rig.memory.written).toBe(0);
    expect(byId(await rig.memory.live())).toEqual(before);
    const [changed] = world.drift(1, { account: unit.account, region: unit.region, type: 's3', modifyOnly: true });
    await scan(unit);
    expect(rig.memory.written).toBe(1);
    const now = byId(await rig.memory.live()).get(changed?.arn ?? '');
    expect(now?.metadata.public_read).toBe(before.get(changed?.arn ?? '')?.metadata.public_read);
    expect(now).not.toEqual(before.get(changed?.arn ?? ''));
  });

  test('that is all there is leaves a known table as it was, and does not store a new one', async () => {
    await rig.begin();
    const unit = first('dynamodb');
    rig.simulator.faults.add([{ kind: 'deny', action: 'dynamodb:DescribeTable' }]);
    expect(await scan(unit)).toMatchObject({ state: 'failed', error: 'AWS_ACCESS_DENIED' });
    expect(await rig.memory.live()).toEqual([]);
    rig.simulator.faults.clear();
    await scan(unit);
    const before = byId(await rig.memory.live());
    rig.simulator.faults.add([{ kind: 'deny', action: 'dynamodb:DescribeTable' }]);
    await scan(unit);
    expect(byId(await rig.memory.live())).toEqual(before);
  });
});

describe('what cannot be scanned at all', () => {
  test.each([
    ['an endpoint that nobody serves', false, 'AWS_UNREACHABLE'],
    ['a server that is not AWS', true, 'AWS_RESPONSE_INVALID'],
  ])('%s is told', async (_, served, code) => {
    const server = await serve(() => '<html><body>Welcome</body></html>');
    rig.pointTo(served ? server.endpoint : 'http://127.0.0.1:1');
    try {
      await rig.begin();
      await expect(rig.provider.identify(new AbortController().signal)).rejects.toMatchObject({ type: code });
      for (const type of ['ec2', 'rds', 's3', 'lambda', 'dynamodb']) {
        expect(await scan(first(type))).toMatchObject({ state: 'failed', error: code, count: 0 });
      }
    } finally {
      rig.pointTo(rig.simulator.endpoint);
      await server.close();
    }
  });

  test('an empty answer of something that is not AWS is no empty estate', async () => {
    const json = ['dynamodb', 'ecr', 'ecs', 'ecs_service', 'eks', 'kms', 'lambda', 'log_group'];
    // SQS leaves the list out where there is none; a queue that vanishes with all others is held by the memory.
    const types = [...awsTypes.values()].filter(({ type }) => type !== 'sqs');
    const account = world.accounts[0]?.id ?? '';
    const identity = `<R><GetCallerIdentityResult><Account>${account}</Account></GetCallerIdentityResult></R>`;
    let body = '';
    const server = await serve((service) => (service === 'sts' ? identity : body));
    rig.pointTo(server.endpoint);
    try {
      await rig.begin();
      for (const { type, global } of types) {
        body = json.includes(type) ? '{}' : '<ok></ok>';
        const { state, error, count } = await scan({ account, region: global ? 'global' : 'us-east-1', type });
        expect({ type, state, error, count }).toEqual({
          type,
          state: 'failed',
          error: 'AWS_RESPONSE_INVALID',
          count: 0,
        });
      }
    } finally {
      rig.pointTo(rig.simulator.endpoint);
      await server.close();
    }
  });

  test('wrong credentials are told apart from a region that is off', async () => {
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'AKIAWRONG', AWS_SECRET_ACCESS_KEY: 'wrong' });
    try {
      await rig.begin();
      await expect(rig.provider.identify(new AbortController().signal)).rejects.toMatchObject({
        type: 'AWS_CREDENTIALS_INVALID',
      });
      expect(await scan(first('ec2', 'eu-west-1'))).toMatchObject({
        state: 'failed',
        error: 'AWS_CREDENTIALS_INVALID',
      });
    } finally {
      rig.pointTo(rig.simulator.endpoint);
    }
  });

  test('credentials of another account than the configured one are refused', async () => {
    await rig.begin({
      accounts: world.accounts.map(({ id, name }) => ({ id, name, role_arn: '', external_id: '', environment: '' })),
    });
    const unit = { account: world.accounts[1]?.id ?? '', region: 'us-east-1', type: 'ec2' };
    expect(await scan(unit)).toMatchObject({ state: 'failed', error: 'AWS_CREDENTIALS_INVALID', count: 0 });
  });

  test('an unknown type is refused', async () => {
    await rig.begin();
    await expect(scan(first('floppy'))).rejects.toMatchObject({ type: 'TYPE_UNKNOWN' });
  });
});

describe('an end that comes early', () => {
  test('a cancelled scan says so and nothing disappears', async () => {
    await rig.begin();
    const unit = first('s3');
    await scan(unit);
    const before = await sizeOf(unit);
    rig.simulator.faults.add([{ kind: 'slow', action: 's3:GetBucketAcl', delayMs: 1000 }]);
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 50);
    expect(await scan(unit, stop.signal)).toMatchObject({ error: 'CANCELLED', gone: 0 });
    expect(await sizeOf(unit)).toBe(before);
  });

  test('a unit that takes too long is cut off', async () => {
    await rig.begin();
    rig.simulator.faults.add([{ kind: 'slow', action: 'ec2:DescribeVolumes', delayMs: 1000 }]);
    expect(await scan(first('ebs'), undefined, 100)).toMatchObject({ state: 'failed', error: 'DEADLINE_EXCEEDED' });
  });

  test('a call that AWS does not answer in time is tried again, then given up', async () => {
    await rig.begin({ timeout: 100 });
    rig.simulator.faults.add([{ kind: 'slow', action: 'ec2:DescribeVolumes', delayMs: 1000 }]);
    expect(await scan(first('ebs'))).toMatchObject({ state: 'failed', error: 'AWS_TIMEOUT' });
    const calls = rig.simulator.ledger.report();
    expect(JSON.stringify(calls)).toContain('ec2:DescribeVolumes');
  });
});

describe('what Lambda functions keep in their environment', () => {
  test('is nowhere in what is sent, only its names', async () => {
    await rig.begin();
    await scan(first('lambda'));
    const said = JSON.stringify(rig.memory.batches);
    const wanted = [...world.expected({ account: world.accounts[0]?.id ?? '', region: 'us-east-1', type: 'lambda' })];
    const secrets = wanted.flatMap(({ api }) => {
      const { Environment } = api as { Environment?: { Variables: Record<string, string> } };
      return Object.entries(Environment?.Variables ?? {}).filter(([key]) => !['STAGE', 'LOG_LEVEL'].includes(key));
    });
    expect(secrets.length).toBeGreaterThan(0);
    for (const [, value] of secrets) expect(said).not.toContain(value);
    const leaks = wanted.filter(({ problems }) => problems.includes('secret_in_environment')).map(({ arn }) => arn);
    const flagged = (await rig.memory.live()).filter(
      ({ metadata }) => (metadata.environment_secrets as string[]).length > 0,
    );
    expect(flagged.map(({ id }) => id).sort()).toEqual(leaks.sort());
  });
});
