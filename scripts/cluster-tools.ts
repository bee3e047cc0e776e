/** Programs that the cluster's runs and tests need and that no npm package has, kept in the user's cache directory. */
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { processEnv } from '../lib/config/env.ts';

const NATS_VERSION = 'v2.15.2';

/** Outside the repository: a clone of it shares what another has fetched. */
function cacheFolder(): string {
  return join(processEnv().XDG_CACHE_HOME || join(homedir(), '.cache'), 'elava');
}

/** nats-server: of the PATH, of the cache, built from its Go module (pinned, about two minutes), or Debian's. */
export function natsServer(): string {
  const onPath = fromPath('nats-server');
  if (onPath) return onPath;
  const cached = join(cacheFolder(), `nats-server-${NATS_VERSION}`);
  const packaged = join(cacheFolder(), 'nats-server-debian');
  const found = [cached, packaged].find((file) => existsSync(file));
  if (found) return found;
  if (fromPath('go')) return built(cached, `github.com/nats-io/nats-server/v2@${NATS_VERSION}`);
  return debian('nats-server', 'usr/sbin/nats-server', packaged);
}

/** promtool of Debian's package: to build it from its module takes half an hour of this machine. */
export function promtool(): string {
  const onPath = fromPath('promtool');
  if (onPath) return onPath;
  const cached = join(cacheFolder(), 'promtool-debian');
  return existsSync(cached) ? cached : debian('prometheus', 'usr/bin/promtool', cached);
}

function fromPath(name: string): string | undefined {
  return (processEnv().PATH ?? '')
    .split(':')
    .map((folder) => join(folder, name))
    .find((file) => existsSync(file));
}

function built(target: string, module: string): string {
  process.stderr.write(`Building ${module}; this happens once.\n`);
  const folder = mkdtempSync(join(tmpdir(), 'elava-go-'));
  const environment = { ...processEnv(), GOBIN: folder, GOFLAGS: '-buildvcs=false', GOWORK: 'off', CGO_ENABLED: '0' };
  try {
    execFileSync('go', ['install', '-trimpath', '-ldflags', '-s -w', module], { env: environment, stdio: 'inherit' });
    return keep(join(folder, readdirSync(folder)[0] ?? ''), target);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** One file of a package, without installing it or what it depends on. */
function debian(name: string, file: string, target: string): string {
  process.stderr.write(`Fetching ${file} from Debian's package ${name}; this happens once.\n`);
  const folder = mkdtempSync(join(tmpdir(), 'elava-deb-'));
  const run = (program: string, ...args: string[]) =>
    execFileSync(program, args, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  const download = () => run('apt-get', '-q', 'download', name);
  try {
    try {
      download();
    } catch {
      run('apt-get', '-q', 'update');
      download();
    }
    const archive = readdirSync(folder).find((entry) => entry.endsWith('.deb')) ?? '';
    run('dpkg-deb', '-x', archive, 'files');
    return keep(join(folder, 'files', file), target);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The file appears whole or not at all, also where two processes fetch it at once. */
function keep(from: string, target: string): string {
  const aside = `${target}.${process.pid}`;
  mkdirSync(cacheFolder(), { recursive: true });
  copyFileSync(from, aside);
  chmodSync(aside, 0o755);
  renameSync(aside, target);
  return target;
}

if (import.meta.main) for (const tool of [natsServer, promtool]) console.log(tool());
