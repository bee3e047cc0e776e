import { describe, expect, test } from '@jest/globals';
import { codeOf } from '../../lib/errors.ts';
import type { ChangeRecord } from '../../lib/policy-event/record.ts';
import { Budgets, type Warning } from './budgets.ts';
import { Teller } from './teller.ts';
import { allowObject, outcomeOf } from './verdict.ts';

describe('budgets', () => {
  function budgets(rate: number, concurrency: number) {
    const clock = { now: 0 };
    const warnings: Warning[] = [];
    const made = new Budgets({
      of: () => ({ rate, concurrency }),
      now: () => clock.now,
      onWarning: (_, warning) => warnings.push(warning),
    });
    return { made, clock, warnings };
  }
  const refused = (work: () => void): string => {
    try {
      work();
      return '';
    } catch (error) {
      return codeOf(error);
    }
  };

  test('a rate that is used up refuses, warns at four fifths, and comes back with time', () => {
    const { made, clock, warnings } = budgets(10, 100);
    for (let i = 0; i < 10; i++) made.enter('a');
    expect(warnings).toEqual([{ budget: 'rate', used: 8, limit: 10 }]);
    expect(refused(() => made.enter('a'))).toBe('TENANT_BUDGET');
    expect(refused(() => made.enter('b'))).toBe('');
    clock.now = 200;
    expect([refused(() => made.enter('a')), refused(() => made.enter('a')), refused(() => made.enter('a'))]).toEqual([
      '',
      '',
      'TENANT_BUDGET',
    ]);
  });

  test('so many at once, and room again when one ends', () => {
    const { made, warnings } = budgets(1000, 5);
    for (let i = 0; i < 5; i++) made.enter('a');
    expect(warnings[0]).toEqual({ budget: 'concurrency', used: 4, limit: 5 });
    expect(refused(() => made.enter('a'))).toBe('TENANT_BUDGET');
    made.leave('a');
    expect(refused(() => made.enter('a'))).toBe('');
  });
});

describe('the teller', () => {
  const record = (n: number): ChangeRecord => ({
    kind: 'change',
    id: String(n),
    tenant: 'a',
    at: '',
    type: 'quota_warning',
    payload: {},
    principal: '',
    correlation: '',
  });

  test('never waits for who carries away: what does not fit is counted, and the rest told in order', async () => {
    const told: string[] = [];
    const count = { emitted: 0, lost: 0 };
    let release: () => void = () => undefined;
    const blocked = new Promise<void>((go) => (release = go));
    const teller = new Teller({
      tell: async (records) => {
        await blocked;
        told.push(...records.map(({ id }) => id));
      },
      onEmit: (n) => (count.emitted += n),
      onLost: (n) => (count.lost += n),
      onError: () => undefined,
      size: 500,
      delayMs: 1,
    });
    for (let i = 0; i < 300; i++) teller.emit(() => record(i));
    await new Promise((go) => setTimeout(go, 20));
    for (let i = 300; i < 2000; i++) teller.emit(() => record(i));
    release();
    await teller.close();
    expect(count.emitted).toBe(2000);
    expect(told.length + count.lost).toBe(2000);
    expect(told.map(Number)).toEqual(told.map(Number).toSorted((a, b) => a - b));
  });

  test('a failure to tell is counted and reaches nobody', async () => {
    let lost = 0;
    const teller = new Teller({
      tell: () => Promise.reject(new Error('no')),
      onEmit: () => undefined,
      onLost: (n) => (lost += n),
      onError: () => undefined,
    });
    teller.emit(() => record(1));
    await teller.close();
    expect(lost).toBe(1);
  });
});

describe('verdicts', () => {
  test.each([
    [true, 'allow', true],
    [false, 'deny', false],
    [undefined, 'deny', false],
    ['yes', 'allow', true],
    [{ allow: true, effect: 'warn', reason: 'r' }, 'warn', true],
    [{ allow: true, effect: 'deny' }, 'deny', false],
    [{ allow: 'true' }, 'deny', false],
    [{ allow: 1, effect: 'allow' }, 'deny', false],
  ])('%j at …/allow is %s', (value, effect, allowed) => {
    expect(outcomeOf(value, ['tenants', 'a', 'allow'])).toMatchObject({ effect, allowed });
  });

  test('nothing but true allows in the object that is built', () => {
    expect(allowObject('true', 'x', 1)).toEqual({ allow: false, redact: [], reason: '' });
    expect(allowObject(true, ['a'], 'r')).toEqual({ allow: true, redact: ['a'], reason: 'r' });
  });
});
