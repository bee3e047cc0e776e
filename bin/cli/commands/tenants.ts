import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { elavaError } from '../../../lib/errors.ts';
import { tenantPackage } from '../../../lib/tenant-id.ts';
import type { TenantState } from '../../../services/tenants/tenants.contract.ts';
import { exit } from '../exit.ts';
import { type Column, note, onePage, write, writeRows } from '../output.ts';
import { askServer } from '../reader.ts';
import type { Finish } from './policy/workshop.ts';
import {
  type Checked,
  check,
  directoryOf,
  type TenantOptions,
  tenantId,
  tenantsIn,
  withCompiler,
} from './tenants/bundles.ts';

type Row = Pick<TenantState, 'id' | 'state' | 'version' | 'files'> & {
  readonly errors: readonly { message: string; file: string; row: number }[];
};

const columns: Column<Row>[] = [
  { head: 'TENANT', value: (t) => t.id },
  { head: 'STATE', value: (t) => t.state },
  { head: 'VERSION', value: (t) => t.version },
  { head: 'FILES', value: (t) => t.files, right: true },
  { head: 'FAULT', value: ({ errors: [first] }) => (first ? `${first.file}:${first.row}: ${first.message}` : '') },
];

export function tenantsCommand(program: Command, finish: Finish): Command {
  const tenants = program
    .command('tenants')
    .summary('the tenants of the edge enforcer: list, add, check, test')
    .description('Works on the directory that tenants.path (BUNDLES_DIR) names; list also asks a server.')
    .addHelpText(
      'after',
      `
Examples:
  elava tenants add tenant-a           # a directory with a policy to begin with
  elava tenants check                  # compile all of them; says file:line:column
  elava tenants test tenant-a          # run its test_ rules
  elava tenants list --server http://127.0.0.1:8181`,
    );
  verbs(tenants, finish);
  return tenants;
}

function verbs(tenants: Command, finish: (code: number) => void): void {
  tenants
    .command('list')
    .summary('every tenant, with what is wrong with it')
    .description('Reads the directory, or with --server asks what a running server has loaded.')
    .addHelpText('after', `\nExamples:\n  elava tenants list\n  elava tenants list --server http://127.0.0.1:8181`)
    .action((_, command: Command) => list(command));
  tenants
    .command('add')
    .argument('<tenant>', 'its id: the name of its directory')
    .summary('make a directory with a policy, its test and its data')
    .description('Changes nothing that is there. A running server loads it within two seconds.')
    .addHelpText('after', `\nExamples:\n  elava tenants add tenant-a && elava tenants test tenant-a`)
    .action((id: string, _, command: Command) => add(tenantId(id), directoryOf(command)));
  tenants
    .command('check')
    .argument('[tenant]', 'only this one (default: all)')
    .summary('compile as the server would')
    .description('Says file:line:column of what does not compile, and exits with 2.')
    .addHelpText('after', `\nExamples:\n  elava tenants check\n  elava tenants check tenant-a`)
    .action(async (id: string | undefined, _, command: Command) => finish(await checkAll(directoryOf(command), id)));
  tenants
    .command('test')
    .argument('[tenant]', 'only this one (default: all)')
    .summary('run test_ rules')
    .description('Runs the tests that stand beside the policies of the tenants. Exits with 1 when one fails.')
    .addHelpText('after', `\nExamples:\n  elava tenants test\n  elava tenants test tenant-a`)
    .action(async (id: string | undefined, _, command: Command) => finish(await testAll(directoryOf(command), id)));
}

async function list(command: Command): Promise<void> {
  const options = command.optsWithGlobals<TenantOptions>();
  await writeRows(
    options.output,
    columns,
    onePage(options.server === undefined ? await here(command) : await there(options.server)),
  );
}

async function there(server: string): Promise<Row[]> {
  const { tenants } = await askServer<{ tenants: TenantState[] }>(server, 'tenants', {});
  return tenants;
}

async function here(command: Command): Promise<Row[]> {
  const directory = directoryOf(command);
  const checked = await withCompiler(async (compiler) =>
    check(directory, await tenantsIn(directory, undefined), compiler),
  );
  return checked.map(({ id, version, files, errors }) => ({
    id,
    version,
    files,
    errors,
    state: errors.length > 0 ? 'failed' : 'ready',
  }));
}

async function checkAll(directory: string, only: string | undefined): Promise<number> {
  const checked = await withCompiler(async (compiler) => check(directory, await tenantsIn(directory, only), compiler));
  const broken = checked.filter(({ errors }) => errors.length > 0);
  for (const tenant of broken) sayFaults(directory, tenant);
  note(
    broken.length > 0
      ? `${broken.length} of ${checked.length} tenants are broken.`
      : `${checked.length} tenants are right.`,
  );
  return broken.length > 0 ? exit.usage : exit.ok;
}

function sayFaults(directory: string, { id, errors }: Checked): void {
  for (const { file, row, col, code, message } of errors)
    note(`${join(directory, id, file)}:${row}:${col}: ${message} (${code})`);
}

async function testAll(directory: string, only: string | undefined): Promise<number> {
  return withCompiler(async (compiler) => {
    let [passed, failed] = [0, 0];
    for (const tenant of await check(directory, await tenantsIn(directory, only), compiler)) {
      if (tenant.errors.length > 0) sayFaults(directory, tenant);
      const { files, tests, data } = tenant.sources;
      const run = await compiler.test({ files: [...files, ...tests], data });
      const outcomes = run.ok ? run.tests : [];
      if (!run.ok) sayFaults(directory, { ...tenant, errors: run.errors });
      for (const { file, row, name, outcome, error } of outcomes.filter((one) => one.outcome !== 'pass')) {
        await write(`${tenant.id}/${file}:${row}: ${name} ${outcome} ${error?.message ?? ''}\n`);
      }
      const good = outcomes.filter(({ outcome }) => outcome === 'pass').length;
      passed += good;
      failed += outcomes.length - good + (run.ok ? 0 : 1);
    }
    await write(`${passed} passed, ${failed} failed\n`);
    return failed > 0 ? exit.error : exit.ok;
  });
}

async function add(id: string, directory: string): Promise<void> {
  const folder = join(directory, id);
  await mkdir(directory, { recursive: true });
  await mkdir(folder).catch((cause: NodeJS.ErrnoException) => {
    throw elavaError(cause.code === 'EEXIST' ? 'EXISTS' : 'POLICY_LOAD', `${folder}: ${cause.message}`, { cause });
  });
  const files = {
    'policy.rego': policyOf(id),
    'policy_test.rego': testOf(id),
    'data.json': '{ "actions": ["read"] }\n',
    'metadata.json': '{ "version": "1" }\n',
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  note(`${folder} is there; a server that watches it serves POST /v1/data/tenants/${id}/allow in two seconds.`);
}

function policyOf(id: string): string {
  return `package ${tenantPackage(id)}

default allow := {"allow": false, "redact": [], "reason": "no rule allows it"}

allow := {"allow": true, "redact": [], "reason": "the action is open to all"} if {
	input.subject.tenant_id == "${id}"
	input.action in data.actions
}
`;
}

function testOf(id: string): string {
  return `package ${tenantPackage(id)}_test

test_allows_reading if {
	data.${tenantPackage(id)}.allow.allow with input as {"subject": {"tenant_id": "${id}"}, "action": "read"}
}

test_denies_the_rest if {
	not data.${tenantPackage(id)}.allow.allow with input as {"subject": {"tenant_id": "${id}"}, "action": "delete"}
}
`.replace(/^package (.+)\["(.+)"\]_test/, 'package $1["$2_test"]');
}
