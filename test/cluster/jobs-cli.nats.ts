/** `elava jobs` on a cluster's queues. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { JetStreamJobs } from '../../lib/jobs/jetstream-jobs.ts';
import { NatsLink } from '../../lib/nats.ts';
import { directory, elava, ndjson, type Ran } from '../support/cli.ts';
import { type TestNats, testNats } from '../support/nats.ts';
import { until } from '../support/until.ts';

let nats: TestNats;
let link: NatsLink;
let jobs: JetStreamJobs;
beforeAll(async () => {
  nats = await testNats();
  link = new NatsLink(nats.settings(), 'test');
  const settings = { prefix: 'elava', replicas: 1, capacity: 100, ackWaitMs: 5000, timeoutMs: 5000 };
  jobs = new JetStreamJobs({ link, log: pino({ level: 'silent' }), ...settings });
});
afterAll(async () => {
  await jobs.close();
  await link.close();
  await nats[Symbol.asyncDispose]();
});

async function run(...args: string[]): Promise<Ran> {
  await using home = await directory();
  return await elava(['jobs', ...args], { cwd: home.path, env: { ELAVA_NATS_SERVERS: nats.url } });
}
const refused = (message: string) => ({
  code: 2,
  stdout: '',
  stderr: expect.stringContaining(`error INVALID_REQUEST: --topic: ${message}\n`),
});

describe('a queue that there is not', () => {
  test('before any was made', async () => {
    expect(await run('list', '--topic', 'nope')).toMatchObject(refused('there is no queue nope; none was made yet'));
  });

  test.each([
    [['list', '--topic', 'scan.eu-west1']],
    [['retry', '--all', '--topic', 'scan.eu-west1']],
    [['drop', 'job/1', '--topic', 'scan.eu-west1']],
    [['list', '--topic', 'scan.*']],
    [['list', '--topic', '']],
  ])('%j is refused, and those that there are are named', async (args) => {
    await jobs.publish('scan.us-east-1', {}, { id: 'waits' });
    await jobs.publish('scan.eu-west-1', {}, { id: 'waits' });
    const asked = args.at(-1) === '' ? '""' : args.at(-1);
    expect(await run(...args)).toMatchObject(
      refused(`there is no queue ${asked}; there are scan.eu-west-1, scan.us-east-1`),
    );
  });
});

test('the dead jobs of one queue, and of one that has none', async () => {
  jobs.work('attribution', { concurrency: 1, attempts: 1, deadlineMs: 5000 }, async () => {
    throw new Error('no');
  });
  await jobs.publish('attribution', { n: 1 }, { id: 'bad' });
  await jobs.publish('scan.eu-west-1', {}, { id: 'waits' });
  await until(async () => (await jobs.dead.count('attribution')) === 1);
  const listed = await run('list', '--topic', 'attribution', '--output', 'ndjson');
  expect([listed.code, ndjson(listed.stdout)]).toMatchObject([0, [{ topic: 'attribution', id: 'bad' }]]);
  const none = await run('list', '--topic', 'scan.eu-west-1');
  expect(none).toMatchObject({ code: 0, stderr: expect.stringContaining('No job is dead.') });
});
