import { announce, clientOf, defineService, type Host } from '../../lib/contract.ts';
import { elavaError } from '../../lib/errors.ts';
import { historyContract } from '../history/history.contract.ts';
import { policyContract } from '../policy/policy.contract.ts';
import { Edge } from './edge.ts';
import { tenantsContract } from './tenants.contract.ts';

export default defineService(
  tenantsContract,
  (host) => {
    const edge = edgeOf(host);
    return {
      actions: {
        evaluate: (params) => edge.asker.evaluate(params),
        judge: ({ tenant, request, ...from }) => edge.asker.judge({ ...from, tenant, request }),
        list: async ({ tenant }) => ({ tenants: await edge.catalog.states(tenant) }),
        policies: async ({ tenant }) => ({ policies: edge.book.of(tenant) }),
        createPolicy: ({ draft, tenant, id, ...by }) => edge.policies.create({ tenant, id }, draft, by),
        updatePolicy: ({ draft, tenant, id, version, ...by }) =>
          edge.policies.update({ tenant, id }, version, draft, by),
        deletePolicy: ({ tenant, id, version, ...by }) => edge.policies.delete({ tenant, id }, version, by),
      },
      events: {},
      async start() {
        // Bundles are loaded into the process that is asked, and another one would not know them.
        if (!host.broker.getLocalService('policy')) {
          throw elavaError('CONFIG_INVALID', 'the role tenants needs the role policy in the same process');
        }
        await edge.start();
      },
      stop: () => edge.close(),
    };
  },
  { needs: [policyContract, historyContract] },
);

function edgeOf({ broker, runtime }: Host): Edge {
  const { log, metrics } = runtime;
  return new Edge({
    runtime,
    engine: clientOf(policyContract, broker),
    history: clientOf(historyContract, broker),
    tell: (records, lost) =>
      announce(broker, tenantsContract, 'told', { node: broker.nodeID, records: [...records], lost }),
    onTellError: (error) => log.error({ error }, 'events could not be told'),
    onLost: (count) => metrics.eventsDropped.labels('teller').inc(count),
  });
}
