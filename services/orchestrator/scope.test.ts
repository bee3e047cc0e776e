import { describe, expect, test } from '@jest/globals';
import { type Estate, scopeUnits } from './scope.ts';

const tier = (types: string[]) => ({ types, accounts: [], regions: [], interval: 1000 });
const estate: Estate = {
  accounts: ['111111111111', '222222222222'],
  regions: ['us-east-1', 'eu-west-1'],
  types: [],
  tiers: { critical: tier(['iam_role', 's3']), standard: tier([]) },
  allRegions: ['us-east-1', 'eu-west-1', 'eu-west-2'],
  allTypes: [
    { type: 'ec2', global: false },
    { type: 's3', global: false },
    { type: 'iam_role', global: true },
  ],
};
const keys = (scope: object, of = estate): string[] =>
  scopeUnits(scope, of).map(({ account, region, type }) => `${account.slice(0, 1)}/${region}/${type}`);

describe('the units of a scope', () => {
  test('are all that is configured when nothing is said', () => {
    expect(keys({})).toHaveLength(2 * (2 * 2 + 1));
  });

  test('are narrowed by whatever is said', () => {
    expect(keys({ accounts: ['222222222222'], regions: ['us-east-1'], types: ['ec2'] })).toEqual(['2/us-east-1/ec2']);
  });

  test('of a region leave global types out, unless they are named', () => {
    expect(keys({ regions: ['us-east-1'], accounts: ['111111111111'] })).toEqual(['1/us-east-1/ec2', '1/us-east-1/s3']);
    expect(keys({ regions: ['us-east-1'], types: ['iam_role'], accounts: ['111111111111'] })).toEqual([
      '1/global/iam_role',
    ]);
    expect(keys({ regions: ['global'], accounts: ['111111111111'] })).toEqual(['1/global/iam_role']);
  });

  test('of a region that is not configured but exists', () => {
    expect(keys({ regions: ['eu-west-2'], types: ['s3'], accounts: ['111111111111'] })).toEqual(['1/eu-west-2/s3']);
  });

  test('of tiers are those whose first tier it is', () => {
    expect(keys({ tiers: ['critical'], accounts: ['111111111111'] }).sort()).toEqual([
      '1/eu-west-1/s3',
      '1/global/iam_role',
      '1/us-east-1/s3',
    ]);
    expect(keys({ tiers: ['critical', 'standard'] })).toHaveLength(10);
  });

  test('are named once, however often they are asked for', () => {
    expect(
      keys({ types: ['ec2', 'ec2'], regions: ['us-east-1', 'us-east-1'], accounts: ['111111111111'] }),
    ).toHaveLength(1);
  });

  test('are those of the configured types', () => {
    expect(new Set(keys({}, { ...estate, types: ['s3'] }).map((key) => key.split('/')[2]))).toEqual(new Set(['s3']));
  });
});

describe('a name that is wrong', () => {
  test.each([
    ['region', { regions: ['us-est-1'] }, 'REGION_UNKNOWN', 'us-east-1'],
    ['type', { types: ['ec3'] }, 'TYPE_UNKNOWN', 'ec2'],
    ['account', { accounts: ['111111111112'] }, 'ACCOUNT_UNKNOWN', '111111111111'],
    ['tier', { tiers: ['criticl'] }, 'TIER_UNKNOWN', 'critical'],
  ])('%s: the nearest right one is told', (_, scope, type, near) => {
    expect(() => scopeUnits(scope, estate)).toThrow(
      expect.objectContaining({ type, message: expect.stringContaining(near) }),
    );
  });

  test('in the configuration is told when all is asked for', () => {
    expect(() => scopeUnits({}, { ...estate, regions: ['us-est-1'] })).toThrow(
      expect.objectContaining({ type: 'REGION_UNKNOWN' }),
    );
    expect(() => scopeUnits({}, { ...estate, types: ['ec3'] })).toThrow(
      expect.objectContaining({ type: 'TYPE_UNKNOWN' }),
    );
  });

  test('where there is none at all', () => {
    expect(() => scopeUnits({ tiers: ['x'] }, { ...estate, tiers: {} })).toThrow(
      expect.objectContaining({ type: 'TIER_UNKNOWN' }),
    );
  });
});
