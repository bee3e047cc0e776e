import type { Command } from 'commander';
import { accountsPage } from '../../../services/scanner/accounts-page.ts';
import type { Provider } from '../../../services/scanner/provider.ts';
import type { Account } from '../../../services/scanner/scanner.contract.ts';
import { withProvider } from '../cloud.ts';
import { exit } from '../exit.ts';
import { type Column, note, type Output, pages, writeRows } from '../output.ts';
import { type GlobalOptions, settings } from '../session.ts';

type Options = GlobalOptions & { limit?: number; output: Output };

const columns: Column<Account>[] = [
  { head: 'ACCOUNT', value: (a) => a.id },
  { head: 'NAME', value: (a) => a.name },
  { head: 'STATE', value: (a) => (a.error === '' ? a.state : a.error) },
  { head: 'UNIT', value: (a) => a.unit },
  { head: 'REGIONS', value: regionsText },
  { head: 'READ AS', value: (a) => (a.state === 'suspended' ? '' : a.role || 'own credentials') },
];
/** More names than this are a number. */
const named = 3;

function regionsText({ regions, off }: Account): string {
  const on = regions.length <= named ? regions.join(', ') : `${regions.length} regions`;
  return off.length === 0 ? on : `${on}, ${off.length} not enabled`;
}

export function accountsCommand(program: Command, finish: (code: number) => void): Command {
  return program
    .command('accounts')
    .summary('the accounts and regions that a scan reads, and how each is entered')
    .description('Finds the accounts: those of the configuration, those of the organisation, or your own.')
    .addHelpText(
      'after',
      `
Examples:
  elava accounts
  elava accounts --output ndjson | jq -r 'select(.state == "suspended").id'

A suspended account is told but not read. Exit codes: 0 ok, 4 some accounts do not tell their regions, 1 error, 2 usage.`,
    )
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<Options>();
      finish(await withProvider(settings(options), options, (provider) => listAccounts(provider, options)));
    });
}

/** Looking up ten thousand accounts takes a while, asking each for its regions longer. */
const deadlineMs = 15 * 60_000;

async function listAccounts(provider: Provider, { limit, output }: Options): Promise<number> {
  const signal = AbortSignal.timeout(deadlineMs);
  let [suspended, failed] = [0, 0];
  const answers = pages(
    (page) => accountsPage({ ...page, limit: Math.min(page.limit, 500) }, provider, signal),
    ({ accounts }) => {
      suspended += accounts.filter(({ state }) => state === 'suspended').length;
      failed += accounts.filter(({ error }) => error !== '').length;
      return accounts;
    },
    limit,
  );
  const count = await writeRows(output, columns, answers);
  if (output === 'table') note(`${count} accounts; ${suspended} suspended, which are not read`);
  if (failed === 0) return exit.ok;
  note(`${failed} of them do not tell their regions: see "elava doctor".`);
  return exit.partial;
}
