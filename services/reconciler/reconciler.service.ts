import { announce, clientOf, defineService } from '../../lib/contract.ts';
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
    let opened: Promise<Desk> | undefined;
    const tell = (event: 'planned' | 'moved' | 'halted', said: object): void => {
      announce(broker, reconcilerContract, event, said as never).catch(() => undefined);
    };
    // Opened when first used: a process that never acts needs no key.
    const desk = (): Promise<Desk> => {
      opened ??= Desk.open({
        runtime,
        node: broker.nodeID,
        history: clientOf(historyContract, broker),
        scanner: clientOf(scannerContract, broker),
        policy: clientOf(policyContract, broker),
        notifier: clientOf(notifierContract, broker),
        tell,
      });
      opened.catch(() => (opened = undefined));
      return opened;
    };
    return {
      actions: actionsOf(desk, runtime.log),
      events: {},
      async stop() {
        await (await opened)?.close();
        opened = undefined;
      },
    };
  },
  { needs: [historyContract, scannerContract, policyContract] },
);
