/** The organisation that the accounts belong to: a root, units by purpose and environment, and each account's place. */
import type { Account } from './estate.ts';

export interface OrganizationalUnit {
  readonly id: string;
  readonly name: string;
  readonly parent: string;
}

export const organizationId = 'o-elavasim01';
export const rootId = 'r-elav';

const unit = (n: number, name: string, parent = rootId): OrganizationalUnit => ({
  id: `ou-elav-0000000${n}`,
  name,
  parent,
});
const [workloads, security, suspended] = [unit(1, 'Workloads'), unit(2, 'Security'), unit(3, 'Suspended')];
const byEnvironment = {
  prod: unit(4, 'Prod', workloads.id),
  staging: unit(5, 'Staging', workloads.id),
  dev: unit(6, 'Dev', workloads.id),
} as const;

export const organizationalUnits: readonly OrganizationalUnit[] = [
  workloads,
  security,
  suspended,
  ...Object.values(byEnvironment),
];

/** The id of the root or unit that an account is in. The management account is in the root. */
export function parentOf(account: Account): string {
  if (account.index === 0) return rootId;
  if (account.suspended) return suspended.id;
  return account.name.startsWith('identity') ? security.id : byEnvironment[account.environment].id;
}

export function accountTags({ name, environment }: Account): Readonly<Record<string, string>> {
  return { team: name.split('-')[0] as string, environment, 'managed-by': 'landing-zone' };
}
