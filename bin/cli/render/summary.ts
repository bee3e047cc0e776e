/** What a person wants to see after a scan: found, changed, judged, and what could not be read. */
import { styleText } from 'node:util';
import type { Change, Coverage } from '../../../lib/resource.ts';
import type { Evaluation } from '../../../services/history/history.contract.ts';
import { type Column, write, writeTable } from '../output.ts';
import type { ScanOutcome } from '../scan.ts';
import { fieldsText } from './change.ts';

const shown = 15;
const colours = { deny: 'red', require_approval: 'magenta', flag: 'yellow', allow: 'green' } as const;

export async function writeSummary(outcome: ScanOutcome): Promise<void> {
  await writeHead(outcome);
  await writeTypes(outcome);
  await writeChanges(outcome.changes);
  await writeFindings(outcome.findings, outcome.judged?.failed ?? 0);
  await writeGaps(outcome.report.units);
}

async function writeHead({ report, counts, seconds }: ScanOutcome): Promise<void> {
  const of = (pick: (unit: Coverage) => string, not = ''): number =>
    new Set(report.units.map(pick).filter((v) => v !== not)).size;
  const total = Object.values(counts).reduce((sum, n) => sum + n, 0);
  const where = `${plural(
    of((u) => u.account),
    'account',
  )}, ${plural(
    of((u) => u.region, 'global'),
    'region',
  )}, ${plural(
    of((u) => u.type),
    'type',
  )}`;
  await write(`${styleText('bold', `${number(total)} resources`)} in ${where}, ${seconds.toFixed(1)} s\n`);
}

interface TypeRow {
  readonly type: string;
  readonly count: number;
  readonly changes: readonly Change[];
  readonly findings: number;
}

async function writeTypes({ counts, changes, findings }: ScanOutcome): Promise<void> {
  const kinds = (row: TypeRow, ...wanted: Change['kind'][]): string =>
    dash(row.changes.filter((c) => wanted.includes(c.kind)).length);
  const columns: Column<TypeRow>[] = [
    { head: 'TYPE', value: (r) => r.type },
    { head: 'RESOURCES', value: (r) => number(r.count), right: true },
    { head: 'NEW', value: (r) => kinds(r, 'appeared', 'reappeared'), right: true },
    { head: 'CHANGED', value: (r) => kinds(r, 'modified'), right: true },
    { head: 'GONE', value: (r) => kinds(r, 'disappeared'), right: true },
    { head: 'FINDINGS', value: (r) => dash(r.findings), right: true },
  ];
  const types = [...new Set([...Object.keys(counts), ...changes.map((c) => c.type)])].sort();
  const rows = types.map((type) => ({
    type,
    count: counts[type] ?? 0,
    changes: changes.filter((c) => c.type === type),
    findings: findings.filter((f) => f.type === type).length,
  }));
  await write('\n');
  await writeTable(columns, rows, { indent: 2 });
}

const changeColumns: Column<Change>[] = [
  { head: 'KIND', value: (c) => c.kind },
  { head: 'SEVERITY', value: (c) => c.severity },
  { head: 'TYPE', value: (c) => c.type },
  { head: 'NAME', value: (c) => c.name },
  { head: 'WHAT', value: fieldsText },
];
const severities = ['high', 'medium', 'low', 'info'];

async function writeChanges(changes: readonly Change[]): Promise<void> {
  if (changes.length === 0) return;
  const worst = [...changes].sort((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));
  await heading(`Changed since the last scan (${number(changes.length)})`);
  await writeTable(changeColumns, worst.slice(0, shown), { indent: 2 });
  await more(changes.length, 'elava changes');
}

const findingColumns: Column<Evaluation>[] = [
  {
    head: 'DECISION',
    value: (f) => styleText(colours[f.result.decision as keyof typeof colours] ?? 'white', f.result.decision),
  },
  { head: 'POLICY', value: (f) => f.policy_name.replace(/^elava\./, '') },
  { head: 'TYPE', value: (f) => f.type },
  { head: 'NAME', value: (f) => f.name },
  { head: 'ACCOUNT', value: (f) => f.account },
  { head: 'WHY', value: (f) => f.result.reason },
];
export const decisions = ['deny', 'require_approval', 'flag'];

export function byStrength(a: Evaluation, b: Evaluation): number {
  return decisions.indexOf(a.result.decision) - decisions.indexOf(b.result.decision) || (a.name < b.name ? -1 : 1);
}

async function writeFindings(findings: readonly Evaluation[], failed: number): Promise<void> {
  const counted = decisions
    .map((decision) => ({ decision, n: findings.filter((f) => f.result.decision === decision).length }))
    .filter(({ n }) => n > 0);
  await heading(
    `What the policies say (${counted.map(({ decision, n }) => `${decision} ${number(n)}`).join(', ') || 'nothing'})`,
  );
  await writeTable(findingColumns, [...findings].sort(byStrength).slice(0, shown), { indent: 2 });
  await more(findings.length, 'elava findings');
  if (failed > 0)
    await write(`  ${styleText('red', `${number(failed)} evaluations failed`)}; each counts as default_decision\n`);
}

const gapColumns: Column<Coverage>[] = [
  { head: 'STATE', value: (c) => c.state },
  { head: 'UNIT', value: (c) => `${c.account}/${c.region}/${c.type}` },
  { head: 'ERROR', value: (c) => c.error || (c.held > 0 ? `${c.held} vanished, held until seen twice` : '') },
  { head: 'DETAIL', value: (c) => c.detail },
];

export function gapsOf(units: readonly Coverage[]): Coverage[] {
  return units.filter((unit) => unit.state !== 'complete' || unit.held > 0);
}

async function writeGaps(units: readonly Coverage[]): Promise<void> {
  const gaps = gapsOf(units);
  const skipped = units.filter((u) => u.state !== 'complete').length;
  const line =
    skipped === 0
      ? `All ${number(units.length)} units were read completely.`
      : `Not scanned completely: ${skipped} of ${units.length} units`;
  await heading(line);
  await writeTable(gapColumns, gaps.slice(0, shown), { indent: 2 });
  await more(gaps.length, 'elava coverage');
}

export async function heading(text: string): Promise<void> {
  await write(`\n${styleText('bold', text)}\n`);
}

async function more(total: number, verb: string): Promise<void> {
  if (total > shown) await write(styleText('dim', `  … and ${number(total - shown)} more: ${verb}\n`));
}

function number(n: number): string {
  return n.toLocaleString('en');
}
function dash(n: number): string {
  return n === 0 ? '·' : number(n);
}
function plural(n: number, word: string): string {
  return `${n} ${word}${n === 1 ? '' : 's'}`;
}
