/** Wiring of what each process with the role history does, whether it leads or not: it writes the accounts of its shards. */
import type { ServiceBroker } from 'moleculer';
import { defineService } from '../../lib/contract.ts';
import type { Runtime } from '../../lib/runtime.ts';
import { writingOf } from './actions.ts';
import { Desk, isShared } from './desk.ts';
import { historyContract, writerContract } from './history.contract.ts';
import { Shards } from './shards.ts';

export default defineService(writerContract, ({ broker, runtime }) => {
  const desk = new Desk(broker, runtime);
  const shards = shardsOf(broker, runtime, desk);
  return {
    actions: {
      ...writingOf(
        (work) => (params) => shards.run(params.unit.account, async () => work(await desk.open(shards), params)),
      ),
      shards: async () => ({ held: shards.held }),
      leave: async () => {
        await shards.close();
        return {};
      },
    },
    events: {},
    async start() {
      if (isShared(runtime)) shards.start();
    },
    drain: () => shards.close(),
    async stop() {
      await shards.close();
      await desk.close();
    },
  };
});

function shardsOf(broker: ServiceBroker, { cluster, config, metrics, log }: Runtime, desk: Desk): Shards {
  return new Shards({
    members: () => membersOf(broker, config.storage.writers),
    me: broker.nodeID,
    holderOf: (lead) => cluster?.holderOf(lead),
    take: async (lead) => cluster?.tryLead(lead),
    inherit: (terms) => desk.inherit(terms),
    onHeld: (count) => metrics.writerShards.set(count),
    log,
  });
}

/** Who holds shards: the process that leads the memory, or so many of the others. Undefined while nobody leads. */
function membersOf(broker: ServiceBroker, writers: number): readonly string[] | undefined {
  const running = broker.registry.getServiceList({ onlyAvailable: true }) as { name: string; nodeID: string }[];
  const nodesOf = (service: string) => running.filter(({ name }) => name === service).map(({ nodeID }) => nodeID);
  const leaders = nodesOf(historyContract.name);
  if (leaders.length === 0) return undefined;
  const others = nodesOf(writerContract.name).filter((node) => !leaders.includes(node));
  return writers === 1 || others.length === 0 ? leaders : others.toSorted().slice(0, writers);
}
