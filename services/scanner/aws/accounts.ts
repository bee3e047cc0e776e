/**
 * Which accounts are read: those of the configuration, those of the organisation, or the caller's own. What was found is
 * kept and looked up again now and then; a look-up that fails leaves what was known, for a failed read is no empty one.
 */
import type { Config } from '../../../lib/config/schema.ts';
import type { Logger } from '../../../lib/log.ts';
import { matches } from '../../../lib/pattern.ts';
import type { Clock } from '../../../lib/time.ts';
import type { AccountInfo } from '../provider.ts';
import type { Access } from './access.ts';
import type { Place } from './api.ts';
import { Lru } from './lru.ts';
import { type Member, membersOf, type OrganizationApi, tagsOf } from './organization.ts';

type Aws = Config['providers']['aws'];
type Tags = Readonly<Record<string, string>>;

export interface AccountsOptions {
  readonly api: OrganizationApi;
  readonly aws: Aws;
  readonly access: Access;
  readonly clock: Clock;
  readonly log?: Logger | undefined;
  /** Where the organisation is asked. */
  readonly place: () => Place;
  /** The caller's own account. */
  readonly own: () => Promise<string>;
}
/** What became different since the look-up before, by account id. */
export interface Delta {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly suspended: readonly string[];
}

/** An organisation that cannot be asked is asked again after this. */
const AGAIN_MS = 60_000;
/** A look-up of ten thousand accounts at the four calls a second that a share of a half allows. */
const LOOKUP_MS = 15 * 60_000;
const MAX_TAGGED = 20_000;
/** Tags are asked for so many accounts at once; the limiter paces them. */
const TAGS_AT_ONCE = 4;

export class Accounts {
  readonly #options: AccountsOptions;
  /** Tags of accounts, each asked for once: of those that join later only. */
  readonly #tags = new Lru<Promise<Tags>>(MAX_TAGGED);
  #known: readonly AccountInfo[] | undefined;
  #until = 0;
  #asking: Promise<readonly AccountInfo[]> | undefined;

  constructor(options: AccountsOptions) {
    this.#options = options;
  }

  /** All accounts, those that cannot be read too, by id. Rejects with an AWS_ code or ORGANIZATION_UNIT_UNKNOWN. */
  async list(): Promise<readonly AccountInfo[]> {
    if (this.#known && this.#until > this.#options.clock.now()) return this.#known;
    this.#asking ??= this.#lookUp().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  /** Whether the organisation says that the account is suspended or closed; false where nobody can tell. */
  async isSuspended(account: string): Promise<boolean> {
    if (!this.#options.aws.organization.enabled) return false;
    const all = await this.list().catch(() => []);
    return all.some(({ id, state }) => id === account && state === 'suspended');
  }

  async #lookUp(): Promise<readonly AccountInfo[]> {
    const { clock, aws, log } = this.#options;
    try {
      const found = await this.#find(AbortSignal.timeout(LOOKUP_MS));
      if (this.#known) this.#tell(deltaOf(this.#known, found));
      this.#known = found;
      this.#until = clock.now() + aws.organization.refresh;
      return found;
    } catch (error) {
      if (!this.#known) throw error;
      log?.warn({ error }, 'accounts could not be looked up again');
      this.#until = clock.now() + AGAIN_MS;
      return this.#known;
    }
  }

  #tell(delta: Delta): void {
    if (delta.added.length + delta.removed.length + delta.suspended.length === 0) return;
    this.#options.log?.info({ ...delta }, 'accounts changed');
  }

  async #find(signal: AbortSignal): Promise<readonly AccountInfo[]> {
    const { aws, access, own } = this.#options;
    const { accounts, organization } = aws;
    if (organization.enabled) {
      const [mine, members] = [await own(), await this.#members(signal)];
      return merged(aws, members, (id) => access.way(id, mine).role);
    }
    if (accounts.length > 0) return merged(aws, [], (id) => access.way(id, '').role);
    const id = await own();
    return [{ id, name: '', state: 'active', unit: '', tags: {}, role: '' }];
  }

  async #members(signal: AbortSignal): Promise<readonly (Member & { readonly tags: Tags })[]> {
    const { api, aws, place } = this.#options;
    const { units, tags, exclude } = aws.organization;
    const all = await membersOf(units, { api, place: place(), signal });
    const kept = all.filter(({ id, name }) => !exclude.some((one) => matches(one, id) || matches(one, name)));
    if (tags.length === 0) return kept.map((member) => ({ ...member, tags: {} }));
    const tagged = await this.#tagged(kept, signal);
    return tagged.filter((member) => tags.some((wanted) => hasTag(member.tags, wanted)));
  }

  async #tagged(members: readonly Member[], signal: AbortSignal): Promise<(Member & { tags: Tags })[]> {
    const tagged: (Member & { tags: Tags })[] = [];
    let at = 0;
    const worker = async (): Promise<void> => {
      while (at < members.length) {
        const mine = at++;
        const member = members[mine] as Member;
        tagged[mine] = { ...member, tags: await this.#tagsOf(member.id, signal) };
      }
    };
    await Promise.all(Array.from({ length: TAGS_AT_ONCE }, worker));
    return tagged;
  }

  #tagsOf(account: string, signal: AbortSignal): Promise<Tags> {
    const { api, place } = this.#options;
    return this.#tags.get(account, () => {
      const asked = tagsOf(account, { api, place: place(), signal });
      asked.catch(() => this.#tags.delete(account));
      return asked;
    });
  }
}

/** Whether `wanted` (`key`, `key=value`, `key=val*`) is among the tags. Pure. */
export function hasTag(tags: Tags, wanted: string): boolean {
  const at = wanted.indexOf('=');
  const value = tags[at < 0 ? wanted : wanted.slice(0, at)];
  return value !== undefined && (at < 0 || matches(wanted.slice(at + 1), value));
}

/** Accounts that are gone are no longer read; those that are suspended neither, but they are still told. */
export function deltaOf(before: readonly AccountInfo[], now: readonly AccountInfo[]): Delta {
  const [old, fresh] = [before, now].map((all) => new Map(all.map((one) => [one.id, one.state])));
  const only = (a: readonly AccountInfo[], b?: ReadonlyMap<string, string>): string[] =>
    a.flatMap(({ id }) => (b?.has(id) ? [] : [id]));
  return {
    added: only(now, old),
    removed: only(before, fresh),
    suspended: now.flatMap(({ id, state }) => (state === 'suspended' && old?.get(id) === 'active' ? [id] : [])),
  };
}

/** What the configuration says of an account counts more than what the organisation says. */
function merged(aws: Aws, members: readonly (Member & { tags: Tags })[], role: (id: string) => string): AccountInfo[] {
  const found = new Map<string, AccountInfo>();
  for (const { id, name, state, unit, tags } of members) {
    found.set(id, { id, name, state: readable.has(state) ? 'active' : 'suspended', unit, tags, role: role(id) });
  }
  for (const { id, name } of aws.accounts) {
    const member = found.get(id);
    const known = member ?? { id, name, state: 'active' as const, unit: '', tags: {} };
    found.set(id, { ...known, name: name || known.name, role: role(id) });
  }
  return [...found.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}
/** An account that is about to be closed still answers. */
const readable: ReadonlySet<string> = new Set(['ACTIVE', 'PENDING_CLOSURE']);
