/** A process that remembers without pause, until somebody kills it. Arguments: directory, file of what was acknowledged, first step. */
import { appendFileSync } from 'node:fs';
import type { Resource, Unit } from '../../lib/resource.ts';
import { ingest, observe } from './actions-write.ts';
import { openMemory } from './memory.ts';
import { DAY_MS, hashOf, resource, storageOf } from './testing.ts';

const [dir = '', acks = '', start = '0'] = process.argv.slice(2);
const UNITS = 6;
const MEMBERS = 30;
/** Steps are seconds, so that two of them span a week's end now and then. */
const EPOCH = Date.parse('2026-11-22T23:58:00.000Z');

const unitAt = (index: number): Unit => ({ account: '111111111111', region: 'eu-west-1', type: `type${index}` });

const memory = await openMemory({
  storage: storageOf(dir),
  clock: { now: () => Date.now() },
  retentionMs: 30 * DAY_MS,
  decisionRetentionMs: 400 * DAY_MS,
  ownerTags: [],
  heard: { changed: () => {}, observed: () => {} },
});
appendFileSync(acks, `${JSON.stringify({ open: memory.rolledForward })}\n`);

/** One unit's life: some resources change, then it is observed, with one that comes and goes. */
async function step(index: number, n: number): Promise<void> {
  const unit = unitAt(index);
  const at = new Date(EPOCH + n * 1000).toISOString();
  const seen: Resource[] = Array.from({ length: 8 }, (_, i) =>
    resource(`r${(n * 7 + i) % MEMBERS}`, { version: n }, unit),
  );
  const entries = seen.map((item) => ({ hash: hashOf(item), resource: item }));
  await ingest(memory, { batch: `${n}`, scan: `scan${n}`, unit, at, resources: entries });
  appendFileSync(
    acks,
    `${JSON.stringify({ ingest: entries.map(({ hash, resource: { id } }) => ({ id, hash })), type: unit.type, at })}\n`,
  );
  const absent = [resource(`r${(n * 11) % MEMBERS}`, {}, unit).id].filter((id) => !seen.some((item) => item.id === id));
  const coverage = await observe(memory, {
    scan: `scan${n}`,
    unit,
    started: at,
    finished: at,
    state: n % 5 === 0 ? 'partial' : 'complete',
    error: '',
    detail: '',
    count: 8,
    absent,
  });
  appendFileSync(acks, `${JSON.stringify({ observe: coverage })}\n`);
}

await Promise.all(
  Array.from({ length: UNITS }, async (_, index) => {
    for (let n = Number(start); ; n += 1) await step(index, n);
  }),
);
