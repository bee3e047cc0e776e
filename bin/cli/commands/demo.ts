import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type Command, InvalidArgumentError } from 'commander';
import { processEnv } from '../../../lib/config/env.ts';
import { elavaError } from '../../../lib/errors.ts';

const simulatorFile = fileURLToPath(new URL('../../../loadtest/aws/main.ts', import.meta.url));
const storyFile = fileURLToPath(new URL('../demo/story.ts', import.meta.url));
const startDeadlineMs = 20_000;
export const dayMs = 86_400_000;

const SERVED_DAYS = 5;

interface DemoOptions {
  readonly resources: string;
  readonly serve?: boolean;
  readonly days?: number;
  readonly port: string;
}

function wholeDays(text: string): number {
  const days = Number(text);
  if (!Number.isInteger(days) || days < 1 || days > 29) throw new InvalidArgumentError('It must be 1 to 29.');
  return days;
}

export function demoCommand(program: Command, finish: (code: number) => void): Command {
  return program
    .command('demo')
    .summary('see all of it on a simulated AWS, in a minute, with no account')
    .description(
      'Starts a simulated AWS on loopback, scans it, lets a day pass, scans again, and leaves nothing behind.',
    )
    .option('--resources <number>', 'size of the simulated estate', '5000')
    .option('--serve', 'then serve the dashboard over it, while the estate drifts on, until Ctrl-C')
    .option('--days <number>', 'days that it has been watched', wholeDays)
    .option('--port <number>', 'port of the dashboard; 0 takes any free one', '8181')
    .addHelpText(
      'after',
      `
Examples:
  elava demo                            two scans a day apart, told as a story
  elava demo --serve --resources 1000   a small estate to look at in the browser`,
    )
    .action(async (options: DemoOptions) => {
      finish(await demo(options));
    });
}

/**
 * Two processes beside this one: the simulator, and the story. The SDK takes its endpoint and its credentials from the
 * environment, so whoever is to talk to the simulator only is started with an environment that says so.
 */
async function demo({ resources, serve = false, days = serve ? SERVED_DAYS : 1, port }: DemoOptions): Promise<number> {
  const data = await mkdtemp(join(tmpdir(), 'elava-demo-'));
  const simulator = simulate(resources, new Date(Date.now() - days * dayMs).toISOString());
  try {
    const environment = await announced(simulator);
    const told = JSON.stringify({
      data,
      endpoint: environment.AWS_ENDPOINT_URL ?? '',
      days,
      serve,
      port: Number(port),
    });
    const story = spawn(process.execPath, [storyFile, told], {
      stdio: 'inherit',
      env: { ...withoutAws(), ...environment },
    });
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => story.kill(signal));
    const [code] = (await once(story, 'exit')) as [number | null];
    return code ?? 1;
  } finally {
    simulator.kill('SIGTERM');
    await rm(data, { recursive: true, force: true });
  }
}

/** A simulated AWS that began its life at `start` (ISO 8601). */
function simulate(resources: string, start: string): ChildProcess {
  return spawn(
    process.execPath,
    [
      simulatorFile,
      '--port',
      '0',
      '--accounts',
      '3',
      '--regions',
      'us-east-1,eu-west-1',
      '--types',
      'all',
      '--resources',
      resources,
      '--start',
      start,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
}

/** The simulator's first line is the environment that reaches it: `NAME=value NAME=value`. */
async function announced(simulator: ChildProcess): Promise<Record<string, string>> {
  if (!simulator.stdout) throw elavaError('INTERNAL', 'the simulator was started without an output');
  const lines = createInterface({ input: simulator.stdout });
  const signal = AbortSignal.timeout(startDeadlineMs);
  const ended = once(simulator, 'exit', { signal }).then(() => undefined);
  const line = await Promise.race([once(lines, 'line', { signal }).then(([text]) => String(text)), ended]).catch(
    () => undefined,
  );
  lines.close();
  if (line === undefined) throw elavaError('INTERNAL', 'the simulated AWS did not start');
  return Object.fromEntries(line.split(' ').map((pair) => pair.split('=') as [string, string]));
}

/** A profile or a role of the person who runs the demo must not come in between. */
function withoutAws(): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(processEnv()).filter(([name]) => !name.startsWith('AWS_') && !name.startsWith('ELAVA_')),
  );
}
