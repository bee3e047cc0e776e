/**
 * Scans moto, an AWS that none of us wrote: `npm run test:moto [-- --venv DIR]`. Uses moto_server of that directory, of
 * ELAVA_MOTO_VENV or of the PATH, and else makes a virtual environment under ~/.cache. Ends with `N passed, N failed`.
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
const moto = 'moto[server]==5.2.5';
const cache = join(homedir(), '.cache', 'elava-moto');
const patience = 60_000;
const program = 'moto_server';

/** The command that starts moto; installs it where there is none. */
function motoServer(venv: string | undefined): string {
  if (venv) return join(venv, 'bin', program);
  if (spawnSync(program, ['--version']).status === 0) return program;
  const server = join(cache, 'bin', program);
  if (!existsSync(server)) install();
  return server;
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

/** Resolves when moto answers. Rejects when it ends or takes a minute. */
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
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const server = spawn(motoServer(venv), ['-H', '127.0.0.1', '-p', String(port)], {
    // Its thousand images of Amazon bring as many snapshots, which would count as the account's own.
    env: { ...processEnv(), MOTO_EC2_LOAD_DEFAULT_AMIS: 'false' },
    stdio: 'ignore',
  });
  try {
    await answers(endpoint, server);
    const keys = { AWS_ACCESS_KEY_ID: 'testing', AWS_SECRET_ACCESS_KEY: 'testing', AWS_REGION: 'us-east-1' };
    const child = spawn(process.execPath, [fileURLToPath(import.meta.url), '--inside'], {
      env: { ...processEnv(), ...keys, AWS_ENDPOINT_URL: endpoint },
      stdio: 'inherit',
    });
    const [code] = (await once(child, 'exit')) as [number | null];
    return code ?? 1;
  } finally {
    server.kill('SIGTERM');
  }
}

async function inside(): Promise<number> {
  const checks = await compareWithMoto();
  const failed = checks.filter(({ problem }) => problem !== '');
  for (const { name, problem } of failed) console.log(`FAIL ${name}: ${problem}`);
  console.log(`${checks.length - failed.length} passed, ${failed.length} failed`);
  return failed.length === 0 ? 0 : 1;
}

const { values } = parseArgs({ options: { venv: { type: 'string' }, inside: { type: 'boolean', default: false } } });
process.exitCode = values.inside ? await inside() : await outside(values.venv ?? processEnv().ELAVA_MOTO_VENV);
