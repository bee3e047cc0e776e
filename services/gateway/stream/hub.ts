/**
 * Hands what policies decide to whoever listens. Each tenant's records are numbered for themselves, so that a gap shows
 * and no listener learns from the numbers how busy another tenant is. What was told lately is kept, to resume from.
 */
import { randomUUID } from 'node:crypto';
import type { PolicyRecord } from '../../../lib/policy-event/record.ts';

export interface Entry {
  readonly seq: number;
  readonly record: PolicyRecord;
  /** What was made of the record for a kind of listener, made once for all of them. */
  readonly made: Map<string, unknown>;
}

export interface Listener {
  /** `*`: every tenant. */
  readonly tenants: '*' | ReadonlySet<string>;
  take(entry: Entry): void;
}

export interface Missed {
  readonly tenant: string;
  /** First and last number that cannot be given any more. */
  readonly from: number;
  readonly to: number;
}

export interface HubOptions {
  /** Of what is kept, estimated by the texts in it. */
  readonly maxBytes: number;
  /** Records of one tenant that are kept. */
  readonly perTenant?: number;
}

interface Line {
  seq: number;
  /** Oldest first. */
  kept: Entry[];
  readonly listeners: Set<Listener>;
}

export class Hub {
  /** Numbers mean something only within one hub: a process that was started again begins anew. */
  readonly epoch = randomUUID();
  readonly #options: Required<HubOptions>;
  readonly #lines = new Map<string, Line>();
  readonly #everybody = new Set<Listener>();
  /** Tenants in the order in which their entries were kept, to let go of the oldest of all. */
  #order: string[] = [];
  #orderAt = 0;
  #bytes = 0;

  constructor(options: HubOptions) {
    this.#options = { perTenant: 1024, ...options };
  }

  get keptBytes(): number {
    return this.#bytes;
  }

  publish(records: readonly PolicyRecord[]): void {
    for (const record of records) {
      const line = this.#line(record.tenant);
      const entry: Entry = { seq: ++line.seq, record, made: new Map() };
      this.#keep(record.tenant, line, entry);
      for (const listener of line.listeners) listener.take(entry);
      for (const listener of this.#everybody) listener.take(entry);
    }
  }

  /** Until the returned function is called. */
  listen(listener: Listener): () => void {
    if (listener.tenants === '*') {
      this.#everybody.add(listener);
      return () => this.#everybody.delete(listener);
    }
    for (const tenant of listener.tenants) this.#line(tenant).listeners.add(listener);
    return () => {
      for (const tenant of listener.tenants === '*' ? [] : listener.tenants) {
        this.#lines.get(tenant)?.listeners.delete(listener);
        this.#forget(tenant);
      }
    };
  }

  /** What came after a number of a tenant, and what of it is not kept any more. */
  since(tenant: string, seq: number): { readonly entries: readonly Entry[]; readonly missed: Missed | undefined } {
    const line = this.#lines.get(tenant);
    if (!line || seq >= line.seq) return { entries: [], missed: undefined };
    const entries = line.kept.filter((entry) => entry.seq > seq);
    const first = entries[0]?.seq ?? line.seq + 1;
    return { entries, missed: first > seq + 1 ? { tenant, from: seq + 1, to: first - 1 } : undefined };
  }

  /** The number of a tenant's newest record, 0 for none. */
  last(tenant: string): number {
    return this.#lines.get(tenant)?.seq ?? 0;
  }

  #line(tenant: string): Line {
    const found = this.#lines.get(tenant);
    if (found) return found;
    const line: Line = { seq: 0, kept: [], listeners: new Set() };
    this.#lines.set(tenant, line);
    return line;
  }

  #keep(tenant: string, line: Line, entry: Entry): void {
    line.kept.push(entry);
    this.#order.push(tenant);
    this.#bytes += sizeOf(entry.record);
    while (line.kept.length > this.#options.perTenant) this.#drop(line);
    while (this.#bytes > this.#options.maxBytes && this.#orderAt < this.#order.length) this.#dropOldest();
    // The tenants of entries that went with their own line are still in the order; both ends are cut off now and then.
    if (this.#order.length > 4 * this.#options.perTenant && this.#orderAt * 2 > this.#order.length) this.#cut();
    if (this.#order.length > 1_000_000) this.#cut();
  }

  #cut(): void {
    this.#order = this.#order.slice(this.#orderAt);
    this.#orderAt = 0;
  }

  #dropOldest(): void {
    const line = this.#lines.get(this.#order[this.#orderAt++] ?? '');
    if (line && line.kept.length > 0) this.#drop(line);
  }

  #drop(line: Line): void {
    const entry = line.kept.shift();
    if (entry) this.#bytes -= sizeOf(entry.record);
  }

  /** A tenant that nobody listens to and that has said nothing needs no line. */
  #forget(tenant: string): void {
    const line = this.#lines.get(tenant);
    if (line && line.seq === 0 && line.listeners.size === 0) this.#lines.delete(tenant);
  }
}

function sizeOf(record: PolicyRecord): number {
  return record.kind === 'decision' ? 400 + 2 * (record.input.length + record.result.length) : 1000;
}
