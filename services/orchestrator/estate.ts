/** The estate: what the configuration names, and the accounts and regions that the scanner finds. */

import { type Cloud, cloudOf } from '../../lib/config/cloud.ts';
import type { Config } from '../../lib/config/schema.ts';
import type { Client } from '../../lib/contract.ts';
import type { Clock } from '../../lib/time.ts';
import type { scannerContract } from '../scanner/scanner.contract.ts';
import type { Estate, EstateAccount } from './scope.ts';

export type EstateScanner = Pick<Client<typeof scannerContract>, 'types' | 'regions' | 'accounts'>;

/** A look-up that failed is made again after this, as long as there is one before it. */
const AGAIN_MS = 60_000;
const PAGE = 500;

/** Asks the scanner; what was found is kept until it should be looked up again, or until that went well. */
export function estateOf(config: Config, scanner: EstateScanner, clock: Clock): () => Promise<Estate> {
  const cloud = cloudOf(config);
  let known: Estate | undefined;
  let until = 0;
  let asking: Promise<Estate> | undefined;
  const ask = async (): Promise<Estate> => {
    try {
      known = { ...(await found(cloud, scanner)), tiers: config.tiers };
      until = clock.now() + (cloud.refreshMs ?? Number.POSITIVE_INFINITY);
    } catch (error) {
      if (!known) throw error;
      until = clock.now() + AGAIN_MS;
    }
    return known;
  };
  return async () => {
    if (known && until > clock.now()) return known;
    asking ??= ask().finally(() => {
      asking = undefined;
    });
    return asking;
  };
}

async function found({ regions, types }: Cloud, scanner: EstateScanner): Promise<Omit<Estate, 'tiers'>> {
  const [all, places] = await Promise.all([scanner.types({}), scanner.regions({})]);
  const accounts: EstateAccount[] = [];
  const lists = new Map<string, readonly string[]>();
  let after: string | undefined;
  do {
    const page = await scanner.accounts({ limit: PAGE, ...(after === undefined ? {} : { after }) });
    for (const { id, name, state, regions: on } of page.accounts) {
      accounts.push({ id, name, state, regions: shared(on, lists) });
    }
    after = page.next;
  } while (after !== undefined);
  return { accounts, regions, types, allTypes: all.types, allRegions: places.regions };
}

/** Most accounts have the same regions: ten thousand of them need one list, not ten thousand. */
function shared(regions: readonly string[], lists: Map<string, readonly string[]>): readonly string[] {
  const key = regions.join();
  const known = lists.get(key) ?? regions;
  lists.set(key, known);
  return known;
}
