/** Puts the parts of the role together for one process. */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { ServiceBroker } from 'moleculer';
import { announce, clientOf } from '../../lib/contract.ts';
import { codeOf, elavaError } from '../../lib/errors.ts';
import type { Runtime } from '../../lib/runtime.ts';
import { historyContract } from '../history/history.contract.ts';
import { notifierContract } from '../notifier/notifier.contract.ts';
import { Compliance } from './compliance.ts';
import { CustomHandler } from './custom.ts';
import { Federation } from './federation.ts';
import { HistoryRows } from './history-rows.ts';
import { Inventory } from './inventory.ts';
import { type ClientOptions, KubeClient } from './kube/client.ts';
import type { Connection } from './kube/connection.ts';
import { Operator } from './operator.ts';
import type { Alert } from './reconcile.ts';
import { sovereigntyContract, type Violation } from './sovereignty.contract.ts';

export interface Role {
  readonly operator: Operator;
  readonly compliance: Compliance;
  close(): Promise<void>;
}

export function assemble(connection: Connection, broker: ServiceBroker, runtime: Runtime): Role {
  const { config, clock, log, metrics } = runtime;
  const { qps, burst, timeout } = config.sovereignty;
  const onCall = (verb: string, kind: string, outcome: string): void =>
    metrics.sovereigntyCalls.inc({ verb, kind, outcome });
  const limits: ClientOptions = { qps, burst, timeoutMs: timeout, onCall };
  const client = new KubeClient(connection, limits);
  const made: { compliance?: Compliance } = {};
  const operator = new Operator({
    client,
    settings: operatorSettings(config.sovereignty),
    identity: `${hostname()}_${randomUUID()}`,
    clock,
    log,
    onAlert: (alert) => raise(broker, runtime, alert),
    onReconciled: (outcome, ms) => metrics.sovereigntyReconcileSeconds.observe({ outcome }, ms / 1000),
    duties: (own) => {
      made.compliance = complianceOf(own, client, broker, runtime);
      return [made.compliance, federationOf(own, { client, limits }, runtime)];
    },
  });
  const { compliance } = made;
  if (!compliance) throw elavaError('INTERNAL', 'the operator asked for no duties');
  const close = async (): Promise<void> => {
    await operator.close();
    client.close();
  };
  return { operator, compliance, close };
}

function complianceOf({ policies, recorder }: Operator, client: KubeClient, broker: ServiceBroker, runtime: Runtime) {
  const { config, clock, log } = runtime;
  const { scan, silence, reports } = config.sovereignty;
  return new Compliance({
    client,
    policies,
    recorder,
    inventory: new Inventory(clientOf(historyContract, broker), log),
    clock,
    log,
    intervalMs: scan,
    idleMs: silence,
    reports,
    onScan: scanned(broker, runtime),
  });
}

function federationOf(
  { policies, recorder }: Operator,
  { client, limits }: { client: KubeClient; limits: ClientOptions },
  { config, log, metrics }: Runtime,
): Federation {
  const onDrift = (): void => metrics.sovereigntyDrift.inc();
  return new Federation({ client, policies, recorder, log, limits, settings: config.sovereignty, onDrift });
}

function operatorSettings(settings: Runtime['config']['sovereignty']) {
  return {
    namespace: settings.namespace,
    engine: settings.engine,
    concurrency: settings.concurrency,
    resyncMs: settings.resync,
    leaseMs: settings.lease,
    leaseRetryMs: settings.retry,
    idleMs: settings.silence,
    authors: settings.authors,
  };
}

/** To people. Without a notifier in reach the alert is still an Event, a log line and a metric. */
function raise(broker: ServiceBroker, { config, log }: Runtime, { policy, reason, message, resolved }: Alert): void {
  const { cluster } = config.sovereignty;
  const notice = {
    key: `sovereignty/${cluster}/${policy}`,
    source: 'sovereignty',
    severity: 'critical' as const,
    title: `SovereignPolicy ${policy} ${resolved ? 'stands again' : 'has failed'} in ${cluster}`.slice(0, 200),
    text: message.slice(0, 4000),
    resolved,
    fields: { reason, policy, cluster },
  };
  clientOf(notifierContract, broker)
    .notify(notice)
    .catch((error: unknown) => log.warn({ code: codeOf(error), policy, reason }, 'the alert found no notifier'));
}

function scanned(broker: ServiceBroker, { config, clock, log, metrics }: Runtime) {
  const custom = new CustomHandler(config.sovereignty.custom, broker, log);
  const rows = new HistoryRows(clientOf(historyContract, broker), { cluster: config.sovereignty.cluster, clock, log });
  let left: readonly Violation[] = [];
  return async (found: readonly Violation[], fresh: readonly Violation[]): Promise<void> => {
    metrics.sovereigntyViolations.reset();
    for (const { kind, fault, action } of found) metrics.sovereigntyViolations.inc({ kind, fault, action });
    left = await custom.handle([...left, ...fresh]);
    for (const violation of fresh) await announce(broker, sovereigntyContract, 'violated', violation);
    await rows.write(found);
  };
}
