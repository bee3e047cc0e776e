import { describe, expect, test } from '@jest/globals';
import type { Coverage } from '../../lib/resource.ts';
import { filterOf, ofUnits } from './scan.ts';

const unit = (account: string, region: string, type: string) => ({ account, region, type }) as Coverage;
const units = [unit('1', 'eu', 'ec2'), unit('1', 'global', 'iam_role'), unit('2', 'us', 'ec2')];

describe('what a scan shows', () => {
  test('is the whole estate when nothing was asked for', () => {
    expect(filterOf({ units }, {})).toEqual({});
  });

  test('is what was planned where something was, whatever it was called', () => {
    expect(filterOf({ units }, { accounts: ['payments'] })).toEqual({ accounts: ['1', '2'] });
    expect(filterOf({ units }, { regions: ['all'], types: ['ec2'] })).toEqual({
      regions: ['eu', 'global', 'us'],
      types: ['ec2', 'iam_role'],
    });
    expect(filterOf({ units: [] }, { tiers: ['critical'] })).toEqual({ accounts: [], regions: [], types: [] });
  });

  test('of a tier is of its units, not of whatever has their account, region and type apart', () => {
    const rows = [...units, unit('1', 'us', 'ec2')];
    expect(ofUnits(rows, { units }, { tiers: ['critical'] })).toEqual(units);
    expect(ofUnits(rows, { units }, {})).toEqual(rows);
  });
});
