/** A ResourceFilter as conditions with bound parameters. Nothing of the caller's is ever part of the SQL text. */
import type { Params } from '../../lib/clickhouse/store.ts';
import type { ResourceFilter } from '../../lib/resource.ts';

export interface Where {
  /** Conditions joined by AND; `1` when there are none. */
  readonly sql: string;
  readonly params: Params;
}

/** Fields whose values differ from version to version; the others are part of a resource's identity. */
export interface SplitFilter {
  /** `ofTypes`: of types only, or of nothing. */
  readonly identity: Where & { readonly ofTypes: boolean };
  readonly state: Where;
}

const lists = [
  ['accounts', 'account IN {accounts:Array(String)}'],
  ['regions', 'region IN {regions:Array(String)}'],
  ['types', 'type IN {types:Array(String)}'],
  ['ids', 'rid IN (SELECT cityHash64(arrayJoin({ids:Array(String)})))'],
] as const;

/** An empty list matches nothing: who may see no account sees none. `ownerTags` are the tags that name an owner. */
export function splitFilter(filter: ResourceFilter = {}, ownerTags: readonly string[] = []): SplitFilter {
  const ofTypes = [filter.accounts, filter.regions, filter.ids].every((list) => list === undefined);
  return { identity: { ...identityWhere(filter), ofTypes }, state: stateWhere(filter, ownerTags) };
}

function identityWhere(filter: ResourceFilter): Where {
  const given = lists.filter(([name]) => filter[name] !== undefined);
  return where(
    given.map(([, sql]) => sql),
    Object.fromEntries(given.map(([name]) => [name, filter[name]])),
  );
}

/** Only what coverage knows: its units have no resources of one name or tag. */
export function unitWhere(filter: ResourceFilter = {}): Where {
  const { accounts, regions, types } = filter;
  return identityWhere({
    ...(accounts ? { accounts } : {}),
    ...(regions ? { regions } : {}),
    ...(types ? { types } : {}),
  });
}

function stateWhere({ status, owner, tags = {}, text }: ResourceFilter, ownerTags: readonly string[]): Where {
  const conditions: string[] = [];
  const params: Record<string, unknown> = {};
  if (status !== undefined) {
    conditions.push('status = {status:String}');
    params.status = status;
  }
  if (owner !== undefined) {
    conditions.push('arrayExists(tag -> tags[tag] = {owner:String}, {owner_tags:Array(String)})');
    Object.assign(params, { owner, owner_tags: ownerTags });
  }
  for (const [i, [tag, value]] of Object.entries(tags).entries()) {
    params[`tag${i}`] = tag;
    if (value === '*') conditions.push(`mapContains(tags, {tag${i}:String})`);
    else {
      conditions.push(`mapContains(tags, {tag${i}:String}) AND tags[{tag${i}:String}] = {value${i}:String}`);
      params[`value${i}`] = value;
    }
  }
  if (text !== undefined) {
    conditions.push(
      '(positionCaseInsensitiveUTF8(id, {text:String}) > 0 OR positionCaseInsensitiveUTF8(name, {text:String}) > 0)',
    );
    params.text = text;
  }
  return where(conditions, params);
}

export function where(conditions: readonly string[], params: Params = {}): Where {
  return { sql: conditions.length === 0 ? '1' : conditions.join(' AND '), params };
}

export function both(...parts: readonly Where[]): Where {
  return {
    sql: parts.map(({ sql }) => `(${sql})`).join(' AND '),
    params: Object.assign({}, ...parts.map(({ params }) => params)) as Params,
  };
}
