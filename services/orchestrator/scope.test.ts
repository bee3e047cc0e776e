import { describe, expect, test } from '@jest/globals';
import { type Estate, type EstateAccount, scopeUnits } from './scope.ts';
import { tierWith } from './testing.ts';

const tier = (types: string[]) => tierWith({ types });
const account = (id: string, name = '', parts: Partial<EstateAccount> = {}): EstateAccount => ({
  id,
  name,
  state: 'active',
  regions: ['us-east-1', 'eu-west-1'],
  ...parts,
});
const estate: Estate = {
  accounts: [account('111111111111', 'payments'), account('222222222222')],
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
  [...scopeUnits(scope, of)].map(({ account, region, type }) => `${account.slice(0, 1)}/${region}/${type}`);

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

  test('of a shallow type are asked for by its name, or by "all"', () => {
    const shallow = { ...estate, allTypes: [...estate.allTypes, { type: 'other', global: false, shallow: true }] };
    const there = { regions: ['us-east-1'], accounts: ['111111111111'] };
    expect(keys(there, shallow)).not.toContain('1/us-east-1/other');
    expect(keys({ ...there, types: ['other'] }, shallow)).toEqual(['1/us-east-1/other']);
    expect(keys({ ...there, types: ['all'] }, shallow)).toHaveLength(4);
    expect(keys(there, { ...shallow, types: ['other', 's3'] })).toHaveLength(2);
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

  test('of an account go by its id or its name', () => {
    expect(keys({ accounts: ['payments'] })).toEqual(keys({ accounts: ['111111111111'] }));
  });

  test('are those of the regions that each account has; of a suspended one only what shows its state', () => {
    const accounts = [
      account('111111111111'),
      account('222222222222', '', { regions: ['eu-west-2'] }),
      account('333333333333', '', { state: 'suspended', regions: [] }),
    ];
    const own = { ...estate, accounts, regions: ['all'] };
    expect(keys({ types: ['ec2', 'iam_role'] }, own).sort()).toEqual([
      '1/eu-west-1/ec2',
      '1/global/iam_role',
      '1/us-east-1/ec2',
      '2/eu-west-2/ec2',
      '2/global/iam_role',
      '3/global/iam_role',
    ]);
    expect(keys({ regions: ['all'] }, own).sort()).toEqual(keys({}, own).sort());
    expect(keys({ regions: ['eu-west-1'], types: ['ec2'] }, own).sort()).toEqual([
      '1/eu-west-1/ec2',
      '2/eu-west-1/ec2',
    ]);
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
