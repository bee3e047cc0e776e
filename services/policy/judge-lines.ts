/** Judges rows of history, one a line, in a worker's thread; only what differs from the stored result goes back. */
import { hash } from 'node:crypto';
import type { Evaluation, JudgingRow } from '../history/history.contract.ts';
import { rulesFor } from './environment.ts';
import { failuresOf, nanosecondsOf } from './evaluate-lines.ts';
import type { Evaluator } from './evaluator.ts';
import { exemptor } from './exemptions/exempt.ts';
import { buildInput, type PolicyInput } from './input.ts';
import type { PackageResult } from './policy.contract.ts';
import { Bookmark, type JudgeTask, linesOf } from './tasks.ts';

export interface Judged {
  readonly resources: number;
  /** Evaluations in which a policy failed, changed or not. */
  readonly failed: number;
  readonly evaluations: readonly Evaluation[];
  /** Stored results of policies that do not judge the resource any more. */
  readonly cleared: ReadonlyArray<{ readonly resource_id: string; readonly policy_name: string }>;
}

export function judgeLines(task: JudgeTask, evaluator: Evaluator): Judged {
  const bookmark = new Bookmark(task);
  const exemptOf = exemptor(task.exemptions ?? [], task.at);
  const evaluations: Evaluation[] = [];
  const cleared: Array<{ resource_id: string; policy_name: string }> = [];
  const nowNs = nanosecondsOf(task.at);
  let resources = 0;
  let failed = 0;
  for (const line of linesOf(task.lines)) {
    bookmark.atLine(resources);
    const row = JSON.parse(line) as JudgingRow;
    const input = buildInput(row, task.settings, task.at, task.scanned);
    const { policies, strict } = rulesFor(input.environment, task.settings);
    const results = evaluator.judge({
      input: () => Buffer.from(JSON.stringify(input)),
      parsed: input,
      nowNs,
      policies,
      strict,
      ...failuresOf(task, resources),
      exempt: exemptOf(row.resource.id),
      onPolicy: (policy) => bookmark.atPolicy(policy),
    });
    resources += 1;
    failed += results.filter(({ error }) => error !== '').length;
    evaluations.push(...changedOf(results, { row, input, task }));
    cleared.push(...clearedOf(row, policies));
  }
  return { resources, failed, evaluations, cleared };
}

interface Origin {
  readonly row: JudgingRow;
  readonly input: PolicyInput;
  readonly task: JudgeTask;
}

/**
 * A policy that is silent, and of which nothing is stored, leaves nothing: its silence is the unit's being judged.
 * What spoke once is stored as allow when it falls silent, so that the timeline shows until when it spoke.
 */
function changedOf(results: readonly PackageResult[], { row, input, task }: Origin): Evaluation[] {
  const changed: Evaluation[] = [];
  for (const one of results) {
    const last = row.last[one.policy];
    if (last === undefined && isSilent(one)) continue;
    const content = hashOf(one);
    if (last === content) continue;
    const { resource, revision } = row;
    changed.push({
      id: hashText(`${resource.id} ${one.policy} ${revision} ${task.at} ${content}`),
      resource_id: resource.id,
      policy_name: one.policy,
      result: one.result,
      effect: one.effect,
      error: one.error,
      evaluated_at: task.at,
      revision,
      hash: content,
      bundle: task.bundle.digest,
      account: resource.account,
      region: resource.region,
      type: resource.type,
      name: resource.name,
      environment: input.environment,
    });
  }
  return changed;
}

function clearedOf({ last, resource }: JudgingRow, policies: readonly string[]): Judged['cleared'] {
  const gone = Object.keys(last).filter((policy) => !policies.includes(policy));
  return gone.map((policy_name) => ({ resource_id: resource.id, policy_name }));
}

function isSilent({ effect, error, result }: PackageResult): boolean {
  return (
    error === '' && effect === 'allow' && result.decision === 'allow' && result.actions.length === 0 && !result.exempt
  );
}

/** Results that many resources share, such as silence, are hashed once. */
const hashes = new WeakMap<PackageResult, string>();

/** 16 hex digits over what a reader sees of a result; its keys come in an order of their own. */
function hashOf(result: PackageResult): string {
  const known = hashes.get(result);
  if (known !== undefined) return known;
  const text = hashText(contentOf(result));
  hashes.set(result, text);
  return text;
}

/** Writing JSON would take longer than judging; most results have neither metadata nor actions. */
function contentOf({ result, effect, error }: PackageResult): string {
  const { decision, reason, confidence, policies, metadata, actions, exempt = [], would = '' } = result;
  const rest = actions.length > 0 || Object.keys(metadata).length > 0 ? JSON.stringify([metadata, actions]) : '';
  return [decision, effect, error, confidence, policies.length, ...policies, reason, rest, would, ...exempt].join('\n');
}

function hashText(text: string): string {
  return hash('sha1', text, 'hex').slice(0, 16);
}
