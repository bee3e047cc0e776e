/** What runs and how it is: each part answers for itself, and one that does not says so without hiding the others. */
import { codeOf, messageOf } from '../../../lib/errors.ts';
import { version } from '../../../lib/version.ts';
import { orchestratorContract } from '../../orchestrator/orchestrator.contract.ts';
import { policyContract } from '../../policy/policy.contract.ts';
import { reconcilerContract } from '../../reconciler/reconciler.contract.ts';
import { sovereigntyContract } from '../../sovereignty/sovereignty.contract.ts';
import type { Route } from '../route.ts';

const DEADLINE_MS = 5000;

export const systemRoute: Route = (server, { history, client, config }) => {
  const schema = { summary: 'The store, the schedule of scans, the policies and the versions.' };
  const [orchestrator, policy] = [client(orchestratorContract), client(policyContract)];
  server.get('/api/system', { schema }, async () => {
    const wait = { timeoutMs: DEADLINE_MS };
    const [store, schedule, policies, trails, sovereignty, reconciler] = await Promise.all([
      part(history.status({}, wait)),
      part(orchestrator.schedule({}, wait)),
      part(policy.bundle({}, wait).then(({ rules, ...rest }) => ({ ...rest, rules: rules.length }))),
      part(history.cursors({}, wait)),
      part(client(sovereigntyContract).status({}, wait)),
      part(client(reconcilerContract).switches({}, wait)),
    ]);
    const { enforcement_mode, default_decision } = config.policies;
    return {
      version,
      node: process.version,
      uptime: Math.round(process.uptime()),
      memory: process.memoryUsage().rss,
      mode: { enforcement_mode, default_decision, retention_ms: config.storage.retention },
      store,
      schedule,
      policies,
      trails,
      roles: { sovereignty: sovereignty.ok, reconciler: reconciler.ok },
    };
  });
};

type Part<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly code: string; readonly message: string };

async function part<T>(answer: Promise<T>): Promise<Part<T>> {
  try {
    return { ok: true, value: await answer };
  } catch (error) {
    return { ok: false, code: codeOf(error), message: messageOf(error) };
  }
}
