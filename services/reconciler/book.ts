/** The reconciler's side of the store: plans, and the records of their items. Whatever it reads it checks. */
import type { Client } from '../../lib/contract.ts';
import { codeOf, elavaError } from '../../lib/errors.ts';
import type { historyContract, StoredRecord } from '../history/history.contract.ts';
import type { Item, Plan } from './reconciler.schema.ts';
import { checkPlan, signPlan } from './signature.ts';
import { advance, fold, type ItemEvent, type ItemState, type Terms } from './state.ts';

export type Store = Pick<Client<typeof historyContract>, 'record' | 'records' | 'keep' | 'plans'>;

export interface Held {
  readonly item: Item;
  readonly plan: Pick<Plan, 'id' | 'by' | 'created_at' | 'expires_at'>;
  readonly terms: Terms;
  readonly state: ItemState;
  readonly events: readonly ItemEvent[];
}
export interface Switch {
  /** "" for all policies. */
  readonly policy: string;
  readonly seq: number;
  readonly stopped: boolean;
  readonly reason: string;
  readonly by: string;
  /** When it was last moved, milliseconds; 0: never. */
  readonly at: number;
}

interface Place {
  readonly stream: string;
  readonly plan: string;
  readonly expected: number;
}

const switchStream = (policy: string): string => (policy === '' ? 'switch' : `switch/${policy}`);
/** What ids of plans, and so of items, begin with. */
const ITEM_PREFIX = 'p-';
const MOST_PLANS = 1000;
const iso = (ms: number): string => new Date(ms).toISOString();

export class Book {
  readonly #store: Store;
  readonly #key: Buffer;
  readonly #callMs: number;

  constructor({ store, key, callMs }: { store: Store; key: Buffer; callMs: number }) {
    this.#store = store;
    this.#key = key;
    this.#callMs = callMs;
  }

