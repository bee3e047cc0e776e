/** What other services may ask of the tenants' policies in this process (policy.contract.ts). */
import { elavaError } from '../../../lib/errors.ts';
import { unpackBundle } from '../bundles/archive.ts';
import type { TenantOffer } from '../policy.contract.ts';
import { type Sources, sourcesOf } from '../sources.ts';
import type { Question } from './question.ts';
import type { TenantInfo, Tenants } from './tenants.ts';

export function tenantActions(tenants: Tenants) {
  return {
    loadTenant: async (offer: TenantOffer) => {
      const { sources, revision } = await sourcesFrom(offer);
      const { tenant, roots, limits, lazy } = offer;
      return plain(await tenants.load({ tenant, sources, revision: offer.revision ?? revision, roots, limits, lazy }));
    },
    removeTenant: async ({ tenant }: { tenant: string }) => ({ removed: tenants.remove(tenant) }),
    tenants: async ({ tenant }: { tenant?: string }) => {
      const one = tenant === undefined ? tenants.list() : [tenants.info(tenant)];
      return { tenants: one.filter((info) => info !== undefined).map(plain) };
    },
    askTenant: async ({ tenant, questions, now }: { tenant: string; questions: Question[]; now?: string }) => {
      const began = performance.now();
      const options = now === undefined ? {} : { nowMs: Date.parse(now) };
      const { revision, digest, answers } = await tenants.ask(tenant, questions, options);
      const total_ns = Math.round((performance.now() - began) * 1e6);
      return { revision, digest, answers: answers.map((one) => ({ ...one, values: [...one.values] })), total_ns };
    },
  };
}

async function sourcesFrom({
  files,
  archive,
  tenant,
}: Pick<TenantOffer, 'files' | 'archive' | 'tenant'>): Promise<{ sources: Sources; revision?: string }> {
  if ((files === undefined) === (archive === undefined)) {
    throw elavaError('INVALID_REQUEST', 'a tenant is loaded from files or from an archive, from one of them');
  }
  if (files) return { sources: sourcesOf(files) };
  const { revision, ...sources } = await unpackBundle(Buffer.from(archive ?? '', 'base64'), { name: tenant });
  return { sources, ...(revision !== '' && { revision }) };
}

function plain(info: TenantInfo) {
  return { ...info, packages: [...info.packages], errors: [...info.errors] };
}
