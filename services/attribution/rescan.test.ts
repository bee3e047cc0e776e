import { expect, test } from '@jest/globals';
import { pino } from 'pino';
import type { AuditRecord } from './record.ts';
import { Rescans, type Scope, scopesOf, unitsOf } from './rescan.ts';

const record = (name: string, more: Partial<AuditRecord> = {}): AuditRecord =>
  ({ name, account: '1', region: 'eu-west-1', error: '', ...more }) as AuditRecord;
const log = pino({ level: 'silent' });

test('a call that changed something names its units once; one that failed, reads or is unknown names none', () => {
  const units = unitsOf([
    record('TerminateInstances'),
    record('TerminateInstances'),
    record('AuthorizeSecurityGroupIngress', { account: '2' }),
    record('UpdateFunctionCode20150331v2'),
    record('TerminateInstances', { account: '3', error: 'AccessDenied' }),
    record('DescribeInstances', { account: '4' }),
    record('Unheard', { account: '5' }),
  ]);
  expect(units.map(({ account, type }) => `${account}/${type}`)).toEqual(
    expect.arrayContaining(['1/ec2', '2/security_group', '1/lambda']),
  );
  expect(units.every(({ account }) => account === '1' || account === '2')).toBe(true);
});

test('units of one account and region are one scan, global ones one an account without a region', () => {
  const unit = (account: string, region: string, type: string) => ({ account, region, type });
  const units = [unit('1', 'a', 'ec2'), unit('1', 'a', 'ebs'), unit('1', 'b', 'ec2'), unit('1', 'a', 'iam_role')];
  expect(scopesOf(units, new Set(['iam_role']))).toEqual([
    { accounts: ['1'], regions: ['a'], types: ['ec2', 'ebs'] },
    { accounts: ['1'], regions: ['b'], types: ['ec2'] },
    { accounts: ['1'], types: ['iam_role'] },
  ]);
});

test('events that come together are one scan, and an account that is refused does not stop another', async () => {
  const scans: Scope[] = [];
  let told = (): void => {};
  const done = new Promise<void>((resolve) => {
    told = resolve;
  });
  const rescans = new Rescans({
    async scan(scope) {
      scans.push(scope);
      if (scope.accounts[0] === '1') throw new Error('no such account');
      told();
    },
    globalTypes: async () => new Set(),
    log,
    settleMs: 20,
  });
  rescans.hear([record('TerminateInstances')]);
  rescans.hear([record('TerminateInstances'), record('TerminateInstances', { account: '2' })]);
  await done;
  await rescans.close();
  expect(scans.map(({ accounts }) => accounts)).toEqual([['1'], ['2']]);
  rescans.hear([record('TerminateInstances')]);
  expect(scans).toHaveLength(2);
});
