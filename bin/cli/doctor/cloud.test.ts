import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { loadConfig } from '../../../lib/config/load.ts';
import { createMetrics } from '../../../lib/metrics.ts';
import { systemClock } from '../../../lib/time.ts';
import { type Simulator, startSimulator } from '../../../loadtest/aws/server/simulator.ts';
import { createWorld } from '../../../loadtest/aws/world/world.ts';
import { providerOf } from '../../../services/scanner/providers.ts';
import type { Check } from './check.ts';
import { checkCloud } from './cloud.ts';

const environment = { ...process.env };
let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ world: createWorld({ accounts: 5, resources: 60, suspended: 1 }) });
});
afterAll(() => simulator.close());
afterEach(() => {
  simulator.faults.clear();
  process.env = { ...environment };
});

/** The checks of an organisation, with the environment and the settings that a test gives. */
async function examine(env: object, flags: object = {}, scope: object = {}, ahead = 0): Promise<readonly Check[]> {
  const { accessKeyId, secretAccessKey } = simulator.credentials();
  const given = {
    AWS_ENDPOINT_URL: simulator.endpoint,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
  };
  Object.assign(process.env, given, env);
  const settings = { 'providers.aws.organization.enabled': true, 'providers.aws.rate': 1, ...flags };
  const { config } = loadConfig({ env: {}, cwd: '/', flags: settings });
  const clock = { now: () => systemClock.now() + ahead };
  const provider = providerOf({ config, clock, metrics: createMetrics(), log: pino({ level: 'silent' }) });
  try {
    const signal = AbortSignal.timeout(30_000);
    return await checkCloud(provider, {
      accounts: [],
      region: undefined,
      types: ['ec2', 'iam_role'],
      signal,
      ...scope,
    });
  } finally {
    provider.close();
  }
}
const told = (checks: readonly Check[], state: Check['state']): string[] =>
  checks.filter((one) => one.state === state).map(({ check, code }) => `${check} ${code}`.trim());

describe('the doctor', () => {
  test('finds nothing wrong where all is well, and tells a suspended account', async () => {
    const checks = await examine({});
    expect(told(checks, 'fail')).toEqual([]);
    expect(told(checks, 'warn')).toEqual(['accounts']);
    expect(checks.find(({ state }) => state === 'warn')?.text).toContain(simulator.world.accounts.at(-1)?.id);
    expect(told(checks, 'ok')).toEqual(['clock', 'credentials', 'accounts', 'entered', 'regions', 'permissions']);
  });

  test.each([
    ['wrong credentials', { AWS_ACCESS_KEY_ID: 'AKIAWRONG' }, 'AWS_CREDENTIALS_INVALID'],
    ['an endpoint that nobody serves', { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' }, 'AWS_UNREACHABLE'],
  ])('%s: says so, and looks no further', async (_, env, code) => {
    const checks = await examine(env);
    expect(told(checks, 'fail')).toEqual([`credentials ${code}`]);
    expect(told(checks, 'skip')).toEqual(expect.arrayContaining(['accounts', 'entered', 'regions', 'permissions']));
  });

  test.each([
    [
      'a unit of the organisation that there is not',
      { 'providers.aws.organization.units': ['Workload'] },
      {},
      'accounts ORGANIZATION_UNIT_UNKNOWN',
    ],
    ['an account that there is not', {}, { accounts: ['999999999999'] }, 'accounts ACCOUNT_UNKNOWN'],
    ['a region that there is not', {}, { region: 'us-est-1' }, 'regions REGION_UNKNOWN'],
    ['a region that is not enabled', {}, { region: 'me-south-1' }, 'regions AWS_REGION_DISABLED'],
    ['a type that there is not', {}, { types: ['ec2', 'floppy'] }, 'permissions TYPE_UNKNOWN'],
  ])('%s', async (_, flags, scope, wrong) => {
    const checks = await examine({}, flags, scope);
    expect(told(checks, 'fail')).toEqual([wrong]);
    expect(checks.find(({ state }) => state === 'fail')?.next).not.toBe('');
    if ('region' in scope && scope.region === 'us-est-1')
      expect(checks.find(({ state }) => state === 'fail')?.text).toMatch(
        /no region us-est-1; did you mean us-(ea|we)st-1/,
      );
  });

  test.each([
    [90_000, 'warn', '1m30s ahead of'],
    [-90_000, 'warn', '1m30s behind'],
    [3_630_000, 'fail', '1h30s ahead of'],
  ] as const)('a clock that is off by %d ms', async (ahead, state, text) => {
    const [clock] = await examine({}, {}, {}, ahead);
    expect(clock).toMatchObject({ check: 'clock', state });
    expect(clock?.text.replace(/(\d+)s/, '30s')).toContain(text.replace(/(\d+)s/, '30s'));
  });

  test('an account that refuses its role is named with it; the others are examined', async () => {
    const refused = simulator.world.accounts[2]?.id ?? '';
    const accounts = simulator.world.accounts.slice(0, 3).map(({ id }, i) => ({
      id,
      role_arn: i === 2 ? `arn:aws:iam::${id}:user/no-role` : i === 0 ? '' : `arn:aws:iam::${id}:role/x`,
    }));
    const checks = await examine(
      {},
      { 'providers.aws.organization.enabled': false, 'providers.aws.accounts': accounts },
    );
    expect(told(checks, 'fail')).toEqual(['entered AWS_ACCESS_DENIED']);
    expect(checks.find(({ state }) => state === 'fail')).toMatchObject({
      of: refused,
      text: expect.stringContaining('user/no-role'),
    });
    expect(told(checks, 'ok')).toContain('permissions');
  });
});
