/** Builds one tool of the Kubernetes substrate into the cache; every file appears there whole or not at all. */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { type Tool, tools } from './k8s-substrate-tools.ts';

/** Outside the repository: a clone of it shares what another has built. */
export const substrateFolder: string = join(homedir(), '.cache/elava-k8s');

/** Set over the caller's settings. The least priority but four: a build of minutes must not slow what runs beside it. */
const environment = ['GOFLAGS=-buildvcs=false', 'GOWORK=off', 'CGO_ENABLED=0'];

/** Nobody debugs these programs, and the tests ask little of them: without inlining and debug data they compile in 0.7 of the time. */
const compiler = 'all=-l -dwarf=false';

type Go = (...args: string[]) => string;

function goIn(folder: string): Go {
  return (...args) =>
    execFileSync('nice', ['-n', '15', 'env', ...environment, 'go', ...args], {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
      maxBuffer: 1 << 28,
    });
}

/** Where a tool's program stands; throws for a name that is not in the table. */
export function toolPath(name: string): string {
  return join(substrateFolder, fileName(named(name)));
}

/** Where a folder taken from a tool's module stands. */
export function toolFiles(name: string, folder: string): string {
  return join(substrateFolder, `${fileName(named(name))}.files`, folder);
}

function named(name: string): Tool {
  const tool = tools.find((candidate) => candidate.name === name);
  if (tool === undefined) throw new Error(`the substrate has no ${name}`);
  return tool;
}

function fileName(tool: Tool): string {
  return `${tool.name}-${tool.version}`;
}

/** The targets that a tool leaves in the cache and that are not there yet. */
function missing(tool: Tool): string[] {
  const targets = tool.binary === undefined ? [] : [toolPath(tool.name)];
  for (const folder of tool.files ?? []) targets.push(toolFiles(tool.name, folder));
  return targets.filter((target) => !existsSync(target));
}

/** What a module of ours says to build `tool`. Kubernetes refers to its staging modules by path; each is also published. */
function moduleText(tool: Tool, go: Go): string {
  const lines = ['module substrate', '', 'go 1.26', '', `require ${tool.module} ${tool.version}`];
  if (tool.staging === true) {
    const { GoMod } = JSON.parse(go('mod', 'download', '-json', `${tool.module}@${tool.version}`)) as { GoMod: string };
    const twin = tool.version.replace('v1.', 'v0.');
    for (const [, path] of readFileSync(GoMod, 'utf8').matchAll(/^\s+(k8s\.io\/[a-z-]+) => \.\/staging/gm)) {
      lines.push(`replace ${path} => ${path} ${twin}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

/** A program's package can be required but not imported, so a file that the compiler never reads names it. */
function prepareModule(tool: Tool, folder: string, go: Go): void {
  writeFileSync(join(folder, 'go.mod'), moduleText(tool, go));
  if (tool.binary === undefined) {
    go('mod', 'download', tool.module);
  } else {
    writeFileSync(join(folder, 'tools.go'), `//go:build tools\n\npackage tools\n\nimport _ "${tool.binary}"\n`);
    go('mod', 'tidy');
  }
}

function buildBinary(tool: Tool, binary: string, build: { folder: string; go: Go; jobs: number }): void {
  const stamps = (tool.stamps ?? []).map((stamp) => ` -X ${stamp}`).join('');
  const output = join(build.folder, 'program');
  const flags = ['-trimpath', '-gcflags', compiler, '-ldflags', `-s -w${stamps}`];
  build.go('build', '-p', `${build.jobs}`, ...flags, '-o', output, binary);
  renameSync(output, toolPath(tool.name));
}

/** The module cache is read-only, and its bits come along with a copy. */
function copyFiles(tool: Tool, folder: string, go: Go): void {
  const module = go('list', '-m', '-f', '{{.Dir}}', tool.module).trim();
  for (const wanted of tool.files ?? []) {
    const copy = join(folder, 'files', wanted);
    cpSync(join(module, wanted), copy, { recursive: true });
    execFileSync('chmod', ['-R', 'u+w', copy]);
    const target = toolFiles(tool.name, wanted);
    mkdirSync(join(target, '..'), { recursive: true });
    if (!existsSync(target)) renameSync(copy, target);
  }
}

/** Builds `tool` unless it is there. The temporary folder is in the cache, since a rename cannot cross a file system. */
export function provide(tool: Tool, jobs: number): void {
  if (missing(tool).length === 0) return;
  mkdirSync(substrateFolder, { recursive: true });
  const start = performance.now();
  const folder = mkdtempSync(join(substrateFolder, '.build-'));
  try {
    const go = goIn(folder);
    prepareModule(tool, folder, go);
    if (tool.binary !== undefined) buildBinary(tool, tool.binary, { folder, go, jobs });
    copyFiles(tool, folder, go);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  console.error(`built ${fileName(tool)} in ${((performance.now() - start) / 1000).toFixed(0)} s`);
}
