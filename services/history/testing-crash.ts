/** A process that remembers without pause, until somebody kills it. Arguments: directory, file of what was acknowledged, first step. */
import { appendFileSync } from 'node:fs';
import { conclude, ingest, observe } from './actions-write.ts';
import { openMemory } from './memory.ts';
import { DAY_MS, storageOf } from './testing.ts';
import { step } from './testing-lives.ts';

const [dir = '', acks = '', start = '0'] = process.argv.slice(2);
const UNITS = 6;

const memory = await openMemory({
  storage: storageOf(dir),
  clock: { now: () => Date.now() },
  retentionMs: 30 * DAY_MS,
  decisionRetentionMs: 400 * DAY_MS,
  ownerTags: [],
  heard: { changed: () => {}, observed: () => {} },
});
// The line break before it ends what the last process was killed over.
const say = (what: object): void => appendFileSync(acks, `\n${JSON.stringify(what)}\n`);
say({ open: memory.rolledForward });
const writer = {
  ingest: (params: Parameters<typeof ingest>[1]) => ingest(memory, params),
  observe: (params: Parameters<typeof observe>[1]) => observe(memory, params),
  conclude: (params: Parameters<typeof conclude>[1]) => conclude(memory, params),
};

await Promise.all(
  Array.from({ length: UNITS }, async (_, index) => {
    const unit = { account: '111111111111', region: 'eu-west-1', type: `type${index}` };
    for (let n = Number(start); ; n += 1) await step(writer, { unit, n, heard: say });
  }),
);
