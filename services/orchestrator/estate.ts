/** The estate of the configuration: with no accounts in it, the account that the caller's own credentials belong to. */

import type { Config } from '../../lib/config/schema.ts';
import type { Client } from '../../lib/contract.ts';
import type { scannerContract } from '../scanner/scanner.contract.ts';
import type { Estate } from './scope.ts';

type Scanner = Pick<Client<typeof scannerContract>, 'types' | 'regions' | 'identify'>;

/** Asks the scanner once; a failure, such as credentials that are missing, is not remembered. */
export function estateOf({ providers, tiers }: Config, scanner: Scanner): () => Promise<Estate> {
  const { accounts, regions, types } = providers.aws;
  let known: Promise<Estate> | undefined;
  const ask = async (): Promise<Estate> => {
    const [{ types: allTypes }, { regions: allRegions }] = await Promise.all([scanner.types({}), scanner.regions({})]);
    const ids = accounts.length > 0 ? accounts.map(({ id }) => id) : [(await scanner.identify({})).account];
    return { accounts: ids, regions, types, tiers, allTypes, allRegions };
  };
  return () => {
    known ??= ask().catch((error: unknown) => {
      known = undefined;
      throw error;
    });
    return known;
  };
}
