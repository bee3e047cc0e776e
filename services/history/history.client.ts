/** Who writes into the memory, for those who call it: in a cluster the process that holds the account's shard. */
import type { ServiceBroker } from 'moleculer';
import { type CallOptions, type Client, clientOf } from '../../lib/contract.ts';
import { elavaError } from '../../lib/errors.ts';
import { hasDied, patiently, wasUntouched } from '../../lib/passing.ts';
import type { Coverage } from '../../lib/resource.ts';
import { runtimeOf } from '../../lib/runtime.ts';
import { leadOf, shardOf } from '../../lib/shard.ts';
import { historyContract, writerContract } from './history.contract.ts';
import { writing } from './writing.schema.ts';

export type MemoryWriter = Pick<Client<typeof historyContract>, keyof typeof writing>;

/** A process that died over its work may have done it: what a replay does not change is asked of the next one. */
function mayAgain(action: Action, error: unknown): boolean {
  return wasUntouched(error) || (hasDied(error) && action !== 'judged');
}

/**
 * The memory's writing part. Where no process is known to hold the shard, and where there is no cluster, the role
 * history itself is asked.
 */
export function writerOf(broker: ServiceBroker): MemoryWriter {
  const history = clientOf(historyContract, broker);
  if (!runtimeOf(broker).cluster) return history;
  return routed(broker, (action) => history[action] as Call);
}

/** The same for the process that leads: nobody else is there to be asked, so it waits for one who holds the shard. */
export function holdersOf(broker: ServiceBroker): MemoryWriter {
  return routed(broker, () => undefined);
}

type Concluded = Parameters<MemoryWriter['conclude']>[0];

/** What `conclude` does, in two revisions. */
export async function concludeInTurn(
  memory: Pick<MemoryWriter, 'ingest' | 'observe'>,
  { batch, resources, ...observation }: Concluded,
  options: CallOptions = {},
): Promise<Coverage> {
  const { scan, unit, finished } = observation;
  await memory.ingest({ batch, scan, unit, at: finished, resources }, options);
  return memory.observe(observation, options);
}

type Action = keyof MemoryWriter;
type Params = { readonly unit: { readonly account: string } };
type Call = (params: Params, options?: CallOptions) => Promise<unknown>;

function routed(broker: ServiceBroker, otherwise: (action: Action) => Call | undefined): MemoryWriter {
  const writer = clientOf(writerContract, broker);
  const nodeOf = ({ unit: { account } }: Params) => runtimeOf(broker).cluster?.holderOf(leadOf(shardOf(account)));
  /** In a rollout it may be an older version that writes the account. */
  const isServed = (action: Action, node: string | undefined): boolean =>
    node === undefined
      ? broker.registry.getActionEndpoints(`${historyContract.name}.${action}`)?.hasAvailable() === true
      : Boolean(broker.registry.getActionEndpointByNodeId(`${writerContract.name}.${action}`, node));
  const ask = async (action: Action, params: Params, options: CallOptions): Promise<unknown> => {
    const node = nodeOf(params);
    if (action === 'conclude' && !isServed(action, node)) return concludeInTurn(stepwise, params as Concluded, options);
    if (node !== undefined) return (writer[action] as Call)(params, { ...options, node });
    const other = otherwise(action);
    if (!other) throw elavaError('SERVICE_ABSENT', `no process writes ${params.unit.account} just now`);
    return other(params, options);
  };
  const stepwise = {
    ingest: (params: Params, options: CallOptions = {}) => ask('ingest', params, options),
    observe: (params: Params, options: CallOptions = {}) => ask('observe', params, options),
  } as Pick<MemoryWriter, 'ingest' | 'observe'>;
  const route =
    (action: Action): Call =>
    (params, options = {}) =>
      patiently(
        () => ask(action, params, options),
        (error) => mayAgain(action, error),
      );
  const actions = Object.keys(writing) as Action[];
  return Object.fromEntries(actions.map((action) => [action, route(action)])) as unknown as MemoryWriter;
}
