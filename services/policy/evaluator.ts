/** Evaluates the packages of one bundle, one input after another, in one thread. */
import { codeOf, elavaError, messageOf } from '../../lib/errors.ts';
import type { ServedBundle } from './bundle.ts';
import type { Exempt } from './exemptions/exempt.ts';
import { plainValue } from './host/order.ts';
import { type BuiltinTable, PolicyInstance } from './host/policy-instance.ts';
import { failureOf, outcomeOf } from './outcome.ts';
import type { PackageInfo } from './packages.ts';
import type { Decision, PackageResult } from './policy.contract.ts';
import type { Failure } from './voices.ts';

export interface EvaluatorOptions {
  readonly builtins: BuiltinTable;
  /** Memory that an instance may grow to. */
  readonly memoryBytes: number;
  /** What a policy that fails decides. */
  readonly defaultDecision: Exclude<Decision, 'allow'>;
}

export interface Question {
  /** `{resource, history, context, environment, attribution}` as JSON in UTF-8. */
  readonly input: Uint8Array;
  readonly nowNs: bigint;
  /** Full names of the packages to ask. */
  readonly policies: readonly string[];
  readonly strict: boolean;
  /** Policies that are known to fail on this input and are not tried again. */
  readonly failed?: ReadonlyMap<string, Failure>;
  /** Exemptions of the resource. */
  readonly exempt?: Exempt | undefined;
  /** Told before each policy, so that whoever ends this thread knows what it was at. */
  readonly onPolicy?: (policy: string) => void;
}

interface Known extends PackageInfo {
  readonly nestedNames: ReadonlySet<string>;
}

const notFound: Failure = { code: 'POLICY_NOT_FOUND', message: 'the bundle has no such package' };

/** An instance that has grown beyond this is replaced: its memory never shrinks, and the next input seldom needs it. */
const recycleBytes = 16 * 1024 * 1024;

export class Evaluator {
  readonly #bundle: ServedBundle;
  readonly #options: EvaluatorOptions;
  readonly #packages: ReadonlyMap<string, Known>;
  #instance: PolicyInstance | undefined;

  constructor(bundle: ServedBundle, options: EvaluatorOptions) {
    this.#bundle = bundle;
    this.#options = options;
    this.#packages = new Map(bundle.packages.map((one) => [one.name, { ...one, nestedNames: new Set(one.nested) }]));
  }

  /** One result for each policy, in the order asked for. Never throws for what a policy or an input does. */
  judge(question: Question): PackageResult[] {
    let parsed = false;
    const results = question.policies.map((policy) => {
      question.onPolicy?.(policy);
      try {
        const failure = question.failed?.get(policy);
        if (failure) return this.#fail(policy, failure);
        const known = this.#packages.get(policy);
        if (!known) return this.#fail(policy, this.#bundle.fault ?? notFound);
        const instance = (this.#instance ??= this.#open());
        if (!parsed) instance.setInput(question.input, question.nowNs);
        parsed = true;
        return this.#ask(instance, known, question);
      } catch (error) {
        // What was unwound by an abort is not to be used again, and the next package parses the input anew.
        this.#instance = undefined;
        parsed = false;
        return this.#fail(policy, { code: codeOf(error), message: messageOf(error) });
      }
    });
    if (this.#instance && this.#instance.memoryBytes > recycleBytes) this.#instance = undefined;
    return results;
  }

  #open(): PolicyInstance {
    const { module, data } = this.#bundle;
    if (!module) throw elavaError('POLICY_LOAD', 'there is no compiled policy');
    return new PolicyInstance(module, {
      builtins: this.#options.builtins,
      data,
      maximumBytes: this.#options.memoryBytes,
    });
  }

  #ask(instance: PolicyInstance, known: Known, { strict, exempt }: Question): PackageResult {
    const entrypoint = instance.entrypoints.get(known.entrypoint);
    if (entrypoint === undefined) {
      return this.#fail(known.name, {
        code: 'POLICY_LOAD',
        message: `the module has no entrypoint ${known.entrypoint}`,
      });
    }
    const document = instance.evaluate(entrypoint);
    const options = { policy: known.name, nested: known.nestedNames, strict, titles: known.titles, exempt };
    // A package of which nothing is true has an empty document or none at all.
    const outcome = outcomeOf(document === undefined ? {} : plainValue(document), options);
    return 'code' in outcome ? this.#fail(known.name, outcome) : outcome;
  }

  #fail(policy: string, failure: Failure): PackageResult {
    return failureOf(policy, failure, this.#options.defaultDecision);
  }
}
