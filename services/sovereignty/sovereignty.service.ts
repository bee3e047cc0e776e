import { defineService } from '../../lib/contract.ts';
import { assemble, type Role } from './assemble.ts';
import { Health } from './health.ts';
import { connect } from './kube/connection.ts';
import { sovereigntyContract } from './sovereignty.contract.ts';
import { collectInto, statusOf, viewOf } from './views.ts';

export default defineService(sovereigntyContract, ({ broker, runtime }) => {
  const { config, log, metrics } = runtime;
  const { host, port, kubeconfig, cluster } = config.sovereignty;
  let role: Role | undefined;
  let url = '';
  const policies = () => [...(role?.operator.policies.values() ?? [])];
  const collect = (): void => {
    if (role) collectInto(metrics, role.operator);
  };
  const ready = (): boolean => role?.operator.ready ?? false;
  const health = new Health({ host, port, registry: metrics.registry, ready, collect });
  return {
    actions: {
      status: async () => ({ cluster, url, ...statusOf(role?.operator) }),
      policies: async () => ({ policies: policies().map((policy) => viewOf(policy, runtime.clock.now())) }),
      violations: async ({ policy }) => {
        const found = role?.compliance.found ?? [];
        const violations = found.filter((one) => policy === undefined || one.policy === policy).slice(0, 10_000);
        return { violations, scanned: role?.compliance.scanned ?? '' };
      },
    },
    events: {},
    async start() {
      role = assemble(await connect(kubeconfig), broker, runtime);
      role.operator.start();
      url = await health.listen();
      log.info({ url, cluster }, 'sovereignty operator runs');
    },
    async stop() {
      await role?.close();
      await health.close();
    },
  };
});
