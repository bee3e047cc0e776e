/** Runs a case in our evaluator and says what is wrong, by the rules of OPA's own runner of wasm (internal/wasm/sdk/test/e2e). */
import { hostBuiltins, suppliedBuiltins } from '../../services/policy/builtins/index.ts';
import { describeDiagnostic, type RegoCompiler } from '../../services/policy/compiler/compiler.ts';
import { compareValues, sortedKeys, sortedSet } from '../../services/policy/host/order.ts';
import { PolicyInstance } from '../../services/policy/host/policy-instance.ts';
import { compilePolicy } from '../../services/policy/host/policy-module.ts';
import { RegoDecimal, type RegoObject, type RegoValue, regoText } from '../../services/policy/host/values.ts';
import type { Case } from './cases.ts';
import { entrypoint, policyOf } from './policy.ts';

type Outcome = { readonly answers: readonly RegoValue[] } | { readonly error: string };

const maximumBytes = 256 * 1024 * 1024;
const conflicts = ['var assignment conflict', 'object insert conflict'];

/** What went wrong; undefined when the case passes. */
export async function faultOf(compiler: RegoCompiler, one: Case): Promise<string | undefined> {
  const policy = policyOf(one);
  const built = await compiler.build({ files: policy.files, builtins: suppliedBuiltins, entrypoints: [entrypoint] });
  if (!built.ok) return `does not compile: ${built.errors.map(describeDiagnostic).join('; ')}`;
  const module = await compilePolicy(built.wasm);
  return verdict(
    one,
    evaluate(new PolicyInstance(module, { builtins: hostBuiltins, data: policy.data, maximumBytes }), policy.input),
  );
}

function evaluate(instance: PolicyInstance, input: Uint8Array | undefined): Outcome {
  try {
    instance.setInput(input, BigInt(Date.now()) * 1_000_000n);
    const found = instance.evaluate(0);
    return { answers: found instanceof Set ? [...found] : [] };
  } catch (error) {
    return { error: (error as Error).message };
  }
}

function verdict(one: Case, outcome: Outcome): string | undefined {
  const wantsError = one.want_result === undefined && (one.want_error ?? one.want_error_code) !== undefined;
  // WebAssembly has no strict errors: what fails in a function is undefined.
  if (wantsError && !one.strict_error) return errorFault(one, outcome);
  if ('error' in outcome) return `unexpected error: ${outcome.error}`;
  const want = wantsError ? [] : (one.want_result ?? []).map(valueOf);
  const got = outcome.answers.map((answer) => bindingsOf(answer as RegoObject, one));
  return compareValues(new Set(distinct(want)), new Set(distinct(got))) === 0
    ? undefined
    : `wanted ${regoText(want)}, got ${regoText(got)}`;
}

function errorFault({ want_error_code: code, want_error: text }: Case, outcome: Outcome): string | undefined {
  if (!('error' in outcome)) return `wanted ${code ?? text}, got ${regoText([...outcome.answers])}`;
  const isConflict = conflicts.some((known) => outcome.error.includes(known));
  return isConflict || code !== 'eval_conflict_error' ? undefined : `wanted ${code}, got ${outcome.error}`;
}

/** As JSON has it, and where the case says so, lists in order. */
function bindingsOf(answer: RegoObject, { sort_bindings }: Case): RegoValue {
  const entries = [...answer].map(([name, value]) => {
    const plain = jsonValue(value);
    return [name, sort_bindings && Array.isArray(plain) ? plain.sort(compareValues) : plain] as const;
  });
  return new Map(entries);
}

/** Sets become lists in order, keys text. */
function jsonValue(value: RegoValue): RegoValue {
  if (value instanceof Set) return sortedSet(value).map(jsonValue);
  if (Array.isArray(value)) return value.map(jsonValue);
  if (!(value instanceof Map)) return value;
  return new Map(sortedKeys(value).map((key) => [keyText(key), jsonValue(value.get(key) ?? null)]));
}

function keyText(key: RegoValue): string {
  return typeof key === 'string' ? key : regoText(jsonValue(key));
}

/** What YAML gave as the host's values. */
function valueOf(plain: unknown): RegoValue {
  if (Array.isArray(plain)) return plain.map(valueOf);
  if (typeof plain === 'object' && plain !== null)
    return new Map(Object.entries(plain).map(([key, value]) => [key, valueOf(value)]));
  if (typeof plain === 'bigint') return Number.isSafeInteger(Number(plain)) ? Number(plain) : plain;
  if (typeof plain === 'number' && !Number.isInteger(plain)) return new RegoDecimal(String(plain));
  return plain as RegoValue;
}

/** JavaScript's sets know objects by their place in memory only. */
function distinct(values: readonly RegoValue[]): RegoValue[] {
  const sorted = [...values].sort(compareValues);
  return sorted.filter((value, i) => i === 0 || compareValues(value, sorted[i - 1] ?? null) !== 0);
}
