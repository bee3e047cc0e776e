import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type Simulator, startSimulator } from '../../../loadtest/aws/server/simulator.ts';
import { createWorld } from '../../../loadtest/aws/world/world.ts';
import type { AccountInfo, Provider } from '../provider.ts';
import { awsConfig, organization, testParts } from '../testing.ts';
import { deltaOf, hasTag } from './accounts.ts';
import { chosenUnits } from './organization.ts';
import { awsProvider } from './provider.ts';

const environment = { ...process.env };
let simulator: Simulator;
let provider: Provider;

beforeAll(async () => {
  const world = createWorld({ accounts: 60, regions: ['us-east-1', 'eu-west-1'], resources: 60, suspended: 2 });
  simulator = await startSimulator({ world });
  const { accessKeyId, secretAccessKey } = simulator.credentials();
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: simulator.endpoint,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
  });
});
afterAll(async () => {
  await simulator.close();
  process.env = environment;
});
afterEach(() => {
  simulator.faults.clear();
  provider?.close();
});

const accounts = () => simulator.world.accounts;
const idOf = (index: number): string => accounts().at(index)?.id ?? '';
const calls = (action: string): number =>
  simulator.ledger.report().counts.reduce((sum, count) => sum + (count.action === action ? count.calls : 0), 0);

type Changes = Parameters<typeof awsConfig>[0];
function begin(changes: Parameters<typeof organization>[0] = {}, aws: Changes = {}, now = Date.now): Provider {
  const config = {
    providers: { aws: awsConfig({ organization: organization({ enabled: true, ...changes }), ...aws }) },
  };
  const parts = { ...testParts(), clock: { now: () => now() } };
  provider = awsProvider({ config: config as never, ...parts }, { pauseMs: 1 });
  simulator.ledger.clear();
  return provider;
}
const names = (found: readonly AccountInfo[]): string[] => found.map(({ name }) => name).sort();
const signal = new AbortController().signal;

