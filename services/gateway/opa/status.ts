/** How OPA reports on itself: `/health`, `/v1/status`, `/v1/config`. */
import { codeOf } from '../../../lib/errors.ts';
import { version } from '../../../lib/version.ts';
import { type TenantState, tenantsContract } from '../../tenants/tenants.contract.ts';
import { type Principal, seesTenant } from '../auth/principal.ts';
import type { Route, Services } from '../route.ts';
import { isOn } from './answer.ts';
import { opaConfig } from './data.ts';
import * as schema from './schemas.ts';

interface HealthQuery {
  readonly bundles?: string;
  readonly bundle?: string;
  readonly plugins?: string;
}

/** The server is healthy while its store answers; with `?bundles` while every tenant has a bundle that serves, too. */
export const healthRoute: Route = (server, services) => {
  server.get<{ Querystring: HealthQuery }>(
    '/health',
    {
      schema: { summary: 'Health, as OPA tells it: ?bundles and ?plugins ask for more.', tags: ['opa'] },
      config: { access: { role: 'public' } },
    },
    async ({ query }, reply) => {
      try {
        const { revision } = await services.history.status({}, { timeoutMs: 5000 });
        const failed = isOn(query.bundles) || isOn(query.bundle) ? await failedTenants(services) : 0;
        if (failed === 0) return { status: 'ok', revision };
        // How many, not which: whoever asks need not be known.
        return await reply.code(500).send({ error: `one or more bundles are not activated: ${failed}` });
      } catch (error) {
        return reply.code(503).send({ status: 'unavailable', code: codeOf(error), error: 'the store does not answer' });
      }
    },
  );
};

async function failedTenants(services: Services): Promise<number> {
  const { tenants } = await services.client(tenantsContract).list({});
  return tenants.filter(({ state }) => state === 'failed').length;
}

export const statusRoute: Route = (server, services) => {
  server.get('/v1/status', { schema: schema.status, config: opaConfig }, async ({ principal }) => {
    const tenants = await visible(services, principal);
    const bundles = Object.fromEntries(tenants.map((tenant) => [tenant.id, bundleStatus(tenant)]));
    const plugins = { bundle: { state: tenants.every(({ state }) => state === 'ready') ? 'OK' : 'WARN' } };
    return { result: { labels: labelsOf(services), bundles, plugins } };
  });
  server.get('/v1/config', { schema: schema.config, config: opaConfig }, () => ({
    result: {
      labels: labelsOf(services),
      default_decision: '/system/main',
      default_authorization_decision: '/system/authz/allow',
      decision_logs: { enabled: services.config.decisions.enabled },
    },
  }));
};

async function visible({ client }: Services, principal: Principal): Promise<TenantState[]> {
  const { tenants } = await client(tenantsContract).list({});
  return tenants.filter(({ id }) => seesTenant(principal, id));
}

function labelsOf({ hub }: Services): object {
  return { id: hub.epoch, version };
}

function bundleStatus({ id, version: revision, bundle, loaded, errors }: TenantState): object {
  const [first] = errors;
  return {
    name: id,
    active_revision: revision || bundle,
    ...(loaded === '' ? {} : { last_successful_activation: loaded }),
    ...(first ? { code: 'bundle_error', message: first.message, errors } : {}),
  };
}
