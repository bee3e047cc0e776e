/**
 * What owners are told, kept in the store: entries wait for the end of their window and go out as one message. Of two
 * processes one writes that it sends; a message of which nobody knows whether it arrived is not sent again by itself.
 */
import { randomUUID } from 'node:crypto';
import type { Client } from '../../lib/contract.ts';
import { codeOf, messageOf } from '../../lib/errors.ts';
import type { Logger } from '../../lib/log.ts';
import type { Clock } from '../../lib/time.ts';
import type { historyContract, StoredRecord } from '../history/history.contract.ts';
import type { DigestEntry, DigestState } from './digest.schema.ts';
import type { Target } from './routes.ts';

export interface DigestsOptions {
  readonly store: Pick<Client<typeof historyContract>, 'record' | 'records'>;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'warn' | 'error'>;
  /** How long entries are gathered, milliseconds. */
  readonly windowMs: number;
  readonly targets: (owner: string) => readonly Target[];
  /** Delivers with its retries. Rejects when it was given up. */
  readonly deliver: (
    target: Target,
    digest: { id: string; owner: string; entries: readonly DigestEntry[] },
  ) => Promise<void>;
}
interface Sent {
  readonly upto: number;
  readonly id: string;
  readonly channel: string;
  readonly to: string;
  readonly entries: number;
}

const PREFIX = 'digest/';
const RACES = 5;
/** Entries of one message; the rest goes into the next. */
const MOST_ENTRIES = 100;

export class Digests {
  readonly #options: DigestsOptions;

  constructor(options: DigestsOptions) {
    this.#options = options;
  }

  /** Keeps what the owner was not told yet; resolves with how many entries that are. Errors: STORE_*. */
  async take(owner: string, entries: readonly DigestEntry[]): Promise<number> {
    let taken = 0;
    for (const entry of entries) taken += await this.#takeOne(owner, entry);
    return taken;
  }

  async #takeOne(owner: string, entry: DigestEntry): Promise<number> {
    for (let attempt = 1; ; attempt += 1) {
      const records = await this.#read(owner);
      if (records.some(({ kind, body }) => kind === 'entry' && body['key'] === entry.key)) return 0;
      try {
        await this.#append(owner, records.length, 'entry', entry);
        return 1;
      } catch (error) {
        if (codeOf(error) !== 'RECORD_CONFLICT' || attempt >= RACES) throw error;
      }
    }
  }

  /** Sends what is due; one owner's failure does not keep the others waiting. */
  async flush({ now: all = false }: { now?: boolean | undefined } = {}): Promise<DigestState[]> {
    const { store, log } = this.#options;
    const { records } = await store.records({ prefix: PREFIX });
    const sent: DigestState[] = [];
    for (const [stream, own] of Map.groupBy(records, (record) => record.stream)) {
      const waiting = waitingIn(own);
      if (!this.#isDue(waiting, all)) continue;
      try {
        sent.push(...(await this.#send(stream.slice(PREFIX.length), own, waiting.slice(0, MOST_ENTRIES))));
      } catch (error) {
        const code = codeOf(error);
        // Another process sends it.
        if (code !== 'RECORD_CONFLICT') log.warn({ code, reason: messageOf(error) }, 'a digest was not sent');
      }
    }
    return sent;
  }

  #isDue([oldest]: readonly StoredRecord[], all: boolean): boolean {
    const { clock, windowMs } = this.#options;
    return oldest !== undefined && (all || Date.parse(oldest.at) + windowMs <= clock.now());
  }

  async ledger(owner?: string): Promise<DigestState[]> {
    const { store } = this.#options;
    const { records } = await store.records(owner === undefined ? { prefix: PREFIX } : { streams: [PREFIX + owner] });
    const states = records.filter(({ kind }) => kind === 'sending').map((record) => stateOf(record, records));
    return states.sort((a, b) => (a.at < b.at ? 1 : -1));
  }

  async #send(
    owner: string,
    records: readonly StoredRecord[],
    waiting: readonly StoredRecord[],
  ): Promise<DigestState[]> {
    const upto = waiting.at(-1)?.seq ?? 0;
    const entries = waiting.map(({ body }) => body as DigestEntry);
    const targets = this.#options.targets(owner);
    const states: DigestState[] = [];
    let seq = records.length;
    for (const target of targets.length > 0 ? targets : [nobody]) {
      const id = `msg_${randomUUID()}`;
      const sent: Sent = { upto, id, ...target, entries: entries.length };
      seq = await this.#append(owner, seq, 'sending', sent);
      const error = await this.#deliver(target, { id, owner, entries });
      seq = await this.#append(owner, seq, error === '' ? 'delivered' : 'failed', { id, error });
      states.push({
        id,
        owner,
        ...target,
        entries: entries.length,
        state: error === '' ? 'delivered' : 'failed',
        error,
        at: this.#at,
      });
    }
    return states;
  }

  async #deliver(target: Target, digest: Parameters<DigestsOptions['deliver']>[1]): Promise<string> {
    if (target === nobody) return 'CHANNEL_UNKNOWN: no channel takes what this owner is told';
    try {
      await this.#options.deliver(target, digest);
      return '';
    } catch (error) {
      this.#options.log.error({ code: codeOf(error), channel: target.channel, id: digest.id }, 'digest not delivered');
      return `${codeOf(error)}: ${messageOf(error)}`;
    }
  }

  get #at(): string {
    return new Date(this.#options.clock.now()).toISOString();
  }

  async #read(owner: string): Promise<StoredRecord[]> {
    return (await this.#options.store.records({ streams: [PREFIX + owner] })).records;
  }

  async #append(owner: string, expected: number, kind: string, body: object): Promise<number> {
    const record = { kind, at: this.#at, by: 'notifier', body: body as Record<string, unknown> };
    return (await this.#options.store.record({ stream: PREFIX + owner, plan: '', expected, record })).seq;
  }
}

const nobody: Target = { channel: '', to: '' };

/** Entries after the last one that a message was begun with. */
function waitingIn(records: readonly StoredRecord[]): StoredRecord[] {
  const begun = records.filter(({ kind }) => kind === 'sending').map(({ body }) => Number(body['upto']));
  const upto = Math.max(0, ...begun);
  return records.filter(({ kind, seq }) => kind === 'entry' && seq > upto);
}

function stateOf(sending: StoredRecord, records: readonly StoredRecord[]): DigestState {
  const { id, channel, to, entries } = sending.body as unknown as Sent;
  const end = records.find(({ kind, body }) => (kind === 'delivered' || kind === 'failed') && body['id'] === id);
  const state = (end?.kind ?? 'sending') as DigestState['state'];
  const error = typeof end?.body['error'] === 'string' ? end.body['error'] : '';
  return {
    id,
    owner: sending.stream.slice(PREFIX.length),
    channel,
    to,
    entries,
    state,
    error,
    at: end?.at ?? sending.at,
  };
}
