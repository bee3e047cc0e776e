/** Jobs through JetStream, published and worked with acknowledgements, beside the same client with no layer of ours. */
import { AckPolicy, DiscardPolicy, type NatsConnection, nanos, RetentionPolicy } from 'nats';
import { pino } from 'pino';
import { JetStreamJobs } from '../lib/jobs/jetstream-jobs.ts';
import { NatsLink } from '../lib/nats.ts';
import { testNats } from '../test/support/nats.ts';
import type { Scenario } from './scenario.ts';

const WINDOW = 128;
const CONCURRENCY = 256;
/** About as long as the job of a unit. */
const job = { scan: '20260601T090000Z-a1b2c3', unit: { account: '111111111111', region: 'eu-west-1', type: 'ec2' } };

/** Runs `work` for 0 … count-1, so many at a time. */
async function windowed(count: number, work: (n: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: WINDOW }, lane));
}

async function ours(link: NatsLink, prefix: string, count: number): Promise<number> {
  const settings = { prefix, replicas: 1, capacity: 1_000_000, ackWaitMs: 30_000, timeoutMs: 10_000 };
  const jobs = new JetStreamJobs({ link, log: pino({ level: 'silent' }), ...settings });
  await jobs.stats('bench').catch(() => undefined);
  const begun = performance.now();
  await windowed(count, (n) => jobs.publish('bench', { ...job, n }, { id: `${prefix}/${n}` }));
  const seen = new Set<number>();
  await new Promise<void>((resolve) => {
    jobs.work<{ n: number }>('bench', { concurrency: CONCURRENCY, deadlineMs: 10_000 }, async ({ n }) => {
      seen.add(n);
      if (seen.size === count) resolve();
    });
  });
  const seconds = (performance.now() - begun) / 1000;
  await jobs.close();
  return count / seconds;
}

async function peer(connection: NatsConnection, name: string, count: number): Promise<number> {
  const jsm = await connection.jetstreamManager();
  const js = connection.jetstream();
  const limits = { retention: RetentionPolicy.Workqueue, discard: DiscardPolicy.New, max_msgs: 1_000_000 };
  await jsm.streams.add({ name, subjects: [name], ...limits });
  await jsm.consumers.add(name, { durable_name: 'w', ack_policy: AckPolicy.Explicit, ack_wait: nanos(30_000) });
  const [encoder, decoder] = [new TextEncoder(), new TextDecoder()];
  const begun = performance.now();
  await windowed(count, (n) => js.publish(name, encoder.encode(JSON.stringify({ ...job, n })), { msgID: String(n) }));
  const consumer = await js.consumers.get(name, 'w');
  const messages = await consumer.consume({ max_messages: CONCURRENCY });
  const seen = new Set<number>();
  for await (const message of messages) {
    seen.add((JSON.parse(decoder.decode(message.data)) as { n: number }).n);
    message.ack();
    if (seen.size === count) break;
  }
  const seconds = (performance.now() - begun) / 1000;
  // Its close() waits for an end that the loop above has seen already.
  messages.stop();
  return count / seconds;
}

export const scenario: Scenario = {
  name: 'jobs.durable',
  peer: 'the same client, with no layer of ours',
  target: 0.85,
  unit: 'jobs/s',
  better: 'higher',
  async run({ rounds, scale }) {
    const count = Math.round(20_000 * scale);
    await using nats = await testNats();
    const link = new NatsLink(nats.settings(), 'bench');
    const figures = { ours: [] as number[], peer: [] as number[] };
    try {
      for (let round = 0; round <= rounds; round += 1) {
        const mine = await ours(link, `r${round}`, count);
        const theirs = await peer(await link.connection(), `p${round}`, count);
        if (round === 0) continue;
        figures.ours.push(mine);
        figures.peer.push(theirs);
      }
    } finally {
      await link.close();
    }
    return figures;
  },
};
