import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Gate } from './gate.ts';

/** Work that runs until it is told to end. */
function works(gate: Gate) {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const begin = (owner: string, name: string): Promise<void> =>
    gate.run(owner, async () => {
      begun.push(name);
      await new Promise<void>((resolve) => ends.set(name, resolve));
    });
  const end = async (name: string): Promise<void> => {
    ends.get(name)?.();
    await new Promise(setImmediate);
  };
  return { begun, begin, end };
}

describe('room for so much at once', () => {
  test("is all one owner's while there is no other", () => {
    const { begun, begin } = works(new Gate(4));
    for (let i = 0; i < 6; i++) void begin('a', `a${i}`);
    expect(begun).toEqual(['a0', 'a1', 'a2', 'a3']);
  });

  test("is never all one owner's where there are several: who takes for ever does not hold up the others", async () => {
    const { begun, begin, end } = works(new Gate(4));
    void begin('b', 'b0');
    for (let i = 0; i < 20; i++) void begin('huge', `huge${i}`);
    for (let i = 1; i < 10; i++) void begin('b', `b${i}`);
    // None of the huge one's ends, and all of the others are done.
    for (let i = 0; i < 10; i++) await end(`b${i}`);
    expect(begun.filter((name) => name.startsWith('b'))).toHaveLength(10);
    expect(begun.filter((name) => name.startsWith('huge'))).toEqual(['huge0', 'huge1', 'huge2']);
  });

  test('is half of it while others wait, and three quarters while none does', async () => {
    const { begun, begin, end } = works(new Gate(8));
    for (let i = 0; i < 8; i++) void begin('b', `b${i}`);
    for (let i = 0; i < 20; i++) void begin('huge', `huge${i}`);
    void begin('c', 'c0');
    void begin('c', 'c1');
    for (let i = 0; i < 8; i++) await end(`b${i}`);
    expect(begun.filter((name) => name.startsWith('huge'))).toHaveLength(6);
    expect(begun).toEqual(expect.arrayContaining(['c0', 'c1']));
    for (let i = 0; i < 6; i++) void begin('d', `d${i}`);
    await end('c0');
    await end('c1');
    for (let i = 0; i < 6; i++) await end(`d${i}`);
    expect(begun.filter((name) => name.startsWith('d'))).toHaveLength(6);
    expect(begun.filter((name) => name.startsWith('huge'))).toHaveLength(6);
    for (let i = 0; i < 3; i++) await end(`huge${i}`);
    expect(begun.filter((name) => name.startsWith('huge'))).toHaveLength(9);
  });

  test('goes round among those who wait', async () => {
    const { begun, begin, end } = works(new Gate(1));
    void begin('a', 'a0');
    for (const name of ['a1', 'a2', 'b1', 'b2', 'c1']) void begin(name.slice(0, 1), name);
    for (const name of ['a0', 'a1', 'b1', 'c1', 'a2', 'b2']) await end(name);
    expect(begun).toEqual(['a0', 'a1', 'b1', 'c1', 'a2', 'b2']);
  });

  test('is given back by work that fails', async () => {
    const gate = new Gate(1);
    await expect(gate.run('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await gate.run('a', async () => 1)).toBe(1);
  });

  test('holds whatever comes: never too many, and everybody gets in', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 5 }),
        fc.array(fc.record({ owner: fc.constantFrom('a', 'b', 'c'), turns: fc.nat(3) }), { maxLength: 30 }),
        async (max, jobs) => {
          const gate = new Gate(max);
          let [running, most] = [0, 0];
          const job = ({ owner, turns }: { owner: string; turns: number }): Promise<void> =>
            gate.run(owner, async () => {
              most = Math.max(most, ++running);
              for (let i = 0; i < turns; i++) await Promise.resolve();
              running -= 1;
            });
          await Promise.all(jobs.map(job));
          expect(most).toBeLessThanOrEqual(max);
        },
      ),
      { numRuns: 100 },
    );
  });
});
