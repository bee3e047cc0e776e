import { announce, clientOf, defineService } from '../../lib/contract.ts';
import { codeOf } from '../../lib/errors.ts';
import { historyContract } from '../history/history.contract.ts';
import { Digests } from './digests.ts';
import { type Delivery, notifierContract } from './notifier.contract.ts';
import { Notifier } from './notifier.ts';
import { every } from './rounds.ts';

export default defineService(notifierContract, ({ broker, runtime }) => {
  const { config, jobs, clock, log, metrics } = runtime;
  const onEnd = (delivery: Delivery): void => {
    announce(broker, notifierContract, 'delivered', delivery).catch((error: unknown) => {
      log.warn({ code: codeOf(error) }, 'the end of a delivery was not announced');
    });
  };
  const notifier = new Notifier({ settings: config.notifier, jobs, clock, log, metrics, onEnd });
  // The store is asked for when the first digest comes: who only sends notices may run without it.
  const digests = new Digests({
    store: clientOf(historyContract, broker),
    clock,
    log,
    windowMs: config.notifier.window,
    targets: (owner) => notifier.targets(owner),
    deliver: (target, digest) => notifier.digest(target, digest),
  });
  const rounds = every(config.notifier.window, () => digests.flush(), log);
  return {
    actions: {
      notify: async (notice) => await notifier.notify(notice),
      deliveries: async (filter) => ({ deliveries: notifier.deliveries(filter) }),
      async digest({ owner, entries }) {
        const taken = await digests.take(owner, entries);
        rounds.start();
        return { taken };
      },
      flush: async (options) => ({ digests: await digests.flush(options) }),
      digests: async ({ owner }) => ({ digests: await digests.ledger(owner) }),
    },
    events: {},
    start: async () => notifier.start(),
    async stop() {
      await rounds.close();
      await notifier.close();
    },
  };
});
