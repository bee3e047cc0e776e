import { describe, expect, test } from '@jest/globals';
import { type AuditQuestion, sweep } from './cloudtrail.ts';
import type { AuditRecord } from './record.ts';
import { account, auditRecord } from './testing.ts';

const place = { account, region: 'eu-west-1' };
const now = Date.parse('2026-11-20T12:00:00.000Z');
const hour = 3_600_000;

/** A log that pages by two and gives what its window holds, newest first. */
function log(events: readonly { id: string; at: number }[], fails: (question: AuditQuestion) => boolean = () => false) {
  const asked: AuditQuestion[] = [];
  const stored: AuditRecord[] = [];
  const parts = {
    now,
    lookbackMs: 24 * hour,
    signal: new AbortController().signal,
    async ask(question: AuditQuestion) {
      asked.push(question);
      if (fails(question)) throw Object.assign(new Error('slow down'), { type: 'AWS_THROTTLED' });
      const [from, to] = [Date.parse(question.from), Date.parse(question.to)];
      const inside = events.filter(({ at }) => at >= from && at <= to).sort((a, b) => b.at - a.at);
      const start = Number(question.token ?? 0);
      const records = inside
        .slice(start, start + 2)
        .map(({ id, at }) => auditRecord('StopInstances', { eventID: id, eventTime: new Date(at).toISOString() }).body);
      return { records, ...(start + 2 < inside.length ? { next: String(start + 2) } : {}) };
    },
    store: async (records: readonly AuditRecord[]) => void stored.push(...records),
  };
  return { parts, asked, stored };
}
const events = Array.from({ length: 11 }, (_, i) => ({ id: `e${i}`, at: now - i * 2 * hour - 1000 }));

describe('a sweep', () => {
  test('reads every page of every window from the oldest on, and a quiet day with few calls', async () => {
    const { parts, asked, stored } = log(events);
    const swept = await sweep(place, undefined, parts);
    expect(swept).toEqual({ upto: now, events: 11, error: '', detail: '' });
    expect([...new Set(stored.map(({ id }) => id))].sort()).toEqual(events.map(({ id }) => id).sort());
    expect(new Set(asked.map(({ from }) => from)).size).toBeLessThanOrEqual(5);
    expect(asked.map(({ from }) => from)).toEqual(asked.map(({ from }) => from).sort());
  });

  test('goes on from its cursor with an overlap, because events come late', async () => {
    const { parts, asked } = log([]);
    await sweep(place, now - hour, parts);
    expect(asked[0]?.from).toBe(new Date(now - hour - 20 * 60_000).toISOString());
  });

  test('that fails keeps what it read, and its cursor does not pass what it did not', async () => {
    const { parts, stored } = log(events, ({ to }) => Date.parse(to) > now - 12 * hour);
    const swept = await sweep(place, undefined, parts);
    expect(swept).toMatchObject({ error: 'AWS_THROTTLED', detail: 'slow down' });
    expect(swept.upto).toBeLessThanOrEqual(now - 12 * hour);
    expect(stored.length).toBeGreaterThan(0);
    const again = await sweep(place, swept.upto, log(events).parts);
    expect(again).toMatchObject({ upto: now, error: '' });
  });

  test('that is out of time says so', async () => {
    const { parts } = log(events);
    const swept = await sweep(place, undefined, { ...parts, signal: AbortSignal.abort() });
    expect(swept).toMatchObject({ events: 0, error: 'DEADLINE_EXCEEDED' });
  });
});
