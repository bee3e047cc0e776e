import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { contentOf, jsonBytes, resourceOf } from './content.ts';
import { canonicalText, hashText } from './hash.ts';
import type { Mapped } from './resource-type.ts';

const unit = { account: '111122223333', region: 'eu-west-1', type: 'thing' };
const mapped = (fields: Record<string, unknown>, metadata: Record<string, unknown> = {}): Mapped => ({
  id: 'arn:1',
  name: 'one',
  status: 'up',
  tags: { owner: 'a' },
  created_at: '',
  refs: [],
  fields,
  metadata,
});
const hashOf = (m: Mapped, volatile?: Record<string, number>): string =>
  contentOf(resourceOf('aws', unit, m), volatile).hash;

describe('a resource', () => {
  test('has its fields flat and again in its metadata, and its own words win', () => {
    const resource = resourceOf('aws', unit, mapped({ encrypted: true, type: 'other' }, { Raw: 1 }));
    expect(resource).toMatchObject({
      ...unit,
      provider: 'aws',
      encrypted: true,
      metadata: { Raw: 1, encrypted: true },
    });
  });
});

describe('the hash of a resource', () => {
  const week = 7 * 86_400_000;
  const volatile = { noise: Number.POSITIVE_INFINITY, used: week };

  test.each([
    ['a field', mapped({ a: 2 })],
    ['a tag', { ...mapped({ a: 1 }), tags: { owner: 'b' } }],
    ['its status', { ...mapped({ a: 1 }), status: 'down' }],
    ['its name', { ...mapped({ a: 1 }), name: 'two' }],
    ['a reference', { ...mapped({ a: 1 }), refs: ['arn:2'] }],
    ['its metadata', mapped({ a: 1 }, { Raw: 1 })],
  ])('changes with %s', (_, other) => {
    expect(hashOf(other)).not.toBe(hashOf(mapped({ a: 1 })));
  });

  test('does not change with what moves by itself, but for its grain', () => {
    const at = (used: string, noise: number): string => hashOf(mapped({ used, noise }), volatile);
    // Weeks since 1970 begin on Thursdays.
    expect(at('2026-06-04T00:00:00.000Z', 1)).toBe(at('2026-06-10T23:59:59.000Z', 2));
    expect(at('2026-06-04T00:00:00.000Z', 1)).not.toBe(at('2026-06-11T00:00:00.000Z', 1));
    expect(at('', 1)).not.toBe(at('2026-06-04T00:00:00.000Z', 1));
  });

  test('is that of the resource without what never counts', () => {
    expect(hashOf(mapped({ a: 1, noise: 5 }), volatile)).toBe(hashOf(mapped({ a: 1 })));
    // Words that every object knows are fields as any others.
    expect(hashOf(mapped({ constructor: 'x' }), volatile)).toBe(hashOf(mapped({ constructor: 'x' })));
  });

  test('is that of one canonical object', () => {
    const { id, name, status, tags, created_at, refs } = mapped({});
    const { resource, hash } = contentOf(resourceOf('aws', unit, mapped({ a: 1 }, { b: [2] })), undefined);
    const whole = { id, name, status, tags, created_at, refs, metadata: resource.metadata };
    expect(hash).toBe(hashText(canonicalText(whole)));
  });

  test('leaves the resource itself as it is', () => {
    const resource = resourceOf('aws', unit, mapped({ noise: 5, used: '2026-06-04T00:00:00.000Z' }));
    contentOf(resource, volatile);
    expect(resource.metadata).toMatchObject({ noise: 5, used: '2026-06-04T00:00:00.000Z' });
  });
});

test('the size of a resource is at least that of its JSON', () => {
  const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constant('line\nbreak\ttab'), fc.constant('{"a":"\\\\"}'));
  const field = fc.oneof(text, fc.integer(), fc.boolean(), fc.array(text), fc.dictionary(text, text));
  fc.assert(
    fc.property(fc.dictionary(text, field), fc.dictionary(text, field), (fields, metadata) => {
      const resource = resourceOf('aws', unit, mapped(fields, metadata));
      const bytes = jsonBytes(contentOf(resource, undefined));
      expect(bytes).toBeGreaterThanOrEqual(Buffer.byteLength(JSON.stringify(resource)));
    }),
  );
});
