import { expect, test } from '@jest/globals';
import { unitsOf } from './units.ts';

const types = [
  { type: 'ec2', global: false },
  { type: 'iam_role', global: true },
];

test('units are accounts × regions × types, global ones once per account', () => {
  const units = unitsOf({ accounts: ['1', '2'], regions: ['a', 'b', 'global'], types });
  expect(units).toEqual([
    { account: '1', region: 'a', type: 'ec2' },
    { account: '2', region: 'a', type: 'ec2' },
    { account: '1', region: 'b', type: 'ec2' },
    { account: '2', region: 'b', type: 'ec2' },
    { account: '1', region: 'global', type: 'iam_role' },
    { account: '2', region: 'global', type: 'iam_role' },
  ]);
});

test('without "global" there are none without a region, and with nothing else no others', () => {
  expect(unitsOf({ accounts: ['1'], regions: ['a'], types }).map(({ type }) => type)).toEqual(['ec2']);
  expect(unitsOf({ accounts: ['1'], regions: ['global'], types }).map(({ type }) => type)).toEqual(['iam_role']);
  expect(unitsOf({ accounts: [], regions: ['a', 'global'], types })).toEqual([]);
});
