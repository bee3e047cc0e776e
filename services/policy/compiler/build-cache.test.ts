import { mkdtemp, readdir, readFile, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { BuildCache, type Built } from './build-cache.ts';
import { RegoCompiler } from './compiler.ts';
import { good, one } from './testing.ts';

const built = (size: number): Built => ({
  modules: [],
  exports: { entrypoints: { 'a/b': 0 }, builtins: { sprintf: 3 } },
  bytes: new Uint8Array(size).fill(10),
});
const digest = (n: number) => n.toString(16).padStart(64, '0');

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'build-cache-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

describe('in memory', () => {
  test('holds what was used last, never more bytes than allowed', async () => {
    const step = fc.record({ put: fc.boolean(), n: fc.nat(9), size: fc.nat(60) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const cache = new BuildCache({ memoryBytes: 100, files: 1 });
        const model: Array<[number, number]> = [];
        for (const { put, n, size } of steps) {
          const at = model.findIndex(([k]) => k === n);
          const known = at < 0 ? undefined : model.splice(at, 1)[0];
          const kept: [number, number] | undefined = put ? [n, size] : known;
          if (put) await cache.put(digest(n), built(size));
          else expect((await cache.get(digest(n)))?.bytes.length).toBe(known?.[1]);
          if (kept) model.push(kept);
          while (model.reduce((sum, [, bytes]) => sum + bytes, 0) > 100) model.shift();
          expect(cache.stats.heldBytes).toBe(model.reduce((sum, [, bytes]) => sum + bytes, 0));
        }
      }),
    );
  });
});

describe('on disk', () => {
  const open = (files = 10) => new BuildCache({ directory: join(directory, 'deep'), memoryBytes: 1000, files });
  const only = async () => join(directory, 'deep', (await readdir(join(directory, 'deep')))[0] ?? '');

  test('a build outlives the process', async () => {
    const facts = { ...built(300), bytes: Uint8Array.from({ length: 300 }, (_, i) => i % 13) };
    await open().put(digest(1), facts);
    const later = open();
    expect(await later.get(digest(1))).toEqual(facts);
    expect(await later.get(digest(2))).toBeUndefined();
    expect(later.stats).toEqual({ hits: 1, heldBytes: 300, diskErrors: 0 });
  });

  test('a damaged file is no build', async () => {
    await open().put(digest(1), built(300));
    const whole = await readFile(await only());
    const damages = [
      async () => truncate(await only(), whole.length - 1),
      async () => truncate(await only(), 0),
      async () => writeFile(await only(), whole.with(whole.length - 5, 11)),
      async () => writeFile(await only(), whole.with(70, 0)),
    ];
    for (const damage of damages) {
      await writeFile(await only(), whole);
      await damage();
      const cache = open();
      expect(await cache.get(digest(1))).toBeUndefined();
      expect(cache.stats.diskErrors).toBe(1);
    }
  });

  test('a build succeeds without a place to keep it', async () => {
    await writeFile(join(directory, 'file'), '');
    const compiler = new RegoCompiler({ cacheDirectory: join(directory, 'file') });
    try {
      good(await compiler.build({ ...one('package x\n\np := 1\n'), entrypoints: ['x/p'] }));
      expect(compiler.stats.diskErrors).toBeGreaterThan(0);
    } finally {
      await compiler.close();
    }
  });

  test('only the newest files stay, and nothing half written', async () => {
    for (const n of [1, 2, 3]) {
      await open(2).put(digest(n), built(10));
      await utimes(join(directory, 'deep', `${digest(n)}.rego-build`), n, n);
    }
    expect(await readdir(join(directory, 'deep'))).toEqual([`${digest(2)}.rego-build`, `${digest(3)}.rego-build`]);
  });
});

test('a second compiler answers from the directory, without a thread', async () => {
  const request = { ...one('package x\n\np contains y if some y in input.ys\n'), entrypoints: ['x/p'] };
  const first = new RegoCompiler({ cacheDirectory: directory });
  const second = new RegoCompiler({ cacheDirectory: directory });
  try {
    const fresh = good(await first.build(request));
    expect(good(await second.build(request))).toEqual(fresh);
    expect([first.stats.threads, second.stats.threads]).toEqual([1, 0]);
  } finally {
    await Promise.all([first.close(), second.close()]);
  }
});
