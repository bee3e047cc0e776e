import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { type Client, clientOf } from '../../../lib/contract.ts';
import { elavaError } from '../../../lib/errors.ts';
import { type Exemption, historyContract, type UsedExemption } from '../../../services/history/history.contract.ts';
import { stateOf } from '../../../services/policy/exemptions/exempt.ts';
import { type Column, note, type Output, onePage, write, writeRows } from '../output.ts';
import { askServer, tellServer } from '../reader.ts';
import { type GlobalOptions, settings, withSession } from '../session.ts';

type Options = GlobalOptions & { output: Output; server?: string };
interface Added {
  resource: string;
  rule: string;
  reason: string;
  owner: string;
  approver?: string;
  expires: string;
}
type Shown = UsedExemption & { readonly state: string };

const soonMs = 14 * 86_400_000;

const columns: Column<Shown>[] = [
  { head: 'ID', value: (e) => e.id },
  { head: 'STATE', value: (e) => e.state },
  { head: 'EXPIRES', value: (e) => e.expires_at.slice(0, 10) },
  { head: 'USED', value: (e) => e.used, right: true },
  { head: 'RULE', value: (e) => e.rule },
  { head: 'RESOURCE', value: (e) => e.resource },
  { head: 'OWNER', value: (e) => e.owner },
  { head: 'APPROVER', value: (e) => e.approver },
  { head: 'REASON', value: (e) => e.reason },
];

export function exemptionsCommand(program: Command): void {
  const exemptions = program
    .command('exemptions')
    .summary('agreed exceptions from policies')
    .description('An exempt rule does not count for a resource; the stored result shows what it would have been.');
  exemptions
    .command('list')
    .summary('what is exempt, until when, and whether it is still needed')
    .description('USED counts the findings that it changes now: one that changes none can go.')
    .addHelpText('after', `\nExamples:\n  elava exemptions list\n  elava exemptions list --output json`)
    .action((_, command: Command) => inMemory(command, listExemptions));
  addCommand(exemptions);
  exemptions
    .command('remove')
    .argument('<id>', 'its id, as elava exemptions list shows it')
    .summary('end an exception now')
    .description('What it touched is judged again at once.')
    .addHelpText('after', `\nExamples:\n  elava exemptions list\n  elava exemptions remove e-1a2b3c4d`)
    .action((id: string, _, command: Command) =>
      inMemory(command, async (exemptions) => {
        await exemptions.remove(id);
        note(`${id} is removed; what it touched is judged again.`);
      }),
    );
}

function addCommand(exemptions: Command): void {
  exemptions
    .command('add')
    .summary('make an exception')
    .description(
      'From then on the rule does not count for the resource, until the exception ends. What it touches is judged again.',
    )
    .requiredOption('--resource <id>', 'id of the resource; * stands for anything')
    .requiredOption('--rule <name>', 'rule or package, such as security.deny_open_port')
    .requiredOption('--reason <text>', 'why')
    .requiredOption('--owner <name>', 'who answers for it')
    .option('--approver <name>', 'who agreed; somebody else. With --server, whose key is used')
    .requiredOption('--expires <when>', 'a date such as 2027-03-31, or a time from now such as 90d')
    .addHelpText(
      'after',
      `
Examples:
  elava exemptions add --resource 'arn:aws:s3:::site-*' --rule security.deny_public_bucket \\
    --reason 'a public web site' --owner web --approver security --expires 90d
  elava exemptions list`,
    )
    .action((_, command: Command) => inMemory<Options & Added>(command, addOne));
}

type Wanted = Pick<Exemption, 'resource' | 'rule' | 'reason' | 'owner' | 'expires_at'> & { approver?: string };
type Made = Pick<Exemption, 'id' | 'created_at' | 'expires_at'>;

/** In the embedded store, or of a running server. */
interface Exemptions {
  list(): Promise<readonly UsedExemption[]>;
  add(wanted: Wanted): Promise<Made>;
  remove(id: string): Promise<unknown>;
}

async function inMemory<O extends Options>(
  command: Command,
  work: (exemptions: Exemptions, options: O, judgedMs: number) => Promise<void>,
): Promise<void> {
  const options = command.optsWithGlobals<O>();
  const config = settings(options);
  const { interval } = config.policies;
  if (options.server !== undefined) return work(ofServer(options.server), options, interval);
  await withSession(config, { ...options, roles: ['history'] }, ({ broker }) =>
    work(ofStore(clientOf(historyContract, broker)), options, interval),
  );
}

function ofServer(server: string): Exemptions {
  return {
    list: async () => (await askServer<{ exemptions: UsedExemption[] }>(server, 'exemptions', {})).exemptions,
    add: (wanted) => tellServer<Made>(server, 'POST', 'exemptions', wanted),
    remove: (id) => tellServer(server, 'DELETE', `exemptions/${encodeURIComponent(id)}`),
  };
}

function ofStore(history: Pick<Client<typeof historyContract>, 'exemptions' | 'exempt' | 'unexempt'>): Exemptions {
  return {
    list: async () => (await history.exemptions({})).exemptions,
    add: async ({ approver, ...wanted }) => {
      if (approver === undefined) throw elavaError('INVALID_REQUEST', 'say with --approver who agreed');
      const made = { id: `ex-${randomUUID().slice(0, 8)}`, created_at: new Date().toISOString() };
      await history.exempt({ ...wanted, ...made, approver });
      return { ...made, expires_at: wanted.expires_at };
    },
    remove: (id) => history.unexempt({ id }),
  };
}

async function listExemptions(exemptions: Exemptions, { output }: Options, judgedMs: number): Promise<void> {
  const now = Date.now();
  const all = await exemptions.list();
  const rows = all.map((one) => ({ ...one, state: stateOf(one, { now, soonMs, judgedMs }) }));
  await writeRows(output, columns, onePage(rows));
}

async function addOne(exemptions: Exemptions, options: Options & Added): Promise<void> {
  const { resource, rule, reason, owner, approver, expires, output } = options;
  const wanted = { resource, rule, reason, owner, expires_at: endOf(expires, Date.now()) };
  const { id, created_at, expires_at } = await exemptions.add({ ...wanted, ...(approver && { approver }) });
  await write(output === 'json' ? `${JSON.stringify({ id, created_at, expires_at })}\n` : `${id}\n`);
}

/** A date ends with its day, in UTC. */
function endOf(text: string, now: number): string {
  const [, days] = /^([1-9][0-9]{0,3})d$/.exec(text) ?? [];
  if (days !== undefined) return new Date(now + Number(days) * 86_400_000).toISOString();
  const end = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T23:59:59.999Z`) : Date.parse(text);
  if (!Number.isNaN(end)) return new Date(end).toISOString();
  throw elavaError('INVALID_REQUEST', `"${text}" is no date such as 2027-03-31 and no time such as 90d`);
}
