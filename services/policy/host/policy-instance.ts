/** One instance of a compiled policy: our own host of OPA's WebAssembly ABI 1.x (docs/adr/0014-own-policy-host.md). */
import { codeOf, elavaError, messageOf } from '../../../lib/errors.ts';
import { nameOfRedirect, type PolicyModule } from './policy-module.ts';
import { type RegoObject, type RegoSet, type RegoValue, regoText, ValueReader } from './values.ts';

/** What a host function may look at beside its arguments. */
export interface BuiltinContext {
  /** Nanoseconds since 1970; the same for the whole of an evaluation, so that it can be repeated. */
  readonly nowNs: bigint;
  /** Values that live as long as the evaluation, by a name of the function's own. */
  readonly cache: Map<string, unknown>;
}

/** Undefined means that the call has no value: OPA's answer to an argument that a function cannot take. */
export type Builtin = (args: readonly RegoValue[], context: BuiltinContext) => RegoValue | undefined;
export type BuiltinTable = ReadonlyMap<string, Builtin>;

export interface InstanceOptions {
  readonly builtins: BuiltinTable;
  /** The document under `data` as JSON in UTF-8. */
  readonly data: Uint8Array;
  /** Memory that the instance may grow to. */
  readonly maximumBytes: number;
}

interface Exports {
  readonly opa_wasm_abi_version: { readonly value: number } | undefined;
  builtins(): number;
  entrypoints(): number;
  eval(context: number): number;
  opa_eval_ctx_new(): number;
  opa_eval_ctx_set_input(context: number, value: number): void;
  opa_eval_ctx_set_data(context: number, value: number): void;
  opa_eval_ctx_set_entrypoint(context: number, entrypoint: number): void;
  opa_eval_ctx_get_result(context: number): number;
  opa_heap_ptr_get(): number;
  opa_heap_ptr_set(address: number): void;
  opa_json_dump(value: number): number;
  opa_json_parse(text: number, length: number): number;
  opa_value_parse(text: number, length: number): number;
  opa_malloc(length: number): number;
}

const pageBytes = 65_536;
/** Pages for data, input and what is made of them: enough for most inputs, so that memory seldom has to grow. */
const spare = 6;
/** What one argument of a host function may come to: the function may make several times as much of it. */
const maxArgument = 16 * 1024 * 1024;
const encoder = new TextEncoder();

/**
 * Not reusable once it has failed: an abort leaves its stack unwound by nobody. Memory never shrinks, so whoever holds
 * it looks at `memoryBytes` now and then. Not for several threads.
 */
export class PolicyInstance {
  readonly entrypoints: ReadonlyMap<string, number>;
  readonly #exports: Exports;
  readonly #memory: WebAssembly.Memory;
  readonly #reader: ValueReader;
  readonly #functions = new Map<number, readonly [name: string, builtin: Builtin]>();
  readonly #data: number;
  readonly #base: number;
  #input = 0;
  #context: BuiltinContext = { nowNs: 0n, cache: new Map() };

