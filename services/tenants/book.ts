/**
 * Policies that were made by the API, as streams of records in the memory: each change is a record, its number is the
 * policy's version, and a change is taken only at the version that its author read.
 */
import type { Client } from '../../lib/contract.ts';
import { codeOf, elavaError } from '../../lib/errors.ts';
import type { historyContract } from '../history/history.contract.ts';
import type { StoredPolicy } from './tenants.contract.ts';

export type PolicyChange = 'created' | 'updated' | 'deleted' | 'kept';
type Content = Omit<StoredPolicy, 'version'>;

const prefix = 'policy:';
const mostRecords = 100_000;
/** Writers' clocks may differ by this much. */
const overlapMs = 60_000;

export interface BookOptions {
  readonly history: Pick<Client<typeof historyContract>, 'record' | 'records'>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

interface Entry {
  readonly version: number;
  readonly at: number;
  /** Undefined after it was deleted. */
  readonly policy: StoredPolicy | undefined;
}

export class Book {
  readonly #options: BookOptions;
  /** By stream: `policy:<tenant>:<id>`. */
  readonly #entries = new Map<string, Entry>();
  #readUntil = 0;

  constructor(options: BookOptions) {
    this.#options = options;
  }

  /** Reads what others have written since the last time. Gives the tenants of which something changed. Errors: STORE_*. */
  async read(): Promise<Set<string>> {
    const { history, now } = this.#options;
    const began = now();
    const since = this.#readUntil === 0 ? {} : { since: new Date(this.#readUntil - overlapMs).toISOString() };
    const { records } = await history.records({ prefix, ...since, limit: mostRecords });
    this.#readUntil = began;
    const changed = new Set<string>();
    for (const { stream, seq, kind, at, body } of records) {
      const policy = kind === 'deleted' ? undefined : ({ ...body, version: seq } as StoredPolicy);
      if (this.#put(stream, { version: seq, at: Date.parse(at), policy })) changed.add(String(body['tenant']));
    }
    return changed;
  }

  of(tenant: string): StoredPolicy[] {
    const own = [...this.#entries.values()].flatMap(({ policy }) => (policy?.tenant === tenant ? [policy] : []));
    return own.sort((a, b) => b.priority - a.priority || (a.id < b.id ? -1 : 1));
  }

  tenants(): Set<string> {
    return new Set([...this.#entries.values()].flatMap(({ policy }) => (policy ? [policy.tenant] : [])));
  }

  find(tenant: string, id: string): StoredPolicy | undefined {
    return this.#entries.get(streamOf(tenant, id))?.policy;
  }

  /** The number after which the next change of a policy is written; also of one that was deleted. */
  versionOf(tenant: string, id: string): number {
    return this.#entries.get(streamOf(tenant, id))?.version ?? 0;
  }

  /** Errors: VERSION_CONFLICT when another was first, STORE_*. */
  async write(kind: PolicyChange, content: Content, expected: number): Promise<StoredPolicy> {
    const { history, now } = this.#options;
    const stream = streamOf(content.tenant, content.id);
    const at = now();
    const record = { kind, at: new Date(at).toISOString(), by: content.updated_by, body: { ...content } };
    const { seq } = await history.record({ stream, plan: '', expected, record }).catch((error: unknown) => {
      if (codeOf(error) !== 'RECORD_CONFLICT') throw error;
      throw elavaError('VERSION_CONFLICT', `${content.id} was changed by another meanwhile`, { cause: error });
    });
    const policy = { ...content, version: seq };
    this.#put(stream, { version: seq, at, policy: kind === 'deleted' ? undefined : policy });
    return policy;
  }

  /** Policies that nobody has changed for so long, in milliseconds, that the memory would soon forget them. */
  older(ageMs: number): StoredPolicy[] {
    const before = this.#options.now() - ageMs;
    return [...this.#entries.values()].flatMap(({ policy, at }) => (policy && at < before ? [policy] : []));
  }

  #put(stream: string, entry: Entry): boolean {
    if ((this.#entries.get(stream)?.version ?? 0) >= entry.version) return false;
    this.#entries.set(stream, entry);
    return true;
  }
}

function streamOf(tenant: string, id: string): string {
  return `${prefix}${tenant}:${id}`;
}
