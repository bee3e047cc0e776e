/** A directory of policies that is watched: what is written there is loaded, what is broken is told, and it ends. */
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { RegoCompiler } from './compiler/compiler.ts';
import { type PolicyState, PolicyStore } from './policy-store.ts';
import { watchDirectory } from './watch.ts';

const compiler = new RegoCompiler();
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'elava-watch-'));
});
afterAll(async () => {
  await compiler.close();
  await rm(directory, { recursive: true });
});

/** Whole at once: half a file that stays so for two looks would be loaded. */
async function write(text: string): Promise<void> {
  const aside = join(directory, '.trial');
  await writeFile(aside, `package elava.trial\n\nflag contains "${text}`);
  await rename(aside, join(directory, 'trial.rego'));
}

/** Loads that come later are awaited in the order in which they come. */
function watching(signal: AbortSignal) {
  const told: PolicyState[] = [];
  let wake = (): void => {};
  const store = new PolicyStore({
    directory,
    compiler,
    settings: {},
    now: () => 0,
    onLoad: (state) => {
      told.push(state);
      wake();
    },
  });
  const ended = watchDirectory({ directory, signal, intervalMs: 20, onChange: () => store.load() });
  const next = async (): Promise<PolicyState> => {
    while (told.length === 0) await new Promise<void>((resolve) => (wake = resolve));
    return told.shift() as PolicyState;
  };
  return { ended, next, store };
}

test('a reload that fails is told, and the next change is seen', async () => {
  await write('one" if input.resource\n');
  const stop = new AbortController();
  const { ended, next, store } = watching(stop.signal);
  await store.load();
  const { served: first } = await next();

  await write('two" if {\n');
  const broken = await next();
  expect(broken.errors).toMatchObject([{ file: expect.stringMatching(/trial\.rego$/) }]);
  expect(broken.served.digest).toBe(first.digest);

  await write('three" if input.resource\n');
  const mended = await next();
  expect(mended.errors).toEqual([]);
  expect(mended.served.digest).not.toBe(first.digest);
  stop.abort();
  await ended;
});

test('ends with its signal', async () => {
  const stop = new AbortController();
  const { ended } = watching(stop.signal);
  stop.abort();
  await expect(ended).resolves.toBeUndefined();
});