  /** Stores a plan and proposes its items. Items that a crash leaves unproposed cannot be acted on. */
  async open(unsigned: Omit<Plan, 'signature'>): Promise<Plan> {
    const plan = signPlan(unsigned, this.#key);
    const { id, by, created_at, expires_at } = plan;
    await this.#store.keep({ id, at: created_at, by, expires_at, body: JSON.stringify(plan) });
    const at = Date.parse(created_at);
    for (const item of plan.items)
      await this.#append({ stream: item.id, plan: id, expected: 0 }, { kind: 'proposed', at, by });
    return plan;
  }

  /** Errors: NOT_FOUND, PLAN_INVALID. */
  async plan(id: string): Promise<Plan> {
    const { plans } = await this.#store.plans({ id });
    if (!plans[0]) throw elavaError('NOT_FOUND', `there is no plan ${id}`);
    return this.#read(plans[0].body);
  }

  async plans(question: { since?: string; limit?: number } = {}): Promise<Plan[]> {
    const { plans } = await this.#store.plans(question);
    return plans.map(({ body }) => this.#read(body));
  }

  #read(body: string): Plan {
    const plan = JSON.parse(body) as Plan;
    checkPlan(plan, this.#key);
    return plan;
  }

  async items(plan: Plan): Promise<Held[]> {
    const { records } = await this.#store.records({ plan: plan.id });
    const byItem = Map.groupBy(records, ({ stream }) => stream);
    return plan.items.map((item) => this.#held(plan, item, byItem.get(item.id) ?? []));
  }

  /** Every item of the plans since then, in two questions. */
  async all(since: number): Promise<Held[]> {
    const plans = await this.plans({ since: iso(Math.max(0, since)), limit: MOST_PLANS });
    const { records } = await this.#store.records({ prefix: ITEM_PREFIX });
    const byItem = Map.groupBy(records, ({ stream }) => stream);
    return plans.flatMap((plan) => plan.items.map((item) => this.#held(plan, item, byItem.get(item.id) ?? [])));
  }

  /** Errors: NOT_FOUND, PLAN_INVALID. */
  async item(id: string): Promise<Held> {
    const plan = await this.plan(id.replace(/-\d+$/, ''));
    const item = plan.items.find((one) => one.id === id);
    if (!item) throw elavaError('NOT_FOUND', `there is no item ${id}`);
    const { records } = await this.#store.records({ streams: [id] });
    return this.#held(plan, item, records);
  }

  #held(plan: Plan, item: Item, records: readonly StoredRecord[]): Held {
    const terms: Terms = {
      proposer: plan.by,
      needs: item.needs,
      steps: item.steps.length,
      delayed: item.delayed,
      expires: Date.parse(plan.expires_at),
      callMs: this.#callMs,
    };
    const events = records.map(eventOf);
    return { item, plan, terms, events, state: fold(events, terms) };
  }

  /**
   * Writes what happened, when the machine takes it and nobody was faster. `guards` are switches that must not have been
   * moved since. Errors: ACTION_REFUSED, APPROVAL_REFUSED, LINK_INVALID, ACTION_STOPPED, RECORD_CONFLICT, STORE_*.
   */
  async record(held: Held, event: ItemEvent, guards: readonly Switch[] = []): Promise<Held> {
    const next = advance(held.state, event, held.terms);
    if (typeof next === 'string') throw refusal(held.item, event, next);
    try {
      const place = { stream: held.item.id, plan: held.plan.id, expected: held.state.seq };
      await this.#append(place, event, guards);
    } catch (error) {
      const moved = (error as { data?: { stream?: string } }).data?.stream;
      if (codeOf(error) !== 'RECORD_CONFLICT' || !moved?.startsWith('switch')) throw error;
      throw elavaError('ACTION_STOPPED', 'actions were stopped meanwhile', { cause: error });
    }
    return { ...held, state: next, events: [...held.events, event] };
  }

  async #append(place: Place, event: ItemEvent, guards: readonly Switch[] = []): Promise<void> {
    const { kind, at, by, ...body } = event;
    const record = { kind, at: iso(at), by, body };
    const guarded = guards.map(({ policy, seq }) => ({ stream: switchStream(policy), seq }));
    await this.#store.record({ ...place, record, ...(guarded.length > 0 ? { guards: guarded } : {}) });
  }

  /** Uses a link up. Error: LINK_INVALID when it was used before. */
  async use(nonce: string, body: { readonly item: string; readonly person: string }, at: number): Promise<void> {
    const record = { kind: 'used', at: iso(at), by: body.person, body };
    try {
      await this.#store.record({ stream: `link/${nonce}`, plan: '', expected: 0, record });
    } catch (error) {
      if (codeOf(error) !== 'RECORD_CONFLICT') throw error;
      throw elavaError('LINK_INVALID', 'the link was used already', { cause: error });
    }
  }

  /** The switch of all actions, and that of each policy that was ever moved or is asked for. */
  async switches(policies: readonly string[] = []): Promise<Map<string, Switch>> {
    const { records } = await this.#store.records({ prefix: 'switch' });
    const found = new Map<string, Switch>();
    for (const policy of ['', ...policies]) {
      found.set(policy, { policy, seq: 0, stopped: false, reason: '', by: '', at: 0 });
    }
    for (const { stream, seq, kind, by, body, at } of records) {
      const policy = stream.slice('switch/'.length);
      const reason = typeof body['reason'] === 'string' ? body['reason'] : '';
      found.set(policy, { policy, seq, stopped: kind === 'stopped', reason, by, at: Date.parse(at) });
    }
    return found;
  }

  /** Stops or lets go on; returns what the switch was. A second stop is a record of its own: it also ends what began since. */
  async turn(policy: string, move: { stopped: boolean; reason: string; by: string; at: number }): Promise<Switch> {
    for (let attempt = 1; ; attempt += 1) {
      const before = (await this.switches([policy])).get(policy) as Switch;
      const { stopped, reason, by, at } = move;
      const record = { kind: stopped ? 'stopped' : 'resumed', at: iso(at), by, body: { reason } };
      try {
        await this.#store.record({ stream: switchStream(policy), plan: '', expected: before.seq, record });
        return before;
      } catch (error) {
        if (codeOf(error) !== 'RECORD_CONFLICT' || attempt >= 10) throw error;
      }
    }
  }
}

/** What was written by `record` is read back as it was. */
function eventOf({ kind, at, by, body }: StoredRecord): ItemEvent {
  return { ...body, kind, at: Date.parse(at), by } as unknown as ItemEvent;
}

function refusal(item: Item, { kind, by }: ItemEvent, why: string): Error {
  const text = `${item.id}: ${kind} by ${by} is refused: ${why}`;
  if (why === 'the link was used') return elavaError('LINK_INVALID', text);
  return elavaError(
    kind === 'approved' && /cannot approve|approved it already/.test(why) ? 'APPROVAL_REFUSED' : 'ACTION_REFUSED',
    text,
  );
}
