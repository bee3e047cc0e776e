/** A process that serves: some of the roles or all, until it is told to stop or another takes the lead. */
import { once } from 'node:events';
import type { ServiceBroker } from 'moleculer';
import { type Cluster, leadAll, leads } from '../../lib/cluster.ts';
import type { Config } from '../../lib/config/schema.ts';
import { clientOf } from '../../lib/contract.ts';
import { elavaError, messageOf } from '../../lib/errors.ts';
import { HealthServer } from '../../lib/health.ts';
import { type Runtime, runtimeOf } from '../../lib/runtime.ts';
import { aborted } from '../../lib/time.ts';
import { analyzerContract } from '../../services/analyzer/analyzer.contract.ts';
import { attributionContract } from '../../services/attribution/attribution.contract.ts';
import { gatewayContract } from '../../services/gateway/gateway.contract.ts';
import { orchestratorContract } from '../../services/orchestrator/orchestrator.contract.ts';
import { reconcilerContract } from '../../services/reconciler/reconciler.contract.ts';
import { note } from './output.ts';
import { type GlobalOptions, type Role, type Session, withSession } from './session.ts';

interface State {
  phase: 'starting' | 'standby' | 'serving' | 'stopping';
}

export type ServeOptions = GlobalOptions & {
  /** Plans nothing by itself. */
  readonly manual?: boolean;
};

/** Errors: NOT_LEADER when the lead was lost, so that a supervisor starts the process again as one that waits. */
export async function serveRoles(options: ServeOptions, roles: readonly Role[], config: Config): Promise<void> {
  const told = toldToStop();
  const lost = new AbortController();
  const over = AbortSignal.any([told, lost.signal]);
  const state: State = { phase: 'starting' };
  let health: HealthServer | undefined;
  const prepare = async (broker: ServiceBroker): Promise<void> => {
    health = await healthOf(runtimeOf(broker), { config, roles, state });
  };
  const lead = async (broker: ServiceBroker): Promise<void> => {
    // Ready while it waits, and again when it serves; not while it opens what it leads.
    state.phase = 'standby';
    const lead = await leadOf(runtimeOf(broker).cluster, roles, told);
    void aborted(lead).then(() => lost.abort(lead.reason));
    state.phase = 'starting';
  };
  const waits = config.nats.servers.length > 0 && leads(roles);
  try {
    await withSession(
      config,
      { ...options, roles, serves: true, prepare, lead: waits ? lead : undefined, over, level: config.log.level },
      async (session) => {
        await begin(session, roles, options.manual === true);
        const measuring = measure(session, roles);
        state.phase = 'serving';
        await aborted(over);
        state.phase = 'stopping';
        clearInterval(measuring);
        session.log.info({}, 'stopping');
        if (roles.includes('orchestrator')) await clientOf(orchestratorContract, session.broker).stop({});
      },
    );
  } catch (error) {
    if (!over.aborted) throw error;
  } finally {
    await health?.close();
    endSoon();
  }
  if (!told.aborted) throw elavaError('NOT_LEADER', `the lead was lost: ${messageOf(lost.signal.reason)}`);
}

function toldToStop(): AbortSignal {
  const told = new AbortController();
  void Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]).then(() => told.abort());
  return told.signal;
}

/** Longer than what is left to say takes. */
const endMs = 1000;

/** A call that was given up still waits for its answer, a minute perhaps: it must not hold a process that has stopped. */
function endSoon(): void {
  setTimeout(() => process.exit(), endMs).unref();
}

async function leadOf(cluster: Cluster | undefined, roles: readonly Role[], signal: AbortSignal): Promise<AbortSignal> {
  if (!cluster) throw elavaError('INTERNAL', 'a lead is waited for in a cluster only');
  return (await leadAll(cluster, roles, signal)).lost;
}

async function begin(session: Session, roles: readonly Role[], manual: boolean): Promise<void> {
  const { broker } = session;
  if (!manual) await watch(session, roles);
  if (roles.includes('reconciler')) await clientOf(reconcilerContract, broker).loop({ on: true });
  if (!roles.includes('gateway')) return note(`Elava runs ${roles.join(', ')}; Ctrl-C stops it.`);
  const { url } = await clientOf(gatewayContract, broker).address({});
  note(`Elava serves ${url} (/health, /metrics, /api/resources); Ctrl-C stops it.`);
}

/** What goes round by itself, unless each round is asked for. */
async function watch({ broker, config }: Session, roles: readonly Role[]): Promise<void> {
  const { drift } = config.analyzer;
  if (roles.includes('orchestrator')) await clientOf(orchestratorContract, broker).start({});
  if (roles.includes('attribution') && drift.enabled && drift.attribution)
    await clientOf(attributionContract, broker).loop({ on: true });
  if (roles.includes('analyzer')) await clientOf(analyzerContract, broker).loop({ on: true });
}

const measureMs = 15_000;

/** One process tells how long the queues are. */
function measure({ broker }: Session, roles: readonly Role[]): NodeJS.Timeout | undefined {
  const { cluster } = runtimeOf(broker);
  if (!cluster || !roles.includes('orchestrator')) return undefined;
  return setInterval(() => void cluster.measure(), measureMs).unref();
}

interface Process {
  readonly config: Config;
  readonly roles: readonly Role[];
  readonly state: State;
}

/** A process that waits for the lead is ready too: a rollout would otherwise wait for it for ever. */
async function healthOf({ metrics, cluster, log }: Runtime, { config, roles, state }: Process) {
  const { host, port } = config.process;
  if (port === 0) return undefined;
  const health = new HealthServer({
    registry: metrics.registry,
    state: () => {
      const connected = cluster?.link.up ?? true;
      metrics.busUp.set(connected ? 1 : 0);
      const working = state.phase === 'serving' || state.phase === 'standby';
      return { ready: working && connected, detail: { phase: state.phase, connected, roles } };
    },
  });
  log.info({ url: await health.listen(host, port) }, 'health and metrics are served');
  return health;
}
