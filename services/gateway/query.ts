/** The query parameters that narrow an answer, the same on every route, and the filter that they make. */
import Type, { type Static } from 'typebox';
import { parseInstant } from '../../lib/instant.ts';
import type { ResourceFilter } from '../../lib/resource.ts';

const Many = (description: string) => Type.Optional(Type.Array(Type.String(), { maxItems: 1000, description }));

/** A list parameter is given once for each value: `?type=ec2&type=s3`. */
export const FilterQuery = {
  account: Many('Account ids.'),
  region: Many('Regions.'),
  type: Many('Resource types.'),
  id: Many('Resource ids.'),
  tag: Many('key=value; key alone for any value.'),
  status: Type.Optional(Type.String()),
  owner: Type.Optional(Type.String({ description: 'Value of an owner tag.' })),
  text: Type.Optional(Type.String({ description: 'Part of the id or the name.' })),
};
export const PageQuery = {
  after: Type.Optional(Type.String({ description: '`next` of the page before.' })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
};
export const InstantQuery = Type.Optional(
  Type.String({ description: 'ISO 8601 with a zone, a date, or a duration before now such as 24h.' }),
);
export const AtQuery = { at: InstantQuery };
export const ActorQuery = {
  actor: Many('Who is behind a change; "" for those of which it is not known.'),
  actor_kind: Many('human, service, automation; "" where it is not known.'),
};

const Query = Type.Object(FilterQuery);
type Query = Static<typeof Query>;

export function filterOf(query: Query): ResourceFilter {
  return defined({
    accounts: query.account,
    regions: query.region,
    types: query.type,
    ids: query.id,
    status: query.status,
    owner: query.owner,
    text: query.text,
    tags: query.tag && Object.fromEntries(query.tag.map(splitTag)),
  });
}

function splitTag(tag: string): [string, string] {
  const at = tag.indexOf('=');
  return at < 0 ? [tag, '*'] : [tag.slice(0, at), tag.slice(at + 1)];
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Without the keys that have no value: contracts tell an absent key from an undefined one. */
export function defined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as Defined<T>;
}

/** The instant of a parameter, normalised; undefined stays. */
export function instantOf(text: string | undefined): string | undefined {
  return text === undefined ? undefined : parseInstant(text, Date.now());
}
