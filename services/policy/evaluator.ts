/** Evaluates the packages of one bundle, one input after another, in one thread. */
import { codeOf, elavaError, messageOf } from '../../lib/errors.ts';
import type { ServedBundle } from './bundle.ts';
import type { Exempt } from './exemptions/exempt.ts';
import { FastProgram, left } from './fast/program.ts';
import { plainValue } from './host/order.ts';
import { type BuiltinTable, PolicyInstance } from './host/policy-instance.ts';
import { failureOf, outcomeOf } from './outcome.ts';
import type { PackageInfo } from './packages.ts';
import type { Decision, PackageResult } from './policy.contract.ts';
import type { Failure, OutcomeOptions } from './voices.ts';

export interface EvaluatorOptions {
  readonly builtins: BuiltinTable;
  /** Memory that an instance may grow to. */
  readonly memoryBytes: number;
  /** What a policy that fails decides. */
  readonly defaultDecision: Exclude<Decision, 'allow'>;
}

export interface Question {
  /** `{resource, history, context, environment, attribution}` as JSON in UTF-8; a function is asked only where needed. */
  readonly input: Uint8Array | (() => Uint8Array);
  /** The same, parsed, its numbers as JavaScript writes them: for the fast path, which is not taken without it. */
  readonly parsed?: object;
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

interface Known {
  readonly name: string;
  readonly entrypoint: string;
  readonly lenient: OutcomeOptions;
  readonly strict: OutcomeOptions;
  /** Of a document that says nothing; shared by all inputs, so not to be changed. */
  readonly silent: PackageResult;
}

const notFound: Failure = { code: 'POLICY_NOT_FOUND', message: 'the bundle has no such package' };

/** An instance that has grown beyond this is replaced: its memory never shrinks, and the next input seldom needs it. */
const recycleBytes = 16 * 1024 * 1024;

/** Results that are kept for a package, and how long the document of one may be. */
const maxResults = 1000;
const maxText = 1000;

export class Evaluator {
  readonly #bundle: ServedBundle;
  readonly #options: EvaluatorOptions;
  readonly #packages: ReadonlyMap<string, Known>;
  readonly #fast: FastProgram | undefined;
  /** By the package in its mode, and the document as JSON; shared by all inputs, so not to be changed. */
  readonly #results = new Map<OutcomeOptions, Map<string, PackageResult>>();
  #instance: PolicyInstance | undefined;
  /** The instance has the input of the question that is being answered. */
  #parsed = false;

  constructor(bundle: ServedBundle, options: EvaluatorOptions) {
    this.#bundle = bundle;
    this.#options = options;
    this.#packages = new Map(bundle.packages.map((one) => [one.name, knownOf(one)]));
    const text = bundle.fast && Buffer.from(bundle.fast).toString();
    this.#fast = text === undefined ? undefined : new FastProgram(text, bundle.data, options.builtins);
  }

  /** One result for each policy, in the order asked for. Never throws for what a policy or an input does. */
  judge(question: Question): PackageResult[] {
    this.#parsed = false;
    if (question.parsed) this.#fast?.setInput(question.parsed, question.nowNs);
    const results = question.policies.map((policy) => {
      question.onPolicy?.(policy);
      const failure = question.failed?.get(policy);
      const known = this.#packages.get(policy);
      if (failure) return this.#fail(policy, failure);
      return known ? this.#ask(known, question) : this.#fail(policy, this.#bundle.fault ?? notFound);
    });
    if (this.#instance && this.#instance.memoryBytes > recycleBytes) this.#instance = undefined;
    return results;
  }

  #ask(known: Known, question: Question): PackageResult {
    try {
      const quick = this.#quick(known, question);
      const document = quick === left ? this.#document(known, question) : quick;
      // A package of which nothing is true has an empty document or none at all.
      if (document === undefined || isEmpty(document)) return known.silent;
      const { exempt, strict } = question;
      const options = strict ? known.strict : known.lenient;
      if (quick !== left && !exempt) return this.#told(document, options);
      return this.#heard(document, exempt ? { ...options, exempt } : options);
    } catch (error) {
      // What was unwound by an abort is not to be used again.
      this.#instance = undefined;
      return this.#fail(known.name, { code: codeOf(error), message: messageOf(error) });
    }
  }

  #quick({ entrypoint }: Known, { parsed }: Question): unknown {
    return this.#fast && parsed ? this.#fast.evaluate(entrypoint) : left;
  }

  /** What one resource is told, many are told: an owner is missing, a volume is not encrypted. */
  #told(document: unknown, options: OutcomeOptions): PackageResult {
    const text = JSON.stringify(document);
    if (text.length > maxText) return this.#heard(document, options);
    const known = this.#results.get(options) ?? new Map<string, PackageResult>();
    this.#results.set(options, known);
    const found = known.get(text);
    if (found !== undefined) return found;
    const result = this.#heard(document, options);
    if (known.size >= maxResults) known.clear();
    known.set(text, result);
    return result;
  }

  #heard(document: unknown, options: OutcomeOptions): PackageResult {
    const outcome = outcomeOf(document, options);
    return 'code' in outcome ? this.#fail(options.policy, outcome) : outcome;
  }

  /** By the WebAssembly, which parses the input when the first package asks for it. */
  #document({ entrypoint }: Known, { input, nowNs }: Question): unknown {
    this.#parsed &&= this.#instance !== undefined;
    const instance = (this.#instance ??= this.#open());
    if (!this.#parsed) instance.setInput(typeof input === 'function' ? input() : input, nowNs);
    this.#parsed = true;
    const place = instance.entrypoints.get(entrypoint);
    if (place === undefined) throw elavaError('POLICY_LOAD', `the module has no entrypoint ${entrypoint}`);
    const document = instance.evaluate(place);
    return document === undefined ? undefined : plainValue(document);
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

  #fail(policy: string, failure: Failure): PackageResult {
    return failureOf(policy, failure, this.#options.defaultDecision);
  }
}

/** What does not change from input to input. */
function knownOf(info: PackageInfo): Known {
  const shared = { policy: info.name, nested: new Set(info.nested), titles: info.titles };
  const lenient = { ...shared, strict: false };
  const silent = outcomeOf({}, lenient) as PackageResult;
  return { name: info.name, entrypoint: info.entrypoint, lenient, strict: { ...shared, strict: true }, silent };
}

function isEmpty(document: unknown): boolean {
  if (typeof document !== 'object' || document === null) return false;
  for (const _ in document) return false;
  return !Array.isArray(document);
}
