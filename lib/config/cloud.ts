/** What of a provider's settings those need who do not know the provider: the only place outside it that names its section. */
import type { Config } from './schema.ts';

export interface Cloud {
  readonly regions: readonly string[];
  /** None: all. */
  readonly types: readonly string[];
  readonly accounts: readonly { readonly id: string; readonly name: string; readonly environment: string }[];
  /** Units that one process scans at once. */
  readonly concurrency: number;
  readonly unitTimeoutMs: number;
  /** How often accounts and regions are looked up again; undefined where the configuration names them all. */
  readonly refreshMs: number | undefined;
}

export function cloudOf({ providers }: Pick<Config, 'providers'>): Cloud {
  const { regions, types, accounts, concurrency, unit_timeout, organization } = providers.aws;
  const found = organization.enabled || regions.includes('all');
  return {
    regions,
    types,
    accounts,
    concurrency,
    unitTimeoutMs: unit_timeout,
    refreshMs: found ? organization.refresh : undefined,
  };
}
