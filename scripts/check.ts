/** The whole gate: every step runs, also after one has failed. `npm run check -- lint types` runs only those. */
import { spawnSync } from 'node:child_process';

const script = (name: string, ...args: string[]): string[] => [process.execPath, `scripts/${name}.ts`, ...args];
const tool = (name: string, ...args: string[]): string[] => [`node_modules/.bin/${name}`, ...args];

const steps: Readonly<Record<string, readonly string[]>> = {
  types: tool('tsc', '-p', '.'),
  pages: tool('tsc', '-p', 'web'),
  lint: tool('oxlint'),
  format: tool('biome', 'ci', '.'),
  boundaries: script('boundaries'),
  dead: tool('knip'),
  generated: script('generate', '--check'),
  web: script('build-web', '--check'),
  asked: script('check-asked'),
  sources: script('check-sources'),
  lock: script('complete-lock', '--check'),
};

function run(name: string, command: readonly string[]): boolean {
  const start = performance.now();
  const [program = '', ...args] = command;
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 26 });
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`${status === 0 ? 'ok  ' : 'FAIL'} ${name} (${seconds} s)`);
  if (status !== 0) console.log(error ? String(error) : `${stdout}${stderr}`.trimEnd());
  return status === 0;
}

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !Object.hasOwn(steps, name));
if (unknown.length > 0) {
  console.error(`no step ${unknown.join(', ')}; there are ${Object.keys(steps).join(' ')}`);
  process.exitCode = 2;
} else {
  const chosen = Object.entries(steps).filter(([name]) => asked.length === 0 || asked.includes(name));
  const failed = chosen.filter(([name, command]) => !run(name, command)).map(([name]) => name);
  console.log(
    `check: ${chosen.length - failed.length} passed, ${failed.length} failed${failed.map((name) => ` ${name}`).join()}`,
  );
  if (failed.length > 0) process.exitCode = 1;
}
