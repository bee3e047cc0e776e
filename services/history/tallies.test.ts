import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Resource, Unit } from '../../lib/resource.ts';
import * as tally from './actions-tally.ts';
import { storeJudged } from './actions-write.ts';
import type { Evaluation } from './history.contract.ts';
import { resource, scan, type TestMemory, testMemory } from './testing.ts';

const ec2: Unit = { account: '111111111111', region: 'eu-west-1', type: 'ec2' };
const s3: Unit = { account: '111111111111', region: 'us-east-1', type: 's3' };
const at = '2026-11-20T10:00:00.000Z';
const later = '2026-11-20T12:00:00.000Z';

const verdict = (of: Resource, unit: Unit, decision: string, rules: string[]): Evaluation => ({
  id: `${of.id} ${rules.join()}`,
  resource_id: of.id,
  policy_name: 'elava.security',
  result: { decision, reason: 'because', confidence: 1, policies: rules, metadata: {}, actions: [] },
  effect: decision === 'deny' ? 'deny' : 'warn',
  error: '',
  evaluated_at: at,
  revision: '1',
  bundle: 'b',
  ...unit,
  name: of.name,
  environment: 'prod',
});

let t: TestMemory;
const [web, db, gone] = ['web', 'db', 'gone'].map((name) => resource(name, {}, ec2)) as [Resource, Resource, Resource];
const bucket = resource('bucket', {}, s3);
beforeAll(async () => {
  t = await testMemory();
  await scan(t.memory, { scan: 's1', at, unit: ec2, seen: [web, db, gone] });
  await scan(t.memory, { scan: 's1', at, unit: s3, seen: [bucket] });
  const store = (unit: Unit, evaluations: Evaluation[]) =>
    storeJudged(t.memory, { unit, bundle: 'b', at, evaluations, cleared: [], upto: '2' });
  await store(ec2, [
    verdict(web, ec2, 'deny', ['elava.security.deny_port', 'elava.security.flag_imdsv1']),
    verdict(db, ec2, 'flag', ['elava.security.flag_imdsv1']),
    verdict(gone, ec2, 'deny', ['elava.security.deny_port']),
  ]);
  await store(s3, [verdict(bucket, s3, 'allow', [])]);
  await scan(t.memory, { scan: 's2', at: later, unit: ec2, seen: [web, db], absent: [gone.id] });
  await scan(t.memory, { scan: 's2', at: later, unit: s3, seen: [], state: 'failed' });
});
afterAll(() => t.close());

const counted = async (params: Parameters<typeof tally.verdicts>[1]) => {
  const { groups, total } = await tally.verdicts(t.memory, params);
  return [total, ...groups.map(({ key, count }) => `${Object.values(key).join(' ')} ${count}`)];
};

describe('verdicts', () => {
  test('are counted by decision, of what lives', async () => {
    expect(await counted({ by: ['decision'] })).toEqual([3, 'allow 1', 'deny 1', 'flag 1']);
  });

  test('of several rules count for each of them', async () => {
    expect(await counted({ by: ['rule'] })).toEqual([3, 'elava.security.flag_imdsv1 2', 'elava.security.deny_port 1']);
    expect(await counted({ by: ['decision', 'rule'], decisions: ['deny'] })).toEqual([
      2,
      'deny elava.security.deny_port 1',
      'deny elava.security.flag_imdsv1 1',
    ]);
  });

  test('are narrowed by the filter, and cut off by the limit, which the total is not', async () => {
    expect(await counted({ by: ['type', 'region'], filter: { types: ['s3'] } })).toEqual([1, 's3 us-east-1 1']);
    expect(await counted({ by: ['decision'], filter: { text: 'web' } })).toEqual([1, 'deny 1']);
    expect(await counted({ by: ['decision'], limit: 1 })).toEqual([3, 'allow 1']);
    expect(await counted({ by: ['decision'], filter: { accounts: ['999999999999'] } })).toEqual([0]);
  });
});

describe('the grid', () => {
  test('has a cell for each account and region, with how the last observations went', async () => {
    const { cells, coverage } = await tally.grid(t.memory, {});
    expect(cells).toMatchObject([
      {
        region: 'eu-west-1',
        units: 1,
        complete: 1,
        failed: 0,
        resources: 2,
        finished: later,
        oldest: later,
        errors: [],
      },
      { region: 'us-east-1', units: 1, complete: 0, failed: 1, oldest: at, errors: ['AWS_ACCESS_DENIED'] },
    ]);
    expect(coverage).toMatchObject({ units: 2, complete: 1, stale: 1 });
  });

  test('is narrowed by the filter', async () => {
    const { cells } = await tally.grid(t.memory, { filter: { regions: ['us-east-1'] } });
    expect(cells.map(({ region }) => region)).toEqual(['us-east-1']);
  });
});
