/** What tests of the reconciler share: a store in memory that takes records as history does, an item, a world that counts calls. */

import { elavaError } from '../../lib/errors.ts';
import type { Resource } from '../../lib/resource.ts';
import type { StoredPlan, StoredRecord } from '../history/history.contract.ts';
import type { AwsCalls } from './aws/calls.ts';
import type { Store } from './book.ts';
import type { World } from './executor.ts';
import type { Item, Plan } from './reconciler.schema.ts';

/** Takes a record only at its number, and only when the guards have not moved. `before` runs before each write. */
export function memoryStore(before: () => Promise<void> = async () => {}): Store & { readonly all: StoredRecord[] } {
  const all: StoredRecord[] = [];
  const plans: StoredPlan[] = [];
  const last = (stream: string): number => all.filter((one) => one.stream === stream).length;
  return {
    all,
    async record({ stream, plan, expected, record, guards = [] }) {
      await before();
      const moved = [{ stream, seq: expected }, ...guards].find((one) => last(one.stream) !== one.seq);
      if (moved) throw elavaError('RECORD_CONFLICT', `${moved.stream} has moved`, { data: { stream: moved.stream } });
      const seq = expected + 1;
      all.push({ stream, plan, seq, ...structuredClone(record) });
      return { seq };
    },
    async records({ streams, plan, prefix }) {
      const fits = (one: StoredRecord): boolean =>
        (streams?.includes(one.stream) ?? true) &&
        (plan === undefined || one.plan === plan) &&
        (prefix === undefined || one.stream.startsWith(prefix));
      return { records: all.filter(fits) };
    },
    async keep(plan) {
      plans.push(plan);
      return {};
    },
    plans: async ({ id }) => ({ plans: plans.filter((plan) => id === undefined || plan.id === id) }),
  };
}

export function itemFor(changes: Partial<Item> = {}): Item {
  return {
    id: 'p-1-1',
    plan: 'p-1',
    resource_id: 'arn:aws:ec2:r:1:instance/i-1',
    account: '1',
    region: 'r',
    type: 'ec2',
    name: 'web',
    environment: 'dev',
    owner: '',
    action: 'stop',
    params: {},
    cost: 'recoverable',
    steps: ['stop'],
    delayed: false,
    would: '',
    undo: '',
    policy: 'elava.waste',
    rules: [],
    decision: 'flag',
    reason: '',
    bundle: '',
    revision: '1',
    fingerprint: 'v0',
    breaks: [],
    changed_by: '',
    mode: 'enforce',
    needs: 1,
    held: '',
    ...changes,
  };
}

export function planOf(item: Item, { created = 0, expires = 1_000_000 } = {}): Omit<Plan, 'signature'> {
  const iso = (ms: number): string => new Date(ms).toISOString();
  return {
    id: 'p-1',
    by: 'ada',
    created_at: iso(created),
    expires_at: iso(expires),
    bundle: '',
    items: [item],
    refused: [],
  };
}

export interface OneInstance extends World {
  /** Its content; anything else than 0 is not what was judged. */
  version: number;
  status: string;
  /** The item of each changing call. */
  readonly made: string[];
}

/** One instance that runs until somebody stops it. `called` is told of each changing call. */
export function oneInstance(called: (item: Item) => void = () => {}): OneInstance {
  const made: string[] = [];
  const world: OneInstance = {
    version: 0,
    status: 'running',
    made,
    async read(item): Promise<Resource> {
      const rest = { provider: 'aws', name: item.name, tags: {}, created_at: '', refs: [], metadata: {} };
      return { ...rest, id: item.resource_id, account: '1', region: 'r', type: 'ec2', status: world.status };
    },
    fingerprint: () => `v${world.version}`,
    calls: (item, _step, mayChange): AwsCalls => ({
      read: async () => ({}) as never,
      change: async () => {
        if (!mayChange) throw new Error('a change while only looking');
        made.push(item.id);
        called(item);
        world.status = 'stopped';
        return {} as never;
      },
    }),
    tell: async () => {},
  };
  return world;
}
