/** How failures are written: problem+json (RFC 9457) with our code and what to do, or as OPA writes them. */
import { STATUS_CODES } from 'node:http';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { codeOf, type ErrorCode, errorTable, messageOf } from '../../lib/errors.ts';

/** Codes of Fastify's own refusals. */
const fastifyCodes: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'BODY_TOO_LARGE',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'MEDIA_TYPE',
};

/** Fastify's refusals (a parameter of the wrong type, a body that is no JSON) are the caller's mistake. */
export function errorCodeOf(error: Partial<FastifyError>): ErrorCode {
  const code = codeOf(error);
  if (code !== 'INTERNAL') return code;
  const known = fastifyCodes[error.code ?? ''];
  if (known) return known;
  return error.validation || (error.statusCode !== undefined && error.statusCode < 500)
    ? 'INVALID_REQUEST'
    : 'INTERNAL';
}

export function problem(code: ErrorCode, message: string) {
  const { status, next } = errorTable[code];
  return {
    type: `urn:elava:error:${code}`,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail: message,
    code,
    message,
    next,
  };
}

/** What of ours has a name among OPA's; the last four are what a policy of OPA's cannot come to. */
const opaCodes: Partial<Record<ErrorCode, string>> = {
  INVALID_REQUEST: 'invalid_parameter',
  INPUT_INVALID: 'invalid_parameter',
  MEDIA_TYPE: 'invalid_parameter',
  BODY_TOO_LARGE: 'invalid_parameter',
  POLICY_SYNTAX: 'invalid_parameter',
  VERSION_CONFLICT: 'resource_conflict',
  EXISTS: 'resource_conflict',
  UNAUTHENTICATED: 'unauthorized',
  FORBIDDEN: 'unauthorized',
  ORIGIN_FORBIDDEN: 'unauthorized',
  NOT_FOUND: 'resource_not_found',
  TENANT_UNKNOWN: 'resource_not_found',
  BODY_TOO_DEEP: 'too_deep',
  TENANT_ID: 'invalid_tenant_id',
  DEADLINE_EXCEEDED: 'eval_timeout',
  POLICY_MEMORY: 'eval_memory',
  RATE_LIMITED: 'too_many_requests',
  TENANT_BUDGET: 'too_many_requests',
  QUEUE_FULL: 'too_many_requests',
};

export interface OpaError {
  readonly code: string;
  readonly message: string;
  readonly errors?: readonly object[];
}

export function opaError(code: ErrorCode, message: string, errors?: readonly object[]): OpaError {
  return { code: opaCodes[code] ?? 'internal_error', message, ...(errors && errors.length > 0 ? { errors } : {}) };
}

/** What a message may not tell: what broke inside, and whether a tenant is there that the caller may not see. */
const fixed: Partial<Record<ErrorCode, string>> = {
  INTERNAL: 'something failed that should not have',
  TENANT_UNKNOWN: 'there is no such tenant',
};

/** A value that is none of a few is told with those few. */
function refusedField({ validation, validationContext }: Partial<FastifyError>): string | undefined {
  const [first] = validation ?? [];
  const allowed = first?.params['allowedValues'];
  if (!first || !Array.isArray(allowed)) return undefined;
  const field = `${validationContext ?? 'request'}${first.instancePath}`.replaceAll('/', '.');
  return `${field} must be one of ${allowed.join(', ')}`;
}

interface Detail {
  readonly retryAfter?: number;
  readonly errors?: readonly object[];
}

/** Writes the failure of a request in the dialect of its route. What broke inside is in the log, not in the answer. */
export function sendError(
  error: Partial<FastifyError> & { data?: unknown },
  request: FastifyRequest,
  reply: FastifyReply,
) {
  const code = errorCodeOf(error);
  const { status } = errorTable[code];
  const data = (error.data ?? {}) as Detail;
  if (data.retryAfter !== undefined) reply.header('retry-after', data.retryAfter);
  if (status === 401) reply.header('www-authenticate', 'Bearer realm="elava"');
  reply.code(status);
  const message = fixed[code] ?? refusedField(error) ?? messageOf(error);
  if (request.routeOptions.config?.dialect === 'opa') return sendOpa(reply, opaError(code, message, data.errors));
  const body = { ...problem(code, message), ...(data.errors ? { errors: data.errors } : {}) };
  return reply.type('application/problem+json; charset=utf-8').send(JSON.stringify(body));
}

/** OPA indents its errors. */
export function sendOpa(reply: FastifyReply, error: OpaError) {
  return reply.type('application/json').send(`${JSON.stringify(error, null, 2)}\n`);
}
