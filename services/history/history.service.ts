/** Wiring of the memory: opens the store at start, closes it at stop, announces what was written. */
import { announce, defineService } from '../../lib/contract.ts';
import { elavaError } from '../../lib/errors.ts';
import { actionsOf } from './actions.ts';
import { historyContract } from './history.contract.ts';
import { keepMaintaining } from './maintenance.ts';
import { type Memory, openMemory } from './memory.ts';

export default defineService(historyContract, ({ broker, runtime: { config, log, clock, cluster } }) => {
  let opened: Memory | undefined;
  let maintenance: Promise<void> | undefined;
  const stopping = new AbortController();
  const memory = (): Memory => {
    if (!opened) throw elavaError('STORE_UNAVAILABLE', 'the memory is not open');
    return opened;
  };
  const heard = (sent: Promise<void>): void => {
    sent.catch((error: unknown) => log.warn({ error }, 'an announcement was not sent'));
  };
  return {
    actions: actionsOf(memory),
    events: {},
    async start() {
      opened = await openMemory({
        storage: { ...config.storage, fence: cluster?.fence('history') },
        clock,
        retentionMs: config.storage.retention,
        decisionRetentionMs: config.storage.decision_retention,
        ownerTags: config.tags.owner,
        heard: {
          changed: (news) => heard(announce(broker, historyContract, 'changed', news)),
          observed: (news) => heard(announce(broker, historyContract, 'observed', news)),
        },
      });
      maintenance = keepMaintaining(opened, log, stopping.signal);
      if (opened.rolledForward > 0)
        log.warn({ revisions: opened.rolledForward }, 'completed what the last process left');
    },
    async stop() {
      stopping.abort();
      await maintenance;
      await opened?.close();
      opened = undefined;
    },
  };
});
