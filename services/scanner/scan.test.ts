import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { Compile } from 'typebox/compile';
import type { Coverage, Resource, Unit } from '../../lib/resource.ts';
import { type Simulator, startSimulator } from '../../loadtest/aws/server/simulator.ts';
import { createWorld, type Expected, type World } from '../../loadtest/aws/world/world.ts';
import { awsProvider } from './aws/provider.ts';
import { awsTypes } from './aws/resources/index.ts';
import type { Provider } from './provider.ts';
import { scanUnit } from './scan.ts';
import { awsConfig, MapMemory, testParts } from './testing.ts';

const regions = ['us-east-1', 'eu-west-1'];
const environment = { ...process.env };
let world: World;
let simulator: Simulator;
let provider: Provider;
let memory: MapMemory;
let scans = 0;

beforeAll(async () => {
  world = createWorld({ accounts: 3, regions, resources: 700 });
  simulator = await startSimulator({ world });
  useEndpoint(simulator.endpoint, simulator.credentials());
});
afterAll(async () => {
  await simulator.close();
  process.env = environment;
});
afterEach(() => {
  simulator.faults.clear();
  provider?.close();
});

function useEndpoint(endpoint: string, { accessKeyId, secretAccessKey }: ReturnType<Simulator['credentials']>): void {
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
  });
}

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

/** A scanner with an empty memory; the first account is the caller's own, the others are reached by a role. */
function begin(changes: Parameters<typeof awsConfig>[0] = {}): void {
  const accounts = world.accounts.map(({ id, name }, i) => ({
    id,
    name,
    external_id: 'shared',
    environment: '',
    role_arn: i === 0 ? '' : `arn:aws:iam::${id}:role/elava`,
  }));
  const aws = awsConfig({ accounts, regions, ...changes });
  provider = awsProvider({ config: { providers: { aws } } as never, ...testParts() }, { pauseMs: 5 });
  memory = new MapMemory();
}

function scan(unit: Unit, signal = new AbortController().signal, timeoutMs = 60_000): Promise<Coverage> {
  const job = { scan: `scan-${++scans}`, unit };
  return scanUnit(job, { provider, memory, timeoutMs, ...testParts() }, signal);
}

async function scanAll(): Promise<Coverage[]> {
  const units = [...world.units()].map(({ account, region, type }) => ({ account: account.id, region, type }));
  return Promise.all(units.map((unit) => scan(unit)));
}

const first = (type: string, region = 'us-east-1'): Unit => ({ account: world.accounts[0]?.id ?? '', region, type });
const byId = (resources: readonly Resource[]): Map<string, Resource> => new Map(resources.map((r) => [r.id, r]));

describe('a scan of the whole estate', () => {
  test('finds what is there: ids, tags, names, times and places; a second one writes nothing, drift exactly itself', async () => {
    begin();
    const coverage = await scanAll();
    expect(coverage.filter(({ state }) => state !== 'complete')).toEqual([]);
    const found = byId(memory.all());
    const expected = [...world.expected()];
    expect([...found.keys()].sort()).toEqual(expected.map(({ arn }) => arn).sort());
    for (const want of expected) expectSame(found.get(want.arn) as Resource, want);
    expectDeclared(memory.all());
    expect(coverage.reduce((sum, { count }) => sum + count, 0)).toBe(expected.length);

    // A day later what moves by itself has moved: restorable times, last uses.
    memory.written = 0;
    world.advance(86_400_000);
    await scanAll();
    expect(memory).toMatchObject({ written: 0, gone: 0 });

    const changes = world.drift(60);
    const wanted = (kinds: string[]): number => changes.filter(({ change }) => kinds.includes(change)).length;
    await scanAll();
    expect(memory.written).toBe(wanted(['appeared', 'modified', 'reappeared']));
    expect(memory.gone).toBe(wanted(['disappeared']));
    expect(
      memory
        .all()
        .map(({ id }) => id)
        .sort(),
    ).toEqual([...world.expected()].map(({ arn }) => arn).sort());
  }, 120_000);

  test('sends batches that a bus can carry', async () => {
    begin();
    await scan(first('ec2'));
    await scan(first('snapshot'));
    expect(memory.batches.length).toBeGreaterThan(0);
    for (const batch of memory.batches)
      expect(Buffer.byteLength(JSON.stringify(batch))).toBeLessThanOrEqual(512 * 1024);
  });
});

