import { describe, expect, test } from '@jest/globals';
import { tierWith as tier } from './testing.ts';
import { dueAt, isRefusal, tierOf } from './tiers.ts';

const minute = 60_000;

describe('the tier of a unit', () => {
  const unit = { account: '1', region: 'eu-west-1', type: 'ec2' };

  test.each([
    ['the first that matches', { a: tier({ types: ['rds'] }), b: tier({ types: ['ec2'] }), c: tier() }, 'b'],
    ['by account', { a: tier({ accounts: ['2'] }), b: tier({ accounts: ['1'] }) }, 'b'],
    ['by region', { a: tier({ regions: ['us-east-1'] }), b: tier({ regions: ['eu-west-1'] }) }, 'b'],
    ['only if all match', { a: tier({ types: ['ec2'], accounts: ['2'] }), b: tier() }, 'b'],
    ['none', { a: tier({ types: ['rds'] }) }, undefined],
    ['by a pattern', { a: tier({ types: ['rds*'] }), b: tier({ types: ['ec*'], regions: ['eu-*'] }) }, 'b'],
  ])('is %s', (_, tiers, name) => {
    expect(tierOf(unit, tiers)).toBe(name);
  });

  test("is told by the account's name too", () => {
    const tiers = { a: tier({ accounts: ['payments-*'] }), b: tier() };
    expect(tierOf(unit, tiers, { nameOf: () => 'payments-prod' })).toBe('a');
    expect(tierOf(unit, tiers, { nameOf: () => 'search-prod' })).toBe('b');
    expect(tierOf(unit, tiers)).toBe('b');
  });

  test('is told by what it holds, where a tier asks for tags or status', () => {
    const tiers = { a: tier({ tags: ['environment=prod'] }), b: tier({ status: ['running'] }), c: tier() };
    const holds = (wanted: string) => ({ holds: (name: string) => name === wanted });
    expect(tierOf(unit, tiers, holds('a'))).toBe('a');
    expect(tierOf(unit, tiers, holds('b'))).toBe('b');
    expect(tierOf(unit, tiers, holds('c'))).toBe('c');
    expect(tierOf(unit, { ...tiers, a: tier({ tags: ['x'], types: ['rds'] }) }, holds('a'))).toBe('c');
  });
});

describe('when a unit is due', () => {
  test.each([
    ['never observed', undefined, 60 * minute, 0],
    ['complete', { started: 5, state: 'complete' }, 60 * minute, 5 + 60 * minute],
    ['off', { started: 5, state: 'skipped' }, 60 * minute, 5 + 240 * minute],
    ['off, seldom looked at', { started: 5, state: 'skipped' }, 48 * 60 * minute, 5 + 48 * 60 * minute],
    ['off, often looked at', { started: 5, state: 'skipped' }, 12 * 60 * minute, 5 + 24 * 60 * minute],
    ['refused', { started: 5, state: 'failed', refused: true }, 60 * minute, 5 + 60 * minute],
    ['failed twice', { started: 5, state: 'failed', streak: 2 }, 60 * minute, 5 + 30 * minute],
    ['failed again and again', { started: 5, state: 'failed', streak: 7 }, 60 * minute, 5 + 60 * minute],
    ['failed', { started: 5, state: 'failed' }, 60 * minute, 5 + 15 * minute],
    ['partial', { started: 5, state: 'partial' }, 60 * minute, 5 + 15 * minute],
    ['failed, of a short interval', { started: 5, state: 'failed' }, 2 * minute, 5 + minute],
    ['failed, of a shorter one still', { started: 5, state: 'failed' }, 1000, 5 + 1000],
  ] as const)('%s', (_, last, interval, at) => {
    expect(dueAt(last, interval)).toBe(at);
  });
});

test.each([
  ['AWS_ACCESS_DENIED', true],
  ['AWS_SCP_DENIED', true],
  ['AWS_THROTTLED', false],
  ['AWS_CREDENTIALS_EXPIRED', false],
  ['', false],
])('%s is a refusal: %s', (error, refused) => {
  expect(isRefusal(error)).toBe(refused);
});
