/**
 * `npm run bench [-- <prefix>] [--json] [--rounds n] [--scale x]`: runs the scenarios whose name begins with the prefix,
 * each in a process of its own, one after the other, and prints each beside its peer.
 */
import { spawn } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { median, type Result, resultOf, type Scenario } from './scenario.ts';

const directory = new URL('.', import.meta.url);
const notScenarios = new Set(['bench.ts', 'scenario.ts', 'chaos.ts', 'estate.ts', 'rolling.ts']);

async function scenarios(): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  for (const file of (await readdir(directory)).sort()) {
    if (!file.endsWith('.ts') || file.endsWith('.test.ts') || notScenarios.has(file)) continue;
    const { scenario } = (await import(new URL(file, directory).href)) as { scenario?: Scenario };
    if (scenario) names.set(scenario.name, file);
  }
  return names;
}

async function runHere(file: string, rounds: number, scale: number): Promise<void> {
  const { scenario } = (await import(new URL(file, directory).href)) as { scenario: Scenario };
  const figures = await scenario.run({ rounds, scale });
  process.stdout.write(`${JSON.stringify({ result: resultOf(scenario, figures), figures })}\n`);
}

interface Outcome {
  readonly result: Result;
  readonly figures: { readonly ours: readonly number[]; readonly peer: readonly number[] };
}

function runApart(file: string, args: readonly string[]): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--expose-gc', fileURLToPath(import.meta.url), '--file', file, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let out = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
    child.on('error', reject);
    child.on('exit', (code) => {
      const last = out.trimEnd().split('\n').at(-1) ?? '';
      if (code === 0 && last.startsWith('{')) resolve(JSON.parse(last) as Outcome);
      else reject(new Error(`${file} ended with ${code}`));
    });
  });
}

function text({ result, figures }: Outcome): string {
  const range = (name: string, values: readonly number[]): string =>
    `  ${name.padEnd(44)} min ${Math.min(...values).toPrecision(3)}  median ${median(values).toPrecision(3)}  (${values.length} rounds)`;
  const verdict = result.ratio >= result.target ? 'reached' : 'NOT reached';
  return [
    `${result.scenario}  ratio ${result.ratio}  target ${result.target}  ${verdict}  [${result.unit}]`,
    range('ours', figures.ours),
    range(result.peer_name ?? 'limit', figures.peer),
  ].join('\n');
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '5' },
    scale: { type: 'string', default: '1' },
    file: { type: 'string' },
  },
});

if (values.file) {
  await runHere(values.file, Number(values.rounds), Number(values.scale));
  process.exit(0);
}
const found = [...(await scenarios())].filter(([name]) => name.startsWith(positionals[0] ?? ''));
if (found.length === 0) {
  process.stderr.write(
    `no scenario begins with "${positionals[0]}"; there are: ${[...(await scenarios()).keys()].join(', ')}\n`,
  );
  process.exit(2);
}
if (!values.json)
  process.stdout.write(
    `${new Date().toISOString().slice(0, 10)}, ${cpus().length} × ${cpus()[0]?.model}, Node ${process.version}\n\n`,
  );
for (const [, file] of found) {
  const outcome = await runApart(file, ['--rounds', values.rounds, '--scale', values.scale]);
  process.stdout.write(values.json ? `${JSON.stringify(outcome.result)}\n` : `${text(outcome)}\n\n`);
}
process.exit(0);
