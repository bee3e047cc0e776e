/**
 * The fast path for policies of one's own: the compiler's intermediate representation as JavaScript, which looks at a
 * parsed input where it is. Anything out of the ordinary is left to the WebAssembly, whose results are the same.
 */
import { compileFunction } from 'node:vm';
import type { Builtin, BuiltinContext, BuiltinTable } from '../host/policy-instance.ts';
import { RegoDecimal, type RegoValue } from '../host/values.ts';
import { generate, runtimeNames } from './codegen.ts';
import { type Native, natives } from './natives.ts';
import type { Plan } from './plan.ts';
import { isQuiet, type Quiet, quietRules, type Rule } from './quiet.ts';
import {
  at,
  bail,
  emptySet,
  equal,
  field,
  insert,
  isObject,
  keysOf,
  leave,
  merge,
  speak,
  toPlain,
  type Value,
  ValueSet,
} from './values.ts';

interface Generated {
  readonly plans: ReadonlyMap<string, (input: unknown, data: unknown) => { readonly result?: Value } | undefined>;
  reset(): void;
}

/** What stands for an answer that the fast path does not have. */
export const left = Symbol('left to the WebAssembly');

/** The text of a program, to be handed to a worker. */
export function programText(plan: Uint8Array): string {
  return generate(JSON.parse(Buffer.from(plan).toString()) as Plan);
}

export class FastProgram {
  readonly #generated: Generated;
  readonly #data: unknown;
  #context: BuiltinContext = { nowNs: 0n, cache: new Map() };
  #input: unknown;

  /** `text` is of `programText`, made from policies that are trusted not to want more memory than the thread has. */
  constructor(text: string, data: Uint8Array, builtins: BuiltinTable) {
    const all: Record<string, Native> = Object.assign(Object.create(null) as object, natives);
    for (const [name, builtin] of builtins) all[name] ??= this.#adapt(builtin);
    const shared = { field, at, keysOf, equal, insert, merge, leave, speak, emptySet, ValueSet, isObject };
    const runtime = { ...shared, natives: all, quietOf: this.#quietOf.bind(this) };
    const make = compileFunction(text, [...runtimeNames]) as (...parts: unknown[]) => Generated;
    this.#generated = make(...runtimeNames.map((name) => runtime[name]));
    this.#data = JSON.parse(Buffer.from(data).toString());
  }

  /** The parsed input that the following evaluations see. */
  setInput(input: unknown, nowNs: bigint): void {
    this.#input = input;
    this.#context = { nowNs, cache: new Map() };
    this.#generated.reset();
  }

  /**
   * The document of an entrypoint, `elava/waste`, as plain JSON without the rules that are empty sets; undefined when
   * there is none, `left` when it is for the WebAssembly.
   */
  evaluate(entrypoint: string): unknown {
    const plan = this.#generated.plans.get(entrypoint);
    if (!plan) return left;
    try {
      const found = plan(this.#input, this.#data);
      return found?.result === undefined ? undefined : toPlain(found.result);
    } catch (error) {
      // A stack that is too deep is for the WebAssembly too, which says so.
      if (error === bail || error instanceof RangeError) return left;
      throw error;
    }
  }

  /** Which of the package's rules need not be asked about this input. */
  #quietOf({ seen, rules, apart }: Tried, input: unknown, data: unknown): Quiet {
    return quietRules(seen, input, (probe) => {
      const kept = this.#context;
      this.#context = timeless;
      try {
        return rules.map((rule) => apart(() => isQuiet(rule, probe, data)));
      } finally {
        this.#context = kept;
      }
    });
  }

  #adapt(builtin: Builtin): Native {
    return (...args) => fromRego(builtin(args.map(toRego), this.#context));
  }
}

/** What a package's plan has of its rules. */
interface Tried {
  readonly seen: Map<string, Quiet>;
  readonly rules: readonly Rule[];
  /** Runs work that remembers nothing of other work, and leaves nothing to it. */
  readonly apart: <T>(work: () => T) => T;
}

/** While rules are tried: what they say of an instant is not what they say of every one. */
const timeless: BuiltinContext = {
  get nowNs(): never {
    return leave();
  },
  get cache(): never {
    return leave();
  },
};

function toRego(value: Value | undefined): RegoValue {
  if (value === undefined) return leave();
  if (typeof value === 'number' && !Number.isInteger(value)) return new RegoDecimal(String(value));
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(toRego);
  if (value instanceof ValueSet) return new Set(value.sorted().map(toRego));
  if (!isObject(value)) return leave();
  return new Map(Object.entries(value).map(([key, item]) => [key, toRego(item)]));
}

function fromRego(value: RegoValue | undefined): Value | undefined {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof RegoDecimal) return leave();
  if (Array.isArray(value)) return value.map((item) => fromRego(item) as Value);
  if (value instanceof Map) return objectOf(value);
  const set = new ValueSet();
  for (const item of value) set.add(fromRego(item) as Value);
  return set;
}

function objectOf(map: ReadonlyMap<RegoValue, RegoValue>): Value {
  const object: { [key: string]: Value } = {};
  for (const [key, value] of map) insert(object, fromRego(key), fromRego(value));
  return object;
}
