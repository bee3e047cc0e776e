/** Accounts by the page, each with the regions that are to be read in it. */
import { codeOf, messageOf } from '../../lib/errors.ts';
import { maskText } from '../../lib/mask.ts';
import type { AccountInfo, Provider } from './provider.ts';
import type { Account } from './scanner.contract.ts';

interface Question {
  readonly after?: string | undefined;
  readonly limit?: number | undefined;
}
interface Page {
  readonly accounts: Account[];
  readonly next?: string;
}
type Places = Pick<Account, 'regions' | 'off' | 'error' | 'detail'>;

const PAGE = 500;
/** Accounts whose regions are asked for at once; each is a role to assume and a call to make. */
const AT_ONCE = 16;

/** Rejects as `provider.accounts` does. An account that refuses to tell its regions gets those of the caller's own. */
export async function accountsPage(
  { after, limit = PAGE }: Question,
  provider: Provider,
  signal: AbortSignal,
): Promise<Page> {
  const all = await provider.accounts();
  const from = after === undefined ? 0 : all.findIndex(({ id }) => id > after);
  const page = from < 0 ? [] : all.slice(from, from + limit);
  const otherwise = once(() => standIn(provider, signal));
  const accounts: Account[] = [];
  let at = 0;
  const worker = async (): Promise<void> => {
    while (at < page.length) {
      const mine = at++;
      const account = page[mine] as AccountInfo;
      accounts[mine] = {
        ...account,
        tags: { ...account.tags },
        ...(await placesOf(account, { provider, signal, otherwise })),
      };
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, page.length) }, worker));
  const last = page.at(-1)?.id;
  return from >= 0 && from + limit < all.length && last !== undefined ? { accounts, next: last } : { accounts };
}

interface Asking {
  readonly provider: Provider;
  readonly signal: AbortSignal;
  readonly otherwise: () => Promise<readonly string[]>;
}

async function placesOf({ id, state }: AccountInfo, { provider, signal, otherwise }: Asking): Promise<Places> {
  if (state === 'suspended') return { regions: [], off: [], error: '', detail: '' };
  try {
    const { on, off } = await provider.regionsOf(id, signal);
    return { regions: [...on], off: [...off], error: '', detail: '' };
  } catch (error) {
    const regions = [...(await otherwise())];
    return { regions, off: [], error: codeOf(error), detail: maskText(messageOf(error)).slice(0, 500) };
  }
}

/** What is read of an account that does not answer shows in its coverage: some regions there must be to show it in. */
async function standIn(provider: Provider, signal: AbortSignal): Promise<readonly string[]> {
  const { account } = await provider.identify(signal);
  return (await provider.regionsOf(account, signal)).on;
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
