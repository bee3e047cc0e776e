/** What a listener asked for: whose decisions, in which form, from which number on. */
import { elavaError } from '../../../lib/errors.ts';
import { eventTypes } from '../../../lib/policy-event/envelope.ts';
import { ownTenant } from '../auth/access.ts';
import type { Principal } from '../auth/principal.ts';
import type { StreamKind } from './frames.ts';

export interface StreamQuestion {
  readonly kind: StreamKind;
  readonly tenants: '*' | ReadonlySet<string>;
  /** Resume after this number of the one tenant that was asked for. */
  readonly since: number | undefined;
  /** The hub that the number is of. */
  readonly epoch: string | undefined;
  /** Which of the seven events; undefined: all. */
  readonly types: ReadonlySet<string> | undefined;
}

/** Errors: TENANT_ID, TENANT_UNKNOWN, INVALID_REQUEST. A caller who names no tenant gets those that they see. */
export function questionOf(
  query: URLSearchParams,
  principal: Principal,
  stream: 'decisions' | 'events',
): StreamQuestion {
  const tenant = query.get('tenant_id');
  const format = query.get('format') ?? 'envelope';
  if (format !== 'envelope' && format !== 'cloudevents')
    throw elavaError('INVALID_REQUEST', 'format is envelope or cloudevents');
  return {
    kind: stream === 'decisions' ? 'decisions' : format === 'envelope' ? 'events' : 'cloudevents',
    tenants: tenantsOf(tenant, principal),
    since: sinceOf(query.get('since'), tenant),
    epoch: query.get('epoch') ?? undefined,
    types: typesOf(query.get('types')),
  };
}

function sinceOf(since: string | null, tenant: string | null): number | undefined {
  if (since === null) return undefined;
  if (tenant !== null && /^\d{1,15}$/.test(since)) return Number(since);
  throw elavaError('INVALID_REQUEST', 'since is a number, and needs the tenant_id that it is of');
}

function tenantsOf(tenant: string | null, principal: Principal): StreamQuestion['tenants'] {
  if (tenant !== null && tenant !== '*') return new Set([ownTenant(principal, tenant)]);
  if (principal.tenants === '*') return '*';
  if (tenant === '*') throw elavaError('TENANT_UNKNOWN', 'there is no such tenant');
  return new Set(principal.tenants);
}

function typesOf(text: string | null): ReadonlySet<string> | undefined {
  if (text === null || text === '') return undefined;
  const types = text.split(',');
  const unknown = types.find((type) => !eventTypes.includes(type as never));
  if (unknown !== undefined) throw elavaError('INVALID_REQUEST', `types are of ${eventTypes.join(', ')}`);
  return new Set(types);
}
