/**
 * The accounts of an organisation: all of them, or those of some units with all that lies below. Only the management account
 * and delegated administrators may ask. Source: AWS Organizations API reference.
 */
import { nearest } from '../../../lib/config/nearest.ts';
import { elavaError } from '../../../lib/errors.ts';
import type { Api, Place } from './api.ts';
import { listed } from './context.ts';

/** An account as the organisation knows it. */
export interface Member {
  readonly id: string;
  readonly name: string;
  /** ACTIVE, SUSPENDED, PENDING_ACTIVATION, PENDING_CLOSURE or CLOSED. */
  readonly state: string;
  /** Path of its organizational unit (`Workloads/Prod`); "" in the root, and where no units were asked for. */
  readonly unit: string;
}
export interface OrganizationalUnit {
  readonly id: string;
  /** `Workloads/Prod`; "" for the root. */
  readonly path: string;
}
export type OrganizationApi = Pick<Api, 'call'>;

/** More pages than any organisation has: AWS allows some ten thousand accounts, twenty a page. */
const MAX_PAGES = 10_000;
/** AWS nests units five deep at most; what goes deeper goes round in circles. */
const MAX_DEPTH = 10;

/** Accounts of the units (ids, names or paths) and of all below them; of everybody when there are none. */
export async function membersOf(
  units: readonly string[],
  { api, place, signal }: { api: OrganizationApi; place: Place; signal: AbortSignal },
): Promise<Member[]> {
  const calls = new Calls(api, place, signal);
  if (units.length === 0) return calls.everybody();
  const tree = await calls.tree();
  const members = new Map<string, Member>();
  for (const unit of chosenUnits(units, tree)) {
    for (const member of await calls.membersOf(unit)) members.set(member.id, member);
  }
  return [...members.values()];
}

/** The units that are named, by id, path or name, and those below them. Throws ORGANIZATION_UNIT_UNKNOWN. Pure. */
export function chosenUnits(
  named: readonly string[],
  tree: readonly OrganizationalUnit[],
): readonly OrganizationalUnit[] {
  const found = named.flatMap((name) => {
    const tops = tree.filter(({ id, path }) => id === name || path === name || lastOf(path) === name);
    if (tops.length === 0) throw unknownUnit(name, tree);
    return tops;
  });
  return tree.filter(({ id, path }) =>
    found.some((top) => top.id === id || top.path === '' || path.startsWith(`${top.path}/`)),
  );
}

function unknownUnit(name: string, tree: readonly OrganizationalUnit[]): Error {
  const near = nearest(
    name,
    tree.map(({ path }) => path).filter((path) => path !== ''),
  );
  return elavaError(
    'ORGANIZATION_UNIT_UNKNOWN',
    `there is no organizational unit ${name}; ${near === undefined ? 'the organisation has none' : `did you mean ${near}?`}`,
    { data: { name, nearest: near ?? '' } },
  );
}

function lastOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

interface Told {
  readonly Id?: string | undefined;
  readonly Name?: string | undefined;
  readonly State?: string | undefined;
  readonly Status?: string | undefined;
}

class Calls {
  readonly #api: OrganizationApi;
  readonly #place: Place;
  readonly #signal: AbortSignal;

  constructor(api: OrganizationApi, place: Place, signal: AbortSignal) {
    this.#api = api;
    this.#place = place;
    this.#signal = signal;
  }

  async everybody(): Promise<Member[]> {
    const members = await pagesOf('ListAccounts', async (NextToken) => {
      const answer = await this.#api.call(
        this.#place,
        ['organizations', 'ListAccounts'],
        token(NextToken),
        this.#signal,
      );
      return { items: listed(answer.Accounts, 'organizations:ListAccounts'), next: answer.NextToken };
    });
    // An organisation has its management account at least: nothing is no answer.
    if (members.length === 0)
      throw elavaError('AWS_RESPONSE_INVALID', 'organizations:ListAccounts: the answer has no account in it');
    return members.map((told) => memberOf(told, ''));
  }

  async membersOf({ id, path }: OrganizationalUnit): Promise<Member[]> {
    const api = 'ListAccountsForParent';
    const members = await pagesOf(api, async (NextToken) => {
      const input = { ParentId: id, ...token(NextToken) };
      const answer = await this.#api.call(this.#place, ['organizations', api], input, this.#signal);
      return { items: listed(answer.Accounts, `organizations:${api}`), next: answer.NextToken };
    });
    return members.map((told) => memberOf(told, path));
  }

  /** The root and all units, each before those below it. */
  async tree(): Promise<OrganizationalUnit[]> {
    const { Roots } = await this.#api.call(this.#place, ['organizations', 'ListRoots'], {}, this.#signal);
    const roots = listed(Roots, 'organizations:ListRoots').map(({ Id = '' }) => ({ id: Id, path: '' }));
    const all: OrganizationalUnit[] = [];
    let level = roots;
    for (let depth = 0; level.length > 0 && depth < MAX_DEPTH; depth++) {
      all.push(...level);
      const below: OrganizationalUnit[][] = [];
      for (const unit of level) below.push(await this.#below(unit));
      level = below.flat();
    }
    return all;
  }

  async #below(unit: OrganizationalUnit): Promise<OrganizationalUnit[]> {
    const api = 'ListOrganizationalUnitsForParent';
    const found = await pagesOf(api, async (NextToken) => {
      const input = { ParentId: unit.id, ...token(NextToken) };
      const answer = await this.#api.call(this.#place, ['organizations', api], input, this.#signal);
      return { items: listed(answer.OrganizationalUnits, `organizations:${api}`), next: answer.NextToken };
    });
    return found.map(({ Id = '', Name = '' }) => ({ id: Id, path: unit.path === '' ? Name : `${unit.path}/${Name}` }));
  }
}

/** An account's own tags, which cost a call of their own. */
export async function tagsOf(
  account: string,
  { api, place, signal }: { api: OrganizationApi; place: Place; signal: AbortSignal },
): Promise<Readonly<Record<string, string>>> {
  const name = 'ListTagsForResource';
  const tags = await pagesOf(name, async (NextToken) => {
    const answer = await api.call(place, ['organizations', name], { ResourceId: account, ...token(NextToken) }, signal);
    return { items: listed(answer.Tags, `organizations:${name}`), next: answer.NextToken };
  });
  return Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, Value]));
}

function memberOf({ Id = '', Name = '', State, Status }: Told, unit: string): Member {
  // `Status` is what older answers call it.
  return { id: Id, name: Name, state: State ?? Status ?? 'ACTIVE', unit };
}

function token(NextToken: string | undefined): { NextToken?: string } {
  return NextToken === undefined ? {} : { NextToken };
}

/** All items of a listing. An empty page with a token is not the end. */
async function pagesOf<T>(
  api: string,
  page: (token: string | undefined) => Promise<{ items: readonly T[]; next: string | undefined }>,
): Promise<T[]> {
  const all: T[] = [];
  let at: string | undefined;
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const { items, next } = await page(at);
    all.push(...items);
    if (!next) return all;
    if (next === at) break;
    at = next;
  }
  throw elavaError('AWS_RESPONSE_INVALID', `organizations:${api} gives the same page token again`);
}
