/** Ids of tenants: checked before they name a file, a package or anything else. */
const pattern = /^[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?$/;

/** Names that mean something to JavaScript, or to whoever reads them as all tenants. */
const reserved = new Set(['constructor', 'prototype']);

export function isTenantId(text: unknown): text is string {
  return typeof text === 'string' && pattern.test(text) && !reserved.has(text);
}

/** The package that a tenant's policies are under, as it is written: `tenants.a`, `tenants["tenant-a"]`. */
export function tenantPackage(tenant: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(tenant) ? `tenants.${tenant}` : `tenants[${JSON.stringify(tenant)}]`;
}
