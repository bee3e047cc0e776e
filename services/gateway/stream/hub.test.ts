import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createMetrics } from '../../../lib/metrics.ts';
import type { DecisionRecord } from '../../../lib/policy-event/record.ts';
import { until } from '../../../test/support/until.ts';
import { type Entry, Hub } from './hub.ts';
import { Outbox, outboxSize } from './outbox.ts';
import type { StreamQuestion } from './question.ts';
import { Subscription } from './subscription.ts';

const record = (tenant: string, n = 0, input = ''): DecisionRecord => ({
  kind: 'decision',
  id: `${tenant}-${n}`,
  tenant,
  at: '2026-11-22T10:00:00.000Z',
  path: 'tenants/a/allow',
  input,
  result: 'true',
  allowed: true,
  effect: 'allow',
  reason: '',
  policy: '',
  rule: '',
  micros: 1,
  bundle: 'b',
  principal: 'p',
  correlation: '',
  error: '',
});
const entry = (tenant: string, seq: number): Entry => ({ seq, record: record(tenant, seq), made: new Map() });
const question = (tenants: StreamQuestion['tenants'], since?: number): StreamQuestion => ({
  kind: 'decisions',
  tenants,
  since,
  epoch: undefined,
  types: undefined,
});

describe('the hub', () => {
  test("a tenant's numbers follow one another, whatever others do, and only its own are heard", () => {
    const hub = new Hub({ maxBytes: 1e6 });
    const heard: string[] = [];
    const stop = hub.listen({
      tenants: new Set(['a']),
      take: ({ seq, record: { tenant } }) => heard.push(`${tenant}${seq}`),
    });
    hub.publish([record('a'), record('b'), record('b'), record('a')]);
    stop();
    hub.publish([record('a')]);
    expect(heard).toEqual(['a1', 'a2']);
    expect(hub.last('b')).toBe(2);
  });

  test('what is kept is bounded by bytes over all tenants, and what is gone is named', () => {
    const hub = new Hub({ maxBytes: 20_000 });
    for (let i = 0; i < 100; i++) hub.publish([record('a', i, 'x'.repeat(200)), record('b', i, 'x'.repeat(200))]);
    expect(hub.keptBytes).toBeLessThanOrEqual(20_000);
    const { entries, missed } = hub.since('a', 3);
    expect(missed).toEqual({ tenant: 'a', from: 4, to: (entries[0]?.seq ?? 0) - 1 });
    expect(entries.at(-1)?.seq).toBe(100);
  });
});

describe('a slow listener', () => {
  test('gets every number once: as an entry, or within a gap', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 1500 }), { maxLength: 8 }), (bursts) => {
        const outbox = new Outbox();
        const seen: number[] = [];
        let seq = 0;
        for (const burst of bursts) {
          for (let i = 0; i < burst; i++) outbox.push(entry('a', ++seq));
          expect(outbox.size).toBeLessThanOrEqual(outboxSize);
          const { missed, entries } = outbox.take();
          for (const { from, to } of missed) for (let n = from; n <= to; n++) seen.push(n);
          seen.push(...entries.map((one) => one.seq));
        }
        expect(seen).toEqual(Array.from({ length: seq }, (_, i) => i + 1));
      }),
      { numRuns: 30 },
    );
  });

  test('is told of the gap before it gets what came after; delivered and dropped are all that there was', async () => {
    const hub = new Hub({ maxBytes: 1e8 });
    const metrics = createMetrics();
    const sent: { type: string; seq?: number; from?: number; to?: number; missed?: number }[] = [];
    let full = true;
    const transport = {
      send: (text: string) => void sent.push(JSON.parse(text)),
      isFull: () => full,
      giveUp: () => undefined,
    };
    const subscription = new Subscription({
      hub,
      metrics,
      question: question(new Set(['a'])),
      transport,
      consumer: 'websocket',
    });
    for (let i = 0; i < 3000; i++) hub.publish([record('a', i)]);
    full = false;
    await until(() => sent.at(-1)?.seq === 3000);
    subscription.close();
    const [gap, first] = sent;
    expect(gap).toMatchObject({ type: 'gap', from: 1, missed: gap?.to });
    expect(first?.seq).toBe((gap?.to ?? 0) + 1);
    const total = async (name: 'eventsDelivered' | 'eventsDropped') =>
      (await metrics[name].get()).values[0]?.value ?? 0;
    expect((await total('eventsDelivered')) + (await total('eventsDropped'))).toBe(3000);
    expect(await total('eventsDropped')).toBe(gap?.missed);
  });

  test('that takes nothing at all is given up', () => {
    const hub = new Hub({ maxBytes: 1e8 });
    let gaveUp = false;
    const transport = { send: () => undefined, isFull: () => true, giveUp: () => void (gaveUp = true) };
    const options = {
      hub,
      metrics: createMetrics(),
      question: question('*'),
      transport,
      consumer: 'websocket' as const,
    };
    const subscription = new Subscription({ ...options, patienceMs: -1 });
    for (let i = 0; i < 1100; i++) hub.publish([record('a', i)]);
    subscription.close();
    expect(gaveUp).toBe(true);
  });
});
