/** The benches can be run by anybody, at a small scale too. What they measure is in loadtest/RESULTS.md, never here. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { finished, type Ran } from './support/cli.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

function bench(...args: string[]): Promise<Ran> {
  const { NODE_OPTIONS: _, ...env } = process.env;
  return finished(
    spawn(process.execPath, ['loadtest/bench.ts', ...args], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] }),
  );
}

test('runs the scenarios of a prefix and says how far they are from their targets', async () => {
  const { code, stdout } = await bench('history.ing', '--rounds', '1', '--scale', '0.02', '--json');
  const results = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { ratio: number });
  expect(results).toMatchObject([{ scenario: 'history.ingest', unit: 'versions/CPU-s', target: 0.7 }]);
  expect(results[0]?.ratio).toBeGreaterThan(0);
  expect(code).toBe(0);
});

test('names the scenarios when none begins with the prefix', async () => {
  const { code, stderr } = await bench('nothing');
  expect(stderr).toMatch(/no scenario begins with "nothing"; there are: .*history\.ingest/);
  expect(code).toBe(2);
});
