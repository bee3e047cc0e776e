/** Who asks, and what they may. Pure. */

/** Weakest first: each may what those before it may. */
export const roles = ['viewer', 'operator', 'approver', 'admin'] as const;
export type Role = (typeof roles)[number];

export interface Principal {
  /** `key:ci-prod`, `user:kavya@acme.example`, `development`. */
  readonly id: string;
  readonly role: Role;
  /** Tenants that it sees; `*` for all of them and for the estate, which belongs to no tenant. */
  readonly tenants: '*' | readonly string[];
}

/** The one caller of a server without authentication, which binds loopback only. */
export const developer: Principal = { id: 'development', role: 'admin', tenants: '*' };

export function isRole(value: unknown): value is Role {
  return roles.includes(value as Role);
}

export function mayAct(principal: Principal, role: Role): boolean {
  return roles.indexOf(principal.role) >= roles.indexOf(role);
}

export function seesTenant({ tenants }: Principal, tenant: string): boolean {
  return tenants === '*' || tenants.includes(tenant);
}

/** The estate is of the platform: whoever is bound to tenants sees nothing of it. */
export function seesEstate({ tenants }: Principal): boolean {
  return tenants === '*';
}
