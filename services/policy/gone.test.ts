import { describe, expect, test } from '@jest/globals';
import type { JudgingRow } from '../history/history.contract.ts';
import { goneRefs, watchedTypes } from './gone.ts';

const volume = 'arn:aws:ec2:eu-west-1:210000000001:volume/vol-1';
const key = 'arn:aws:kms:eu-west-1:210000000001:key/1';
const scanned = { ebs: '2026-11-20T10:00:00.000Z' };

function row(change: object = {}, related: JudgingRow['related'] = {}): JudgingRow {
  const resource = { type: 'snapshot', created_at: '2026-11-01T00:00:00.000Z', refs: [volume, key], ...change };
  const facts = { first_seen: '2026-11-19T00:00:00.000Z' };
  return { resource, facts, related, last: {}, history: [], revision: '1' } as unknown as JudgingRow;
}

describe('what is gone', () => {
  test('is what a complete scan since it was made does not know', () => {
    expect(goneRefs(row(), scanned)).toEqual([volume]);
  });

  test.each<[string, JudgingRow, Record<string, string>]>([
    ['its type was never scanned whole', row(), {}],
    ['the scan began before the resource was made', row({ created_at: '2026-11-20T10:00:01.000Z' }), scanned],
    ['it is there', row({}, { [volume]: { id: volume } as never }), scanned],
    [
      'a copied snapshot names a volume that never was',
      row({ refs: [volume.replace('vol-1', 'vol-ffffffff')] }),
      scanned,
    ],
    ['it is of a type that is not watched', row({ type: 'ami' }), scanned],
    ['nothing tells when it was made', row({ created_at: 'unknown' }), scanned],
  ])('is nothing where %s', (_, given, known) => {
    expect(goneRefs(given, known)).toEqual([]);
  });

  test('asks for volumes with snapshots, and for nothing with what only sounds like a type', () => {
    expect(watchedTypes('snapshot')).toEqual(['ebs']);
    expect(watchedTypes('constructor')).toEqual([]);
  });
});
