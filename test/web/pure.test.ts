/** What the dashboard decides without a browser. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Change, FieldChange } from '../../lib/resource.ts';
import { bytes, duration, lastPart } from '../../web/src/base/format.ts';
import { bucketsOf, parseMetrics, quantileOf } from '../../web/src/base/metrics.ts';
import { boxesOf } from '../../web/src/pages/resource/graph-boxes.ts';
import { momentsOf } from '../../web/src/pages/resource/moments.ts';
import { regionsOf } from '../../web/src/pages/sovereignty/regions-of.ts';
import { summaryOf } from '../../web/src/parts/change-words.ts';
import { steps, windowOf } from '../../web/src/parts/grid-window.ts';

describe('a long list', () => {
  test('has every row that is seen, and few more', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), fc.nat(50_000_000), fc.integer({ min: 0, max: 3000 }), (rows, top, height) => {
        const { first, last } = windowOf({ top, height }, 40, rows);
        expect(first).toBeGreaterThanOrEqual(0);
        expect(last).toBeLessThanOrEqual(rows);
        expect(last - first).toBeLessThanOrEqual(Math.ceil(height / 40) + 18);
        const seen = Math.floor(top / 40);
        if (seen < rows) expect(first <= seen && seen < last).toBe(true);
      }),
    );
  });

  test.each([
    ['ArrowDown', -1, 0],
    ['ArrowDown', 9, 9],
    ['ArrowUp', 0, 0],
    ['PageDown', 2, 7],
    ['PageUp', 2, 0],
    ['Home', 5, 0],
    ['End', 5, 9],
    ['a', 5, undefined],
  ])('%s from row %s leads to %s', (key, from, to) => {
    expect(steps(key, from, 10, 5)).toBe(to);
  });

  test('that is empty leads nowhere', () => {
    expect(steps('ArrowDown', -1, 0, 5)).toBeUndefined();
  });
});

describe('a change in one line', () => {
  const change = (kind: Change['kind'], fields: FieldChange[]) => summaryOf({ kind, fields });
  test.each([
    ['appeared', [], 'was created'],
    ['disappeared', [], 'is gone'],
    ['modified', [{ path: 'tags.owner', old: 'a', new: 'b' }], 'tags.owner: a → b'],
    ['modified', [{ path: 'encrypted', old: undefined, new: true }], 'encrypted added: true'],
    ['modified', [{ path: 'tags.x', old: '', new: undefined }], 'tags.x removed: ""'],
  ] as const)('%s', (kind, fields, text) => {
    expect(change(kind, [...fields])).toBe(text);
  });

  test('tells a field once that metadata repeats, and fields before tags', () => {
    const fields = [
      { path: 'tags.a', old: 1, new: 2 },
      { path: 'metadata.open', old: false, new: true },
      { path: 'open', old: false, new: true },
      { path: 'metadata.other', old: 1, new: 2 },
    ];
    expect(change('modified', fields)).toBe('open: false → true · tags.a: 1 → 2 and 1 more');
  });

  test('shortens a rule to its words', () => {
    const rule = { direction: 'ingress', from_port: 22, source: '0.0.0.0/0', deep: { not: 'told' } };
    expect(change('modified', [{ path: 'rules.0', old: undefined, new: rule }])).toBe(
      'rules.0 added: direction=ingress from_port=22 source=0.0.0.0/0',
    );
  });
});

describe("a resource's life", () => {
  const verdict = (id: string, revision: string, at: string, decision = 'deny') =>
    ({ id, revision, evaluated_at: at, error: '', result: { decision } }) as never;
  const change = (revision: string, at: string) => ({ revision, at }) as never;

  test('puts a verdict beside the change that it judged, and one of time alone at its own time', () => {
    const moments = momentsOf({
      changes: [change('7', '2026-11-02'), change('5', '2026-11-01')],
      evaluations: [
        verdict('a', '7', '2026-11-02T00:05'),
        verdict('b', '6', '2026-11-01T12:00'),
        verdict('c', '7', '2026-11-03', 'allow'),
      ],
    });
    expect(moments.map(({ at, change: own, verdicts }) => [at, own?.revision, verdicts.map(({ id }) => id)])).toEqual([
      ['2026-11-02', '7', ['a']],
      ['2026-11-01T12:00', undefined, ['b']],
      ['2026-11-01', '5', []],
    ]);
  });
});

describe('the graph', () => {
  test('shows a few of each type and one box for the rest', () => {
    const some = Array.from({ length: 40 }, (_, i) => ({ id: `i${i}`, name: `i${i}`, type: 'ec2', live: true }));
    const boxes = boxesOf([...some, { id: 'v', name: 'net', type: 'vpc', live: false }]);
    expect(boxes.map(({ name, note }) => `${name} ${note}`)).toEqual([
      'i0 ec2',
      'i1 ec2',
      'i2 ec2',
      'i3 ec2',
      'i4 ec2',
      'and 35 more ec2',
      'net vpc · gone',
    ]);
  });
});

describe('metrics', () => {
  const text = `# HELP x y
# TYPE x histogram
x_bucket{le="0.1",kind="a"} 2
x_bucket{le="0.5",kind="a"} 5
x_bucket{le="+Inf",kind="a"} 6
x_bucket{le="0.1",kind="b"} 10
y{path="a\\"b\\\\c\\nd"} 1.5e3
z 3
`;
  test('are read with their labels', () => {
    expect(parseMetrics(text).slice(-2)).toEqual([
      { name: 'y', labels: { path: 'a"b\\c\nd' }, value: 1500 },
      { name: 'z', labels: {}, value: 3 },
    ]);
  });

  test('of a histogram are buckets, each of its own', () => {
    const buckets = bucketsOf(parseMetrics(text), 'x', { kind: 'a' });
    expect(buckets).toEqual([
      { upto: 0.1, count: 2 },
      { upto: 0.5, count: 3 },
      { upto: Number.POSITIVE_INFINITY, count: 1 },
    ]);
    expect(quantileOf(buckets, 0.5)).toBe(0.5);
    expect(quantileOf([], 0.5)).toBeUndefined();
  });
});

describe('regions', () => {
  test('are counted by policies that allow them, and by violations in them', () => {
    const policy = (regions: string[]) => ({ regions }) as never;
    const found = regionsOf(
      [policy(['eu-west-1', 'eu-central-1']), policy(['eu-west-1'])],
      [{ region: 'us-east-1' } as never, { region: '' } as never],
    );
    expect(found).toEqual([
      { region: 'eu-west-1', policies: 2, violations: 0 },
      { region: 'eu-central-1', policies: 1, violations: 0 },
      { region: 'us-east-1', policies: 0, violations: 1 },
    ]);
  });
});

describe('words', () => {
  test.each([
    [0, 'now'],
    [59_000, '59s'],
    [3_600_000, '1h'],
    [90_061_000, '1d 1h'],
    [125_000, '2m'],
  ])('%s ms is %s', (ms, text) => {
    expect(duration(ms)).toBe(text);
  });

  test.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1536, '1.5 KiB'],
    [5 * 2 ** 30, '5.0 GiB'],
  ])('%s bytes are %s', (n, text) => {
    expect(bytes(n)).toBe(text);
  });

  test('an ARN is known by its end', () => {
    expect(lastPart('arn:aws:ec2:us-east-1:1:security-group/sg-1')).toBe('security-group/sg-1');
    expect(lastPart('plain')).toBe('plain');
  });
});
