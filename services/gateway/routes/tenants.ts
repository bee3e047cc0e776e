import Type from 'typebox';
import { TenantState, tenantsContract } from '../../tenants/tenants.contract.ts';
import { unknownTenant } from '../auth/access.ts';
import { seesTenant } from '../auth/principal.ts';
import type { Route } from '../route.ts';

const Tenant = Type.Object({ tenant: Type.String() });

/** Which tenants are served, and what is wrong with their bundles. */
export const tenantsRoute: Route = (server, { client }) => {
  server.get(
    '/api/tenants',
    {
      schema: {
        summary: 'The tenants that the caller sees.',
        response: { 200: Type.Object({ tenants: Type.Array(TenantState) }) },
      },
      config: { access: { role: 'viewer', scope: 'own' } },
    },
    async ({ principal }) => {
      const { tenants } = await client(tenantsContract).list({});
      return { tenants: tenants.filter(({ id }) => seesTenant(principal, id)) };
    },
  );
  server.get<{ Params: { tenant: string } }>(
    '/api/tenants/:tenant',
    {
      schema: { summary: 'One tenant.', params: Tenant, response: { 200: TenantState } },
      config: { access: { role: 'viewer', scope: 'tenant' } },
    },
    async ({ params }) => {
      const { tenants } = await client(tenantsContract).list({ tenant: params.tenant });
      const [found] = tenants;
      if (!found) throw unknownTenant();
      return found;
    },
  );
};
