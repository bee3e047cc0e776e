/** Calls made from the OpenAPI document: each route, asked for a tenant. */
/** Paths whose tenant stands in the path or in the body. */
export function isOfTenant(path: string): boolean {
  return (
    path.includes('{tenant}') ||
    /^\/v[01]\/(batch\/)?data\/\{path\}/.test(path) ||
    path === '/v1/policies/{path}' ||
    path === '/api/policies/evaluate'
  );
}

export function filled(path: string, tenant: string): string {
  return path
    .replace('/v1/policies/{path}', `/v1/policies/tenants/${tenant}/x`)
    .replace('{path}', `tenants/${tenant}/allow`)
    .replace('{tenant}', tenant)
    .replaceAll(/\{\w+\}/g, 'x');
}

export function bodyFor(
  operation: { requestBody?: { content: object } },
  tenant = 'beta',
): { raw?: string; headers?: Record<string, string> } {
  const [type] = Object.keys(operation.requestBody?.content ?? {});
  if (type === undefined) return {};
  const json = {
    input: {},
    inputs: { a: {} },
    name: 'x',
    kind: 'rego',
    agent: 'a',
    action: 'b',
    id: 'x',
    tenant_id: tenant,
    text: `package tenants.${tenant}`,
  };
  return {
    raw: type === 'text/plain' ? `package tenants.${tenant}` : JSON.stringify(json),
    headers: { 'content-type': type },
  };
}