describe("an organisation's accounts", () => {
  test('are all found, twenty a page; each has the role, that of the caller needs none, a suspended one is told', async () => {
    const found = await begin({ role: 'team/reader' }).accounts();
    expect(found.map(({ id }) => id)).toEqual(
      accounts()
        .map(({ id }) => id)
        .sort(),
    );
    const [own, other, closed] = [0, 1, -1].map((index) => found.find(({ id }) => id === idOf(index)));
    expect(own).toMatchObject({ role: '', state: 'active', name: accounts()[0]?.name });
    expect(other).toMatchObject({ role: `arn:aws:iam::${idOf(1)}:role/team/reader`, state: 'active' });
    expect(closed?.state).toBe('suspended');
    expect(found.filter(({ state }) => state === 'suspended')).toHaveLength(2);
    expect(calls('organizations:ListAccounts')).toBe(3);
  });

  test('are those of a unit with all below it, by name, path or id, with the path of each', async () => {
    const prod = await begin({ units: ['Prod'] }).accounts();
    expect(new Set(prod.map(({ unit }) => unit))).toEqual(new Set(['Workloads/Prod']));
    provider.close();
    const below = await begin({ units: ['Workloads'] }).accounts();
    expect(new Set(below.map(({ unit }) => unit))).toEqual(
      new Set(['Workloads/Prod', 'Workloads/Staging', 'Workloads/Dev']),
    );
    expect(names(below)).toEqual(expect.arrayContaining(names(prod)));
    provider.close();
    expect(names(await begin({ units: ['Workloads/Prod', 'Prod'] }).accounts())).toEqual(names(prod));
  });

  test('of a unit that does not exist are refused, and the nearest is told', async () => {
    await expect(begin({ units: ['Workload/Prd'] }).accounts()).rejects.toMatchObject({
      type: 'ORGANIZATION_UNIT_UNKNOWN',
      message: expect.stringContaining('Workloads/Prod'),
    });
  });

  test('are those with one of the tags, and not those left out', async () => {
    const found = await begin({ tags: ['team=payments', 'team=search'], exclude: ['*-dev*'] }).accounts();
    expect(new Set(found.map(({ tags }) => tags.team))).toEqual(new Set(['payments', 'search']));
    expect(found.filter(({ name }) => name.includes('-dev'))).toEqual([]);
    expect(found.length).toBeGreaterThan(2);
  });

  test('are completed by those of the configuration, which knows them better', async () => {
    const listed = {
      id: idOf(1),
      name: 'ours',
      role_arn: `arn:aws:iam::${idOf(1)}:role/own`,
      external_id: '',
      environment: '',
    };
    const stranger = { ...listed, id: '999999999999', name: 'partner', role_arn: 'arn:aws:iam::999999999999:role/x' };
    const found = await begin({}, { accounts: [listed, stranger] }).accounts();
    expect(found).toHaveLength(61);
    expect(found.find(({ id }) => id === idOf(1))).toMatchObject({ name: 'ours', role: listed.role_arn });
    expect(found.at(-1)).toMatchObject({ id: '999999999999', name: 'partner', state: 'active' });
  });

  test('are found through empty pages, and through a role that may list them', async () => {
    simulator.faults.add([{ kind: 'empty_page', action: 'organizations:ListAccounts' }]);
    const role_arn = `arn:aws:iam::${idOf(0)}:role/lister`;
    expect(await begin({ role_arn }).accounts()).toHaveLength(60);
    expect(calls('sts:AssumeRole')).toBe(1);
  });

  test.each([
    ['vanish', 'AWS_RESPONSE_INVALID'],
    ['page', 'AWS_SERVICE_ERROR'],
    ['deny', 'AWS_ACCESS_DENIED'],
    ['scp', 'AWS_SCP_DENIED'],
  ] as const)('are never taken for gone: %s is %s', async (kind, type) => {
    simulator.faults.add([{ kind, action: 'organizations:ListAccounts' }]);
    await expect(begin().accounts()).rejects.toMatchObject({ type });
  });

  test('are kept, looked up again when it is time, and stay as they were when that fails', async () => {
    let now = Date.now();
    begin({ tags: ['team'] }, {}, () => now);
    const first = await provider.accounts();
    expect(await provider.accounts()).toBe(first);
    const [listed, tagged] = [calls('organizations:ListAccounts'), calls('organizations:ListTagsForResource')];
    now += 3_600_001;
    expect((await provider.accounts()).length).toBe(first.length);
    expect(calls('organizations:ListAccounts')).toBe(2 * listed);
    // Only accounts that joined meanwhile are asked for their tags.
    expect(calls('organizations:ListTagsForResource')).toBe(tagged);
    now += 3_600_001;
    simulator.faults.add([{ kind: 'deny', action: 'organizations:ListAccounts' }]);
    expect((await provider.accounts()).length).toBe(first.length);
  });

  test('that are suspended refuse their role, and the unit says which it is', async () => {
    begin();
    const unit = { account: idOf(-1), region: 'us-east-1', type: 'ec2' };
    const context = (await provider.open(unit, signal)) as { call: (...a: unknown[]) => Promise<unknown> };
    const refused = await context.call('ec2', 'DescribeVpcs', {}).catch((error: unknown) => error);
    expect(await provider.explain(refused, unit, signal)).toMatchObject({ type: 'AWS_ACCOUNT_SUSPENDED' });
    expect(await provider.explain(refused, { ...unit, account: idOf(1) }, signal)).toMatchObject({
      type: 'AWS_ACCESS_DENIED',
    });
  });
});

test("without a list and an organisation there is the caller's own account", async () => {
  expect(await begin({ enabled: false }).accounts()).toMatchObject([{ id: idOf(0), role: '', state: 'active' }]);
});

describe('the regions of an account', () => {
  test('are the configured ones, or those that it has enabled, asked once', async () => {
    begin({}, { regions: ['eu-west-1'] });
    expect(await provider.regionsOf(idOf(1), signal)).toEqual({ on: ['eu-west-1'], off: [] });
    provider.close();
    simulator.faults.add([{ kind: 'region_off', account: idOf(1), region: 'eu-west-1' }]);
    begin({}, { regions: ['all'] });
    const [one, two] = await Promise.all([1, 2].map((index) => provider.regionsOf(idOf(index), signal)));
    expect(one).toEqual({ on: ['us-east-1'], off: ['af-south-1', 'ap-east-1', 'eu-west-1', 'me-south-1'] });
    expect(two).toEqual({ on: ['eu-west-1', 'us-east-1'], off: ['af-south-1', 'ap-east-1', 'me-south-1'] });
    await provider.regionsOf(idOf(1), signal);
    expect(calls('ec2:DescribeRegions')).toBe(2);
  });

  test('that are refused are not asked for by everybody again', async () => {
    let now = Date.now();
    begin({}, { regions: ['all'] }, () => now);
    simulator.faults.add([{ kind: 'deny', action: 'ec2:DescribeRegions', times: 1 }]);
    for (const _ of [1, 2]) {
      await expect(provider.regionsOf(idOf(1), signal)).rejects.toMatchObject({ type: 'AWS_ACCESS_DENIED' });
    }
    now += 61_000;
    expect((await provider.regionsOf(idOf(1), signal)).on).toContain('us-east-1');
  });
});

