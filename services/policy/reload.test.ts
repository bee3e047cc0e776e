/** Bundles are swapped while they are evaluated: each evaluation is of one revision, whole, and none fails for it. */
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { RegoCompiler } from './compiler/compiler.ts';
import { PolicyStore } from './policy-store.ts';
import { PolicyPool } from './pool.ts';
import { lineOf, settings } from './testing.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const compiler = new RegoCompiler();
const pool = new PolicyPool({ threads: 1, deadlineMs: 30_000, maxQueue: 16 });
const lines = lineOf({ resource: { id: 'r' } }).repeat(50);
let directory: string;
let store: PolicyStore;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'elava-reload-'));
  store = new PolicyStore({ directory, compiler, settings: {}, now: () => 0 });
});
afterAll(async () => {
  await Promise.all([pool.close(), compiler.close()]);
  await rm(directory, { recursive: true });
});

/** Two packages that name their revision, in two files that are replaced one after the other, and loaded. */
async function serve(revision: number): Promise<void> {
  for (const name of ['first', 'second']) {
    const aside = join(directory, `.${name}`);
    await writeFile(
      aside,
      `package elava.${name}\n\nflag contains "revision ${revision}" if input.resource.id == "r"\n`,
    );
    await rename(aside, join(directory, `${name}.rego`));
  }
  await store.load();
}

/** So many are different: the rest are compiled already, so that loads follow one another quickly. */
const different = 10;

test('200 reloads under load: no evaluation fails, and none is of two revisions or of another than it names', async () => {
  const revisionOf = new Map<string, number>();
  for (let revision = 0; revision < different; revision++) {
    await serve(revision);
    revisionOf.set((await store.current()).served.digest, revision);
  }
  let reloading = true;
  let evaluated = 0;
  const faults: unknown[] = [];
  const evaluate = async (): Promise<void> => {
    while (reloading) {
      const { served } = await store.current();
      const revision = revisionOf.get(served.digest);
      const judged = await pool.evaluate({ bundle: served, settings, lines }, ['elava.first', 'elava.second']);
      const reasons = new Set(judged.flatMap(({ packages }) => packages.map(({ result }) => result.reason)));
      const isRight = reasons.size === 1 && reasons.has(`revision ${revision}`);
      evaluated += judged.length;
      if (!isRight || judged.some(({ bundle }) => bundle !== served.digest)) faults.push({ revision, reasons });
    }
  };
  const load = Promise.all([evaluate(), evaluate(), evaluate()]);
  for (let reload = 1; reload <= 200; reload++) await serve(reload % different);
  reloading = false;
  await load;
  expect(faults).toEqual([]);
  expect(revisionOf.size).toBe(different);
  expect(evaluated).toBeGreaterThan(0);
});

test('what was replaced is let go: nothing of it is left after its last evaluation', async () => {
  const first = async (): Promise<WeakRef<object>> => {
    await serve(200);
    const { served } = await store.current();
    await pool.evaluate({ bundle: served, settings, lines }, ['elava.first']);
    return new WeakRef(served);
  };
  const replaced = await first();
  await serve(201);
  // A collection ends what nothing holds, but not before the turn in which it was last looked at is over.
  for (let i = 0; i < 50 && replaced.deref(); i++) {
    await new Promise((go) => setImmediate(go));
    collect();
  }
  expect(replaced.deref()).toBeUndefined();
});

test('a file that does not compile leaves the last good revision serving, and tells its place', async () => {
  await serve(100);
  const { digest } = (await store.current()).served;
  await writeFile(join(directory, 'second.rego'), 'package elava.second\n\nflag contains "x" if {\n');
  const state = await store.load();
  expect(state.served.digest).toBe(digest);
  expect(state.errors).toMatchObject([{ file: expect.stringMatching(/second\.rego$/), row: expect.any(Number) }]);
});
