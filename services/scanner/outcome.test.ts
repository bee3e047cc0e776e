import { expect, test } from '@jest/globals';
import { elavaError } from '../../lib/errors.ts';
import { outcomeOf } from './outcome.ts';

const denied = elavaError('AWS_ACCESS_DENIED', 'ec2:DescribeInstances: not allowed');
const suspended = elavaError('AWS_ACCOUNT_SUSPENDED', 'suspended');
const off = elavaError('AWS_REGION_DISABLED', 'off');

test.each([
  ['the end of the listing', { count: 5 }, 'complete', ''],
  ['the end of an empty listing', { count: 0 }, 'complete', ''],
  ['a listing that stopped at once', { stopped: denied }, 'failed', 'AWS_ACCESS_DENIED'],
  ['a listing that stopped half-way', { count: 5, stopped: denied, anyWhole: true }, 'partial', 'AWS_ACCESS_DENIED'],
  ['a region that is off', { stopped: off }, 'skipped', 'AWS_REGION_DISABLED'],
  ['an account that is suspended', { stopped: suspended }, 'skipped', 'AWS_ACCOUNT_SUSPENDED'],
  ['some details missing', { count: 5, gap: denied, anyWhole: true }, 'partial', 'AWS_ACCESS_DENIED'],
  ['all resources unreadable', { count: 5, gap: denied, anyWhole: false }, 'failed', 'AWS_ACCESS_DENIED'],
  ['a failure that has no code of ours', { stopped: new TypeError('x is undefined') }, 'failed', 'INTERNAL'],
] as const)('%s', (_, seen, state, error) => {
  const whole = { count: 0, stopped: undefined, gap: undefined, anyWhole: false, ...seen };
  expect(outcomeOf(whole)).toMatchObject({ state, error });
});

test('what the provider said is kept without secrets and short', () => {
  const stopped = elavaError('AWS_ACCESS_DENIED', `key AKIAIOSFODNN7EXAMPLE may not ${'x'.repeat(5000)}`);
  const { detail } = outcomeOf({ count: 0, stopped, gap: undefined, anyWhole: false });
  expect(detail).not.toContain('AKIAIOSFODNN7EXAMPLE');
  expect(detail.length).toBeLessThanOrEqual(1000);
});