describe('a probe', () => {
  test('makes the calls of a type, with small pages, and tells what each came to', async () => {
    begin();
    simulator.faults.add([
      { kind: 'deny', action: 's3:GetBucketAcl' },
      { kind: 'scp', action: 'rds:*' },
    ]);
    const place = { account: idOf(1), region: 'us-east-1', types: ['s3', 'rds', 'ec2', 'floppy'] };
    const probes = await provider.probe(place, signal);
    const of = (type: string) => probes.filter((probe) => probe.type === type);
    expect(of('rds')).toMatchObject([{ api: 'rds:DescribeDBInstances', error: 'AWS_SCP_DENIED' }]);
    expect(of('s3').find(({ api }) => api === 's3:ListBuckets')).toMatchObject({ error: '' });
    expect(of('s3').filter(({ error }) => error !== '').length).toBeLessThanOrEqual(1);
    expect(of('ec2').every(({ error }) => error === '')).toBe(true);
    expect(of('floppy')).toMatchObject([{ error: 'TYPE_UNKNOWN' }]);
  });

  test('tells a service that fails from one that has nothing of the kind', async () => {
    begin();
    simulator.faults.add([{ kind: 'error', action: 'ec2:DescribeVolumes' }]);
    const [bucket] = [...simulator.world.expected({ type: 's3' })];
    const place = { account: bucket?.account ?? '', region: bucket?.region ?? '', types: ['ebs', 's3'] };
    const probes = await provider.probe(place, signal);
    expect(probes.filter(({ error }) => error !== '')).toMatchObject([{ type: 'ebs', error: 'AWS_SERVICE_ERROR' }]);
    // Most buckets have no policy, no tags or no encryption of their own: AWS answers that with an error.
    expect(probes.filter(({ type }) => type === 's3').length).toBeGreaterThan(1);
  });

  test('of an account that cannot be entered says so for each type', async () => {
    begin();
    const place = { account: idOf(-1), region: 'us-east-1', types: ['ebs', 'rds'] };
    const probes = await provider.probe(place, signal);
    expect(probes.map(({ error }) => error)).toEqual(['AWS_ACCOUNT_SUSPENDED', 'AWS_ACCOUNT_SUSPENDED']);
  });
});

test("AWS's clock is read from its answer, also from one that refuses", async () => {
  begin({}, {}, () => Date.now() - 600_000);
  expect(Math.abs((await provider.clockSkew(signal)) - 600_000)).toBeLessThan(5000);
  process.env.AWS_ACCESS_KEY_ID = 'AKIAWRONG';
  try {
    provider.close();
    begin();
    expect(Math.abs(await provider.clockSkew(signal))).toBeLessThan(5000);
  } finally {
    process.env.AWS_ACCESS_KEY_ID = simulator.credentials().accessKeyId;
  }
});

describe('the units that a name stands for', () => {
  const tree = [
    { id: 'r-1', path: '' },
    { id: 'ou-1', path: 'A' },
    { id: 'ou-2', path: 'A/B' },
    { id: 'ou-3', path: 'AB' },
    { id: 'ou-4', path: 'C/B' },
  ];
  test.each([
    ['A', ['ou-1', 'ou-2']],
    ['ou-1', ['ou-1', 'ou-2']],
    ['B', ['ou-2', 'ou-4']],
    ['A/B', ['ou-2']],
    ['r-1', ['r-1', 'ou-1', 'ou-2', 'ou-3', 'ou-4']],
  ])('%s', (name, ids) => {
    expect(chosenUnits([name], tree).map(({ id }) => id)).toEqual(ids);
  });
});

test.each([
  ['team', true],
  ['team=payments', true],
  ['team=pay*', true],
  ['team=search', false],
  ['owner', false],
])('the tag %s', (wanted, has) => {
  expect(hasTag({ team: 'payments' }, wanted)).toBe(has);
});

test('what became different is told', () => {
  const one = (id: string, state: 'active' | 'suspended' = 'active') =>
    ({ id, name: '', state, unit: '', tags: {}, role: '' }) satisfies AccountInfo;
  expect(deltaOf([one('1'), one('2'), one('3')], [one('2'), one('3', 'suspended'), one('4')])).toEqual({
    added: ['4'],
    removed: ['1'],
    suspended: ['3'],
  });
});
