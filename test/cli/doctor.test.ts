/** The verbs that look at accounts, through the command line, with what people get wrong. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Account } from '../../services/scanner/scanner.contract.ts';
import { simulatedAws } from '../support/aws.ts';
import { directory, elava } from '../support/cli.ts';

interface Check {
  readonly check: string;
  readonly state: string;
  readonly of: string;
  readonly code: string;
  readonly text: string;
  readonly next: string;
}
const wrong = (stdout: string): Check[] => (JSON.parse(stdout) as Check[]).filter(({ state }) => state === 'fail');

describe('a newcomer', () => {
  test('writes a configuration of what there is, has it examined, and sees the accounts', async () => {
    await using aws = await simulatedAws(120, 6);
    await using home = await directory();
    const at = { cwd: home.path, env: aws.env };
    expect((await elava(['init'], at)).code).toBe(0);
    const written = await readFile(join(home.path, 'elava.yaml'), 'utf8');
    expect(written).toMatch(/6 accounts in the organisation/);

    const { code, stdout } = await elava(['doctor', '--output', 'json'], at);
    expect(wrong(stdout)).toEqual([]);
    expect(code).toBe(0);
    const checks = JSON.parse(stdout) as Check[];
    expect(new Set(checks.map(({ check }) => check))).toEqual(
      new Set([
        'versions',
        'config',
        'store',
        'audit logs',
        'policies',
        'clock',
        'credentials',
        'accounts',
        'entered',
        'regions',
        'permissions',
      ]),
    );

    const listed = JSON.parse((await elava(['accounts', '--output', 'json'], at)).stdout) as Account[];
    expect(listed.map(({ id }) => id)).toEqual(aws.world.accounts.map(({ id }) => id).sort());
    expect(listed.every(({ regions }) => regions.length === 2)).toBe(true);
  });
});

describe('elava doctor', () => {
  test('tells apart what is denied, forbidden, refused and expired, says what to do, and ends with 4', async () => {
    await using aws = await simulatedAws(120, 2);
    await using home = await directory();
    const [own, other] = aws.world.accounts.map(({ id }) => id);
    const accounts = [{ id: own }, { id: other, role_arn: `arn:aws:iam::${other}:role/reader` }];
    const regions = ['us-east-1', 'me-south-1'];
    await writeFile(join(home.path, 'elava.yaml'), JSON.stringify({ providers: { aws: { regions, accounts } } }));
    aws.simulator.faults.add([
      { kind: 'deny', action: 's3:ListBuckets' },
      { kind: 'scp', action: 'rds:*' },
      { kind: 'deny', action: 'sts:AssumeRole' },
    ]);
    const { code, stdout } = await elava(['doctor', '--type', 's3,rds,ec2', '--output', 'json'], {
      cwd: home.path,
      env: aws.env,
    });
    expect(code).toBe(4);
    expect(
      wrong(stdout)
        .map(({ check, of, code: what }) => `${check} ${of} ${what}`)
        .sort(),
    ).toEqual([
      `entered ${other} AWS_ACCESS_DENIED`,
      'permissions rds AWS_SCP_DENIED',
      'permissions s3 AWS_ACCESS_DENIED',
      'regions me-south-1 AWS_REGION_DISABLED',
    ]);
    for (const { next } of wrong(stdout)) expect(next).not.toBe('');
  });

  test('a configuration that cannot be read ends it before anything is opened', async () => {
    await using home = await directory();
    await writeFile(join(home.path, 'elava.yaml'), 'providers: { aws: { region: [x] } }');
    const { code, stdout } = await elava(['doctor', '--output', 'json'], { cwd: home.path });
    expect(code).toBe(2);
    expect(wrong(stdout)).toMatchObject([{ check: 'config', code: 'CONFIG_UNKNOWN_KEY' }]);
  });
});