/** The flat fields are those that the types declare, and no call needs a permission that is not declared. */
function expectDeclared(resources: readonly Resource[]): void {
  for (const [name, { fields }] of awsTypes) {
    const check = Compile(fields);
    const known = [...Object.keys(named), ...Object.keys(fields.properties)];
    for (const resource of resources.filter(({ type }) => type === name)) {
      expect([resource.id, [...check.Errors(resource)]]).toEqual([resource.id, []]);
      expect(known).toEqual(expect.arrayContaining(Object.keys(resource)));
    }
  }
  const permissions: Record<string, string> = {
    's3:ListBuckets': 's3:ListAllMyBuckets',
    's3:GetBucketEncryption': 's3:GetEncryptionConfiguration',
    's3:GetPublicAccessBlock': 's3:GetBucketPublicAccessBlock',
  };
  const called = simulator.ledger.report().counts.map(({ action }) => permissions[action] ?? action);
  const declared = [...awsTypes.values()].flatMap(({ actions }) => actions);
  expect(declared).toEqual(expect.arrayContaining(called.filter((action) => !action.startsWith('sts:'))));
}

function expectSame(found: Resource, want: Expected): void {
  const { id, account, region, type, tags, name, created_at, provider: cloud, metadata } = found;
  const noTime = ['lambda', 'security_group'];
  expect({ id, account, region, type, tags, cloud, name, created_at }).toEqual({
    id: want.arn,
    account: want.account,
    region: want.region,
    type: want.type,
    tags: want.tags,
    cloud: 'aws',
    name: want.tags.Name ?? (['ec2', 'ebs', 'snapshot'].includes(type) ? want.id : want.name),
    created_at: noTime.includes(type) ? '' : want.createdAt,
  });
  expect([...found.refs]).toEqual([...new Set(found.refs)].sort());
  const flat = Object.keys(found).filter((key) => !(key in named));
  expect(flat.length).toBeGreaterThan(0);
  for (const key of flat) expect({ [key]: metadata[key] }).toEqual({ [key]: (found as Record<string, unknown>)[key] });
}
const named = {
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

describe('what a listing that fails says', () => {
  const denied = { kind: 'deny', action: 'ec2:DescribeInstances' } as const;
  const nothing = { kind: 'error', action: 'none:None' } as const;
  test.each([
    ['denied', denied, 'failed', 'AWS_ACCESS_DENIED'],
    ['forbidden by a service control policy', { ...denied, kind: 'scp' }, 'failed', 'AWS_ACCESS_DENIED'],
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
  ] as const)(
    '%s: nothing disappears',
    async (_, fault, state, error) => {
      begin();
      const unit = first('ec2', 'eu-west-1');
      await scan(unit);
      const before = memory.unit(unit).size;
      expect(before).toBeGreaterThan(10);
      simulator.faults.add([fault]);
      expect(await scan(unit)).toMatchObject({ state, error, gone: 0, count: state === 'complete' ? before : 0 });
      expect(memory.unit(unit).size).toBe(before);
    },
    60_000,
  );

  test('half-way: what was read is kept, the rest stays', async () => {
    begin();
    const unit = { account: world.accounts[2]?.id ?? '', region: 'us-east-1', type: 's3' };
    const total = [...world.expected({ account: unit.account, region: unit.region, type: 's3' })].length;
    // Lambda gives fifty a page, S3 all of them.
    const many = { ...unit, type: 'lambda' };
    await scan(many);
    simulator.faults.add([{ kind: 'page', action: 'lambda:ListFunctions' }]);
    const known = memory.unit(many).size;
    const row = await scan(many);
    expect(row).toMatchObject(
      known > 50 ? { state: 'partial', error: 'AWS_SERVICE_ERROR', count: 50 } : { state: 'complete' },
    );
    expect(memory.unit(many).size).toBe(known);
    expect(total).toBeGreaterThan(0);
  }, 60_000);
});

describe('a detail that cannot be read', () => {
  test('is absent on a new bucket, not false, and the unit is partial', async () => {
    begin();
    simulator.faults.add([{ kind: 'deny', action: 's3:GetPublicAccessBlock' }]);
    expect(await scan(first('s3'))).toMatchObject({ state: 'partial', error: 'AWS_ACCESS_DENIED', gone: 0 });
    for (const bucket of memory.all()) {
      expect(bucket).not.toHaveProperty('public_read');
      expect(bucket.metadata).not.toHaveProperty('public_read');
      expect(bucket).toHaveProperty('encrypted');
    }
  });

  test('keeps the value that it had: nothing is written, and other changes are', async () => {
    begin();
    const unit = first('s3');
    await scan(unit);
    const before = byId(memory.all());
    memory.written = 0;
    simulator.faults.add([{ kind: 'deny', action: 's3:GetPublicAccessBlock' }]);
    expect(await scan(unit)).toMatchObject({ state: 'partial', count: before.size });
    expect(memory.written).toBe(0);
    expect(byId(memory.all())).toEqual(before);
    const [changed] = world.drift(1, { account: unit.account, region: unit.region, type: 's3', modifyOnly: true });
    await scan(unit);
    expect(memory.written).toBe(1);
    const now = byId(memory.all()).get(changed?.arn ?? '');
    expect(now?.metadata.public_read).toBe(before.get(changed?.arn ?? '')?.metadata.public_read);
    expect(now).not.toEqual(before.get(changed?.arn ?? ''));
  });

  test('that is all there is leaves a known table as it was, and does not store a new one', async () => {
    begin();
    const unit = first('dynamodb');
    simulator.faults.add([{ kind: 'deny', action: 'dynamodb:DescribeTable' }]);
    expect(await scan(unit)).toMatchObject({ state: 'failed', error: 'AWS_ACCESS_DENIED' });
    expect(memory.all()).toEqual([]);
    simulator.faults.clear();
    await scan(unit);
    const before = byId(memory.all());
    simulator.faults.add([{ kind: 'deny', action: 'dynamodb:DescribeTable' }]);
    await scan(unit);
    expect(byId(memory.all())).toEqual(before);
  });
});

describe('what cannot be scanned at all', () => {
  test.each([
    ['an endpoint that nobody serves', false, 'AWS_UNREACHABLE'],
    ['a server that is not AWS', true, 'AWS_RESPONSE_INVALID'],
  ])('%s is told', async (_, served, code) => {
    const server = await serve(() => '<html><body>Welcome</body></html>');
    if (!served) await server.close();
    useEndpoint(server.endpoint, simulator.credentials());
    try {
      begin();
      await expect(provider.identify(new AbortController().signal)).rejects.toMatchObject({ type: code });
      for (const type of ['ec2', 'rds', 's3', 'lambda', 'dynamodb']) {
        expect(await scan(first(type))).toMatchObject({ state: 'failed', error: code, count: 0 });
      }
    } finally {
      useEndpoint(simulator.endpoint, simulator.credentials());
      if (served) await server.close();
    }
  });

  test.each([
    ['ec2', '<ok></ok>'],
    ['rds', '<ok></ok>'],
    ['iam_role', '<ok></ok>'],
    ['s3', '<ok></ok>'],
    ['lambda', '{}'],
    ['dynamodb', '{}'],
  ])('an empty answer of something that is not AWS is no empty estate: %s', async (type, body) => {
    const account = world.accounts[0]?.id ?? '';
    const unit = { account, region: type === 'iam_role' ? 'global' : 'us-east-1', type };
    const identity = `<R><GetCallerIdentityResult><Account>${account}</Account></GetCallerIdentityResult></R>`;
    const server = await serve((service) => (service === 'sts' ? identity : body));
    useEndpoint(server.endpoint, simulator.credentials());
    try {
      begin();
      expect(await scan(unit)).toMatchObject({ state: 'failed', error: 'AWS_RESPONSE_INVALID', count: 0 });
    } finally {
      useEndpoint(simulator.endpoint, simulator.credentials());
      await server.close();
    }
  });

  test('wrong credentials are told apart from a region that is off', async () => {
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'AKIAWRONG', AWS_SECRET_ACCESS_KEY: 'wrong' });
    try {
      begin();
      await expect(provider.identify(new AbortController().signal)).rejects.toMatchObject({
        type: 'AWS_CREDENTIALS_INVALID',
      });
      expect(await scan(first('ec2', 'eu-west-1'))).toMatchObject({
        state: 'failed',
        error: 'AWS_CREDENTIALS_INVALID',
      });
    } finally {
      useEndpoint(simulator.endpoint, simulator.credentials());
    }
  });

  test('credentials of another account than the configured one are refused', async () => {
    begin({
      accounts: world.accounts.map(({ id, name }) => ({ id, name, role_arn: '', external_id: '', environment: '' })),
    });
    const unit = { account: world.accounts[1]?.id ?? '', region: 'us-east-1', type: 'ec2' };
    expect(await scan(unit)).toMatchObject({ state: 'failed', error: 'AWS_CREDENTIALS_INVALID', count: 0 });
  });

  test('an unknown type is refused', async () => {
    begin();
    await expect(scan(first('floppy'))).rejects.toMatchObject({ type: 'TYPE_UNKNOWN' });
  });
});

