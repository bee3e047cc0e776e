/** Policies of tenants: made, changed, asked. Changes go by ETag, so that nobody overwrites what they have not read. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import Type, { type Static } from 'typebox';
import { elavaError } from '../../../lib/errors.ts';
import {
  AgentRequest,
  AgentVerdict,
  PolicyDraft,
  StoredPolicy,
  tenantsContract,
} from '../../tenants/tenants.contract.ts';
import { correlationOf } from '../correlation.ts';
import type { Route, Services } from '../route.ts';

const Place = Type.Object({ tenant: Type.String(), id: Type.String() });
const Tenant = Type.Object({ tenant: Type.String() });
const reads = { access: { role: 'viewer', scope: 'tenant' } } as const;
const writes = { access: { role: 'operator', scope: 'tenant' } } as const;
const IfMatch = Type.Object({ 'if-match': Type.Optional(Type.String({ description: 'The ETag that was read.' })) });

type At = { Params: Static<typeof Place> };
type Change = At & { Body: Static<typeof PolicyDraft> };

const list = {
  schema: {
    summary: 'Policies that the API made for a tenant, the highest priority first.',
    params: Tenant,
    response: { 200: Type.Object({ policies: Type.Array(StoredPolicy) }) },
  },
  config: reads,
};
const get = {
  schema: { summary: 'One policy; its ETag is its version.', params: Place, response: { 200: StoredPolicy } },
  config: reads,
};
const create = {
  schema: {
    summary: 'Adds a policy. One that does not compile is refused with its places.',
    params: Place,
    body: PolicyDraft,
    response: { 201: StoredPolicy },
  },
  config: writes,
};
const update = {
  schema: {
    summary: 'Changes a policy that is still as it was read.',
    params: Place,
    headers: IfMatch,
    body: PolicyDraft,
    response: { 200: StoredPolicy },
  },
  config: writes,
};
const remove = {
  schema: {
    summary: 'Removes a policy that is still as it was read, and gives it back.',
    params: Place,
    headers: IfMatch,
    response: { 200: StoredPolicy },
  },
  config: writes,
};
const judge = {
  schema: {
    summary: 'Judges what an agent wants to do.',
    params: Tenant,
    body: AgentRequest,
    response: { 200: AgentVerdict },
  },
  config: reads,
};

export const policiesRoute: Route = (server, services) => {
  const tenants = services.client(tenantsContract);
  const place = '/api/policies/:tenant/:id';
  server.get<{ Params: Static<typeof Tenant> }>('/api/policies/:tenant', list, ({ params }) =>
    tenants.policies({ tenant: params.tenant }),
  );
  server.get<At>(place, get, async ({ params }, reply) => tagged(reply, await one(services, params)));
  server.post<Change>(place, create, async (request, reply) => {
    const made = await tenants.createPolicy({ ...request.params, draft: request.body, ...byOf(request) });
    return tagged(reply.code(201), made);
  });
  server.put<Change>(place, update, async (request, reply) => {
    const version = await versionOf(services, request);
    const draft = request.body;
    return tagged(reply, await tenants.updatePolicy({ ...request.params, version, draft, ...byOf(request) }));
  });
  server.delete<At>(place, remove, async (request) => {
    const version = await versionOf(services, request);
    return tenants.deletePolicy({ ...request.params, version, ...byOf(request) });
  });
  server.post<{ Params: Static<typeof Tenant>; Body: Static<typeof AgentRequest> }>(
    '/api/policies/:tenant/evaluate',
    judge,
    (request) => tenants.judge({ tenant: request.params.tenant, request: request.body, ...byOf(request) }),
  );
};

/** Who changes or asks, and what it is part of. */
export function byOf(request: FastifyRequest): { principal: string; correlation?: string } {
  const correlation = correlationOf(request.headers);
  return { principal: request.principal.id, ...(correlation === '' ? {} : { correlation }) };
}

function tagged(reply: FastifyReply, policy: StoredPolicy): FastifyReply {
  return reply.header('etag', `"${policy.version}"`).send(policy);
}

/** Errors: NOT_FOUND. */
async function one({ client }: Services, { tenant, id }: Static<typeof Place>): Promise<StoredPolicy> {
  const { policies } = await client(tenantsContract).policies({ tenant });
  const found = policies.find((policy) => policy.id === id);
  if (!found) throw elavaError('NOT_FOUND', 'there is no such policy');
  return found;
}

/** Errors: NOT_FOUND, VERSION_REQUIRED, VERSION_CONFLICT. */
async function versionOf(services: Services, request: FastifyRequest<At>): Promise<number> {
  const given = request.headers['if-match'];
  const current = await one(services, request.params);
  if (given === undefined) throw elavaError('VERSION_REQUIRED', 'the request has no If-Match');
  const [, version] = /^(?:W\/)?"?(\d+)"?$/.exec(given.trim()) ?? [];
  if (version === undefined) throw elavaError('VERSION_CONFLICT', `If-Match ${given} is no version of it`);
  if (Number(version) !== current.version) throw elavaError('VERSION_CONFLICT', `it is at version ${current.version}`);
  return current.version;
}
