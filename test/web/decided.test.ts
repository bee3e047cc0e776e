/** What the live page makes of the stream's messages. */
import { describe, expect, test } from '@jest/globals';
import { bounds, KEPT, type Message, nothing, taken } from '../../web/src/pages/decisions/decided.ts';

const decision = (seq: number, allowed: boolean, micros = 40, tenant = 'payments'): Message => ({
  type: 'decision',
  seq,
  data: {
    event_id: `e${seq}`,
    tenant_id: tenant,
    timestamp: '2026-11-22T10:00:00.000Z',
    decision: { allow: allowed, reason: allowed ? 'within the region' : 'not here' },
    input: { action: 'read' },
    metrics: { eval_duration_micros: micros, tenant_id: tenant },
    path: 'allow',
    effect: allowed ? 'allow' : 'deny',
    allowed,
  },
});

describe('decisions', () => {
  test('are shown newest first, and counted for all and for each tenant', () => {
    const state = taken(nothing, [decision(1, true), decision(2, false), decision(3, false, 40, 'analytics')]);
    expect(state.rows.map(({ key, allowed, reason }) => [key, allowed, reason])).toEqual([
      ['e3', false, 'not here'],
      ['e2', false, 'not here'],
      ['e1', true, 'within the region'],
    ]);
    expect([state.allowed, state.denied]).toEqual([1, 2]);
    expect(state.tenants.get('payments')).toEqual({ allowed: 1, denied: 1 });
    expect(state.rate.at(-1)).toBe(3);
  });

  test('fall into the step of the histogram that holds them', () => {
    const state = taken(nothing, [decision(1, true, 10), decision(2, true, 11), decision(3, true, 999_999)]);
    const filled = state.latency.flatMap((n, i) => (n > 0 ? [[bounds[i], n]] : []));
    expect(filled).toEqual([
      [10, 1],
      [25, 1],
      [Number.POSITIVE_INFINITY, 1],
    ]);
  });

  test('of which there are too many are kept up to a bound, and all are counted', () => {
    const many = Array.from({ length: 3 * KEPT }, (_, i) => decision(i, true));
    const state = taken(nothing, many);
    expect([state.rows.length, state.allowed]).toEqual([KEPT, 3 * KEPT]);
  });

  test('that come while the list is held are counted and not shown', () => {
    const before = taken(nothing, [decision(1, true)]);
    const state = taken(before, [decision(2, false)], true);
    expect(state.rows).toBe(before.rows);
    expect(state.denied).toBe(1);
  });

  test('whose policy failed say the code', () => {
    const failed: Message = { ...decision(1, false), data: { ...decision(1, false).data, error: 'POLICY_TIMEOUT' } };
    expect(taken(nothing, [failed])).toMatchObject({ failed: 1, rows: [{ error: 'POLICY_TIMEOUT' }] });
  });
});

describe('warnings', () => {
  test('a quota warning says what is used up, of which tenant', () => {
    const warning: Message = {
      type: 'quota_warning',
      seq: 9,
      data: { event_id: 'q', tenant_id: 'payments', timestamp: 'now', used: 90, limit: 100 },
    };
    const [notice] = taken(nothing, [warning]).notices;
    expect(notice).toMatchObject({ kind: 'quota_warning', tenant: 'payments', text: 'used 90, limit 100' });
  });

  test('a gap says how much was missed, and counts it', () => {
    const state = taken(nothing, [{ type: 'gap', tenant_id: 'payments', missed: 12 }]);
    expect(state.missed).toBe(12);
    expect(state.notices[0]?.text).toContain('12 decisions');
  });

  test('a changed policy is named', () => {
    const changed: Message = {
      type: 'policy_changed',
      seq: 4,
      data: { tenant_id: 'a', change: 'policy_updated', policy_id: 'p1' },
    };
    expect(taken(nothing, [changed]).notices[0]).toMatchObject({ kind: 'policy_changed', text: 'policy updated p1' });
  });
});