describe('an end that comes early', () => {
  test('a cancelled scan says so and nothing disappears', async () => {
    begin();
    const unit = first('s3');
    await scan(unit);
    const before = memory.unit(unit).size;
    simulator.faults.add([{ kind: 'slow', action: 's3:GetBucketAcl', delayMs: 1000 }]);
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 50);
    expect(await scan(unit, stop.signal)).toMatchObject({ error: 'CANCELLED', gone: 0 });
    expect(memory.unit(unit).size).toBe(before);
  });

  test('a unit that takes too long is cut off', async () => {
    begin();
    simulator.faults.add([{ kind: 'slow', action: 'ec2:DescribeVolumes', delayMs: 1000 }]);
    expect(await scan(first('ebs'), undefined, 100)).toMatchObject({ state: 'failed', error: 'DEADLINE_EXCEEDED' });
  });

  test('a call that AWS does not answer in time is tried again, then given up', async () => {
    begin({ timeout: 100 });
    simulator.faults.add([{ kind: 'slow', action: 'ec2:DescribeVolumes', delayMs: 1000 }]);
    expect(await scan(first('ebs'))).toMatchObject({ state: 'failed', error: 'AWS_TIMEOUT' });
    const calls = simulator.ledger.report();
    expect(JSON.stringify(calls)).toContain('ec2:DescribeVolumes');
  });
});

describe('what Lambda functions keep in their environment', () => {
  test('is nowhere in what is sent, only its names', async () => {
    begin();
    await scan(first('lambda'));
    const said = JSON.stringify(memory.batches);
    const wanted = [...world.expected({ account: world.accounts[0]?.id ?? '', region: 'us-east-1', type: 'lambda' })];
    const secrets = wanted.flatMap(({ api }) => {
      const { Environment } = api as { Environment?: { Variables: Record<string, string> } };
      return Object.entries(Environment?.Variables ?? {}).filter(([key]) => !['STAGE', 'LOG_LEVEL'].includes(key));
    });
    expect(secrets.length).toBeGreaterThan(0);
    for (const [, value] of secrets) expect(said).not.toContain(value);
    const leaks = wanted.filter(({ problems }) => problems.includes('secret_in_environment')).map(({ arn }) => arn);
    const flagged = memory.all().filter(({ metadata }) => (metadata.environment_secrets as string[]).length > 0);
    expect(flagged.map(({ id }) => id).sort()).toEqual(leaks.sort());
  });
});
