/**
 * Compiling the shipped policies in our compiler, kept alive, beside the command line of native OPA on the same files: the
 * CPU of one build. The sources differ from build to build, so that no cache answers.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { suppliedBuiltins } from '../services/policy/builtins/index.ts';
import { RegoCompiler } from '../services/policy/compiler/compiler.ts';
import type { RegoFile } from '../services/policy/compiler/requests.ts';
import { packagesOf } from '../services/policy/packages.ts';
import { readSources } from '../services/policy/sources.ts';
import { nativeOpa } from './native/build.ts';
import { cpuOf, shippedPolicies } from './policy-setup.ts';
import { type Scenario, skipped } from './scenario.ts';

interface Size {
  readonly name: string;
  /** Folders of policies/ that are compiled, with what they import of `lib`. */
  readonly folders: readonly string[];
  readonly target: number;
  /** Native builds of a round: its CPU is told in hundredths of a second only. */
  readonly builds: number;
}

const sizes: readonly Size[] = [
  { name: 'small', folders: ['ownership'], target: 0.8, builds: 20 },
  { name: 'medium', folders: ['ownership', 'tagging', 'waste'], target: 0.5, builds: 12 },
  {
    name: 'large',
    folders: ['compliance', 'cost', 'ownership', 'security', 'tagging', 'waste'],
    target: 0.35,
    builds: 8,
  },
];

export const scenarios: readonly Scenario[] = sizes.map((size) => ({
  name: `policy.compile.${size.name}`,
  peer: 'native opa build -t wasm',
  target: size.target,
  unit: 'ms of CPU a build',
  better: 'lower',
  run: ({ rounds, scale }) => measure({ ...size, builds: Math.max(2, Math.round(size.builds * scale)) }, rounds),
}));

async function measure({ folders, builds }: Size, rounds: number) {
  const opa = nativeOpa();
  if (typeof opa !== 'string') return skipped(opa.skipped);
  const compiler = new RegoCompiler();
  const scratch = await mkdtemp(join(tmpdir(), 'elava-compile-'));
  const files = withImports((await readSources(shippedPolicies)).files, folders);
  const { modules } = await compiler.check({ files, builtins: suppliedBuiltins });
  const set: PolicySet = { files, entrypoints: packagesOf(modules).map(({ entrypoint }) => entrypoint), scratch };
  process.stderr.write(
    `${files.length} files, ${files.reduce((sum, { text }) => sum + text.split('\n').length, 0)} lines, ${set.entrypoints.length} entrypoints\n`,
  );
  const figures = { ours: [] as number[], peer: [] as number[] };
  try {
    for (let round = -2; round < rounds; round++) {
      const ours = (await cpuOf(() => ourBuilds(compiler, set, { round, builds }))) / builds;
      const peer = (await theirBuilds(opa, set, { round, builds })) / builds;
      if (round < 0) continue;
      figures.ours.push(ours);
      figures.peer.push(peer);
    }
  } finally {
    await compiler.close();
    await rm(scratch, { recursive: true, force: true });
  }
  return figures;
}

/** The files of the folders, and those of `lib` that they import, directly or not. */
function withImports(all: readonly RegoFile[], folders: readonly string[]): RegoFile[] {
  const wanted = new Set(all.filter(({ path }) => folders.includes(dirname(path))).map(({ path }) => path));
  for (const path of wanted) {
    const text = all.find((file) => file.path === path)?.text ?? '';
    for (const [, name = ''] of text.matchAll(/^import data\.lib\.(\w+)/gm)) {
      if (all.some((file) => file.path === `lib/${name}.rego`)) wanted.add(`lib/${name}.rego`);
    }
  }
  return all.filter(({ path }) => wanted.has(path)).map(({ path, text }) => ({ path: `policies/${path}`, text }));
}

interface PolicySet {
  readonly files: readonly RegoFile[];
  readonly entrypoints: readonly string[];
  readonly scratch: string;
}
interface Round {
  readonly round: number;
  readonly builds: number;
}

async function ourBuilds(compiler: RegoCompiler, set: PolicySet, { round, builds }: Round): Promise<void> {
  for (let build = 0; build < builds; build++) {
    const files = changed(set.files, `${round} ${build}`);
    const built = await compiler.build({ files, entrypoints: set.entrypoints, builtins: suppliedBuiltins });
    if (!built.ok) throw new Error(JSON.stringify(built.errors));
  }
}

/** Milliseconds of CPU of the processes, as /proc adds those up that have ended. */
async function theirBuilds(opa: string, set: PolicySet, { round, builds }: Round): Promise<number> {
  for (const { path, text } of changed(set.files, `${round}`)) {
    await mkdir(dirname(join(set.scratch, path)), { recursive: true });
    await writeFile(join(set.scratch, path), text);
  }
  const entrypoints = set.entrypoints.flatMap((one) => ['-e', one]);
  const before = childrenCpu();
  for (let build = 0; build < builds; build++) {
    const args = ['build', '-t', 'wasm', ...entrypoints, '-o', 'bundle.tar.gz', 'policies'];
    execFileSync(opa, args, { cwd: set.scratch, stdio: ['ignore', 'ignore', 2] });
  }
  return childrenCpu() - before;
}

function changed(files: readonly RegoFile[], what: string): RegoFile[] {
  return files.map(({ path, text }) => ({ path, text: `${text}\n# ${what}\n` }));
}

function childrenCpu(): number {
  const fields = (readFileSync('/proc/self/stat', 'utf8').split(') ')[1] ?? '').split(' ');
  return (Number(fields[13]) + Number(fields[14])) * 10;
}
