/** Wiring of the memory: opens the store at start, closes it at stop, announces what was written. */
import { clientOf, defineService } from '../../lib/contract.ts';
import { elavaError } from '../../lib/errors.ts';
import { SHARDS } from '../../lib/shard.ts';
import { actionsOf, passedOn } from './actions.ts';
import { isShared } from './desk.ts';
import { announcer } from './heard.ts';
import { holdersOf } from './history.client.ts';
import { historyContract, writerContract } from './history.contract.ts';
import { keepMaintaining } from './maintenance.ts';
import { type Memory, openMemory } from './memory.ts';

export default defineService(historyContract, ({ broker, runtime: { config, log, clock, cluster, metrics } }) => {
  let opened: Memory | undefined;
  let maintenance: Promise<void> | undefined;
  const stopping = new AbortController();
  const memory = (): Memory => {
    if (!opened) throw elavaError('STORE_UNAVAILABLE', 'the memory is not open');
    return opened;
  };
  // Others write as well, each the accounts of its shards; this one counts the revisions.
  const shared = isShared({ cluster, config });
  return {
    actions: { ...actionsOf(memory), ...(shared && passedOn(holdersOf(broker))) },
    events: {},
    async start() {
      opened = await openMemory({
        storage: { ...config.storage, fence: cluster?.fence('history') },
        clock,
        retentionMs: config.storage.retention,
        decisionRetentionMs: config.storage.decision_retention,
        ownerTags: config.tags.owner,
        heard: announcer(broker, log),
        shared,
      });
      if (!shared) metrics.writerShards.set(SHARDS);
      maintenance = keepMaintaining(opened, log, stopping.signal);
      if (opened.rolledForward > 0)
        log.warn({ revisions: opened.rolledForward }, 'completed what the last process left');
    },
    async drain() {
      if (!shared) return;
      // Its own shards first: what they have under way needs numbers.
      await clientOf(writerContract, broker).leave({}, { node: broker.nodeID });
      await opened?.revisions.drain();
    },
    async stop() {
      stopping.abort();
      await maintenance;
      await opened?.close();
      opened = undefined;
    },
  };
});
