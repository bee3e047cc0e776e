/** `elava policy`: what somebody sees who writes policies. */

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { directory, elava } from '../support/cli.ts';

const rule = `package elava.trial

# METADATA
# title: Buckets are private
# custom:
#   severity: high
deny_public contains "close it" if {
	input.resource.type == "s3"
	input.resource.public_read
}
`;
const ruleTest = `package elava.trial_test

import data.elava.trial

test_public if count(trial.deny_public) == 1 with input as {"resource": {"type": "s3", "public_read": true}}

test_private if count(trial.deny_public) == 0 with input as {"resource": {"type": "s3", "public_read": false}}
`;
const row = (name: string, isPublic: boolean) => ({
  name,
  input: { resource: { type: 's3', public_read: isPublic, tags: {} }, environment: 'prod' },
});

async function policies(path: string, files: Record<string, string>): Promise<void> {
  await mkdir(join(path, 'policies', 'trial'), { recursive: true });
  for (const [name, text] of Object.entries(files)) await writeFile(join(path, 'policies', 'trial', name), text);
}

describe('elava policy', () => {
  test('lists the rules with title, severity and place', async () => {
    await using home = await directory();
    await policies(home.path, { 'public.rego': rule });
    const { stdout, code } = await elava(['policy', 'list', '--output', 'ndjson'], { cwd: home.path });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      package: 'elava.trial',
      rule: 'deny_public',
      title: 'Buckets are private',
      severity: 'high',
      file: 'trial/public.rego',
    });
  });

  test('a misspelt field of the input is an error with its place', async () => {
    await using home = await directory();
    await policies(home.path, { 'public.rego': rule.replace('input.resource.type', 'input.resuorce.type') });
    const { stderr, code } = await elava(['policy', 'check'], { cwd: home.path });
    expect(code).toBe(2);
    expect(stderr).toMatch(/trial\/public\.rego:8:\d+: .*resuorce/);
  });

  test('runs tests and tables, and says what came instead', async () => {
    await using home = await directory();
    await policies(home.path, {
      'public.rego': rule,
      'public_test.rego': ruleTest,
      'denied.json': JSON.stringify([row('a public bucket', true)]),
      'allowed.json': JSON.stringify([row('a private bucket', false)]),
    });
    const good = await elava(['policy', 'test', '--coverage'], { cwd: home.path });
    expect(good).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('4 passed, 0 failed, 100.0 % of the lines reached'),
    });

    await policies(home.path, {
      'allowed.json': JSON.stringify([row('a public one', true)]),
      'public_test.rego': ruleTest.replace('== 1', '== 2'),
    });
    const bad = await elava(['policy', 'test'], { cwd: home.path });
    expect(bad.code).toBe(1);
    expect(bad.stdout).toMatch(/trial\/public_test\.rego:5: test_public failed/);
    expect(bad.stdout).toContain('trial/allowed.json: "a public one" came to deny: close it');
    expect(bad.stdout).toContain('2 passed, 2 failed');
  });

  test('evaluates an input, and refuses an unknown package and what is no input', async () => {
    await using home = await directory();
    await policies(home.path, { 'public.rego': rule });
    await writeFile(join(home.path, 'input.json'), JSON.stringify(row('x', true).input));
    const json = await elava(['policy', 'eval', 'input.json', '--package', 'trial', '--output', 'json'], {
      cwd: home.path,
    });
    expect(JSON.parse(json.stdout)).toMatchObject({
      result: { decision: 'deny', reason: 'close it' },
      effect: 'deny',
      allowed: false,
    });
    const unknown = await elava(['policy', 'eval', 'input.json', '--package', 'trail'], { cwd: home.path });
    expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining('elava.trial') });
    await writeFile(join(home.path, 'input.json'), '{"resource":');
    expect(await elava(['policy', 'eval', 'input.json'], { cwd: home.path })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('INPUT_INVALID'),
    });
  });
});
