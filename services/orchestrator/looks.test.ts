import { describe, expect, test } from '@jest/globals';
import type { Coverage } from '../../lib/resource.ts';
import { Looks } from './looks.ts';

const unit = { account: '1', region: 'r', type: 't' };
const none = { looks: 0, changed: 0, betweenMs: 0 };
const row = (second: number, parts: Partial<Coverage> = {}): Coverage =>
  ({
    ...unit,
    state: 'complete',
    started: new Date(second * 1000).toISOString(),
    error: '',
    changed: 0,
    gone: 0,
    baseline: false,
    ...parts,
  }) as Coverage;

describe('the last look at a unit', () => {
  test('is what was observed last', () => {
    const looks = new Looks();
    expect(looks.of(unit)).toBeUndefined();
    looks.observed(row(100));
    looks.observed(row(200, { state: 'failed', error: 'AWS_SCP_DENIED' }));
    looks.observed(row(150));
    expect(looks.of(unit)).toEqual({ started: 200_000, state: 'failed', refused: true, streak: 1 });
    expect(looks.of({ ...unit, type: 'other' })).toBeUndefined();
    expect(looks.of({ ...unit, account: '2' })).toBeUndefined();
  });

  test('counts how often in a row it was not read whole', () => {
    const looks = new Looks();
    for (let i = 1; i <= 20; i++) looks.observed(row(i, { state: 'partial' }));
    expect(looks.of(unit)).toMatchObject({ streak: 7 });
    looks.observed(row(30));
    expect(looks.of(unit)).toMatchObject({ streak: 0 });
  });

  test('says something of the pace when the one before was whole too', () => {
    const looks = new Looks();
    looks.observed(row(100, { baseline: true, changed: 5 }));
    expect(looks.addTo(none, unit)).toEqual(none);
    looks.observed(row(160, { changed: 1 }));
    expect(looks.addTo(none, unit)).toEqual({ looks: 1, changed: 1, betweenMs: 60_000 });
    looks.observed(row(200, { gone: 1 }));
    expect(looks.addTo(none, unit)).toEqual({ looks: 1, changed: 1, betweenMs: 40_000 });
    looks.observed(row(210));
    expect(looks.addTo(none, unit)).toEqual({ looks: 1, changed: 0, betweenMs: 10_000 });
    looks.observed(row(220, { state: 'failed' }));
    expect(looks.addTo(none, unit)).toEqual(none);
  });

  test('goes by what the memory knows of the one before, after a restart', () => {
    const looks = new Looks();
    looks.observed(row(1000));
    looks.paced(unit, { betweenMs: 90_000, changed: true });
    looks.paced({ ...unit, type: 'never' }, { betweenMs: 90_000, changed: true });
    expect(looks.addTo(none, unit)).toEqual({ looks: 1, changed: 1, betweenMs: 90_000 });
    looks.observed(row(1060));
    expect(looks.addTo(none, unit)).toEqual({ looks: 1, changed: 0, betweenMs: 60_000 });
    looks.observed(row(1070, { state: 'failed' }));
    looks.paced(unit, { betweenMs: 90_000, changed: true });
    expect(looks.addTo(none, unit)).toEqual(none);
  });

  test('is kept apart for many units and forgotten with their account', () => {
    const looks = new Looks();
    const all = Array.from({ length: 3000 }, (_, i) => ({
      account: String(i % 3),
      region: `r${i % 7}`,
      type: `t${i % 100}`,
    }));
    all.forEach((one, i) => looks.observed(row(i + 1, one)));
    const last = new Map(all.map((one, i) => [JSON.stringify(one), i + 1]));
    for (const one of all) expect(looks.of(one)?.started).toBe((last.get(JSON.stringify(one)) ?? 0) * 1000);
    looks.keepOnly(new Set(['1']));
    expect(looks.accounts).toBe(1);
    expect(looks.of(all[0] as typeof unit)).toBeUndefined();
    expect(looks.of(all[1] as typeof unit)).toBeDefined();
  });
});
