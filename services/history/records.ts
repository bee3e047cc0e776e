/** Keeps plans and streams of records. This process is the store's one owner, so that its turn decides who was first. */
import type { Store } from '../../lib/clickhouse/store.ts';
import { insertColumns, rowEncoder } from '../../lib/clickhouse/table.ts';
import { plans, records } from '../../lib/clickhouse/tables/records.ts';
import { elavaError } from '../../lib/errors.ts';
import { toMs } from './instant.ts';
import type { RecordQuestion, RecordRequest, StoredPlan, StoredRecord } from './records.schema.ts';

const encodeRecord = rowEncoder(records);
const encodePlan = rowEncoder(plans);
/** Records that may wait for their turn. */
const MOST_WAITING = 1000;
const MOST_RECORDS = 100_000;

type Row = Omit<StoredRecord, 'at' | 'body'> & { readonly at_ms: string; readonly body: string };
type PlanRow = Omit<StoredPlan, 'at' | 'expires_at'> & { readonly at_ms: string; readonly expires_ms: string };

const iso = (ms: string): string => new Date(Number(ms)).toISOString();

export class Records {
  readonly #store: Store;
  #turn: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  constructor(store: Store) {
    this.#store = store;
  }

  /**
   * Appends one record when the stream still ends where its writer thinks, and so do the guards; it is on the disk
   * afterwards. Errors: RECORD_CONFLICT, QUEUE_FULL, STORE_*.
   */
  append(request: RecordRequest): Promise<{ seq: number }> {
    if (this.#waiting >= MOST_WAITING) throw elavaError('QUEUE_FULL', `${this.#waiting} records wait already`);
    this.#waiting += 1;
    const mine = this.#turn.then(() => this.#append(request)).finally(() => (this.#waiting -= 1));
    this.#turn = mine.catch(() => undefined);
    return mine;
  }

  async #append({ stream, plan, expected, record, guards = [] }: RecordRequest): Promise<{ seq: number }> {
    const wanted = [{ stream, seq: expected }, ...guards];
    const last = await this.#last(wanted.map((one) => one.stream));
    const moved = wanted.find((one) => (last.get(one.stream) ?? 0) !== one.seq);
    if (moved) {
      const found = last.get(moved.stream) ?? 0;
      throw elavaError('RECORD_CONFLICT', `${moved.stream} is at ${found}, not at ${moved.seq}`, {
        data: { stream: moved.stream },
      });
    }
    const seq = expected + 1;
    const { kind, by, body } = record;
    const row = { stream, seq, plan, kind, at: toMs(record.at, 'at'), by, body: JSON.stringify(body) };
    await this.#store.insertText(records.name, insertColumns(records), encodeRecord(row));
    return { seq };
  }

  async #last(streams: readonly string[]): Promise<Map<string, number>> {
    const rows = await this.#store.rows<{ stream: string; last: number }>(
      'SELECT stream, max(seq) AS last FROM records WHERE stream IN {streams:Array(String)} GROUP BY stream',
      { streams },
    );
    return new Map(rows.map(({ stream, last }) => [stream, Number(last)]));
  }
}

const narrowing = {
  streams: 'stream IN {streams:Array(String)}',
  plan: 'plan = {plan:String}',
  prefix: 'startsWith(stream, {prefix:String})',
  kinds: 'kind IN {kinds:Array(String)}',
  since: "at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')",
} as const;

/** By stream, then in their order. Errors: INVALID_REQUEST when nothing narrows the question. */
export async function readRecords(store: Store, question: RecordQuestion): Promise<StoredRecord[]> {
  const { limit = MOST_RECORDS, since } = question;
  const given = (Object.keys(narrowing) as (keyof typeof narrowing)[]).filter((name) => question[name] !== undefined);
  if (given.length === 0) throw elavaError('INVALID_REQUEST', 'records: say which');
  const params = Object.fromEntries(given.map((name) => [name, question[name]]));
  const rows = await store.rows<Row>(
    `SELECT stream, seq, plan, kind, toUnixTimestamp64Milli(at) AS at_ms, by, body FROM records
     WHERE ${given.map((name) => narrowing[name]).join(' AND ')} ORDER BY stream, seq LIMIT {limit:UInt32}`,
    { ...params, limit, ...(since === undefined ? {} : { since: toMs(since, 'since') }) },
  );
  return rows.map(({ at_ms, body, ...row }) => ({ ...row, at: iso(at_ms), body: JSON.parse(body) as object as never }));
}

/** Errors: RECORD_CONFLICT for an id that is taken. */
export async function keepPlan(store: Store, plan: StoredPlan): Promise<void> {
  const [taken] = await readPlans(store, { id: plan.id });
  if (taken) throw elavaError('RECORD_CONFLICT', `there is a plan ${plan.id} already`);
  const row = { ...plan, at: toMs(plan.at, 'at'), expires_at: toMs(plan.expires_at, 'expires_at') };
  await store.insertText(plans.name, insertColumns(plans), encodePlan(row));
}

/** Newest first. */
export async function readPlans(
  store: Store,
  { id, since, limit = 100 }: { id?: string | undefined; since?: string | undefined; limit?: number | undefined },
): Promise<StoredPlan[]> {
  const rows = await store.rows<PlanRow>(
    `SELECT id, toUnixTimestamp64Milli(at) AS at_ms, by, toUnixTimestamp64Milli(expires_at) AS expires_ms, body FROM plans
     WHERE ({id:String} = '' OR id = {id:String}) AND at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
     ORDER BY plans.at DESC, id LIMIT {limit:UInt32}`,
    { id: id ?? '', since: since === undefined ? 0 : toMs(since, 'since'), limit },
  );
  return rows.map(({ at_ms, expires_ms, ...row }) => ({ ...row, at: iso(at_ms), expires_at: iso(expires_ms) }));
}
