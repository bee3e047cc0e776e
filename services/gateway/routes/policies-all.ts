/** Policies of all tenants that the caller sees, with the tenant in the body in the place of the path. */
import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import type { Client } from '../../../lib/contract.ts';
import { elavaError } from '../../../lib/errors.ts';
import {
  AgentRequest,
  AgentVerdict,
  PolicyDraft,
  StoredPolicy,
  tenantsContract,
} from '../../tenants/tenants.contract.ts';
import { ownTenant } from '../auth/access.ts';
import { type Principal, seesTenant } from '../auth/principal.ts';
import type { Route } from '../route.ts';
import { byOf } from './policies.ts';

const tenant_id = Type.Optional(Type.String({ description: 'May be left out by a caller of one tenant.' }));
const Draft = Type.Interface([PolicyDraft], { tenant_id, id: Type.String() });
const Request = Type.Interface([AgentRequest], { tenant_id });
const All = Type.Object({ policies: Type.Array(StoredPolicy) });
const reads = { access: { role: 'viewer', scope: 'own' } } as const;
const writes = { access: { role: 'operator', scope: 'own' } } as const;

export const allPoliciesRoute: Route = (server, { client }) => {
  const tenants = client(tenantsContract);
  server.get(
    '/api/policies',
    {
      schema: { summary: 'Policies that the API made, of every tenant that the caller sees.', response: { 200: All } },
      config: reads,
    },
    async ({ principal }) => {
      const { tenants: known } = await tenants.list({});
      const own = known.filter(({ id }) => seesTenant(principal, id));
      const all = await Promise.all(own.map(({ id }) => tenants.policies({ tenant: id })));
      return { policies: all.flatMap(({ policies }) => policies) };
    },
  );
  server.post<{ Body: Static<typeof Draft> }>(
    '/api/policies',
    { schema: { summary: 'Adds a policy.', body: Draft, response: { 201: StoredPolicy } }, config: writes },
    async (request, reply) => {
      const { tenant_id: given, id, ...draft } = request.body;
      const tenant = tenantOf(request.principal, given);
      const made = await tenants.createPolicy({ tenant, id, draft, ...byOf(request) });
      return reply
        .code(201)
        .header('etag', `"${made.version}"`)
        .header('location', `/api/policies/${tenant}/${id}`)
        .send(made);
    },
  );
  judgeRoute(server, tenants);
};

function judgeRoute(server: FastifyInstance, tenants: Client<typeof tenantsContract>): void {
  server.post<{ Body: Static<typeof Request> }>(
    '/api/policies/evaluate',
    {
      schema: { summary: 'Judges what an agent wants to do.', body: Request, response: { 200: AgentVerdict } },
      config: reads,
    },
    async (request) => {
      const { tenant_id: given, ...asked } = request.body;
      return tenants.judge({ tenant: tenantOf(request.principal, given), request: asked, ...byOf(request) });
    },
  );
}

/** Errors: TENANT_ID, TENANT_UNKNOWN, INVALID_REQUEST. */
function tenantOf(principal: Principal, given: string | undefined): string {
  if (given !== undefined) return ownTenant(principal, given);
  const [only, ...others] = principal.tenants === '*' ? [] : principal.tenants;
  if (only !== undefined && others.length === 0) return only;
  throw elavaError('INVALID_REQUEST', 'tenant_id: the caller sees several tenants, so the request has to name one');
}
