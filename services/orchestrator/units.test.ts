import { expect, test } from '@jest/globals';
import { Units } from './units.ts';

const types = [
  { type: 'ec2', global: false },
  { type: 'iam_role', global: true },
];
const account = (id: string, regions: string[], state: 'active' | 'suspended' = 'active') => ({ id, regions, state });

test('units are accounts × regions × types, global ones once per account', () => {
  const units = new Units({ accounts: [account('1', ['a', 'b']), account('2', ['a', 'b'])], types, global: true });
  expect([...units]).toEqual([
    { account: '1', region: 'a', type: 'ec2' },
    { account: '2', region: 'a', type: 'ec2' },
    { account: '1', region: 'b', type: 'ec2' },
    { account: '2', region: 'b', type: 'ec2' },
    { account: '1', region: 'global', type: 'iam_role' },
    { account: '2', region: 'global', type: 'iam_role' },
  ]);
  expect(units.size).toBe(6);
});

test('each account has its own regions, and a suspended one none', () => {
  const accounts = [account('1', ['a']), account('2', ['b']), account('3', ['a', 'b'], 'suspended')];
  expect([...new Units({ accounts, types, global: true })].map(({ account: id, region }) => `${id}/${region}`)).toEqual(
    ['1/a', '2/b', '1/global', '2/global', '3/global'],
  );
});

test('without global types, without regions, and of what is kept', () => {
  const accounts = [account('1', ['a'])];
  expect([...new Units({ accounts, types, global: false })].map(({ type }) => type)).toEqual(['ec2']);
  expect([...new Units({ accounts: [account('1', [])], types, global: true })].map(({ type }) => type)).toEqual([
    'iam_role',
  ]);
  const kept = new Units({ accounts, types, global: true }, ({ type }) => type !== 'ec2');
  expect([kept.size, [...kept].length]).toEqual([1, 1]);
});

test('accounts come in blocks, so that the session of one is used again before it is forgotten', () => {
  const accounts = Array.from({ length: 100 }, (_, i) => account(String(i), ['a', 'b']));
  const order = [...new Units({ accounts, types, global: true })].map(({ account: id }) => id);
  const span = order.lastIndexOf('0') - order.indexOf('0');
  expect(span).toBeLessThanOrEqual(3 * 32);
  expect(order).toHaveLength(300);
});
