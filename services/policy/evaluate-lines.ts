/** Evaluates whole inputs, one a line, in a worker's thread. */
import { normalEnvironment, rulesFor } from './environment.ts';
import type { Evaluator } from './evaluator.ts';
import { combine } from './outcome.ts';
import type { Judgement } from './policy.contract.ts';
import { Bookmark, type EvaluateTask, linesOf } from './tasks.ts';
import type { Failure } from './voices.ts';

type Input = object & {
  readonly environment?: unknown;
  readonly context?: { readonly environment?: unknown; readonly now?: unknown };
};

export function evaluateLines(task: EvaluateTask, evaluator: Evaluator): Judgement[] {
  const bookmark = new Bookmark(task);
  return linesOf(task.lines).map((line, i) => {
    bookmark.atLine(i);
    const input = JSON.parse(line) as Input;
    const name = input.environment ?? input.context?.environment;
    const rules = rulesFor(normalEnvironment(typeof name === 'string' ? name : '', task.settings), task.settings);
    const packages = evaluator.judge({
      input: () => Buffer.from(line),
      parsed: input,
      nowNs: nanosecondsOf(input.context?.now),
      policies: task.policies.length > 0 ? task.policies : rules.policies,
      strict: rules.strict,
      ...failuresOf(task, i),
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

/** What is known to fail on a line; hardly ever anything. */
export function failuresOf(
  task: Pick<EvaluateTask, 'culprits'>,
  line: number,
): { failed?: ReadonlyMap<string, Failure> } {
  const own = task.culprits.filter((one) => one.line === line);
  return own.length === 0 ? {} : { failed: new Map(own.map((one) => [one.policy, one])) };
}
