/** The scanner's actions that only ask the provider, each within the time that its contract gives. */
import type { Static } from 'typebox';
import { elavaError } from '../../lib/errors.ts';
import { accountsPage } from './accounts-page.ts';
import type { Provider } from './provider.ts';
import { infoOf } from './resource-type.ts';
import { scannerContract } from './scanner.contract.ts';

type Actions = typeof scannerContract.actions;
type Params<K extends keyof Actions> = Static<Actions[K]['params']>;

export function questionsOf(provider: Provider) {
  return {
    types: async () => ({ types: [...provider.types.values()].map(infoOf) }),
    regions: async () => ({ regions: [...provider.regions] }),
    accounts: (page: Params<'accounts'>) => accountsPage(page, provider, within('accounts')),
    probe: async (place: Params<'probe'>) => ({ calls: [...(await provider.probe(place, within('probe')))] }),
    skew: async () => ({ ms: await provider.clockSkew(within('skew')) }),
    identify: async ({ account }: Params<'identify'>) => provider.identify(within('identify'), account),
    async metrics({ from, to, ...question }: Params<'metrics'>) {
      if (!provider.metrics) throw elavaError('INVALID_REQUEST', `${provider.name} tells no metrics`);
      const span = { from: Date.parse(from), to: Date.parse(to) };
      return { series: await provider.metrics({ ...question, ...span }, within('metrics')) };
    },
    async audit({ account, region, from, to, name, token }: Params<'audit'>) {
      const page = { account, region, from: Date.parse(from), to: Date.parse(to), name, token };
      const { records, next } = await provider.audit(page, within('audit'));
      return { records, ...(next ? { next } : {}) };
    },
  };
}

function within(action: 'accounts' | 'probe' | 'skew' | 'identify' | 'metrics' | 'audit'): AbortSignal {
  return AbortSignal.timeout(scannerContract.actions[action].timeoutMs);
}
