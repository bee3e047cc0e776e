/** What people do wrong, and what the command line answers: a code, where it is, and what to do next. */

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Aws, configure, simulatedAws } from '../support/aws.ts';
import { directory, elava } from '../support/cli.ts';

let aws: Aws;
beforeAll(async () => {
  aws = await simulatedAws(60);
});
afterAll(async () => {
  await aws[Symbol.asyncDispose]();
});

describe('the command line refuses', () => {
  test('an unknown verb and an unknown option, with exit code 2', async () => {
    await using home = await directory();
    const verb = await elava(['scna'], { cwd: home.path });
    expect(verb).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('Did you mean scan?') });
    const option = await elava(['scan', '--regoin', 'us-east-1'], { cwd: home.path });
    expect(option).toMatchObject({ code: 2, stderr: expect.stringContaining('--region') });
  });

  test.each([
    ['region', ['--region', 'us-east-9'], 'REGION_UNKNOWN', 'us-east-1'],
    ['type', ['--type', 'ec3'], 'TYPE_UNKNOWN', 'ec2'],
    ['account', ['--account', '999999999999'], 'ACCOUNT_UNKNOWN', '999999999999'],
    ['tier', ['--tiers', 'critcal'], 'TIER_UNKNOWN', 'critical'],
  ])('an unknown %s, naming the nearest', async (_, args, code, nearest) => {
    await using home = await directory();
    await configure(home.path, aws);
    const ran = await elava(['scan', ...args], { cwd: home.path, env: aws.env });
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toContain(code);
    expect(ran.stderr).toContain(nearest);
  });

  test('a role that needs others, where no other process can run them', async () => {
    await using home = await directory();
    const ran = await elava(['serve', '--roles', 'orchestrator'], { cwd: home.path });
    expect(ran).toMatchObject({ code: 1, stderr: expect.stringContaining('ROLE_UNAVAILABLE') });
    expect(ran.stderr).toContain('history, scanner');
  });

  test('wrong credentials', async () => {
    await using home = await directory();
    await writeFile(join(home.path, 'elava.yaml'), 'storage: {path: ./data}\n');
    const ran = await elava(['scan'], { cwd: home.path, env: { ...aws.env, AWS_ACCESS_KEY_ID: 'AKIAWRONG' } });
    expect(ran.stderr).toContain('AWS_CREDENTIALS_INVALID');
    expect(ran.code).toBe(1);
  });

  test('an endpoint that nobody serves', async () => {
    await using home = await directory();
    const ran = await elava(['scan'], { cwd: home.path, env: { ...aws.env, AWS_ENDPOINT_URL: 'http://127.0.0.1:9' } });
    expect(ran.stderr).toContain('AWS_UNREACHABLE');
    expect(ran.code).toBe(1);
  });

  test('broken YAML, with file, line and column', async () => {
    await using home = await directory();
    await writeFile(join(home.path, 'elava.yaml'), 'storage:\n  path: "open\n');
    const ran = await elava(['resources'], { cwd: home.path });
    expect(ran).toMatchObject({ code: 2, stderr: expect.stringMatching(/CONFIG_SYNTAX.*elava\.yaml:\d+:\d+/s) });
  });

  test('an unknown key, naming the nearest', async () => {
    await using home = await directory();
    await writeFile(join(home.path, 'elava.yaml'), 'storage:\n  retension: 30d\n');
    const ran = await elava(['resources'], { cwd: home.path });
    expect(ran.stderr).toMatch(/CONFIG_UNKNOWN_KEY.*elava\.yaml:2:3.*retention/s);
    expect(ran.code).toBe(2);
  });

  test('broken Rego, with file, line and column', async () => {
    await using home = await directory();
    await mkdir(join(home.path, 'policies'));
    await writeFile(
      join(home.path, 'policies', 'bad.rego'),
      'package elava.bad\n\ndeny contains msg if {\n  msg := nosuch(1)\n}\n',
    );
    const ran = await elava(['policy', 'check', 'policies'], { cwd: home.path });
    expect(ran.stderr + ran.stdout).toMatch(/bad\.rego:4:\d+/);
    expect(ran.code).toBe(2);
  });

  test('an instant without a zone', async () => {
    await using home = await directory();
    const ran = await elava(['resources', '--at', '2026-11-20T12:00'], { cwd: home.path });
    expect(ran).toMatchObject({ code: 2, stderr: expect.stringContaining('INVALID_REQUEST') });
  });

  test('a server that does not answer', async () => {
    await using home = await directory();
    const ran = await elava(['resources', '--server', 'http://127.0.0.1:9'], { cwd: home.path });
    expect(ran).toMatchObject({ code: 1, stderr: expect.stringContaining('GATEWAY_UNREACHABLE') });
  });
});
