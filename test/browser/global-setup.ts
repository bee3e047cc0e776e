/** `elava demo --serve`, as somebody would start it: its address is where the tests go. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

const deadlineMs = 600_000;

declare global {
  var elavaDemo: ChildProcess | undefined;
}

export default async function setup(): Promise<void> {
  const given = process.env.ELAVA_BROWSER_URL;
  if (given !== undefined) return;
  const demo = spawn(
    process.execPath,
    ['bin/cli/main.ts', 'demo', '--serve', '--resources', '600', '--days', '3', '--port', '0'],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  globalThis.elavaDemo = demo;
  process.env.ELAVA_BROWSER_URL = await address(demo);
}

async function address(demo: ChildProcess): Promise<string> {
  let said = '';
  demo.stderr?.on('data', (text: Buffer) => {
    said += text.toString();
  });
  const deadline = Date.now() + deadlineMs;
  const ended = once(demo, 'exit');
  for (;;) {
    const [, url] = /dashboard is at (http:\S+)\s/.exec(said) ?? [];
    if (url !== undefined) return url;
    if (demo.exitCode !== null || Date.now() > deadline) throw new Error(`the demo did not start: ${said}`);
    await Promise.race([
      once(demo.stderr ?? demo, 'data', { signal: AbortSignal.timeout(1000) }).catch(() => undefined),
      ended,
    ]);
  }
}
