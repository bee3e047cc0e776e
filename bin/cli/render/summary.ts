/** What a person wants to see after a scan: found, changed, judged, and what could not be read. */
import { styleText } from 'node:util';
import { type ErrorCode, errorTable } from '../../../lib/errors.ts';
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

/** Findings of one rule and decision, with the first of them as the example. */
interface Group {
  readonly decision: string;
  readonly rule: string;
  readonly count: number;
  readonly example: Evaluation;
}

const groupColumns: Column<Group>[] = [
  { head: 'DECISION', value: (g) => styleText(colours[g.decision as keyof typeof colours] ?? 'white', g.decision) },
  { head: 'RULE', value: (g) => g.rule },
  { head: 'COUNT', value: (g) => number(g.count), right: true },
  { head: 'FOR EXAMPLE', value: (g) => `${g.example.type} ${g.example.name}` },
  { head: 'WHY', value: (g) => g.example.result.reason },
];
export const decisions = ['deny', 'require_approval', 'flag'];

/** The strongest decision first, then the rule that speaks most often. */
export function groupsOf(findings: readonly Evaluation[]): Group[] {
  const groups = Map.groupBy(findings, (f) => `${f.result.decision} ${ruleOf(f)}`);
  return [...groups.values()]
    .flatMap((group) => {
      const [example] = group;
      return example
        ? [{ decision: example.result.decision, rule: ruleOf(example), count: group.length, example }]
        : [];
    })
    .sort((a, b) => decisions.indexOf(a.decision) - decisions.indexOf(b.decision) || b.count - a.count);
}

/** Several rules of a package may speak of one resource; the first is the one that its reason comes from. */
function ruleOf(finding: Evaluation): string {
  return (finding.result.policies[0] ?? finding.policy_name).replace(/^elava\./, '');
}

async function writeFindings(findings: readonly Evaluation[], failed: number): Promise<void> {
  const counted = decisions
    .map((decision) => ({ decision, n: findings.filter((f) => f.result.decision === decision).length }))
    .filter(({ n }) => n > 0)
    .map(({ decision, n }) => `${decision} ${number(n)}`);
  await heading(`What the policies say (${counted.join(', ') || 'nothing'})`);
  const groups = groupsOf(findings);
  await writeTable(groupColumns, groups.slice(0, shown), { indent: 2 });
  await more(groups.length, 'elava findings');
  if (failed > 0) {
    await write(`  ${styleText('red', `${number(failed)} evaluations failed`)}; each counts as default_decision\n`);
  }
}

/** Units that were not read whole for one reason, with the first of them as the example. */
export interface GapGroup {
  readonly state: Coverage['state'];
  readonly error: string;
  readonly count: number;
  readonly where: string;
  readonly example: Coverage;
}

const gapColumns: Column<GapGroup>[] = [
  { head: 'STATE', value: (g) => g.state },
  { head: 'UNITS', value: (g) => number(g.count), right: true },
  { head: 'WHERE', value: (g) => g.where },
  { head: 'ERROR', value: (g) => g.error },
  { head: 'DETAIL', value: (g) => g.example.detail },
];
const held = 'vanished, held until seen twice';

/** By state and error, where it is most first. */
export function gapGroupsOf(gaps: readonly Coverage[]): GapGroup[] {
  const groups = Map.groupBy(gaps, (gap) => `${gap.state} ${gap.error}`);
  return [...groups.values()]
    .flatMap((group) => {
      const [example] = group;
      if (!example) return [];
      const error = example.error || (example.held > 0 ? held : '');
      return [{ state: example.state, error, count: group.length, where: whereOf(group), example }];
    })
    .sort((a, b) => b.count - a.count);
}

/** What the units have in common, and how many there are of what they have not: `2100…/eu-west-1/3 types`. */
function whereOf(units: readonly Coverage[]): string {
  const part = (pick: (unit: Coverage) => string, word: string): string => {
    const different = new Set(units.map(pick));
    return different.size === 1 ? ([...different][0] ?? '') : plural(different.size, word);
  };
  return [part((u) => u.account, 'account'), part((u) => u.region, 'region'), part((u) => u.type, 'type')].join('/');
}

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
  const groups = gapGroupsOf(gaps);
  await writeTable(gapColumns, groups.slice(0, shown), { indent: 2 });
  await more(groups.length, 'elava coverage');
  for (const { error } of groups.slice(0, shown)) {
    if (error in errorTable) await write(`  ${error} → ${errorTable[error as ErrorCode].next}\n`);
  }
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
