/** What a route asks of its caller, said where the route is declared: `config: { access: { role: 'operator' } }`. */
import type { FastifyRequest } from 'fastify';
import { elavaError } from '../../../lib/errors.ts';
import { isTenantId } from '../../../lib/tenant-id.ts';
import { mayAct, type Principal, type Role, seesEstate, seesTenant } from './principal.ts';

export interface Access {
  /** The weakest role that may call it; `public` for everybody. Absent: viewer to read, operator to change. */
  readonly role?: Role | 'public';
  /**
   * Whose the answer is. `estate`, the default: of the platform, so not for callers that are bound to tenants. `tenant`:
   * of the tenant in the path's `:tenant`. `own`: the route narrows its answer to the tenants of the caller.
   */
  readonly scope?: 'estate' | 'tenant' | 'own';
}

declare module 'fastify' {
  /** What the OpenAPI document says of a route (openapi/openapi.ts). */
  interface FastifySchema {
    summary?: string;
    description?: string;
    tags?: readonly string[];
    operationId?: string;
    hide?: boolean;
    /** Described like the rest, but not checked by Fastify. */
    'x-shown'?: object;
  }
  interface FastifyContextConfig {
    access?: Access;
    /** How errors are written: as problem+json, or as OPA writes them. */
    dialect?: 'opa';
  }
  interface FastifyRequest {
    principal: Principal;
  }
}

export function accessOf(request: FastifyRequest): Required<Access> {
  const { access } = request.routeOptions.config ?? {};
  const reads = request.method === 'GET' || request.method === 'HEAD';
  return { role: access?.role ?? (reads ? 'viewer' : 'operator'), scope: access?.scope ?? 'estate' };
}

/** Errors: TENANT_ID, TENANT_UNKNOWN, FORBIDDEN. */
export function authorize(request: FastifyRequest): void {
  const { role, scope } = accessOf(request);
  if (role === 'public') return;
  const { principal } = request;
  if (scope === 'tenant') ownTenant(principal, (request.params as { tenant?: string }).tenant ?? '');
  if (scope === 'estate' && !seesEstate(principal)) {
    throw elavaError('FORBIDDEN', 'this is for callers who are not bound to tenants');
  }
  if (!mayAct(principal, role)) throw elavaError('FORBIDDEN', `this needs the role ${role}`);
}

/**
 * The tenant, if the caller sees it. One of another is answered like one that is not there, and the message does not say
 * which: no byte tells them apart. Errors: TENANT_ID, TENANT_UNKNOWN.
 */
export function ownTenant(principal: Principal, tenant: string): string {
  if (!isTenantId(tenant)) throw elavaError('TENANT_ID', 'this can be no tenant');
  if (!seesTenant(principal, tenant)) throw unknownTenant();
  return tenant;
}

export function unknownTenant(): Error {
  return elavaError('TENANT_UNKNOWN', 'there is no such tenant');
}
