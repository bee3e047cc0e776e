import { expect, test } from '@jest/globals';
import { pino } from 'pino';
import type { AuditRecord } from './record.ts';
import { aloneOf, Rescans, type Scope, scopesOf, touchedBy } from './rescan.ts';

const record = (name: string, more: Partial<AuditRecord> = {}): AuditRecord =>
  ({ name, account: '1', region: 'eu-west-1', error: '', ...more }) as AuditRecord;
const log = pino({ level: 'silent' });

test('a call that changed something names its units once; one that failed, reads or is unknown names none', () => {
  const touched = touchedBy([
    record('TerminateInstances'),
    record('TerminateInstances'),
    record('AuthorizeSecurityGroupIngress', { account: '2' }),
    record('UpdateFunctionCode20150331v2'),
    record('TerminateInstances', { account: '3', error: 'AccessDenied' }),
    record('DescribeInstances', { account: '4' }),
    record('Unheard', { account: '5' }),
  ]);
  const units = touched.map(({ unit }) => unit);
  expect(units.map(({ account, type }) => `${account}/${type}`)).toEqual(
    expect.arrayContaining(['1/ec2', '2/security_group', '1/lambda']),
  );
  expect(units.every(({ account }) => account === '1' || account === '2')).toBe(true);
});

const instance = (n: number): string => `i-${String(n).padStart(17, '0')}`;
const stop = (...ids: string[]): AuditRecord =>
  record('StopInstances', { request: { instancesSet: { items: ids.map((instanceId) => ({ instanceId })) } } });

test('what every event names can be read alone; what one leaves open, or too many name, cannot', () => {
  const alone = (...records: AuditRecord[]) =>
    touchedBy(records)
      .filter(({ unit }) => unit.type === 'ec2')
      .map((touched) => aloneOf(touched, 'i-'));
  const [a, b] = [instance(1), instance(2)];
  expect(alone(stop(a), stop(a, b))).toEqual([[a, b]]);
  expect(alone(stop(a), record('StopInstances'))).toEqual([undefined]);
  const many = Array.from({ length: 60 }, (_, i) => instance(i));
  expect(alone(stop(...many))).toEqual([undefined]);
  expect(alone(...many.map((id) => stop(id)))).toEqual([undefined]);
  const [touched] = touchedBy([stop(a)]);
  expect(touched && aloneOf(touched, undefined)).toBeUndefined();
});

test('named resources are read alone; the unit is scanned for one that is gone, or that could not be read', async () => {
  const scans: Scope[] = [];
  const reads: (readonly string[])[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const rescans = new Rescans({
    async scan(scope) {
      scans.push(scope);
      if (scans.length === 2) resolve();
    },
    async reread({ account }, ids) {
      reads.push(ids);
      if (account === '3') throw new Error('no');
      return account === '2' ? ids : [];
    },
    types: async () => [{ type: 'ec2', global: false, alone: 'i-' }],
    log,
    settleMs: 10,
  });
  rescans.hear(['1', '2', '3'].map((account) => ({ ...stop(instance(1)), account })));
  await promise;
  await rescans.close();
  expect(reads).toHaveLength(3);
  expect(scans.map(({ accounts }) => accounts)).toEqual([['2'], ['3']]);
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
    types: async () => [],
    reread: async (_, ids) => ids,
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
