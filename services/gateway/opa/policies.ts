/** OPA's Policy API over the tenants' policies: an id is `tenants/{tenant}/{name}`, or its package says whose it is. */
import type { FastifyRequest } from 'fastify';
import { codeOf, elavaError } from '../../../lib/errors.ts';
import { type StoredPolicy, tenantsContract } from '../../tenants/tenants.contract.ts';
import { ownTenant } from '../auth/access.ts';
import { type Principal, seesTenant } from '../auth/principal.ts';
import type { Route, Services } from '../route.ts';
import { byOf } from '../routes/policies.ts';
import { opaConfig } from './data.ts';
import { partsOf } from './data-path.ts';
import { compileErrors } from './failures.ts';
import * as schema from './schemas.ts';

const writes = { access: { role: 'operator', scope: 'own' }, dialect: 'opa' } as const;

export const opaPoliciesRoute: Route = (server, services) => {
  void server.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(
      ['text/plain', 'application/octet-stream', 'application/x-www-form-urlencoded'],
      { parseAs: 'string' },
      (_request, body, done) => done(null, String(body)),
    );
    scope.get('/v1/policies', { schema: schema.policies, config: opaConfig }, async ({ principal }) => ({
      result: (await visible(services, principal)).map(shown),
    }));
    scope.get('/v1/policies/*', { schema: schema.policy, config: opaConfig }, async (request) => ({
      result: shown(await find(services, request)),
    }));
    scope.put<{ Body: string }>('/v1/policies/*', { schema: schema.putPolicy, config: writes }, (request) =>
      put(services, request),
    );
    scope.delete('/v1/policies/*', { schema: schema.deletePolicy, config: writes }, async (request) => {
      const { tenant, id, version } = await find(services, request);
      await services.client(tenantsContract).deletePolicy({ tenant, id, version, ...byOf(request) });
      return {};
    });
  });
};

function shown({ tenant, id, text }: StoredPolicy): object {
  return { id: `tenants/${tenant}/${id}`, raw: text };
}

async function visible({ client }: Services, principal: Principal): Promise<StoredPolicy[]> {
  const api = client(tenantsContract);
  const { tenants } = await api.list({});
  const own = tenants.filter(({ id }) => seesTenant(principal, id));
  const all = await Promise.all(own.map(({ id }) => api.policies({ tenant: id })));
  return all.flatMap(({ policies }) => policies).filter(({ kind }) => kind === 'rego');
}

/** Errors: NOT_FOUND in OPA's words. */
async function find(services: Services, request: FastifyRequest): Promise<StoredPolicy> {
  const asked = partsOf(request.url, '/v1/policies').join('/');
  const found = (await visible(services, request.principal)).filter(
    ({ tenant, id }) => `tenants/${tenant}/${id}` === asked || id === asked,
  );
  if (found.length === 1 && found[0]) return found[0];
  throw elavaError('NOT_FOUND', `storage_not_found_error: policy id ${JSON.stringify(asked)}`);
}

async function put(services: Services, request: FastifyRequest<{ Body: string }>): Promise<object> {
  const parts = partsOf(request.url, '/v1/policies');
  const text = request.body ?? '';
  const id = parts.at(-1) ?? '';
  if (text.trim() === '') throw elavaError('INVALID_REQUEST', `${parts.join('/')}:0: rego_parse_error: empty module`);
  const tenant = ownTenant(request.principal, namedTenant(parts) ?? packageTenant(text));
  const api = services.client(tenantsContract);
  const { policies } = await api.policies({ tenant });
  const old = policies.find((one) => one.id === id);
  const draft = { name: old?.name ?? id, kind: 'rego' as const, text };
  try {
    if (old)
      await api.updatePolicy({
        tenant,
        id,
        version: old.version,
        draft: { ...draft, enabled: true },
        ...byOf(request),
      });
    else await api.createPolicy({ tenant, id, draft, ...byOf(request) });
    return {};
  } catch (error) {
    throw compileError(error);
  }
}

function namedTenant(parts: readonly string[]): string | undefined {
  return parts.length === 3 && parts[0] === 'tenants' ? parts[1] : undefined;
}

/** Whose a module is when its id does not say; a module without a package is nobody's. */
function packageTenant(text: string): string {
  const [, dotted, quoted] = /^\s*package\s+tenants(?:\.([A-Za-z_]\w*)|\["([^"]+)"\])/m.exec(text) ?? [];
  const tenant = dotted ?? quoted;
  if (tenant !== undefined) return tenant;
  throw elavaError('INVALID_REQUEST', "the id is not tenants/{tenant}/{name}, and the package is no tenant's");
}

/** OPA answers 400 to what does not compile, where our own API says 422. */
function compileError(error: unknown): Error {
  if (codeOf(error) !== 'POLICY_SYNTAX') return error as Error;
  const { errors = [] } = (error as { data?: { errors?: Parameters<typeof compileErrors>[0] } }).data ?? {};
  const data = { errors: compileErrors(errors) };
  return elavaError('INVALID_REQUEST', 'error(s) occurred while compiling module(s)', { data, cause: error });
}
