/** A full disk: what was acknowledged stays, reads go on, and writing goes on when there is room again. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, open, rm, statfs } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { codeOf } from '../../lib/errors.ts';
import * as ask from './actions-ask.ts';
import * as read from './actions-read.ts';
import { type MemoryOptions, openMemory } from './memory.ts';
import { DAY_MS, resource, scan, storageOf } from './testing.ts';

const options = (dir: string, minFreeDisk: number): MemoryOptions => ({
  storage: { ...storageOf(dir), minFreeDisk },
  clock: { now: () => Date.parse('2026-11-20T12:00:00Z') },
  retentionMs: 30 * DAY_MS,
  decisionRetentionMs: 400 * DAY_MS,
  ownerTags: [],
  heard: { changed: () => {}, observed: () => {} },
});
const failure = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );
const seen = (round: number) =>
  Array.from({ length: 200 }, (_, i) =>
    resource(`r${round}-${i}`, { metadata: { text: `${round} ${i} `.repeat(200) } }),
  );

/** A disk of 96 MB, where the system lets us mount one. */
function mountSmall(dir: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=96m', 'tmpfs', dir], { stdio: 'ignore' });
    return true;
  } catch {
    // Not root: the reserve stands in for the disk's end.
    return false;
  }
}

/** Takes what is left of the disk; gives it back when called. */
async function fill(dir: string): Promise<() => Promise<void>> {
  const ballast = path.join(dir, 'ballast');
  const file = await open(ballast, 'w');
  const block = Buffer.alloc(1 << 16);
  try {
    for (;;) await file.write(block);
  } catch (error) {
    expect((error as { code?: string }).code).toBe('ENOSPC');
  } finally {
    await file.close();
  }
  return () => rm(ballast);
}

test('a full disk is STORE_FULL, reads and opening go on, and so does writing when there is room', async () => {
  const root = await mkdtemp(path.join(os.tmpdir(), 'elava-disk-'));
  const mounted = mountSmall(root);
  const data = path.join(root, 'data');
  const { bavail, bsize } = await statfs(root);
  const tooMuch = bavail * bsize * 2;
  try {
    let memory = await openMemory(options(data, 1));
    await scan(memory, { scan: 's1', at: '2026-11-20T10:00:00.000Z', seen: seen(1) });
    const before = await ask.counts(memory, {});
    if (!mounted) {
      await memory.close();
      memory = await openMemory(options(data, tooMuch));
    }
    const free = mounted ? await fill(root) : async () => {};
    for (let i = 0; i < 3; i += 1) {
      const error = await failure(scan(memory, { scan: 's2', at: '2026-11-20T11:00:00.000Z', seen: seen(2) }));
      expect(codeOf(error)).toBe('STORE_FULL');
    }
    expect(await ask.counts(memory, {})).toEqual(before);
    await memory.close();
    if (mounted) {
      memory = await openMemory(options(data, 1));
      expect(await ask.counts(memory, {})).toEqual(before);
      await free();
    } else memory = await openMemory(options(data, 1));
    await scan(memory, { scan: 's2', at: '2026-11-20T11:00:00.000Z', seen: seen(2) });
    expect((await ask.counts(memory, {})).types).toEqual({ ec2: 400 });
    expect((await read.status(memory)).versions).toBe(400);
    await memory.close();
  } finally {
    if (mounted) execFileSync('umount', [root]);
    await rm(root, { recursive: true, force: true });
  }
});
