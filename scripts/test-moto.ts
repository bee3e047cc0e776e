/**
 * Scans moto, an AWS that none of us wrote, beside boto3: `npm run test:moto [-- --venv DIR]`. Uses the Python that has both of
 * that directory, of ELAVA_MOTO_VENV or of the PATH, and else makes a virtual environment under ~/.cache. Ends with
 * `N passed, N failed`.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { processEnv } from '../lib/config/env.ts';
import { compareWithMoto } from '../loadtest/moto/compare.ts';
import { freePort } from './free-port.ts';

/** The version that what is compared was tried with. */
const version = '5.2.5';
const moto = `moto[server]==${version}`;
const cache = join(homedir(), '.cache', 'elava-moto');
/** Python reads moto for seconds, the first time and on a busy machine for a minute. */
const patience = 240_000;

/** The interpreter that has this moto, and boto3, which comes with it; installs them where there is none. */
function pythonOf(venv: string | undefined): string {
  if (venv) return join(venv, 'bin', 'python');
  const has = `import boto3, moto, moto.server; assert moto.__version__ == "${version}"`;
  if (spawnSync('python3', ['-c', has]).status === 0) return 'python3';
  const python = join(cache, 'bin', 'python');
  if (!existsSync(join(cache, 'bin', 'moto_server'))) install();
  return python;
}

function install(): void {
  console.error(`installing ${moto} into ${cache} (a few minutes, once)`);
  for (const [command, ...args] of [
    ['python3', '-m', 'venv', cache],
    [join(cache, 'bin', 'pip'), 'install', '--quiet', moto],
  ] as const) {
    const { status } = spawnSync(command, args, { stdio: 'inherit' });
    if (status !== 0) throw new Error(`${command} failed; install ${moto} yourself and give its directory with --venv`);
  }
}

/** Resolves when moto answers. Rejects when it ends or takes too long. */
async function answers(endpoint: string, server: ChildProcess): Promise<void> {
  const deadline = Date.now() + patience;
  while (Date.now() < deadline) {
    if (server.exitCode !== null) throw new Error(`moto_server ended with ${server.exitCode}`);
    const up = await fetch(`${endpoint}/moto-api/`).then(
      (response) => response.ok,
      () => false,
    );
    if (up) return;
    await sleep(200);
  }
  throw new Error('moto_server does not answer');
}

/** Starts moto, runs this file again where AWS is moto, and stops it whatever happens. */
async function outside(venv: string | undefined): Promise<number> {
  const python = pythonOf(venv);
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const server = spawn(python, ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)], {
    // Its thousand images of Amazon bring as many snapshots, which would count as the account's own.
    env: { ...processEnv(), MOTO_EC2_LOAD_DEFAULT_AMIS: 'false' },
    stdio: 'ignore',
  });
  try {
    await answers(endpoint, server);
    const keys = { AWS_ACCESS_KEY_ID: 'testing', AWS_SECRET_ACCESS_KEY: 'testing', AWS_REGION: 'us-east-1' };
    const child = spawn(process.execPath, [fileURLToPath(import.meta.url), '--inside', python], {
      env: { ...processEnv(), ...keys, AWS_ENDPOINT_URL: endpoint },
      stdio: 'inherit',
    });
    const [code] = (await once(child, 'exit')) as [number | null];
    return code ?? 1;
  } finally {
    server.kill('SIGTERM');
  }
}

async function inside(python: string): Promise<number> {
  const checks = await compareWithMoto(python);
  const failed = checks.filter(({ problem }) => problem !== '');
  for (const { name, problem } of failed) console.log(`FAIL ${name}: ${problem}`);
  console.log(`${checks.length - failed.length} passed, ${failed.length} failed`);
  return failed.length === 0 ? 0 : 1;
}

const { values } = parseArgs({ options: { venv: { type: 'string' }, inside: { type: 'string' } } });
process.exitCode = values.inside
  ? await inside(values.inside)
  : await outside(values.venv ?? processEnv().ELAVA_MOTO_VENV);
