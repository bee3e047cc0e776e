/** How fast a directory of policies is evaluated, in one thread. */
import { hostBuiltins } from '../builtins/index.ts';
import type { Bundle } from '../bundle.ts';
import { normalEnvironment, rulesFor } from '../environment.ts';
import { nanosecondsOf } from '../evaluate-lines.ts';
import { Evaluator } from '../evaluator.ts';
import type { JudgeSettings } from '../settings.ts';

export interface BenchOptions {
  /** Full names of packages; none: those of each input's environment. */
  readonly policies: readonly string[];
  readonly rounds: number;
  /** Of one round, milliseconds. */
  readonly roundMs: number;
  /** Milliseconds, as performance.now gives them. */
  readonly clock: () => number;
}
export interface Benched {
  readonly inputs: number;
  readonly evaluations: number;
  /** Of one input by all its packages. */
  readonly microseconds: { readonly min: number; readonly median: number };
  readonly per_second: { readonly best: number; readonly median: number };
  /** Evaluations in which a policy failed. */
  readonly failed: number;
}
type Input = { readonly environment?: unknown; readonly context?: { readonly now?: unknown } };

/** A first round is not counted: it is the one in which the engine compiles. */
export function benchPolicies(
  bundle: Bundle,
  settings: JudgeSettings,
  inputs: readonly object[],
  options: BenchOptions,
): Benched {
  const { memoryBytes, defaultDecision } = settings;
  const evaluator = new Evaluator(bundle, { builtins: hostBuiltins, memoryBytes, defaultDecision });
  const questions = inputs.map((input) => questionOf(input, settings, options.policies));
  let evaluations = 0;
  let failed = 0;
  const round = (): number => {
    const began = options.clock();
    let count = 0;
    do {
      for (const question of questions) {
        const results = evaluator.judge(question);
        if (results.some(({ error }) => error !== '')) failed += 1;
      }
      count += questions.length;
    } while (options.clock() - began < options.roundMs);
    evaluations += count;
    return ((options.clock() - began) * 1000) / count;
  };
  round();
  failed = evaluations = 0;
  const times = Array.from({ length: options.rounds }, round).sort((a, b) => a - b);
  const [min = 0, median = 0] = [times[0], times[Math.floor(times.length / 2)]];
  return {
    inputs: inputs.length,
    evaluations,
    microseconds: { min: rounded(min), median: rounded(median) },
    per_second: { best: Math.round(1e6 / min), median: Math.round(1e6 / median) },
    failed,
  };
}

function questionOf(input: Input, settings: JudgeSettings, policies: readonly string[]) {
  const name = typeof input.environment === 'string' ? input.environment : '';
  const rules = rulesFor(normalEnvironment(name, settings), settings);
  return {
    input: Buffer.from(JSON.stringify(input)),
    nowNs: nanosecondsOf(input.context?.now),
    policies: policies.length > 0 ? policies : rules.policies,
    strict: rules.strict,
  };
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
