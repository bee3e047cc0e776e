/**
 * `npm run bench [-- <prefix>] [--json] [--rounds n] [--scale x]`: runs the scenarios whose name begins with the prefix,
 * each in a process of its own, one after the other, and prints each beside its peer.
 */
import { spawn } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Figures, median, type Result, resultOf, type Scenario } from './scenario.ts';

const directory = new URL('.', import.meta.url);
const notScenarios = new Set(['bench.ts', 'scenario.ts']);

/** A file has one, as `scenario`, or several sizes of one, as `scenarios`. */
async function scenariosOf(file: string): Promise<readonly Scenario[]> {
  const found = (await import(new URL(file, directory).href)) as {
    readonly scenario?: Scenario;
    readonly scenarios?: readonly Scenario[];
  };
  return found.scenarios ?? (found.scenario ? [found.scenario] : []);
}

/** Name → file. */
async function scenarios(): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  for (const file of (await readdir(directory)).sort()) {
    if (!file.endsWith('.ts') || file.endsWith('.test.ts') || notScenarios.has(file)) continue;
    for (const { name } of await scenariosOf(file)) names.set(name, file);
  }
  return names;
}

async function runHere(file: string, name: string | undefined, options: Parameters<Scenario['run']>[0]): Promise<void> {
  const all = await scenariosOf(file);
  const scenario = all.find((one) => one.name === name) ?? all[0];
  if (!scenario) throw new Error(`${file} has no scenario`);
  const figures = await scenario.run(options);
  const outcome: Outcome = { result: resultOf(scenario, figures), figures };
  process.stdout.write(`${JSON.stringify(outcome)}\n`);
}

interface Outcome {
  readonly result: Result;
  readonly figures: Figures;
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
    name: { type: 'string' },
  },
});

if (values.file) {
  await runHere(values.file, values.name, { rounds: Number(values.rounds), scale: Number(values.scale) });
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
for (const [name, file] of found) {
  const outcome = await runApart(file, ['--name', name, '--rounds', values.rounds, '--scale', values.scale]);
  const { skipped } = outcome.figures;
  if (skipped === undefined)
    process.stdout.write(values.json ? `${JSON.stringify(outcome.result)}\n` : `${text(outcome)}\n\n`);
  else
    process.stdout.write(
      values.json ? `${JSON.stringify({ scenario: name, skipped })}\n` : `${name}  skipped: ${skipped}\n\n`,
    );
}
process.exit(0);
