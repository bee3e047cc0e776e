/** Keeps the log of what tenants were answered. */
import type { Store } from '../../lib/clickhouse/store.ts';
import { insertColumns, rowEncoder } from '../../lib/clickhouse/table.ts';
import { decisionLog } from '../../lib/clickhouse/tables/decisions.ts';
import { elavaError } from '../../lib/errors.ts';
import type { DecisionQuestion, LoggedDecision } from './decisions.schema.ts';
import { toMs } from './instant.ts';

const encode = rowEncoder(decisionLog);
type Row = Omit<LoggedDecision, 'at'> & { readonly at_ms: string };

/** Errors: STORE_*. */
export async function storeDecisions(store: Store, decisions: readonly LoggedDecision[]): Promise<{ written: number }> {
  const text = decisions.map((one) => encode({ ...one, at: toMs(one.at, 'at') })).join('');
  await store.insertText(decisionLog.name, insertColumns(decisionLog), text);
  return { written: decisions.length };
}

/** Newest first. Errors: INVALID_REQUEST for a cursor that is none. */
export async function readDecisions(store: Store, question: DecisionQuestion) {
  const { limit = 100 } = question;
  const { conditions, params } = narrowed(question);
  const rows = await store.rows<Row>(
    `SELECT tenant, toUnixTimestamp64Milli(at) AS at_ms, id, path, effect, allowed, error, principal, bundle, micros, event
     FROM decision_log ${conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : ''}
     ORDER BY decision_log.at DESC, id DESC LIMIT {limit:UInt32}`,
    { ...params, limit: limit + 1 },
  );
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const decisions = page.map(({ at_ms, ...row }) => ({ ...row, at: new Date(Number(at_ms)).toISOString() }));
  return { decisions, ...(rows.length > limit && last ? { next: `${last.at_ms}_${last.id}` } : {}) };
}

const instantOf = (name: string): string => `fromUnixTimestamp64Milli({${name}:Int64}, 'UTC')`;
const ms = (name: string) => (value: unknown) => ({ [name]: toMs(value as string, name) });

/** Part of a question → condition, and the parameters that it binds. */
const narrowing: Partial<
  Record<keyof DecisionQuestion, readonly [condition: string, bind: (value: unknown) => Record<string, unknown>]>
> = {
  tenants: ['tenant IN {tenants:Array(String)}', (tenants) => ({ tenants })],
  id: ['id = {id:String}', (id) => ({ id })],
  effects: ['effect IN {effects:Array(String)}', (effects) => ({ effects })],
  since: [`decision_log.at >= ${instantOf('since')}`, ms('since')],
  until: [`decision_log.at < ${instantOf('until')}`, ms('until')],
  after: [`(decision_log.at, id) < (${instantOf('atMs')}, {lastId:String})`, (text) => cursorOf(text as string)],
};

function narrowed(question: DecisionQuestion): { conditions: string[]; params: Record<string, unknown> } {
  const used = Object.entries(narrowing).filter(([key]) => question[key as keyof DecisionQuestion] !== undefined);
  const bound = used.map(([key, [, bind]]) => bind(question[key as keyof DecisionQuestion]));
  return { conditions: used.map(([, [condition]]) => condition), params: Object.assign({}, ...bound) };
}

function cursorOf(text: string): { atMs: string; lastId: string } {
  const [, atMs, lastId] = /^(\d{1,15})_([0-9a-f-]{1,64})$/.exec(text) ?? [];
  if (atMs === undefined || lastId === undefined) throw elavaError('INVALID_REQUEST', 'after is no cursor of ours');
  return { atMs, lastId };
}
