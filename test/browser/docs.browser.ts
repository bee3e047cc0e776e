/** The commands of the tutorial and of the newcomer's walk, in their order, as somebody would type them. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';

const run = promisify(execFile);
const blocks = /^```sh\n([\s\S]*?)^```$/gm;

let cwd: string;
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'elava-docs-'));
});
afterAll(() => rm(cwd, { recursive: true }));

/** Runs every block but those that start the server, which runs already; gives what they wrote. */
async function typed(page: string): Promise<string> {
  const text = await readFile(page, 'utf8');
  const commands = [...text.matchAll(blocks)].map(([, block = '']) =>
    block.replaceAll('http://127.0.0.1:8181', String(process.env.ELAVA_BROWSER_URL)),
  );
  // `npx elava` is this checkout's own, whatever else the machine has.
  const script = `set -euo pipefail
npx() { shift; '${process.execPath}' '${resolve('bin/cli/main.ts')}' "$@"; }
${commands.map((block) => `set -x\n${block}set +x`).join('\n')}
test -n "$GROUP"`;
  const { stdout, stderr } = await run('bash', ['-c', script], { cwd, maxBuffer: 1 << 26 });
  const written = text.match(/^(GROUP=\$\()?npx elava(?! demo)/gm)?.length ?? 0;
  expect(stderr.match(/^\++ npx elava/gm)).toHaveLength(written);
  return stdout;
}

test('the tutorial runs from its first command to its last', async () => {
  expect(await typed('docs/tutorial.md')).toContain('0.0.0.0/0');
  const sarif = JSON.parse(await readFile(join(cwd, 'findings.sarif'), 'utf8')) as { runs: { results: unknown[] }[] };
  expect(sarif.runs[0]?.results.length).toBeGreaterThan(0);
  const events = (await readFile(join(cwd, 'findings.ocsf'), 'utf8')).trim().split('\n');
  expect(events.map((line) => (JSON.parse(line) as { class_uid: number }).class_uid)).toContain(2003);
});

test("the newcomer's walk comes to who opened the group, and what uses it", async () => {
  const said = await typed('docs/newcomer.md');
  // One event of twenty never arrives in the simulated CloudTrail, so the call may be missing.
  expect(said).toMatch(/modified .*0\.0\.0\.0\/0/);
  expect(said).toContain('is referred to by');
});
