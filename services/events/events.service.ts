import type { Static } from 'typebox';
import { announce, clientOf, defineService, eventOf, type Host } from '../../lib/contract.ts';
import { elavaError } from '../../lib/errors.ts';
import { envelopesOf } from '../../lib/policy-event/envelope.ts';
import { historyContract } from '../history/history.contract.ts';
import { policyContract } from '../policy/policy.contract.ts';
import { tenantsContract } from '../tenants/tenants.contract.ts';
import { Consumer } from './consumer.ts';
import { DecisionLog } from './decision-log.ts';
import { DurableEvents } from './durable.ts';
import { eventsContract } from './events.contract.ts';
import { webhookSink } from './webhook.ts';

const told = eventOf(tenantsContract, 'told');
type Told = Static<typeof told.payload>;

export default defineService(
  eventsContract,
  (host) => {
    const { broker } = host;
    const parts = { ...consumersOf(host), decisions: decisionLogOf(host) };
    const { consumers, durable, decisions } = parts;
    return {
      actions: {
        consumers: async () => ({ consumers: [...consumers.map(({ state }) => state), ...(decisions?.states ?? [])] }),
        replay: async ({ since, tenants, types, limit = 1000 }) => {
          if (!durable) throw elavaError('NATS_UNAVAILABLE', 'events are durable only with nats.servers');
          return durable.replay({ since, tenants, types, limit });
        },
      },
      events: {
        // Each node hands on what it decided itself: with several of this role nothing goes out twice.
        [told.event]: ({ node, records }: Told) => (node === broker.nodeID ? handOn(host, parts, records) : undefined),
      },
      async stop() {
        await Promise.all([...consumers.map((consumer) => consumer.close()), decisions?.close()]);
      },
    };
  },
  { needs: [policyContract], hears: [told] },
);

interface Parts {
  readonly consumers: readonly Consumer[];
  readonly decisions: DecisionLog | undefined;
}

async function handOn({ broker }: Host, { consumers, decisions }: Parts, records: Told['records']): Promise<void> {
  for (const record of records) if (record.kind === 'decision') decisions?.take(record);
  const isHeard = broker.hasEventListener('events.policy');
  if (!isHeard && consumers.length === 0) return;
  const events = records.flatMap(envelopesOf);
  for (const consumer of consumers) for (const event of events) consumer.take(event);
  if (isHeard && events.length > 0) await announce(broker, eventsContract, 'policy', { node: broker.nodeID, events });
}

function decisionLogOf({ broker, runtime }: Host): DecisionLog | undefined {
  if (!runtime.config.decisions.enabled) return undefined;
  const history = clientOf(historyContract, broker);
  return new DecisionLog({ runtime, node: broker.nodeID, history, policy: clientOf(policyContract, broker) });
}

function consumersOf({ runtime }: Host) {
  const { config, log, metrics, clock, cluster } = runtime;
  const { enabled, webhooks, allow_private: allowPrivate } = config.events;
  const { namespace, replicas, timeout: timeoutMs } = config.nats;
  const now = (): number => clock.now();
  const durable =
    cluster && new DurableEvents({ connection: () => cluster.link.connection(), namespace, replicas, timeoutMs });
  const hooks = Object.entries(webhooks).map(([name, settings]) => webhookSink(name, settings, { allowPrivate, now }));
  const sinks = enabled ? [...hooks, ...(durable ? [durable] : [])] : [];
  return { durable, consumers: sinks.map((sink) => new Consumer({ sink, log, metrics })) };
}