  /** Errors: POLICY_LOAD when the ABI is another one or a function that the policy calls is not in the table. */
  constructor({ code, pages }: PolicyModule, options: InstanceOptions) {
    const initial = pages + spare;
    const maximum = Math.max(initial, Math.floor(options.maximumBytes / pageBytes));
    this.#memory = new WebAssembly.Memory({ initial, maximum });
    this.#exports = new WebAssembly.Instance(code, { env: this.#imports() }).exports as unknown as Exports;
    this.#reader = new ValueReader(this.#memory, options.maximumBytes);
    const version = this.#exports.opa_wasm_abi_version?.value;
    if (version !== 1)
      throw elavaError('POLICY_LOAD', `the compiled policy has version ${version} of OPA's ABI, not 1`);
    this.#linkBuiltins(options.builtins);
    this.entrypoints = new Map(Object.entries(this.#json(this.#exports.entrypoints()) as Record<string, number>));
    this.#data = this.#write(options.data, 'opa_json_parse');
    this.#base = this.#exports.opa_heap_ptr_get();
  }

  get memoryBytes(): number {
    return this.#memory.buffer.byteLength;
  }

  /**
   * Parses the input that the following evaluations see, JSON in UTF-8; without one `input` is undefined.
   * Errors: INPUT_INVALID, POLICY_EVALUATION.
   */
  setInput(input: Uint8Array | undefined, nowNs: bigint): void {
    this.#exports.opa_heap_ptr_set(this.#base);
    this.#context = { nowNs, cache: new Map() };
    this.#input = 0;
    if (!input) return;
    this.#input = this.#guard(() => this.#write(input, 'opa_json_parse'));
    if (this.#input === 0) throw elavaError('INPUT_INVALID', 'the input is not JSON');
  }

  /**
   * The entrypoint's document, undefined when it has none.
   * Errors: POLICY_EVALUATION with OPA's message, such as `policies/a.rego:3:1: var assignment conflict`.
   */
  evaluate(entrypoint: number): RegoValue | undefined {
    return this.#guard(() => {
      const context = this.#exports.opa_eval_ctx_new();
      this.#exports.opa_eval_ctx_set_input(context, this.#input);
      this.#exports.opa_eval_ctx_set_data(context, this.#data);
      this.#exports.opa_eval_ctx_set_entrypoint(context, entrypoint);
      this.#exports.eval(context);
      const results = this.#reader.read(this.#exports.opa_eval_ctx_get_result(context)) as RegoSet;
      // A set of one result, {"result": …}, or of none.
      for (const result of results) return (result as RegoObject).get('result');
      return undefined;
    });
  }

  #imports(): Record<string, WebAssembly.ImportValue> {
    const call =
      () =>
      (id: number, _context: number, ...args: number[]): number =>
        this.#call(id, args);
    return {
      memory: this.#memory,
      opa_abort: (address: number): never => {
        throw elavaError('POLICY_EVALUATION', this.#reader.cString(address));
      },
      // Printing is compiled out of what is served.
      opa_println: (): void => undefined,
      opa_builtin0: call(),
      opa_builtin1: call(),
      opa_builtin2: call(),
      opa_builtin3: call(),
      opa_builtin4: call(),
    };
  }

  #linkBuiltins(table: BuiltinTable): void {
    const required = this.#json(this.#exports.builtins()) as Record<string, number>;
    for (const [name, id] of Object.entries(required)) {
      const builtin = table.get(name);
      if (!builtin) throw elavaError('POLICY_LOAD', `the policy calls ${name}, which this host does not have`);
      this.#functions.set(id, [name, builtin]);
    }
    for (let id = 1_000_000, name = nameOfRedirect(id); name; name = nameOfRedirect(++id)) {
      const builtin = table.get(name);
      if (builtin) this.#functions.set(id, [name, builtin]);
    }
  }

  #call(id: number, args: readonly number[]): number {
    const found = this.#functions.get(id);
    if (!found) throw elavaError('POLICY_EVALUATION', `the policy calls function ${id}, which it did not declare`);
    this.#reader.bytes();
    const result = found[1](
      args.map((address) => this.#reader.read(address, maxArgument)),
      this.#context,
    );
    return result === undefined ? 0 : this.#write(encoder.encode(regoText(result)), 'opa_value_parse');
  }

  #write(bytes: Uint8Array, parse: 'opa_json_parse' | 'opa_value_parse'): number {
    const address = this.#exports.opa_malloc(bytes.length);
    this.#reader.bytes().set(bytes, address);
    return this.#exports[parse](address, bytes.length);
  }

  #json(value: number): unknown {
    return JSON.parse(this.#reader.cString(this.#exports.opa_json_dump(value)));
  }

  /** What is thrown inside of a policy: ours already, or a trap, a stack overflow, memory that may not grow. */
  #guard<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (codeOf(error) !== 'INTERNAL') throw error;
      throw elavaError('POLICY_EVALUATION', messageOf(error), { cause: error });
    }
  }
}
