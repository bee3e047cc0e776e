/** The roles under Moleculer's own runner, as a deployment that uses it starts them. */

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { directory, finished, said } from './support/cli.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const runner = `${root}node_modules/moleculer/bin/moleculer-runner.mjs`;

function run(data: string, env: Record<string, string>) {
  const services = ['history', 'gateway'].map((role) => `${root}services/${role}`);
  const args = [runner, '-c', `${root}moleculer.config.ts`, '--mask', '**/*.service.ts', ...services];
  const { NODE_OPTIONS: _, ...inherited } = process.env;
  return spawn(process.execPath, args, {
    cwd: data,
    env: { ...inherited, ELAVA_STORAGE_PATH: data, ELAVA_GATEWAY_PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

test('starts with our options and serves', async () => {
  await using data = await directory();
  const child = run(data.path, {});
  const ended = finished(child);
  const url = await said(child, /"url":"(http:[^"]+)"/);
  expect((await fetch(`${url}/health`)).status).toBe(200);
  child.kill('SIGTERM');
  await ended;
});

test('refuses NAMESPACE, which Kubernetes sets and the runner takes for an option', async () => {
  await using data = await directory();
  const { code, stdout, stderr } = await finished(run(data.path, { NAMESPACE: 'kube-system' }));
  expect(code).not.toBe(0);
  expect(stdout + stderr).toContain('NAMESPACE');
});
