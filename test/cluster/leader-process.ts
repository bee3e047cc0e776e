/** A process that leads when it may and plans a job every few milliseconds: for leader.nats.ts, which pauses it. */
import { pino } from 'pino';
import { Cluster } from '../../lib/cluster.ts';
import { loadConfig } from '../../lib/config/load.ts';
import { createMetrics } from '../../lib/metrics.ts';

const [name = '', servers = ''] = process.argv.slice(2);
const flags = { 'nats.servers': [servers], 'nats.lease': '3s' };
const { nats } = loadConfig({ env: {}, cwd: '/nowhere', flags }).config;
const cluster = new Cluster({ nats, node: name, log: pino({ level: 'silent' }), metrics: createMetrics() });
await cluster.open();
const term = await cluster.lead('orchestrator', new AbortController().signal);
process.send?.({ leads: term.token });
term.lost.addEventListener('abort', () => {
  process.send?.({ lost: term.token });
  setTimeout(() => process.exit(0), 200);
});
// What it publishes right after it was paused goes out before it can know that it leads no more.
for (let n = 0; ; n += 1) {
  await cluster.jobs.publish('plan', { name, token: term.token, n }, { id: `${name}/${n}` });
  await new Promise((resolve) => setTimeout(resolve, 5));
}
