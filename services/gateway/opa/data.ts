/** OPA's Data API over the tenants' policies: `/v1/data/tenants/{id}/…`, and the older `/v0/data`. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { elavaError } from '../../../lib/errors.ts';
import { type TenantDecision, tenantsContract } from '../../tenants/tenants.contract.ts';
import { ownTenant } from '../auth/access.ts';
import { parseJson } from '../body.ts';
import { correlationOf } from '../correlation.ts';
import { sendOpa } from '../errors.ts';
import type { Route, Services } from '../route.ts';
import { answerText, type DataQuery } from './answer.ts';
import { readOpaBodies } from './bodies.ts';
import { partsOf, refOf } from './data-path.ts';
import { evaluationError } from './failures.ts';
import * as schema from './schemas.ts';

type Request = FastifyRequest<{ Querystring: DataQuery }>;

/** `own`: the tenant is in the wildcard, and looked at by the handler. */
export const opaConfig = { access: { role: 'viewer', scope: 'own' }, dialect: 'opa' } as const;

export const dataRoute: Route = (server, services) => {
  void server.register(async (scope) => {
    readOpaBodies(scope);
    for (const url of ['/v1/data', '/v1/data/*']) {
      scope.post<{ Querystring: DataQuery }>(url, { schema: schema.ask, config: opaConfig }, (request, reply) =>
        answer(services, request, reply, inputOf(request.body)),
      );
      scope.get<{ Querystring: DataQuery }>(url, { schema: schema.read, config: opaConfig }, (request, reply) =>
        answer(services, request, reply, queryInput(request.query.input)),
      );
    }
    refuseWrites(scope);
    olderApi(scope, services);
  });
};

/** What is under a tenant comes from its bundle, and OPA refuses to write there in these words. */
function refuseWrites(scope: FastifyInstance): void {
  const access = { role: 'operator', scope: 'own' } as const;
  for (const method of ['PUT', 'PATCH', 'DELETE'] as const) {
    scope.route({
      method,
      url: '/v1/data/*',
      schema: { summary: 'Refused: data belongs to the bundle of its tenant.', tags: ['opa'] },
      config: { access, dialect: 'opa' },
      handler: async (request) => {
        const parts = partsOf(request.url, '/v1/data');
        const tenant = ownTenant(request.principal, parts[1] ?? '');
        throw elavaError('INVALID_REQUEST', `path ${parts.join('/')} is owned by bundle "${tenant}"`);
      },
    });
  }
}

async function answer(services: Services, request: Request, reply: FastifyReply, input: Input) {
  const began = performance.now();
  const parts = partsOf(request.url, '/v1/data');
  const place = tenantPlace(request, parts);
  if (!place) return reply.type('application/json').send('{}\n');
  const decision = await decide(services, request, { parts, input, shape: place.isAllow });
  const { query } = request;
  const isLogged = services.config.decisions.enabled;
  const hasInput = input.isThere;
  return reply
    .type('application/json')
    .send(answerText({ tenant: place.tenant, decision, query, hasInput, began, isLogged }));
}

/** Undefined for what is no tenant's: there is nothing, as in an OPA that has no such document. */
function tenantPlace(request: Request, parts: readonly string[]) {
  if (parts[0] !== 'tenants' || parts.length < 2) return undefined;
  const tenant = ownTenant(request.principal, parts[1] ?? '');
  return { tenant, isAllow: parts.length === 3 && parts[2] === 'allow' };
}

interface Asked {
  readonly parts: readonly string[];
  readonly input: Input;
  readonly shape: boolean;
}

/** Errors: those of tenants.evaluate, and what the evaluation failed with. */
export async function decide(services: Services, request: FastifyRequest, asked: Asked): Promise<TenantDecision> {
  const tenants = services.client(tenantsContract);
  const correlation = correlationOf(request.headers);
  const decision = await tenants.evaluate({
    tenant: asked.parts[1] ?? '',
    path: [...asked.parts],
    ...(asked.shape ? { shape: 'allow' as const } : {}),
    ...(asked.input.isThere ? { input: asked.input.value } : {}),
    principal: request.principal.id,
    ...(correlation === '' ? {} : { correlation }),
  });
  if (decision.error) throw evaluationError(decision.error);
  return decision;
}

export interface Input {
  readonly isThere: boolean;
  readonly value?: unknown;
}

/** Errors: INVALID_REQUEST in OPA's words. */
function inputOf(body: unknown): Input {
  if (body === undefined || body === null) return { isThere: false };
  if (typeof body !== 'object' || Array.isArray(body)) {
    const what = Array.isArray(body) ? 'array' : typeof body;
    throw elavaError('INVALID_REQUEST', `body contains malformed input document: it is of type ${what}, not an object`);
  }
  return 'input' in body ? { isThere: true, value: body.input } : { isThere: false };
}

function queryInput(text: string | undefined): Input {
  if (text === undefined) return { isThere: false };
  return { isThere: true, value: parseJson(text, 'parameter contains malformed input document') };
}

/** In version 0 the body is the input, and the answer is the value alone. */
function olderApi(scope: FastifyInstance, services: Services): void {
  const missing = (reply: FastifyReply, parts: readonly string[]) =>
    sendOpa(reply.code(404), { code: 'undefined_document', message: `document missing: ${refOf(parts)}` });
  scope.post('/v0/data/*', { schema: schema.older, config: opaConfig }, async (request, reply) => {
    const parts = partsOf(request.url, '/v0/data');
    const place = tenantPlace(request as Request, parts);
    if (!place) return missing(reply, parts);
    const input = request.body === undefined ? { isThere: false } : { isThere: true, value: request.body };
    const { value } = await decide(services, request, { parts, input, shape: false });
    if (value === undefined) return missing(reply, parts);
    return reply.type('application/json').send(`${JSON.stringify(value)}\n`);
  });
  scope.post('/', { schema: schema.older, config: opaConfig }, (_request, reply) => missing(reply, ['system', 'main']));
}
