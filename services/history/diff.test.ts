import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { diffResources, MAX_FIELDS, MAX_VALUE } from './diff.ts';

const changed = (before: Record<string, unknown>, after: Record<string, unknown>) => diffResources(before, after);

describe('the difference of two resources', () => {
  test('names each changed field with its old and new value', () => {
    const before = { status: 'running', tags: { a: '1', b: '2' }, size: 8, list: [1, 2] };
    const after = { status: 'stopped', tags: { a: '1', c: '3' }, size: 8, list: [1, 3] };
    expect(changed(before, after)).toEqual([
      { path: 'status', old: 'running', new: 'stopped' },
      { path: 'tags.b', old: '2', new: null },
      { path: 'tags.c', old: null, new: '3' },
      { path: 'list.1', old: 2, new: 3 },
    ]);
  });

  test('tells a flat field that metadata repeats once', () => {
    const before = { encrypted: true, metadata: { encrypted: true, Size: 1 } };
    const after = { encrypted: false, metadata: { encrypted: false, Size: 2 } };
    expect(changed(before, after)).toEqual([
      { path: 'encrypted', old: true, new: false },
      { path: 'metadata.Size', old: 1, new: 2 },
    ]);
  });

  test('tells what metadata has of its own under the name of a flat field', () => {
    const before = { encrypted: true, metadata: { encrypted: 'yes' } };
    const after = { encrypted: true, metadata: { encrypted: 'no' } };
    expect(changed(before, after)).toEqual([{ path: 'metadata.encrypted', old: 'yes', new: 'no' }]);
  });

  test('matches the elements of a list by their key, wherever they stand', () => {
    const rule = (id: string, port: number) => ({ id, from_port: port });
    const before = { rules: [rule('a', 22), rule('b', 80), rule('c', 443)] };
    const after = { rules: [rule('c', 443), rule('a', 22), rule('b', 8080), rule('d', 1)] };
    expect(changed(before, after)).toEqual([
      { path: 'rules.b.from_port', old: 80, new: 8080 },
      { path: 'rules.d', old: null, new: rule('d', 1) },
    ]);
  });

  test('an element in front of a thousand others is one change', () => {
    const list = Array.from({ length: 1000 }, (_, i) => ({ port: i, source: `10.0.${i}.0/24` }));
    expect(changed({ rules: list }, { rules: [{ port: -1 }, ...list] })).toEqual([
      { path: 'rules.0', old: null, new: { port: -1 } },
    ]);
    expect(changed({ names: list.map(String) }, { names: list.slice(1).map(String) })).toHaveLength(1);
  });

  test('the order of names and of list elements is no change', () => {
    expect(changed({ a: { x: 1, y: [{ p: 1, q: 2 }, 3] } }, { a: { y: [3, { q: 2, p: 1 }], x: 1 } })).toEqual([]);
  });

  test('elements of one key that stand twice are compared by their content', () => {
    const before = {
      rules: [
        { id: 'a', port: 1 },
        { id: 'a', port: 2 },
      ],
    };
    const after = {
      rules: [
        { id: 'a', port: 2 },
        { id: 'a', port: 3 },
      ],
    };
    expect(changed(before, after)).toEqual([{ path: 'rules.1.port', old: 1, new: 3 }]);
  });

  test('is bounded in number and in size', () => {
    const many = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`f${i}`, i]));
    const fields = changed(many, {});
    expect(fields).toHaveLength(MAX_FIELDS + 1);
    expect(fields.at(-1)).toEqual({ path: '…', old: null, new: `${5000 - MAX_FIELDS} more fields changed` });
    const [long] = changed({ text: 'x'.repeat(1_000_000) }, { text: 'y' });
    expect(JSON.stringify(long).length).toBeLessThan(MAX_VALUE + 200);
  });

  test('a document of great depth ends', () => {
    const deep = (value: unknown): Record<string, unknown> => {
      let at: Record<string, unknown> = { value };
      for (let i = 0; i < 500; i += 1) at = { at };
      return at;
    };
    expect(changed(deep(1), deep(2))).toHaveLength(1);
  });

  test('the work grows with the document, not with its square', () => {
    const reads = (size: number): number => {
      let count = 0;
      const item = (i: number) => ({
        get port() {
          count += 1;
          return i;
        },
      });
      const list = Array.from({ length: size }, (_, i) => item(i));
      changed({ rules: list }, { rules: [item(-1), ...list.map((_, i) => item(i + 1))] });
      return count;
    };
    expect(reads(4000) / reads(1000)).toBeLessThan(6);
  });
});

const document = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 }));
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

test('a document does not differ from itself, and two that differ in a field do', () => {
  fc.assert(
    fc.property(document, fc.string(), fc.jsonValue(), (one, name, value) => {
      const copy = plain(one) as Record<string, unknown>;
      expect(changed(one, copy)).toEqual([]);
      const other = { ...copy, [`new ${name}`]: value };
      expect(changed(one, other).length > 0).toBe(value !== null);
    }),
  );
});
