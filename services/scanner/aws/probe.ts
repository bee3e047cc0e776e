/**
 * Tries a type's calls for real, as cheaply as they can be made: its first page with the fewest items that APIs accept, and
 * the details of the first item. The type's own code makes them, so that nothing is tried that a scan does not need.
 */
import { codeOf, messageOf } from '../../../lib/errors.ts';
import { maskText } from '../../../lib/mask.ts';
import type { Probe } from '../provider.ts';
import type { ResourceType } from '../resource-type.ts';
import { type Answer, AwsContext } from './context.ts';
import { awsError, faultOf, isOurs } from './errors.ts';
import type { InputOf, OperationName, ServiceName } from './services.ts';

/**
 * The fewest items a page that every API accepts under that name. Sources: the API references; RDS and ElastiCache refuse
 * less than 20, EC2 less than 5.
 */
const fewest: Readonly<Record<string, number>> = {
  MaxResults: 5,
  maxResults: 5,
  MaxRecords: 20,
  MaxItems: 5,
  PageSize: 5,
  Limit: 5,
  limit: 5,
  ResourcesPerPage: 5,
};

/** A context that asks for small pages and remembers what each call came to. */
export class ProbeContext extends AwsContext {
  readonly outcomes = new Map<string, unknown>();

  override async call<S extends ServiceName, N extends OperationName<S>>(
    service: S,
    operation: N,
    input: InputOf<S, N>,
  ): Promise<Answer<S, N>> {
    const api = `${service}:${operation}`;
    try {
      const answer = withoutMore(await super.call(service, operation, small(input as object) as InputOf<S, N>));
      if (!this.outcomes.has(api)) this.outcomes.set(api, undefined);
      return answer;
    } catch (error) {
      this.outcomes.set(api, error);
      throw error;
    }
  }
}

/**
 * What the type's calls came to, one entry a call; errors that mean "nothing there" count as well. `explain` has a second look
 * at what failed. Never rejects.
 */
export async function probeType(
  type: ResourceType<AwsContext, unknown>,
  context: ProbeContext,
  explain: (error: unknown) => Promise<unknown>,
): Promise<Probe[]> {
  let unread: unknown;
  try {
    const { items } = await type.list(context, undefined);
    const [first] = items;
    const detailed = first === undefined ? undefined : await type.detail?.(context, first);
    unread = detailed?.gaps[0]?.error;
  } catch (error) {
    unread = error;
  }
  const calls = [...context.outcomes];
  if (calls.length === 0 && unread !== undefined) calls.push([type.service, unread]);
  const explained = calls.map(async ([api, error]) =>
    probeOf(type.type, api, isOurs(error) ? await explain(error) : error),
  );
  return Promise.all(explained);
}

/** `error` is undefined where the call went well. */
export function probeOf(type: string, api: string, error: unknown): Probe {
  if (error === undefined) return { type, api, error: '', detail: '' };
  const ours = awsError(error, api);
  // AWS answers such a call, and refuses only what was asked for: there is no such thing, or nothing is configured.
  if (codeOf(ours) === 'AWS_SERVICE_ERROR' && faultOf(ours.cause).retry === 'no')
    return { type, api, error: '', detail: '' };
  return { type, api, error: codeOf(ours), detail: maskText(messageOf(ours)).slice(0, 500) };
}

/** The answer as if it were the last page: some details are lists that a type reads to their end. */
function withoutMore<A>(answer: A): A {
  const tokens = ['NextToken', 'nextToken', 'NextMarker', 'Marker', 'PaginationToken'];
  for (const token of tokens) Reflect.deleteProperty(answer as object, token);
  return answer;
}

function small<I extends object>(input: I): I {
  const smaller = Object.entries(input).map(([key, value]) => [
    key,
    typeof value === 'number' && fewest[key] !== undefined ? Math.min(value, fewest[key]) : value,
  ]);
  return Object.fromEntries(smaller) as I;
}
