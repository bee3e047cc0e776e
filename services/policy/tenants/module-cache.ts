/** Compiled modules of the tenants that were asked last: a module is a hundred times what its sources are. */
import { elavaError } from '../../../lib/errors.ts';
import { describeDiagnostic, type RegoCompiler } from '../compiler/compiler.ts';
import { compilePolicy, type PolicyModule } from '../host/policy-module.ts';
import { compileTenant, type TenantBundle } from './tenant-bundle.ts';

type Sought = Pick<TenantBundle, 'digest' | 'files' | 'entrypoints'>;

export class ModuleCache {
  readonly #compiler: RegoCompiler;
  readonly #most: number;
  /** By digest; least recently used first. A promise: who asks meanwhile waits for the same one. */
  readonly #held = new Map<string, Promise<PolicyModule>>();

  constructor(compiler: RegoCompiler, most: number) {
    this.#compiler = compiler;
    this.#most = most;
  }

  /** Errors: POLICY_LOAD, those of the compiler. */
  async put({ digest }: Sought, wasm: Uint8Array): Promise<void> {
    await this.#hold(digest, compilePolicy(wasm));
  }

  /** Undefined for a bundle that is data alone. Errors: POLICY_LOAD, those of the compiler. */
  async get(bundle: Sought): Promise<PolicyModule | undefined> {
    if (bundle.entrypoints.size === 0) return undefined;
    return this.#hold(bundle.digest, this.#held.get(bundle.digest) ?? this.#make(bundle));
  }

  clear(): void {
    this.#held.clear();
  }

  async #make(bundle: Sought): Promise<PolicyModule> {
    const built = await compileTenant(this.#compiler, bundle);
    if (built.ok) return compilePolicy(built.wasm);
    const [first] = built.errors;
    throw elavaError('POLICY_LOAD', first ? describeDiagnostic(first) : 'it does not compile');
  }

  #hold(digest: string, module: Promise<PolicyModule>): Promise<PolicyModule> {
    this.#held.delete(digest);
    this.#held.set(digest, module);
    module.catch(() => this.#held.delete(digest));
    const [oldest] = this.#held.keys();
    if (this.#held.size > this.#most && oldest !== undefined) this.#held.delete(oldest);
    return module;
  }
}
