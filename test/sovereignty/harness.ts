/** What every test on the real API server starts from. */
import { randomBytes } from 'node:crypto';
import { createLogger } from '../../lib/log.ts';
import { systemClock } from '../../lib/time.ts';
import type { Enforcement } from '../../services/sovereignty/enforcement.ts';
import { enforcementName } from '../../services/sovereignty/enforcement.ts';
import type { KubeClient } from '../../services/sovereignty/kube/client.ts';
import { kinds } from '../../services/sovereignty/kube/kinds.ts';
import { fromKey } from '../../services/sovereignty/kube/objects.ts';
import { Operator, type OperatorOptions } from '../../services/sovereignty/operator.ts';
import type { OperatorSettings } from '../../services/sovereignty/operator-settings.ts';
import type { Alert } from '../../services/sovereignty/reconcile.ts';
import type { Phase, SovereignPolicy } from '../../services/sovereignty/sovereign-policy.ts';
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
  await until('the lead', async () => operator.lease.leading, { seconds: 30 });
  const close = async (): Promise<void> => {
    await operator.close();
    client.close();
  };
  return { operator, client, alerts, close };
}

export async function getPolicy(client: KubeClient, key: string): Promise<SovereignPolicy | undefined> {
  return await client.get<SovereignPolicy>(kinds.policy, fromKey(key));
}

/** Waits for a phase, for the present generation. */
export async function phase(client: KubeClient, key: string, wanted: Phase, seconds = 30): Promise<SovereignPolicy> {
  return await until(
    `${key} ${wanted}`,
    async () => {
      const policy = await getPolicy(client, key);
      const current = policy?.status?.observedGeneration === policy?.metadata.generation;
      return policy?.status?.phase === wanted && current ? policy : undefined;
    },
    { seconds, everyMs: 50 },
  );
}

export async function constraintOf(client: KubeClient, key: string): Promise<Enforcement | undefined> {
  return await client.get<Enforcement>(kinds.constraint, { name: enforcementName(key) });
}

/** A namespace of the test's own. */
export async function freshNamespace(client: KubeClient, prefix: string): Promise<string> {
  const name = `${prefix}-${randomBytes(3).toString('hex')}`;
  await ensureNamespace(client, name);
  return name;
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
