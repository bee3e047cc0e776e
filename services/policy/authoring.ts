/** What somebody who writes policies does with a directory of them: list, check, test, evaluate. Nothing is stored. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { elavaError } from '../../lib/errors.ts';
import { suppliedBuiltins } from './builtins/index.ts';
import { type Bundle, buildBundle } from './bundle.ts';
import type { RegoCompiler } from './compiler/compiler.ts';
import type { CoverageReport, TestOutcome } from './compiler/requests.ts';
import { policyInputSchema } from './input-schema.ts';
import type { PackageInfo } from './packages.ts';
import { policyName, rulesOf } from './packages.ts';
import type { Decision, Diagnostic, Judgement, RuleInfo } from './policy.contract.ts';
import { PolicyPool } from './pool.ts';
import { type JudgeSettings, threadCount } from './settings.ts';
import { readSources } from './sources.ts';

export interface Workshop {
  readonly directory: string;
  readonly compiler: RegoCompiler;
  readonly settings: JudgeSettings;
}
export interface Checked {
  readonly errors: readonly Diagnostic[];
  readonly rules: readonly RuleInfo[];
  readonly files: number;
}

/**
 * Types the policies against the schema of their input, so that a misspelt field is an error with its place; then
 * compiles them together with their tests, so that a test of a rule that is gone is an error too.
 */
export async function checkPolicies({ directory, compiler }: Omit<Workshop, 'settings'>): Promise<Checked> {
  const { files, tests, data, errors } = await readSources(directory);
  if (files.length + errors.length === 0) throw elavaError('POLICY_LOAD', `${directory} holds no policies`);
  const shared = { data, builtins: suppliedBuiltins, strict: true };
  const typed = await compiler.check({ ...shared, files, inputSchema: policyInputSchema });
  // Tests make up inputs, so they are not held to the schema.
  const checked = typed.ok ? await compiler.check({ ...shared, files: [...files, ...tests] }) : typed;
  const rules = rulesOf(checked.modules.filter((module) => !module.file.endsWith('_test.rego')));
  return { errors: [...errors, ...(checked.ok ? [] : checked.errors)], rules, files: files.length + tests.length };
}

/** A row of `allowed.json` or `denied.json` beside the rules of a package. `rules` are the names that must speak. */
export interface TableRow {
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly expect?: { readonly decision?: Decision; readonly rules?: readonly string[] };
}
export interface TableOutcome {
  readonly file: string;
  readonly name: string;
  readonly passed: boolean;
  /** What was decided instead, "" when it passed. */
  readonly instead: string;
}
export interface Tested {
  readonly errors: readonly Diagnostic[];
  readonly tests: readonly TestOutcome[];
  readonly tables: readonly TableOutcome[];
  readonly coverage?: CoverageReport;
}
export interface TestOptions {
  /** RE2 that a test's full name must match; tables run only without it. */
  readonly filter?: string;
  readonly coverage?: boolean;
}

/** Runs the `test_` rules, and the tables through the evaluator that serves. */
export async function testPolicies(workshop: Workshop, { filter, coverage }: TestOptions = {}): Promise<Tested> {
  const { directory, compiler } = workshop;
  const sources = await readSources(directory);
  if (sources.errors.length > 0) return { errors: sources.errors, tests: [], tables: [] };
  const ran = await compiler.test({
    files: [...sources.files, ...sources.tests],
    data: sources.data,
    builtins: suppliedBuiltins,
    ...(filter !== undefined && { filter }),
    ...(coverage && { coverage }),
  });
  if (!ran.ok) return { errors: ran.errors, tests: [], tables: [] };
  const tables = filter === undefined ? await testTables(workshop) : [];
  return { errors: [], tests: ran.tests, tables, ...(ran.coverage && { coverage: ran.coverage }) };
}

/** Evaluates whole inputs. `policies` none: those of each input's environment. Error: POLICY_SYNTAX, POLICY_NOT_FOUND. */
export async function evaluatePolicies(
  workshop: Workshop,
  inputs: readonly object[],
  policies: readonly string[] = [],
): Promise<Judgement[]> {
  const bundle = await bundleOf(workshop);
  refuseUnknown(bundle.packages, policies);
  return withPool((pool) => judge(pool, { workshop, bundle, inputs, policies }));
}

