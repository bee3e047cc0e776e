/** The counting of revisions, asked over the bus: it passes to another process now and then, and is the same there. */
import type { ServiceBroker } from 'moleculer';
import { clientOf } from '../../lib/contract.ts';
import { hasDied, patiently, wasUntouched } from '../../lib/passing.ts';
import type { Numbers } from './commit.ts';
import { historyContract } from './history.contract.ts';

/** Each may be asked again, also of a process that died over it: Numbers says so. */
export function numbersOver(broker: ServiceBroker): Numbers {
  const history = clientOf(historyContract, broker);
  const patient =
    <P, R>(ask: (params: P) => Promise<R>) =>
    (params: P): Promise<R> =>
      patiently(
        () => ask(params),
        (error) => wasUntouched(error) || hasDied(error),
      );
  return { begin: patient(history.begin), end: patient(history.end), settle: patient(history.settle) };
}
