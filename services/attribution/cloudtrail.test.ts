import { describe, expect, test } from '@jest/globals';
import { type AuditQuestion, lookUp } from './cloudtrail.ts';
import { PlaceLog } from './place-log.ts';
import type { AuditRecord } from './record.ts';
import { account, auditRecord } from './testing.ts';

const place = { account, region: 'eu-west-1' };
const now = Date.parse('2026-11-20T12:00:00.000Z');
const [minute, hour] = [60_000, 3_600_000];

/** A log that pages by two and gives what its window holds, newest first. */
function log(events: readonly { id: string; at: number }[], fails: (question: AuditQuestion) => boolean = () => false) {
  const asked: AuditQuestion[] = [];
  const stored: AuditRecord[] = [];
  const parts = {
    now,
    elapsed: () => 0,
    signal: new AbortController().signal,
    async ask(question: AuditQuestion) {
      asked.push(question);
      if (fails(question)) throw Object.assign(new Error('slow down'), { type: 'AWS_THROTTLED' });
      const [from, to] = [Date.parse(question.from), Date.parse(question.to)];
      const inside = events.filter(({ at }) => at >= from && at <= to).toSorted((a, b) => b.at - a.at);
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
const day = { from: now - 24 * hour, to: now };

describe('a look into the log', () => {
  test('reads every page of its span', async () => {
    const { parts, stored } = log(events);
    expect(await lookUp(place, { span: day }, parts)).toEqual({
      read: day,
      events: 11,
      pages: 6,
      error: '',
      detail: '',
    });
    expect(stored.map(({ id }) => id)).toEqual(events.map(({ id }) => id));
  });

  test('that fails has read an end of its span, to the second of the oldest event', async () => {
    const { parts } = log(events, ({ token }) => token === '4');
    expect(await lookUp(place, { span: day }, parts)).toMatchObject({
      read: { from: now - 6 * hour, to: now },
      events: 4,
      error: 'AWS_THROTTLED',
      detail: 'slow down',
    });
  });

  test('that is out of time says so, and one that found what it wants stops', async () => {
    const { parts } = log(events);
    const late = await lookUp(place, { span: day }, { ...parts, signal: AbortSignal.abort() });
    expect(late).toMatchObject({ read: { from: now, to: now }, error: 'DEADLINE_EXCEEDED' });
    const enough = (records: readonly AuditRecord[]) => records.some(({ id }) => id === 'e3');
    expect(await lookUp(place, { span: day, enough }, parts)).toMatchObject({ pages: 2, error: '' });
  });
});

describe('the log of a place', () => {
  const cursorOf = (one: PlaceLog) => one.cursor('lookup', now);

  test('is asked for what changes need and has not been read, and for nothing else', async () => {
    const { parts, asked } = log(events);
    const first = new PlaceLog(place, undefined);
    await first.read([{ from: now - 3 * hour, to: now - 2 * hour }], parts);
    await first.read([{ from: now - 3 * hour, to: now - hour }], parts);
    expect(asked.map(({ from, to }) => [(now - Date.parse(from)) / hour, (now - Date.parse(to)) / hour])).toEqual([
      [3, 2],
      [2, 1],
    ]);
    const next = new PlaceLog(place, cursorOf(first));
    expect(next.covers({ from: now - 3 * hour, to: now - hour })).toBe(true);
    await next.read([{ from: now - 2.5 * hour, to: now - hour }], parts);
    expect(asked).toHaveLength(2);
  });

  test('is read again where events may still have come late, and not twice in one run', async () => {
    const { parts, asked } = log(events);
    const first = new PlaceLog(place, undefined);
    const span = { from: now - hour, to: now };
    await first.read([span], parts);
    await first.read([span], parts);
    expect(asked).toHaveLength(1);
    expect(first.covers(span)).toBe(false);
    await new PlaceLog(place, cursorOf(first)).read([span], parts);
    expect(asked[1]).toMatchObject({ from: new Date(now - 20 * minute).toISOString() });
    await new PlaceLog(place, cursorOf(first)).read([span], { ...parts, now: now + 30 * minute });
    expect(asked).toHaveLength(3);
  });

  test('goes on where it failed, the newest first', async () => {
    const broken = log(events, ({ token }) => token === '4');
    const first = new PlaceLog(place, undefined);
    await first.read([{ from: now - 30 * hour, to: now - 29 * hour }, day], broken.parts);
    expect(broken.asked[0]?.to).toBe(new Date(now).toISOString());
    expect(first.state).toMatchObject({ error: 'AWS_THROTTLED', events: 4 });
    expect(cursorOf(first)).toMatchObject({ state: 'failed', error: 'AWS_THROTTLED' });
    const { parts, asked } = log(events);
    const next = new PlaceLog(place, cursorOf(first));
    await next.read([{ from: now - 24 * hour, to: now - 10 * hour }], parts);
    expect(asked[0]).toMatchObject({ to: new Date(now - 10 * hour).toISOString() });
    await next.read([{ from: now - 24 * hour, to: now - hour }], parts);
    expect(asked.at(-1)).toMatchObject({
      from: new Date(now - 10 * hour).toISOString(),
      to: new Date(now - 6 * hour).toISOString(),
    });
  });

  test('that fills faster than it can be read is said to', async () => {
    const { parts } = log(events);
    let clock = 0;
    const slow = { ...parts, elapsed: () => (clock += 2 * hour) };
    const own = new PlaceLog(place, undefined);
    await own.read([{ from: now - hour, to: now - minute }], slow);
    expect(own.state).toMatchObject({ outrun: true, error: '' });
    expect(cursorOf(own)).toMatchObject({ state: 'behind', detail: expect.stringContaining('attribution.bucket') });
  });
});

test('100,000 writes a day of one account take LookupEvents 2,000 requests, an hour of the day at half its rate', async () => {
  const many = Array.from({ length: 100_000 }, (_, i) => now - i * 864);
  let [clock, requests] = [0, 0];
  const own = new PlaceLog(place, undefined);
  const body = (at: number) =>
    auditRecord('CreateTags', { eventID: `e${at}`, eventTime: new Date(at).toISOString() }).body;
  // Every quarter of an hour something changed, so that all of the log is needed.
  for (let until = now - 24 * hour; until < now; until += hour / 4) {
    const inside = many.filter((at) => at >= until && at <= until + hour / 4);
    await own.read([{ from: until, to: until + hour / 4 }], {
      now,
      elapsed: () => clock,
      signal: new AbortController().signal,
      store: async () => undefined,
      async ask({ token }) {
        requests += 1;
        clock += 1000;
        const start = Number(token ?? 0);
        const next = start + 50 < inside.length ? { next: String(start + 50) } : {};
        return {
          records: inside
            .slice(start, start + 50)
            .slice(-1)
            .map(body),
          ...next,
        };
      },
    });
  }
  expect(own.state.outrun).toBe(false);
  expect(requests).toBeLessThan(2200);
  expect(clock / (24 * hour)).toBeLessThan(0.03);
});
