/**
 * `node loadtest/policy-reloads.ts [reloads]`: what 1,000 reloads leave behind. Each is of other policies, and is evaluated
 * once in every thread; memory is what is held after a collection, and has to be flat.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { RegoCompiler } from '../services/policy/compiler/compiler.ts';
import { PolicyStore } from '../services/policy/policy-store.ts';
import { PolicyPool } from '../services/policy/pool.ts';
import { shippedSettings } from './policy-setup.ts';

const mebibytes = (bytes: number): string => (bytes / 1_048_576).toFixed(1);

if (import.meta.main) {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const reloads = Number(process.argv[2] ?? 1000);
  const directory = await mkdtemp(join(tmpdir(), 'elava-reloads-'));
  // Without a cache of builds: that one is bounded by itself, and would fill up during the run.
  const compiler = new RegoCompiler({ cacheBytes: 1 });
  const pool = new PolicyPool({ threads: 1, deadlineMs: 30_000, maxQueue: 16 });
  const store = new PolicyStore({ directory, compiler, settings: {}, now: () => Date.now() });
  const settings = shippedSettings();
  const lines = `${JSON.stringify({ resource: { id: 'r', type: 'ec2', tags: {} }, context: {} })}\n`;
  let failed = 0;
  process.stdout.write('| reloads | RSS MiB | heap MiB | array buffers MiB | failed |\n|---|---|---|---|---|\n');
  try {
    for (let i = 0; i <= reloads; i++) {
      const text = `package elava.one\n\nflag contains "revision ${i}" if input.resource.id == "r"\n`;
      await writeFile(join(directory, 'one.rego'), text);
      const { served } = await store.load();
      const [judged] = await pool.evaluate({ bundle: served, settings, lines }, ['elava.one']);
      if (judged?.result.reason !== `revision ${i}` || judged.bundle !== served.digest) failed += 1;
      if (i % Math.max(1, Math.floor(reloads / 10)) !== 0) continue;
      collect();
      const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
      process.stdout.write(
        `| ${i} | ${mebibytes(rss)} | ${mebibytes(heapUsed)} | ${mebibytes(arrayBuffers)} | ${failed} |\n`,
      );
    }
  } finally {
    await Promise.all([pool.close(), compiler.close()]);
    await rm(directory, { recursive: true, force: true });
  }
}
