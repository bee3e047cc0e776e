import { describe, expect, test } from '@jest/globals';
import { dueAt, tierOf } from './tiers.ts';

const tier = (parts: object = {}) => ({ types: [], accounts: [], regions: [], interval: 1000, ...parts });
const minute = 60_000;

describe('the tier of a unit', () => {
  const unit = { account: '1', region: 'eu-west-1', type: 'ec2' };

  test.each([
    ['the first that matches', { a: tier({ types: ['rds'] }), b: tier({ types: ['ec2'] }), c: tier() }, 'b'],
    ['by account', { a: tier({ accounts: ['2'] }), b: tier({ accounts: ['1'] }) }, 'b'],
    ['by region', { a: tier({ regions: ['us-east-1'] }), b: tier({ regions: ['eu-west-1'] }) }, 'b'],
    ['only if all match', { a: tier({ types: ['ec2'], accounts: ['2'] }), b: tier() }, 'b'],
    ['none', { a: tier({ types: ['rds'] }) }, undefined],
  ])('is %s', (_, tiers, name) => {
    expect(tierOf(unit, tiers)).toBe(name);
  });
});

describe('when a unit is due', () => {
  test.each([
    ['never observed', undefined, 60 * minute, 0],
    ['complete', { started: 5, state: 'complete' }, 60 * minute, 5 + 60 * minute],
    ['off', { started: 5, state: 'skipped' }, 60 * minute, 5 + 60 * minute],
    ['failed', { started: 5, state: 'failed' }, 60 * minute, 5 + 15 * minute],
    ['partial', { started: 5, state: 'partial' }, 60 * minute, 5 + 15 * minute],
    ['failed, of a short interval', { started: 5, state: 'failed' }, 2 * minute, 5 + minute],
    ['failed, of a shorter one still', { started: 5, state: 'failed' }, 1000, 5 + 1000],
  ] as const)('%s', (_, last, interval, at) => {
    expect(dueAt(last, interval)).toBe(at);
  });
});
