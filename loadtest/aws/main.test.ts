/** The simulator as a process of its own, driven through its control door. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { afterEach, describe, expect, test } from '@jest/globals';
import { controlClient } from './server/control-client.ts';

const main = new URL('./main.ts', import.meta.url).pathname;
const started: ChildProcess[] = [];

afterEach(async () => {
  for (const child of started.splice(0)) {
    if (child.exitCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
});

function run(...args: string[]): ChildProcess {
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  started.push(child);
  return child;
}

/** The variables of the one line that it prints. */
async function ready(child: ChildProcess): Promise<Record<string, string>> {
  const [line] = (await once(child.stdout as NonNullable<ChildProcess['stdout']>, 'data')) as [Buffer];
  return Object.fromEntries(
    line
      .toString()
      .trim()
      .split(' ')
      .map((pair) => pair.split(/=(.*)/s).slice(0, 2)),
  );
}

describe('main', () => {
  test('prints what to set, serves, drifts on demand, and stops on SIGTERM', async () => {
    const child = run(
      '--port',
      '0',
      '--accounts',
      '2',
      '--regions',
      'eu-west-1',
      '--resources',
      '300',
      '--start',
      '2026-01-01T00:00:00Z',
    );
    const env = await ready(child);
    const client = new EC2Client({
      region: env.AWS_REGION ?? '',
      endpoint: env.AWS_ENDPOINT_URL ?? '',
      credentials: { accessKeyId: env.AWS_ACCESS_KEY_ID ?? '', secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? '' },
      maxAttempts: 1,
    });
    const list = async () => {
      const { Reservations = [] } = await client.send(new DescribeInstancesCommand({}));
      return Reservations.flatMap(({ Instances = [] }) => Instances.map(({ InstanceId }) => InstanceId));
    };
    const control = controlClient(env.AWS_ENDPOINT_URL ?? '');
    const info = await control.info();
    const account = info.accounts[0]?.id ?? '';
    const { expected } = await control.oracle({ account, type: 'ec2' });
    expect(await list()).toEqual(expected.map(({ id }) => id));
    expect(await control.advance({ ms: 86_400_000 })).toEqual({ now: '2026-01-02T00:00:00.000Z' });
    expect((await control.drift({ count: 7 })).changed.length).toBe(7);
    const arn = expected[0]?.arn ?? '';
    const { changed } = await control.mutate({ do: 'delete', arn });
    expect(changed[0]).toMatchObject({ change: 'disappeared', arn });
    expect(await list()).not.toContain(expected[0]?.id);
    await control.faults({ set: [{ kind: 'deny', action: 'ec2:*' }] });
    await expect(list()).rejects.toMatchObject({ name: 'UnauthorizedOperation' });
    const { counts } = await control.ledger({ clear: true });
    expect(counts).toMatchObject([
      { action: 'ec2:DescribeInstances', account, region: 'eu-west-1', calls: 3, errors: 1 },
    ]);
    expect((await control.ledger()).calls).toBe(0);
    await expect(control.mutate({ do: 'delete', arn: 'arn:aws:s3:::none' })).rejects.toThrow('nothing in the estate');
    client.destroy();
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  test.each([
    ['--bogus', 'Unknown option'],
    ['--accounts=some', '--accounts must be a whole number'],
    ['--start=soon', '--start must be'],
    ['--giant=floppy=9', '--giant has no floppy'],
    ['--giant=log_group', '--giant must be a whole number'],
  ])('%s is refused with the usage', async (option, message) => {
    const child = run('--port', '0', option);
    let said = '';
    child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    expect(await once(child, 'close')).toEqual([2, null]);
    expect(said).toContain(message);
    expect(said).toContain('usage:');
  });
});
