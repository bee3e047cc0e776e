/** A scan by the product from its plan to its last unit, for scenarios and tests. */
import type { ServiceBroker } from 'moleculer';
import { clientOf } from '../lib/contract.ts';
import { orchestratorContract } from '../services/orchestrator/orchestrator.contract.ts';

/** Scans all accounts or those named, and returns when the scan has ended. Throws when a unit was not scanned whole. */
export async function scanAndWait(broker: ServiceBroker, accounts?: readonly string[]): Promise<void> {
  const orchestrator = clientOf(orchestratorContract, broker);
  const { scan, total } = await orchestrator.scan(accounts ? { accounts: [...accounts] } : {});
  for (;;) {
    const { state, done, units } = await orchestrator.report({ scan, wait: 60_000 });
    if (state === 'running') continue;
    const bad = units.find((unit) => unit.state !== 'complete');
    if (bad) throw new Error(`${bad.account} ${bad.region} ${bad.type}: ${bad.error} ${bad.detail}`);
    if (done !== total) throw new Error(`${total - done} of ${total} units were not observed`);
    return;
  }
}
