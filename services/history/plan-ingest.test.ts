import { describe, expect, test } from '@jest/globals';
import { codeOf } from '../../lib/errors.ts';
import { type KnownVersion, resourceKey } from './known.ts';
import { type Batch, planIngest } from './plan-ingest.ts';
import { resource, unit } from './testing.ts';

const created_at = '1970-01-01T00:00:00.000Z';
const item = resource('web', { status: 'running', tags: { a: 'b' }, refs: ['x'], created_at });
const key = resourceKey(unit, item.id);
const hash = 'ffffffffffffffff';
const batch = (fields: Partial<Batch> = {}): Batch => ({
  scan: 's',
  unit,
  at: 1000,
  resources: [{ hash, resource: item }],
  ...fields,
});
const known = (fields: Partial<KnownVersion> = {}): KnownVersion => ({
  rev: '7',
  at: 500,
  hash: '0000000000000abc',
  status: 'running',
  state_since: 100,
  first_seen: 50,
  live: true,
  ...fields,
});
const plan = (before: KnownVersion | undefined, { baseline = false, replayed = [] as string[], of = batch() } = {}) =>
  planIngest(of, {
    known: new Map(before ? [[key, before]] : []),
    replayed: new Map([[`${key} ${of.at}`, new Set(replayed)]]),
    baseline,
  });

describe('a batch', () => {
  test('of something new: it appeared, in the baseline or after it', () => {
    const [version] = plan(undefined, { baseline: true });
    expect(version).toMatchObject({
      kind: 'appeared',
      delta: 1,
      baseline: true,
      prev_rev: '0',
      prev_hash: '0000000000000000',
      state_since: 1000,
      first_seen: 1000,
      at: 1000,
      ref_ids: ['x'],
      tags: { a: 'b' },
      body: JSON.stringify(item),
    });
    expect(plan(undefined)[0]?.baseline).toBe(false);
  });

  test('of something that changed: it keeps since when it is known and in its state', () => {
    expect(plan(known(), { baseline: true })[0]).toMatchObject({
      kind: 'modified',
      delta: 0,
      baseline: false,
      prev_rev: '7',
      prev_hash: '0000000000000abc',
      state_since: 100,
      first_seen: 50,
    });
    expect(plan(known({ status: 'stopped' }))[0]).toMatchObject({ state_since: 1000, first_seen: 50 });
  });

  test('of a name that was made again: it is first seen now', () => {
    const again = { ...item, created_at: '2026-11-20T00:00:00.000Z' };
    const [version] = plan(known(), { of: batch({ resources: [{ hash, resource: again }] }) });
    expect(version).toMatchObject({ kind: 'modified', first_seen: 1000, state_since: 1000, prev_rev: '7' });
  });

  test('of something that was gone: it reappeared, in a new state', () => {
    expect(plan(known({ live: false }))[0]).toMatchObject({
      kind: 'reappeared',
      delta: 1,
      prev_rev: '7',
      prev_hash: '0000000000000000',
      state_since: 1000,
      first_seen: 50,
    });
    expect(plan(known({ live: false, hash }))).toHaveLength(1);
  });

  test('of what is known already, or was overtaken, is nothing', () => {
    expect(plan(known({ hash }))).toEqual([]);
    expect(plan(known({ at: 1001 }))).toEqual([]);
    expect(plan(known({ at: 1001, live: false }))).toEqual([]);
  });

  test('of the instant of the newest version is news only if that instant did not have it', () => {
    expect(plan(known({ at: 1000 }))).toHaveLength(1);
    expect(plan(known({ at: 1000 }), { replayed: [hash] })).toEqual([]);
    expect(plan(known({ at: 1000, live: false }), { replayed: [hash] })).toEqual([]);
  });

  test('that has a resource twice takes the last', () => {
    const twice = batch({
      resources: [
        { hash: '1111111111111111', resource: item },
        { hash, resource: { ...item, name: 'last' } },
      ],
    });
    expect(plan(undefined, { of: twice }).map(({ name }) => name)).toEqual(['last']);
  });

  test('with a hash of zeros does not take the hash that stands for nothing', () => {
    expect(plan(undefined, { of: batch({ resources: [{ hash: '0'.repeat(16), resource: item }] }) })[0]?.hash).toBe(
      '0000000000000001',
    );
  });

  test.each([
    ['account', { ...item, account: '2' }],
    ['region', { ...item, region: 'mars' }],
    ['type', { ...item, type: 'ebs' }],
  ])('with a resource of another %s is INVALID_REQUEST', (_, stray) => {
    const of = batch({ resources: [{ hash, resource: stray }] });
    expect(() => plan(undefined, { of })).toThrow(expect.objectContaining({ type: 'INVALID_REQUEST' }));
  });

  test.each(['', 'abc', 'FFFFFFFFFFFFFFFF', 'g'.repeat(16)])('with the hash %p is INVALID_REQUEST', (odd) => {
    let code = '';
    try {
      plan(undefined, { of: batch({ resources: [{ hash: odd, resource: item }] }) });
    } catch (error) {
      code = codeOf(error);
    }
    expect(code).toBe('INVALID_REQUEST');
  });
});
