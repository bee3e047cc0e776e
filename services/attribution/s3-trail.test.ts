import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import type { AuditRecord } from './record.ts';
import { dayPrefixes, readTrail, type TrailBucket } from './s3-trail.ts';
import { account, auditRecord } from './testing.ts';

const place = { account, region: 'eu-west-1' };
const now = Date.parse('2026-11-20T12:00:00.000Z');
const day = (d: number) => `AWSLogs/${account}/CloudTrail/eu-west-1/2026/11/${d}/`;

function bucket(objects: Readonly<Record<string, unknown>>, page = 1): TrailBucket {
  return {
    async list(prefix, after) {
      const keys = Object.keys(objects)
        .filter((key) => key.startsWith(prefix) && key > after)
        .sort();
      return { keys: keys.slice(0, page), more: keys.length > page };
    },
    folders: async (prefix) => [
      ...new Set(
        Object.keys(objects).flatMap((key) =>
          key.startsWith(prefix) ? (key.slice(prefix.length).split('/')[0] ?? []) : [],
        ),
      ),
    ],
    get: async (key) => gzipSync(JSON.stringify(objects[key])),
    close() {},
  };
}
const event = (id: string, more: object = {}) =>
  JSON.parse(auditRecord('StopInstances', { eventID: id, ...more }).body) as object;

async function read(objects: Record<string, unknown>, position = '') {
  const stored: AuditRecord[] = [];
  const result = await readTrail(place, position, {
    bucket: bucket(objects),
    prefix: '',
    store: async (records) => void stored.push(...records),
    now,
    lookbackMs: 86_400_000,
    signal: new AbortController().signal,
  });
  return { ...result, ids: stored.map(({ id }) => id) };
}

describe('the objects of a trail', () => {
  const objects = {
    [`${day(19)}a.json.gz`]: { Records: [event('e1'), event('read', { readOnly: true })] },
    [`${day(20)}b.json.gz`]: { Records: [event('e2'), event('opening', { eventName: 'AssumeRole', readOnly: true })] },
    [`${day(20)}c.json.gz`]: { Records: [event('e3')] },
    [`${day(20)}digest.txt`]: {},
  };

  test('are read from the lookback on, page by page, without mere reads', async () => {
    const first = await read(objects);
    expect(first).toMatchObject({
      position: `${day(20)}c.json.gz`,
      events: 4,
      error: '',
      ids: ['e1', 'e2', 'opening', 'e3'],
    });
  });

  test('go on after the last one that was read', async () => {
    expect(await read(objects, `${day(20)}b.json.gz`)).toMatchObject({ ids: ['e3'], position: `${day(20)}c.json.gz` });
  });

  test('stop at one that is broken, with what came before it', async () => {
    const broken = await read({ ...objects, [`${day(20)}b.json.gz`]: { what: 'no records' } });
    expect(broken).toMatchObject({ ids: ['e1'], position: `${day(19)}a.json.gz`, error: 'AWS_RESPONSE_INVALID' });
  });
});

test('days are those from the cursor on', () => {
  const settings = { root: 'org/AWSLogs/', position: `org/${day(19)}a.json.gz`, now, lookbackMs: 0 };
  expect(dayPrefixes(place, settings)).toEqual([`org/${day(19)}`, `org/${day(20)}`]);
});

test("an organisation's trail has its id before the account", async () => {
  const key = `${day(20)}a.json.gz`.replace('AWSLogs/', 'AWSLogs/o-a1b2c3d4e5/');
  expect(await read({ [key]: { Records: [event('e1')] } })).toMatchObject({ ids: ['e1'], position: key, error: '' });
});
