/** Which regions an account has enabled, by one DescribeRegions an account, kept for a while. */
import { elavaError } from '../../../lib/errors.ts';
import type { Clock } from '../../../lib/time.ts';
import type { Api, Place } from './api.ts';
import { listed } from './context.ts';
import { Lru } from './lru.ts';

export interface AccountRegions {
  readonly enabled: readonly string[];
  /** Regions that exist but that the account has not opted into. */
  readonly off: readonly string[];
}
export interface EnabledRegionsOptions {
  readonly api: Pick<Api, 'call'>;
  /** Where the account's regions are asked for. */
  readonly place: (account: string) => Promise<Place>;
  readonly clock: Clock;
  /** How long an answer holds, milliseconds. */
  readonly keepMs: number;
}

/** More accounts than an organisation may have; an entry is a pointer to one of a few lists. */
const MAX_ACCOUNTS = 20_000;
const MAX_LISTS = 1000;
/** An account that refuses is asked again after this. */
const REFUSED_MS = 60_000;

interface Kept {
  readonly until: number;
  readonly answer: Promise<AccountRegions>;
}

export class EnabledRegions {
  readonly #options: EnabledRegionsOptions;
  readonly #kept = new Lru<Kept>(MAX_ACCOUNTS);
  /** Most accounts have the same regions: one list serves them all. */
  readonly #lists = new Lru<AccountRegions>(MAX_LISTS);

  constructor(options: EnabledRegionsOptions) {
    this.#options = options;
  }

  /** Rejects with an AWS_ code; whoever asks again within a minute gets the same. */
  async of(account: string, signal: AbortSignal): Promise<AccountRegions> {
    const now = this.#options.clock.now();
    const known = this.#kept.get(account, () => this.#keep(account, signal));
    if (known.until > now) return known.answer;
    this.#kept.delete(account);
    return this.#kept.get(account, () => this.#keep(account, signal)).answer;
  }

  #keep(account: string, signal: AbortSignal): Kept {
    const { clock, keepMs } = this.#options;
    const answer = this.#ask(account, signal);
    const kept = { answer, until: clock.now() + keepMs };
    answer.catch(() => {
      kept.until = signal.aborted ? 0 : clock.now() + REFUSED_MS;
    });
    return kept;
  }

  async #ask(account: string, signal: AbortSignal): Promise<AccountRegions> {
    const { api, place } = this.#options;
    const { Regions } = await api.call(await place(account), ['ec2', 'DescribeRegions'], { AllRegions: true }, signal);
    const all = listed(Regions, 'ec2:DescribeRegions');
    const named = (on: boolean): string[] =>
      all
        .filter(({ OptInStatus }) => (OptInStatus !== 'not-opted-in') === on)
        .flatMap(({ RegionName }) => RegionName ?? [])
        .sort();
    const [enabled, off] = [named(true), named(false)];
    if (enabled.length === 0) throw elavaError('AWS_RESPONSE_INVALID', `${account} has no region enabled`);
    return this.#lists.get(`${enabled.join()}|${off.join()}`, () => ({ enabled, off }));
  }
}
