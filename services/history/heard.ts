/** Tells the others what was written. Volatile: who must not miss it asks. */
import type { ServiceBroker } from 'moleculer';
import { announce } from '../../lib/contract.ts';
import type { Logger } from '../../lib/log.ts';
import { historyContract } from './history.contract.ts';
import type { Heard } from './write-group.ts';

export function announcer(broker: ServiceBroker, log: Pick<Logger, 'warn'>): Heard {
  const sent = (work: Promise<void>): void => {
    work.catch((error: unknown) => log.warn({ error }, 'an announcement was not sent'));
  };
  return {
    changed: (news) => sent(announce(broker, historyContract, 'changed', news)),
    observed: (news) => sent(announce(broker, historyContract, 'observed', news)),
  };
}
