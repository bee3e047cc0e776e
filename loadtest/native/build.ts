/**
 * Native OPA to stand beside ours: its command line, and a loop over prepared queries. Both are built with Go from the
 * module that the policy compiler is pinned to, once, into the user's cache.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { processEnv } from '../../lib/config/env.ts';

const compilerSource = join(import.meta.dirname, '../../scripts/rego-compiler');
const facts = join(import.meta.dirname, '../../services/policy/compiler/rego-compiler.json');

/** Why there is no peer, in words for whoever asked for the figures. */
export interface Missing {
  readonly skipped: string;
}

/** The command line of the pinned release: one of the PATH that is of it, else built. */
export function nativeOpa(): string | Missing {
  const { opa } = pinned();
  const onPath = (processEnv()['PATH'] ?? '').split(':').map((folder) => join(folder, 'opa'));
  const found = onPath.find((path) => existsSync(path) && releaseOf(path) === opa.slice(1));
  return found ?? built('opa', () => ['install', `github.com/open-policy-agent/opa@${opa}`]);
}

/** The loop of loop.go: `<program> <policies> <file>`. Built with the compiler's go.mod, so that one place pins OPA. */
export function nativeLoop(): string | Missing {
  const source = join(import.meta.dirname, 'loop.go');
  const name = `native-loop-${createHash('sha256').update(readFileSync(source)).digest('hex').slice(0, 8)}`;
  return built(name, (scratch) => {
    for (const file of ['go.mod', 'go.sum']) copyFileSync(join(compilerSource, file), join(scratch, file));
    copyFileSync(source, join(scratch, 'loop.go'));
    return ['build', '-trimpath', '-o', name, '.'];
  });
}

function pinned(): { readonly opa: string; readonly go: string } {
  return JSON.parse(readFileSync(facts, 'utf8')) as { opa: string; go: string };
}

function releaseOf(opa: string): string {
  try {
    return /^Version: (\S+)$/m.exec(execFileSync(opa, ['version'], { encoding: 'utf8' }))?.[1] ?? '';
  } catch {
    return '';
  }
}

/** `prepare` fills the directory that Go runs in, and says with what; the program then stands there under `name`. */
function built(name: string, prepare: (scratch: string) => readonly string[]): string | Missing {
  const { opa, go } = pinned();
  const folder = join(processEnv()['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'elava', `native-opa-${opa}`);
  const program = join(folder, name);
  if (existsSync(program)) return program;
  mkdirSync(folder, { recursive: true });
  const scratch = mkdtempSync(join(folder, '.build-'));
  try {
    const env = { ...processEnv(), GOBIN: scratch, CGO_ENABLED: '0', GOTOOLCHAIN: go, GOFLAGS: '-mod=readonly' };
    execFileSync('go', prepare(scratch), { cwd: scratch, env, stdio: ['ignore', 2, 2] });
    renameSync(join(scratch, name), program);
    return program;
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const why = isMissing
      ? 'Go is not installed, or not in PATH'
      : `it could not be built: ${(error as Error).message}`;
    return { skipped: `native OPA ${opa} is not here, and ${why}` };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
