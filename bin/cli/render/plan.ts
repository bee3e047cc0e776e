/** Plans, items and actions as a person reads them. */
import type { ActionView, Applied, ItemView, PlanView } from '../../../services/reconciler/reconciler.contract.ts';
import { plainText } from '../csv.ts';
import { type Column, note, type Output, onePage, write, writeRows } from '../output.ts';

const itemColumns: Column<ItemView>[] = [
  { head: 'ITEM', value: (i) => i.id },
  { head: 'PHASE', value: (i) => i.phase },
  { head: 'ACTION', value: (i) => i.action },
  { head: 'COST', value: (i) => i.cost },
  { head: 'TYPE', value: (i) => i.type },
  { head: 'NAME', value: (i) => i.name },
  { head: 'ENV', value: (i) => i.environment },
  { head: 'OWNER', value: (i) => i.owner },
  { head: 'APPROVALS', value: (i) => (i.needs === 0 ? '·' : `${i.approved_by.length}/${i.needs}`) },
  { head: 'HELD OR WHY', value: (i) => i.why || i.held || i.reason },
];

const actionColumns: Column<ActionView>[] = [
  { head: 'AT', value: (a) => a.at.slice(0, 19) },
  { head: 'ID', value: (a) => a.id },
  { head: 'OUTCOME', value: (a) => a.outcome },
  { head: 'ACTION', value: (a) => a.action },
  { head: 'STEP', value: (a) => a.step },
  { head: 'RESOURCE', value: (a) => a.resource_id },
  { head: 'DETAIL', value: (a) => a.detail },
];

const appliedColumns: Column<Applied['items'][number]>[] = [
  { head: 'ITEM', value: (i) => i.id },
  { head: 'OUTCOME', value: (i) => i.outcome },
  { head: 'ACTION', value: (i) => i.action },
  { head: 'RESOURCE', value: (i) => i.resource_id },
  { head: 'WHY', value: (i) => i.why },
];

export async function showPlan(plan: PlanView, output: Output): Promise<void> {
  if (output === 'json') return write(`${JSON.stringify(plan, undefined, 2)}\n`);
  await writeRows(output, itemColumns, onePage(plan.items));
  if (output === 'table') noteRefused(plan);
}

function noteRefused({ refused }: PlanView): void {
  const reasons = Map.groupBy(refused, ({ action, reason }) => `${action}: ${reason}`);
  for (const [reason, some] of reasons) note(`refused ${some.length}: ${reason}`);
}

export async function showPlans(plans: readonly PlanView[], output: Output): Promise<void> {
  const count = (plan: PlanView, ...phases: string[]): number =>
    plan.items.filter(({ phase }) => phases.includes(phase)).length;
  const columns: Column<PlanView>[] = [
    { head: 'PLAN', value: (p) => p.id },
    { head: 'MADE', value: (p) => p.created_at.slice(0, 19) },
    { head: 'BY', value: (p) => p.by },
    { head: 'BEGINS UNTIL', value: (p) => p.expires_at.slice(0, 19) },
    { head: 'ITEMS', value: (p) => p.items.length, right: true },
    { head: 'WAITING', value: (p) => count(p, 'waiting'), right: true },
    { head: 'READY', value: (p) => count(p, 'ready'), right: true },
    { head: 'GRACE', value: (p) => count(p, 'grace'), right: true },
    { head: 'DONE', value: (p) => count(p, 'done'), right: true },
    { head: 'OVER', value: (p) => count(p, 'failed', 'superseded', 'cancelled', 'expired'), right: true },
  ];
  await writeRows(output, columns, onePage(plans));
}

/** One item whole: everything that somebody who has to agree would ask. */
export async function showItem(item: ItemView, output: Output): Promise<void> {
  if (output !== 'table') return write(`${JSON.stringify(item, undefined, output === 'json' ? 2 : undefined)}\n`);
  const facts = [...aboutIt(item), ...aboutOthers(item)];
  const width = Math.max(...facts.map(([name]) => name.length));
  await write(`${facts.map(([name, value]) => `${name.padEnd(width)}  ${plainText(value)}`).join('\n')}\n`);
}

type Fact = readonly [name: string, value: string];
const or = (value: string, otherwise: string): string => (value === '' ? otherwise : value);

function aboutIt(item: ItemView): Fact[] {
  return [
    ['item', `${item.id} (${item.phase})`],
    ['resource', `${item.resource_id} (${item.type}, ${or(item.environment, 'no environment')})`],
    ['would', `${item.would} [${item.cost}]`],
    ['undo', or(item.undo, 'nothing puts it back')],
    ['why', `${item.reason} (${item.decision} of ${or(item.rules.join(', '), item.policy)})`],
    ['would break', or(item.breaks.map(({ type, name }) => `${type} ${name}`).join(', '), 'nothing that is known')],
  ];
}

function aboutOthers(item: ItemView): Fact[] {
  const approved = or(item.approved_by.join(', '), 'none');
  return [
    ['owner', or(item.owner, 'nobody known')],
    ['changed last by', or(item.changed_by, 'not known')],
    ['mode', item.mode],
    ['held', or(item.held, 'by nothing')],
    ['approvals', `${approved} (${item.needs} needed, not of ${item.proposer})`],
    ['deadline', or(item.due, item.delayed ? 'set when it is marked' : 'none')],
    ['acknowledged', or(item.acknowledged_by, 'by nobody')],
    ['last', or(item.why, '·')],
  ];
}

export async function showActions(actions: readonly ActionView[], output: Output): Promise<void> {
  await writeRows(output, actionColumns, onePage(actions));
}

export async function showApplied(applied: Applied, output: Output): Promise<void> {
  if (output === 'json') return write(`${JSON.stringify(applied, undefined, 2)}\n`);
  await writeRows(output, appliedColumns, onePage(applied.items));
  const { done, failed, held, superseded, dry_run } = applied;
  note(`${dry_run ? 'Would be done' : 'Done'}: ${done}. Failed: ${failed}. Held: ${held}. Superseded: ${superseded}.`);
}
