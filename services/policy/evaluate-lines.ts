/** Evaluates whole inputs, one a line, in a worker's thread. */
import { normalEnvironment, rulesFor } from './environment.ts';
import type { Evaluator } from './evaluator.ts';
import { combine } from './outcome.ts';
import type { Judgement } from './policy.contract.ts';
import { Bookmark, type EvaluateTask, linesOf } from './tasks.ts';
import type { Failure } from './voices.ts';

type Input = {
  readonly environment?: unknown;
  readonly context?: { readonly environment?: unknown; readonly now?: unknown };
};

export function evaluateLines(task: EvaluateTask, evaluator: Evaluator): Judgement[] {
  const bookmark = new Bookmark(task);
  return Array.from(linesOf(task.lines), (line, i) => {
    bookmark.atLine(i);
    const input = JSON.parse(Buffer.from(line).toString()) as Input;
    const name = input.environment ?? input.context?.environment;
    const rules = rulesFor(normalEnvironment(typeof name === 'string' ? name : '', task.settings), task.settings);
    const packages = evaluator.judge({
      input: line,
      nowNs: nanosecondsOf(input.context?.now),
      policies: task.policies.length > 0 ? task.policies : rules.policies,
      strict: rules.strict,
      failed: failuresOf(task, i),
      onPolicy: (policy) => bookmark.atPolicy(policy),
    });
    return { ...combine(packages), bundle: task.bundle.digest, packages };
  });
}

/** An input that does not say when it is judged is judged now. */
export function nanosecondsOf(now: unknown): bigint {
  const given = typeof now === 'string' ? Date.parse(now) : Number.NaN;
  return BigInt(Number.isNaN(given) ? Date.now() : given) * 1_000_000n;
}

export function failuresOf(task: Pick<EvaluateTask, 'culprits'>, line: number): ReadonlyMap<string, Failure> {
  return new Map(task.culprits.filter((one) => one.line === line).map((one) => [one.policy, one]));
}
