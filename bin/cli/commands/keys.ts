import type { Command } from 'commander';
import { codeOf, elavaError } from '../../../lib/errors.ts';
import { isTenantId } from '../../../lib/tenant-id.ts';
import { parseDuration } from '../../../lib/time.ts';
import { makeKey, readKeys, type StoredKey, writeKeys } from '../../../services/gateway/auth/api-keys.ts';
import { isRole, roles } from '../../../services/gateway/auth/principal.ts';
import { list } from '../filter.ts';
import { type Column, note, type Output, onePage, write, writeRows } from '../output.ts';
import { type GlobalOptions, settings } from '../session.ts';

type Options = GlobalOptions & { output: Output; file?: string };
type Added = Options & { role: string; tenants?: string[]; expires: string; note?: string };

const columns: Column<StoredKey>[] = [
  { head: 'ID', value: (k) => k.id },
  { head: 'ROLE', value: (k) => k.role },
  { head: 'TENANTS', value: (k) => (k.tenants === '*' ? 'all' : k.tenants.join(' ')) },
  { head: 'EXPIRES', value: (k) => k.expires_at.slice(0, 10) },
  { head: 'NOTE', value: (k) => k.note ?? '' },
];

export function keysCommand(program: Command): Command {
  const keys = program
    .command('keys')
    .summary('API keys of the HTTP server: add, list, remove')
    .description(
      'Works on the file that gateway.auth.keys names. The file holds hashes; a running server reads it again.',
    );
  const verb = (name: string) =>
    keys.command(name).option('--file <file>', 'file of the keys (default: gateway.auth.keys)');
  verb('add')
    .argument('<id>', 'a name for it, such as ci')
    .summary('make a key; it is shown once')
    .description('Writes the hash of a new key into the file and the key itself to stdout.')
    .requiredOption('--role <role>', roles.join(', '))
    .option('--tenants <ids>', 'tenants that it sees, comma-separated (default: all, and the estate)', list)
    .option('--expires <duration>', 'how long it is good', '90d')
    .option('--note <text>', 'what it is for')
    .addHelpText(
      'after',
      '\nExamples:\n  elava keys add ci --role operator --tenants tenant_a --expires 30d --file keys.json',
    )
    .action((id: string, _, command: Command) => add(id, command.optsWithGlobals<Added>()));
  verb('list')
    .summary('every key, without the key')
    .description('With its role, its tenants, when it ends and what it is for.')
    .addHelpText('after', `\nExamples:\n  elava keys list --file keys.json`)
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<Options>();
      await writeRows(options.output, columns, onePage(await readKeys(fileOf(options))));
    });
  verb('remove')
    .argument('<id>', 'its name')
    .summary('it stops working within a second')
    .description('Takes the key out of the file; running servers read it again.')
    .addHelpText('after', `\nExamples:\n  elava keys remove ci --file keys.json`)
    .action((id: string, _, command: Command) => remove(id, command.optsWithGlobals<Options>()));
  return keys;
}

function fileOf(options: Options): string {
  const file = options.file ?? settings(options).gateway.auth.keys;
  if (file !== '') return file;
  throw elavaError('INVALID_REQUEST', 'no file of keys: name one with --file, or set gateway.auth.keys');
}

async function add(id: string, options: Added): Promise<void> {
  const { role, tenants = '*', expires } = options;
  if (!isRole(role)) throw elavaError('INVALID_REQUEST', `--role is one of ${roles.join(', ')}`);
  if (!/^[a-z0-9][a-z0-9-]{0,62}$/.test(id)) throw elavaError('INVALID_REQUEST', 'an id has a-z, 0-9 and -');
  const stranger = tenants === '*' ? undefined : tenants.find((one) => !isTenantId(one));
  if (stranger !== undefined) throw elavaError('TENANT_ID', `${JSON.stringify(stranger)} can be no tenant`);
  const ms = parseDuration(expires);
  if (ms === undefined || ms === 0) throw elavaError('INVALID_REQUEST', '--expires is a duration such as 90d');
  const file = fileOf(options);
  const before = await readKeys(file).catch((error: unknown) => {
    if (codeOf(error) === 'CONFIG_NOT_FOUND') return [];
    throw error;
  });
  if (before.some((known) => known.id === id)) throw elavaError('EXISTS', `there is a key ${id} already`);
  const { key, stored } = makeKey({ id, role, tenants, expires: new Date(Date.now() + ms), note: options.note });
  await writeKeys(file, [...before, stored]);
  note(`The key, shown this once; ${file} holds only its hash:`);
  await write(`${key}\n`);
}

async function remove(id: string, options: Options): Promise<void> {
  const file = fileOf(options);
  const before = await readKeys(file);
  const after = before.filter((known) => known.id !== id);
  if (after.length === before.length) throw elavaError('NOT_FOUND', `there is no key ${id}`);
  await writeKeys(file, after);
  note(`${id} is removed.`);
}
