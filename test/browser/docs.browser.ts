/** The tutorial's commands, in their order, as somebody would type them. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';

const run = promisify(execFile);
const blocks = /^```sh\n([\s\S]*?)^```$/gm;

test('the tutorial runs from its first command to its last', async () => {
  const text = await readFile('docs/tutorial.md', 'utf8');
  const commands = [...text.matchAll(blocks)].map(([, block = '']) =>
    block.replaceAll('http://127.0.0.1:8181', String(process.env.ELAVA_BROWSER_URL)),
  );
  const cwd = await mkdtemp(join(tmpdir(), 'elava-tutorial-'));
  // `npx elava` is this checkout's own, whatever else the machine has.
  const script = `set -euo pipefail
npx() { shift; '${process.execPath}' '${resolve('bin/cli/main.ts')}' "$@"; }
${commands.map((block) => `set -x\n${block}set +x`).join('\n')}
test -n "$GROUP"`;
  const { stdout, stderr } = await run('bash', ['-c', script], { cwd, maxBuffer: 1 << 26 });
  expect(stderr.match(/^\++ npx elava/gm)).toHaveLength(text.match(/^(GROUP=\$\()?npx elava(?! demo)/gm)?.length ?? 0);
  expect(stdout).toContain('0.0.0.0/0');
  const sarif = JSON.parse(await readFile(join(cwd, 'findings.sarif'), 'utf8')) as { runs: { results: unknown[] }[] };
  expect(sarif.runs[0]?.results.length).toBeGreaterThan(0);
  const events = (await readFile(join(cwd, 'findings.ocsf'), 'utf8')).trim().split('\n');
  expect(events.map((line) => (JSON.parse(line) as { class_uid: number }).class_uid)).toContain(2003);
});
