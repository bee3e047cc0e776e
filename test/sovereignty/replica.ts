/** One replica of the operator as a process of its own, to be killed: `node replica.ts KUBECONFIG IDENTITY LEASE_MS`. */
import { createLogger } from '../../lib/log.ts';
import { systemClock } from '../../lib/time.ts';
import { KubeClient } from '../../services/sovereignty/kube/client.ts';
import { connect } from '../../services/sovereignty/kube/connection.ts';
import { Operator } from '../../services/sovereignty/operator.ts';

const [kubeconfig = '', identity = '', leaseMs = '4000', engine = 'gatekeeper'] = process.argv.slice(2);
const log = createLogger({ level: 'info' });
let calls = 0;
const client = new KubeClient(await connect(kubeconfig), {
  qps: 200,
  burst: 400,
  timeoutMs: 15_000,
  onCall: () => {
    calls += 1;
  },
});
const reconciled: number[] = [];
const operator = new Operator({
  client,
  identity,
  clock: systemClock,
  log,
  onAlert: () => undefined,
  onReconciled: (_, ms) => reconciled.push(ms),
  settings: {
    namespace: 'federated-sovereignty-system',
    engine: engine as 'gatekeeper',
    concurrency: 8,
    resyncMs: 3_600_000,
    leaseMs: Number(leaseMs),
    leaseRetryMs: Number(leaseMs) / 10,
    idleMs: 90_000,
    authors: [],
  },
});
operator.start();
void operator.policies.synced.then(() => log.info({ identity }, 'policies are known'));
/** Asked by a line on stdin: what the scale run prints. */
process.stdin.on('data', () => {
  const sorted = reconciled.toSorted((a, b) => a - b);
  const p99 = sorted[Math.floor(sorted.length * 0.99)] ?? 0;
  const { rss } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  process.stdout.write(
    `${JSON.stringify({ leading: operator.lease.leading, rss, cpuMs: (user + system) / 1000, calls, reconciled: sorted.length, p99 })}\n`,
  );
});
process.on('SIGTERM', () => {
  void operator.close().then(() => process.exit(0));
});
