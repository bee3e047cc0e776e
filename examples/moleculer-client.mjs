// Another platform asks Elava by service calls: node examples/moleculer-client.mjs nats://127.0.0.1:4222
import { ServiceBroker } from 'moleculer';

const broker = new ServiceBroker({
  namespace: 'elava',
  nodeID: `another-platform-${process.pid}`,
  transporter: { type: 'NATS', options: { servers: [process.argv[2] ?? 'nats://127.0.0.1:4222'] } },
  // Without it a call to a process that was killed waits for ever.
  requestTimeout: 10_000,
  logger: false,
});
broker.createService({
  name: 'another-platform',
  events: { 'history.changed': ({ params: { unit, versions, gone } }) => console.log('changed', unit, versions, gone) },
});
await broker.start();
await broker.waitForServices('history', 10_000);
const { types } = await broker.call('history.counts', {});
// A filter also takes accounts, regions, status, owner, text and tags: { tags: { env: 'prod' } }.
const { resources } = await broker.call('history.resources', { filter: { types: ['ec2'] }, limit: 5 });
console.log(
  types,
  resources.map(({ id, status }) => `${id} ${status}`),
);
if (!process.argv.includes('--follow')) await broker.stop();
