import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { hasMarks, intersection, marksOf } from './marks.ts';
import type { Action, SovereignPolicy } from './sovereign-policy.ts';

const now = Date.parse('2026-11-22T10:00:00Z');
const made = (
  name: string,
  day: number,
  allowedRegions: string[],
  enforcementAction: Action = 'deny',
): SovereignPolicy => ({
  apiVersion: 'compliance.federated.io/v1alpha1',
  kind: 'SovereignPolicy',
  metadata: { name, namespace: 'team', creationTimestamp: `2026-11-${String(day).padStart(2, '0')}T00:00:00Z` },
  spec: { targetNamespace: 'finance', allowedRegions, enforcementAction },
});

describe('marksOf', () => {
  test('two policies that deny: what both allow, by the older, naming the other', () => {
    const marks = marksOf([made('young', 9, ['b', 'c']), made('old', 2, ['a', 'b'])], now);
    expect(marks).toEqual({
      labels: {
        'compliance.gov/policy-name': 'old',
        'compliance.gov/policy-namespace': 'team',
        'compliance.gov/enforcement-action': 'deny',
        'compliance.gov/region.b': 'true',
      },
      annotations: { 'compliance.gov/allowed-regions': 'b', 'compliance.gov/other-policies': 'team/young' },
    });
  });

  test('a policy that only logs does not narrow what one that denies allows', () => {
    const marks = marksOf([made('logs', 1, ['a'], 'dryrun'), made('denies', 2, ['a', 'b'])], now);
    expect(marks?.annotations['compliance.gov/allowed-regions']).toBe('a,b');
    expect(marks?.labels['compliance.gov/enforcement-action']).toBe('deny');
  });

  test('the order in which policies are read changes nothing, and what was written is recognised', () => {
    const some = fc.array(
      fc.record({
        day: fc.integer({ min: 1, max: 28 }),
        regions: fc.subarray(['a', 'b', 'c', 'd'], { minLength: 1 }),
        action: fc.constantFrom<Action>('deny', 'dryrun', 'warn', 'custom'),
      }),
      { minLength: 1, maxLength: 5 },
    );
    fc.assert(
      fc.property(some, (all) => {
        const policies = all.map(({ day, regions, action }, i) => made(`p${i}`, day, regions, action));
        const marks = marksOf(policies, now);
        expect(marksOf(policies.toReversed(), now)).toEqual(marks);
        const other = {
          labels: { 'kubernetes.io/metadata.name': 'finance' },
          annotations: { 'compliance.gov/updated-at': 'x' },
        };
        const metadata = {
          name: 'finance',
          labels: { ...other.labels, ...marks?.labels },
          annotations: { ...other.annotations, ...marks?.annotations },
        };
        expect(hasMarks(metadata, marks!)).toBe(true);
      }),
    );
  });
});

test('the intersection is in every list', () => {
  fc.assert(
    fc.property(fc.array(fc.subarray(['a', 'b', 'c']), { minLength: 1 }), (lists) => {
      const all = intersection(lists);
      expect(all.every((one) => lists.every((list) => list.includes(one)))).toBe(true);
      expect(['a', 'b', 'c'].filter((one) => lists.every((list) => list.includes(one)))).toEqual(all);
    }),
  );
});
