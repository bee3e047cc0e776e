import { describe, expect, test } from '@jest/globals';
import { eventQueue, recordIn, takeEvents } from './queue.ts';
import type { AuditRecord } from './record.ts';
import { auditRecord } from './testing.ts';

const detail = (id: string) => JSON.parse(auditRecord('StopInstances', { eventID: id }).body) as object;
const pushed = (id: string) => JSON.stringify({ 'detail-type': 'AWS API Call via CloudTrail', detail: detail(id) });

describe('a message', () => {
  test('of EventBridge, of SNS, or the record itself', () => {
    expect(recordIn(pushed('e1'))?.id).toBe('e1');
    expect(recordIn(JSON.stringify({ Type: 'Notification', Message: pushed('e2') }))?.id).toBe('e2');
    expect(recordIn(JSON.stringify(detail('e3')))?.id).toBe('e3');
    for (const body of ['', 'x', 'null', '[]', '{"detail":{}}']) expect(recordIn(body)).toBeUndefined();
  });

  test('comes from a queue whose address has its region, or is refused', () => {
    eventQueue('https://sqs.eu-west-1.amazonaws.com/111111111111/elava').close();
    expect(() => eventQueue('elava')).toThrow(/no queue/);
  });
});

describe('taking events', () => {
  async function take(bodies: string[], failing = 0) {
    const stop = new AbortController();
    const waiting = new Map(bodies.map((body, i) => [`r${i}`, body]));
    const [stored, warned]: [AuditRecord[], string[]] = [[], []];
    let [arrived, failures] = [0, failing];
    await takeEvents(
      {
        queue: {
          async receive() {
            if (waiting.size === 0) stop.abort();
            return [...waiting].map(([receipt, body]) => ({ receipt, body }));
          },
          async remove(receipts) {
            for (const receipt of receipts) waiting.delete(receipt);
          },
          close() {},
        },
        async store(records) {
          if (failures-- > 0) {
            stop.abort();
            throw new Error('the store is away');
          }
          stored.push(...records);
        },
        log: { warn: (_: object, message: string) => void warned.push(message) } as never,
        arrived: () => void (arrived += 1),
      },
      stop.signal,
    );
    return { stored: stored.map(({ id }) => id), left: waiting.size, arrived, warned };
  }

  test('stores and then removes them; what is no event goes too, and is said', async () => {
    const taken = await take([pushed('e1'), 'rubbish', pushed('e2')]);
    expect(taken).toMatchObject({ stored: ['e1', 'e2'], left: 0, arrived: 1 });
    expect(taken.warned).toEqual(['messages of the queue are no CloudTrail events']);
  });

  test('keeps in the queue what could not be stored', async () => {
    expect(await take([pushed('e1')], 1)).toMatchObject({ stored: [], left: 1, arrived: 0 });
  });
});
