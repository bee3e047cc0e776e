/** What every test on the real API server starts from. */
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { createLogger } from '../../lib/log.ts';
import { systemClock } from '../../lib/time.ts';
import { toolFiles } from '../../scripts/k8s-substrate-build.ts';
import type { Enforcement } from '../../services/sovereignty/enforcement.ts';
import { enforcementName } from '../../services/sovereignty/enforcement.ts';
import type { KubeClient } from '../../services/sovereignty/kube/client.ts';
import { kinds } from '../../services/sovereignty/kube/kinds.ts';
import { fromKey, type KubeObject } from '../../services/sovereignty/kube/objects.ts';
import { Operator, type OperatorOptions } from '../../services/sovereignty/operator.ts';
import type { OperatorSettings } from '../../services/sovereignty/operator-settings.ts';
import type { Alert } from '../../services/sovereignty/reconcile.ts';
import type { Phase, SovereignPolicy } from '../../services/sovereignty/sovereign-policy.ts';
import { applyObject } from './objects.ts';
import { until } from './substrate/program.ts';
import { clientFor, ensureNamespace, load, type Substrate } from './substrate/substrate.ts';

export const home = 'federated-sovereignty-system';

const settings: OperatorSettings = {
  namespace: home,
  engine: 'gatekeeper',
  concurrency: 8,
  resyncMs: 3_600_000,
  leaseMs: 4000,
  leaseRetryMs: 300,
  idleMs: 90_000,
  authors: [],
};

export function substrate(): Substrate {
  const root = process.env['ELAVA_TEST_K8S'];
  if (root === undefined) throw new Error('run these by npm run test:k8s');
  return load(root);
}

export interface Running {
  readonly operator: Operator;
  readonly client: KubeClient;
  readonly alerts: Alert[];
  close(): Promise<void>;
}

/** An operator in this process, as the administrator unless a client is given. */
export async function startOperator(
  overrides: Partial<OperatorSettings> = {},
  { client: given, ...options }: Partial<OperatorOptions> = {},
): Promise<Running> {
  const client = given ?? (await clientFor(substrate().main));
  const alerts: Alert[] = [];
  const operator = new Operator({
    client,
    settings: { ...settings, ...overrides },
    identity: `test-${randomBytes(4).toString('hex')}`,
    clock: systemClock,
    log: createLogger({ level: process.env['ELAVA_LOG_LEVEL'] ?? 'silent' }),
    onAlert: (alert) => alerts.push(alert),
    ...options,
  });
  operator.start();
  await until('the lead', async () => operator.lease.leading);
  const close = async (): Promise<void> => {
    await operator.close();
    client.close();
  };
  return { operator, client, alerts, close };
}

export async function getPolicy(client: KubeClient, key: string): Promise<SovereignPolicy | undefined> {
  return await client.get<SovereignPolicy>(kinds.policy, fromKey(key));
}

/** Waits for a phase, for the present generation. Events and alerts of it come a moment later: see `eventually`. */
export async function phase(client: KubeClient, key: string, wanted: Phase): Promise<SovereignPolicy> {
  return await until(
    `${key} ${wanted}`,
    async () => {
      const policy = await getPolicy(client, key);
      const current = policy?.status?.observedGeneration === policy?.metadata.generation;
      return policy?.status?.phase === wanted && current ? policy : undefined;
    },
    { everyMs: 50 },
  );
}

/** Waits until an assertion holds: on what follows from that which a test has waited for, or comes beside it. */
export async function eventually(what: string, check: () => Promise<void> | void): Promise<void> {
  await until(what, async () => {
    await check();
    return true;
  });
}

export async function constraintOf(client: KubeClient, key: string): Promise<Enforcement | undefined> {
  return await client.get<Enforcement>(kinds.constraint, { name: enforcementName(key) });
}

/** Reasons of the Events in a namespace. */
export async function reasonsIn(client: KubeClient, namespace: string): Promise<string[]> {
  const { items } = await client.list<KubeObject & { reason: string }>(kinds.event, { namespace });
  return items.map(({ reason }) => reason);
}

/** A namespace of the test's own. */
export async function freshNamespace(
  client: KubeClient,
  prefix: string,
  labels?: Readonly<Record<string, string>>,
): Promise<string> {
  const name = `${prefix}-${randomBytes(3).toString('hex')}`;
  await ensureNamespace(client, name, labels);
  return name;
}

interface Right {
  readonly verb: string;
  readonly resource: string;
  readonly group?: string;
  readonly namespace?: string;
  readonly name?: string;
}

/** Waits until the API server grants it: its authorizer hears of a role a moment after the role was written. */
export async function untilGranted(client: KubeClient, user: string, right: Right): Promise<void> {
  type Review = KubeObject & { status?: { allowed?: boolean } };
  const review = { spec: { user, resourceAttributes: right } };
  await until(
    `${user} may ${right.verb} ${right.resource}`,
    async () => (await client.create<Review>(kinds.accessReview, review)).status?.allowed,
  );
}

/** Waits until they are served: a scan that finds no kind of report writes none until its findings change. */
export async function installReports(client: KubeClient): Promise<void> {
  const folder = toolFiles('openreports', 'config/crd');
  for (const file of readdirSync(folder).filter((one) => one.endsWith('_reports.yaml'))) {
    await applyObject(client, parse(readFileSync(join(folder, file), 'utf8')));
  }
  await until('the kind of report', async () => await client.serves(kinds.openReport));
}

/** Deletes every policy, so that the next file finds none, and waits until their constraints are gone. */
export async function removePolicies(client: KubeClient): Promise<void> {
  const { items } = await client.list<SovereignPolicy>(kinds.policy);
  for (const { metadata } of items)
    await client.delete(kinds.policy, { namespace: metadata.namespace ?? '', name: metadata.name });
  await until('no policies', async () => (await client.list(kinds.policy)).items.length === 0);
}

/** What the server said when it refused, or "" when it took it. */
export async function refusalOf(attempt: Promise<unknown>): Promise<string> {
  try {
    await attempt;
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}
