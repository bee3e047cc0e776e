import { announce, clientOf, defineService, eventOf, type Host } from '../../lib/contract.ts';
import { unitKey } from '../../lib/resource.ts';
import { shareOf } from '../../lib/share.ts';
import { writerOf } from '../history/history.client.ts';
import { historyContract } from '../history/history.contract.ts';
import { scannerContract } from '../scanner/scanner.contract.ts';
import { PolicyEngine } from './engine.ts';
import { policyContract } from './policy.contract.ts';
import type { PolicyState } from './policy-store.ts';
import { Schedule } from './schedule.ts';
import { ShownPolicies } from './shown.ts';
import { tenantActions } from './tenants/tenant-actions.ts';

const changed = eventOf(historyContract, 'changed');

export default defineService(
  policyContract,
  (host) => {
    const { engine, schedule, judge, stopping } = partsOf(host);
    const shown = new ShownPolicies(host.runtime.config);
    return {
      actions: {
        judge: (request) => judge(request),
        evaluate: async ({ inputs, packages }) => ({ judgements: await engine.evaluate(inputs, packages) }),
        input: async ({ id }) => ({ input: { ...(await engine.input(id)) } }),
        bundle: async () => bundleInfo(await engine.state()),
        sources: () => shown.sources(),
        tests: () => shown.tests(),
        ...tenantActions(engine.tenants),
      },
      events: { [changed.event]: () => schedule.soon() },
      async start() {
        if (!host.runtime.config.policies.enabled) return;
        engine.start();
        if (!host.runtime.config.policies.judge) return;
        schedule.start();
        schedule.soon();
      },
      async drain() {
        stopping.abort();
        engine.endJudging();
        await schedule.stopped();
      },
      async stop() {
        stopping.abort();
        shown.close();
        await engine.close();
        await schedule.stopped();
      },
    };
  },
  { needs: [historyContract, scannerContract], hears: [changed] },
);

function partsOf({ broker, runtime }: Host) {
  const { config, log, metrics } = runtime;
  const stopping = new AbortController();
  const onLoad = ({ served, errors }: PolicyState): void => {
    const packages = served.packages.map(({ name }) => name);
    metrics.policyLoads.inc({ outcome: errors.length === 0 ? 'ok' : 'kept' });
    if (errors.length > 0) log.error({ errors, digest: served.digest }, 'policies could not be loaded');
    else log.info({ digest: served.digest, packages }, 'policies loaded');
    const news = { digest: served.digest, packages, errors: [...errors] };
    announce(broker, policyContract, 'loaded', news).catch(() => undefined);
    schedule.soon();
  };
  const history = { ...clientOf(historyContract, broker), ...writerOf(broker) };
  const scanner = clientOf(scannerContract, broker);
  const engine = new PolicyEngine({ runtime, history, scanner, onLoad });
  const judge = async (...asked: Parameters<PolicyEngine['judge']>) => {
    if (!config.policies.enabled) return { units: 0, judged: 0, changed: 0, failed: 0, bundle: '' };
    const summary = await engine.judge(...asked);
    const { changed: results, failed, bundle } = summary;
    if (results > 0) await announce(broker, policyContract, 'judged', { changed: results, failed, bundle });
    return summary;
  };
  const everyMs = Math.max(1000, Math.min(60_000, config.policies.interval / 4));
  // Where several processes judge, each has its units; whoever asks by hand has them all judged where the call lands.
  const work = () => {
    const mine = shareOf(broker, policyContract.name, ({ judges }) => judges !== false);
    return judge({}, (unit) => mine(unitKey(unit)));
  };
  const schedule = new Schedule({ work, log, quietMs: 250, everyMs, signal: stopping.signal });
  return { engine, schedule, judge, stopping };
}

function bundleInfo({ served, bundle, loaded, source, errors }: PolicyState) {
  const packages = served.packages.map(({ name }) => name);
  return { digest: served.digest, loaded, source, packages, rules: [...(bundle?.rules ?? [])], errors: [...errors] };
}
