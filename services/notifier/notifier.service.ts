import { announce, defineService } from '../../lib/contract.ts';
import { codeOf } from '../../lib/errors.ts';
import { notifierContract } from './notifier.contract.ts';
import { Notifier } from './notifier.ts';

export default defineService(notifierContract, ({ broker, runtime }) => {
  const { config, jobs, clock, log, metrics } = runtime;
  const notifier = new Notifier({
    settings: config.notifier,
    jobs,
    clock,
    log,
    metrics,
    onEnd: (delivery) => {
      announce(broker, notifierContract, 'delivered', delivery).catch((error: unknown) => {
        log.warn({ code: codeOf(error) }, 'the end of a delivery was not announced');
      });
    },
  });
  return {
    actions: {
      notify: async (notice) => await notifier.notify(notice),
      deliveries: async (filter) => ({ deliveries: notifier.deliveries(filter) }),
    },
    events: {},
    start: async () => notifier.start(),
    stop: async () => await notifier.close(),
  };
});
