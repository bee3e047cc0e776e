import { announce, clientOf, defineService } from '../../lib/contract.ts';
import { elavaError } from '../../lib/errors.ts';
import { historyContract } from '../history/history.contract.ts';
import { notifierContract } from '../notifier/notifier.contract.ts';
import { policyContract } from '../policy/policy.contract.ts';
import { scannerContract } from '../scanner/scanner.contract.ts';
import { Desk } from './desk.ts';
import { reconcilerContract } from './reconciler.contract.ts';
import { actionsOf } from './service-actions.ts';

export default defineService(
  reconcilerContract,
  ({ broker, runtime }) => {
    let opened: Desk | undefined;
    const desk = (): Desk => {
      if (!opened) throw elavaError('STORE_UNAVAILABLE', 'the reconciler is not open');
      return opened;
    };
    const tell = (event: 'planned' | 'moved' | 'halted', said: object): void => {
      announce(broker, reconcilerContract, event, said as never).catch(() => undefined);
    };
    return {
      actions: actionsOf(desk),
      events: {},
      async start() {
        opened = await Desk.open({
          runtime,
          node: broker.nodeID,
          history: clientOf(historyContract, broker),
          scanner: clientOf(scannerContract, broker),
          policy: clientOf(policyContract, broker),
          notifier: clientOf(notifierContract, broker),
          tell,
        });
      },
      async stop() {
        await opened?.close();
        opened = undefined;
      },
    };
  },
  { needs: [historyContract, scannerContract, policyContract] },
);
