import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { withMemoryLimit } from './memory-limit.ts';
import { pageBytes } from './wasm-binary.ts';

/** A module with one type, one memory exported as "m", and a custom section behind it. */
function moduleOf(memory: number[]): Buffer {
  const types = [1, 4, 1, 0x60, 0, 0];
  const section = [5, memory.length, ...memory];
  const exports = [7, 5, 1, 1, 0x6d, 2, 0];
  return Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, ...types, ...section, ...exports, 0, 3, 1, 0x78, 0xff]);
}
const leb = (n: number): number[] => (n < 0x80 ? [n] : [(n & 0x7f) | 0x80, ...leb(n >> 7)]);

describe('withMemoryLimit', () => {
  test('memory grows up to the limit and not beyond', () => {
    fc.assert(
      fc.property(fc.nat(400), fc.nat(400), (minimum, more) => {
        const limited = withMemoryLimit(moduleOf([1, 0, ...leb(minimum)]), (minimum + more) * pageBytes + 1);
        const { exports } = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(limited)));
        const memory = exports['m'] as WebAssembly.Memory;
        expect(memory.buffer.byteLength).toBe(minimum * pageBytes);
        expect(() => memory.grow(more + 1)).toThrow('Maximum memory size exceeded');
        expect(memory.grow(more)).toBe(minimum);
      }),
    );
  });

  test.each([
    ['a module that starts larger', moduleOf([1, 0, 9]), '9 pages'],
    ['a module that has a limit', moduleOf([1, 1, 1, 2]), 'flags 1'],
    ['a module without a memory', Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]), 'no memory'],
    ['no module', Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 5, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]), 'no number'],
  ])('refuses %s', (_name, module, why) => {
    expect(() => withMemoryLimit(module, 8 * pageBytes)).toThrow(why);
  });
});
