/** One tenant's policies in one thread: its own instance and data, made when it is first asked. */
import { codeOf, elavaError, messageOf } from '../../../lib/errors.ts';
import { plainValue } from '../host/order.ts';
import { type BuiltinTable, PolicyInstance } from '../host/policy-instance.ts';
import type { TenantModule } from '../tasks.ts';
import { below, belowData, type Place } from './document-path.ts';
import { type Answer, readQuestion, type Value } from './question.ts';

export interface TenantInstanceOptions {
  readonly builtins: BuiltinTable;
  readonly memoryBytes: number;
}

/** An instance that has grown beyond this is replaced: its memory never shrinks. */
const recycleBytes = 16 * 1024 * 1024;

export class TenantInstance {
  readonly #loaded: NonNullable<TenantModule['loaded']>;
  readonly #options: TenantInstanceOptions;
  #instance: PolicyInstance | undefined;
  #data: unknown;

  constructor(loaded: NonNullable<TenantModule['loaded']>, options: TenantInstanceOptions) {
    this.#loaded = loaded;
    this.#options = options;
  }

  /** Bytes that it holds in this thread. */
  get heldBytes(): number {
    return (this.#instance?.memoryBytes ?? 0) + (this.#data === undefined ? 0 : this.#loaded.data.length);
  }

  /** Never throws for what a policy or an input does. */
  answer(line: string): Answer {
    const began = process.hrtime.bigint();
    const took = (): number => Number(process.hrtime.bigint() - began);
    try {
      const { places, nowNs, input } = readQuestion(line);
      if (places.some(({ entrypoint }) => entrypoint !== '')) {
        this.#open().setInput(input === '' ? undefined : Buffer.from(input), nowNs);
      }
      const values = places.map((place) => this.#value(place));
      return { values, eval_ns: took() };
    } catch (error) {
      // What was unwound by an abort is not to be used again.
      this.#instance = undefined;
      return { values: [], error: faultOf(error), eval_ns: took() };
    } finally {
      if (this.#instance && this.#instance.memoryBytes > recycleBytes) this.#instance = undefined;
    }
  }

  #value({ entrypoint, below: rest }: Place): Value {
    if (entrypoint === '') {
      const found = belowData(this.#parsedData(), rest);
      return found === undefined ? {} : { result: found };
    }
    const instance = this.#open();
    const place = instance.entrypoints.get(entrypoint);
    if (place === undefined) throw elavaError('POLICY_LOAD', `the module has no entrypoint ${entrypoint}`);
    const found = below(instance.evaluate(place), rest);
    return found === undefined ? {} : { result: plainValue(found) };
  }

  #parsedData(): unknown {
    this.#data ??= JSON.parse(Buffer.from(this.#loaded.data).toString());
    return this.#data;
  }

  #open(): PolicyInstance {
    const { module, data } = this.#loaded;
    if (!module) throw elavaError('POLICY_LOAD', 'there is no compiled policy');
    this.#instance ??= new PolicyInstance(module, {
      builtins: this.#options.builtins,
      data,
      maximumBytes: this.#options.memoryBytes,
    });
    return this.#instance;
  }
}

/** Memory has an error of its own: whoever gave the tenant its budget wants to know. */
function faultOf(error: unknown): { code: string; message: string } {
  const message = messageOf(error);
  const isMemory = /^opa_malloc: |^a value comes to more than /.test(message);
  return { code: isMemory ? 'POLICY_MEMORY' : codeOf(error), message };
}
