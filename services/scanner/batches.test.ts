import { describe, expect, test } from '@jest/globals';
import { type Batch, Batches, type Changed, MAX_BATCH_BYTES, MAX_BATCH_COUNT } from './batches.ts';

const unit = { account: '111122223333', region: 'eu-west-1', type: 'thing' };
const item = (id: string, hash = 'h'): Changed => ({ hash, resource: { id } as Changed['resource'] });

function collect(now = 0) {
  const sent: Batch[] = [];
  const batches = new Batches({ scan: 's-1', unit, now: () => now, send: async (batch) => void sent.push(batch) });
  return { sent, batches };
}

describe('batches', () => {
  test('are bounded by number', async () => {
    const { sent, batches } = collect();
    for (let i = 0; i < 2 * MAX_BATCH_COUNT + 1; i++) await batches.add(item(`a${i}`), 10);
    await batches.flush();
    expect(sent.map(({ resources }) => resources.length)).toEqual([MAX_BATCH_COUNT, MAX_BATCH_COUNT, 1]);
  });

  test('are bounded by bytes; what is larger by itself goes alone', async () => {
    const { sent, batches } = collect();
    for (const [i, bytes] of [MAX_BATCH_BYTES / 2, MAX_BATCH_BYTES / 2, 1, 2 * MAX_BATCH_BYTES, 1].entries()) {
      await batches.add(item(`a${i}`), bytes);
    }
    await batches.flush();
    expect(sent.map(({ resources }) => resources.length)).toEqual([2, 1, 1, 1]);
  });

  test('have an id of their content, so that a replay is known and another content is not taken for it', async () => {
    const ids = await Promise.all(
      [
        { items: [item('a'), item('b')], now: 0 },
        { items: [item('a'), item('b')], now: 1 },
        { items: [item('a'), item('b', 'other')], now: 0 },
        { items: [item('a'), item('c')], now: 0 },
      ].map(async ({ items, now }) => {
        const { sent, batches } = collect(now);
        for (const one of items) await batches.add(one, 1);
        await batches.flush();
        return sent[0]?.batch;
      }),
    );
    expect(ids[0]).toMatch(/^s-1\/111122223333\/eu-west-1\/thing\/[0-9a-f]{16}$/);
    expect(ids[1]).toBe(ids[0]);
    expect(new Set(ids).size).toBe(3);
  });

  test('hold a resource once, as it was last', async () => {
    const { sent, batches } = collect();
    await batches.add(item('a', 'old'), 1);
    await batches.add(item('a', 'new'), 1);
    await batches.flush();
    expect(sent[0]?.resources).toEqual([item('a', 'new')]);
  });

  test('are not sent empty', async () => {
    const { sent, batches } = collect();
    await batches.flush();
    expect(sent).toEqual([]);
  });
});