async function bundleOf({ directory, compiler, settings }: Workshop): Promise<Bundle> {
  const built = await buildBundle(compiler, await readSources(directory), { settings });
  if (built.ok) return built.bundle;
  const [first] = built.errors;
  const place = first ? `${first.file}:${first.row}:${first.col}: ${first.message}` : 'it does not compile';
  throw elavaError('POLICY_SYNTAX', place, { data: { errors: built.errors } });
}

function refuseUnknown(packages: readonly PackageInfo[], policies: readonly string[]): void {
  const known = packages.map(({ name }) => name);
  const unknown = policies.map(policyName).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw elavaError('POLICY_NOT_FOUND', `there is no package ${unknown}; there are ${known.join(', ')}`);
  }
}

interface Questions {
  readonly workshop: Workshop;
  readonly bundle: Bundle;
  readonly inputs: readonly object[];
  readonly policies: readonly string[];
}

function judge(pool: PolicyPool, { workshop, bundle, inputs, policies }: Questions): Promise<Judgement[]> {
  const lines = inputs.map((input) => `${JSON.stringify(input)}\n`).join('');
  return pool.evaluate({ bundle, settings: workshop.settings, lines }, policies.map(policyName));
}

async function withPool<T>(work: (pool: PolicyPool) => Promise<T>): Promise<T> {
  const pool = new PolicyPool({ threads: threadCount(0), deadlineMs: 30_000, maxQueue: 64 });
  try {
    return await work(pool);
  } finally {
    await pool.close();
  }
}

const tableFiles = new Set(['allowed.json', 'denied.json']);

async function testTables(workshop: Workshop): Promise<TableOutcome[]> {
  const names = await readdir(workshop.directory, { recursive: true, encoding: 'utf8' });
  const tables = names.filter((name) => tableFiles.has(name.split('/').at(-1) ?? '')).sort();
  if (tables.length === 0) return [];
  const bundle = await bundleOf(workshop);
  return withPool(async (pool) => {
    const outcomes: TableOutcome[] = [];
    for (const file of tables) outcomes.push(...(await testTable(pool, { workshop, bundle, file })));
    return outcomes;
  });
}

interface Table {
  readonly workshop: Workshop;
  readonly bundle: Bundle;
  readonly file: string;
}

/** A table speaks of the packages whose files stand in its folder. */
async function testTable(pool: PolicyPool, { workshop, bundle, file }: Table): Promise<TableOutcome[]> {
  const folder = file.split('/').slice(0, -1).join('/');
  const rows = readTable(file, await readFile(join(workshop.directory, file), 'utf8'));
  const inFolder = bundle.rules.filter((rule) => rule.file.split('/').slice(0, -1).join('/') === folder);
  const policies = [...new Set(inFolder.map((rule) => rule.package))];
  const inputs = rows.map(({ input }) => input);
  const judgements = await judge(pool, { workshop, bundle, inputs, policies });
  return rows.map((row, i) => {
    const instead = difference(row, judgements[i], file.endsWith('allowed.json'));
    return { file, name: row.name, passed: instead === '', instead };
  });
}

function readTable(file: string, text: string): TableRow[] {
  try {
    const rows = JSON.parse(text) as unknown;
    if (Array.isArray(rows) && rows.every((row) => typeof row?.name === 'string' && typeof row?.input === 'object')) {
      return rows as TableRow[];
    }
  } catch (cause) {
    throw elavaError('INPUT_INVALID', `${file}: ${(cause as Error).message}`, { cause });
  }
  throw elavaError('INPUT_INVALID', `${file}: a table is a list of {name, input, expect}`);
}

/** Without `expect` a row of allowed.json must be allowed and one of denied.json must not. */
function difference({ expect = {} }: TableRow, judgement: Judgement | undefined, allowed: boolean): string {
  if (!judgement) return 'nothing';
  const { decision, policies, reason } = judgement.result;
  const failed = judgement.packages.find((one) => one.error !== '');
  if (failed) return `${failed.error}: ${reason}`;
  const right = expect.decision ? decision === expect.decision : (decision === 'allow') === allowed;
  if (!right) return `${decision}: ${reason}`;
  const spoke = policies.map((rule) => rule.split('.').at(-1) ?? rule).sort();
  if (!expect.rules || spoke.join() === [...expect.rules].sort().join()) return '';
  return `rules that spoke: ${spoke.join(', ') || 'none'}`;
}
