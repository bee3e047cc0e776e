/** Compiles a set of policies into what is served: one WebAssembly module with an entrypoint for each package. */
import { createHash } from 'node:crypto';
import { suppliedBuiltins } from './builtins/index.ts';
import type { RegoCompiler, RequestOptions } from './compiler/compiler.ts';
import type { BuildResult, RegoFile, RegoModule } from './compiler/requests.ts';
import { programText } from './fast/program.ts';
import { compilePolicy, type PolicyModule } from './host/policy-module.ts';
import { type PackageInfo, packagesOf, rulesOf } from './packages.ts';
import type { Diagnostic, RuleInfo } from './policy.contract.ts';
import type { Sources } from './sources.ts';
import type { Failure } from './voices.ts';

/** What a worker needs of a bundle. The module and the data are shared with it, not copied. */
export interface ServedBundle {
  /** SHA-256, hexadecimal, over all that decides a result. */
  readonly digest: string;
  /** Undefined when there are no policies to serve; then `fault` says why. */
  readonly module: PolicyModule | undefined;
  /** JSON in UTF-8. */
  readonly data: Uint8Array<SharedArrayBuffer>;
  readonly packages: readonly PackageInfo[];
  /** Text of the fast path's program (fast/program.ts) in UTF-8; absent where only the WebAssembly evaluates. */
  readonly fast?: Uint8Array<SharedArrayBuffer>;
  /** What every policy fails with. */
  readonly fault?: Failure;
}
export interface Bundle extends ServedBundle {
  readonly module: PolicyModule;
  readonly rules: readonly RuleInfo[];
  /** As the compiler gave it, for whoever wants to evaluate it with another host. */
  readonly wasm: Uint8Array<ArrayBuffer>;
}
export type BundleResult =
  | { readonly ok: true; readonly bundle: Bundle }
  | { readonly ok: false; readonly errors: readonly Diagnostic[] };

export interface BuildOptions {
  readonly signal?: AbortSignal | undefined;
  /** What else decides results beside the policies, such as the environments of the configuration; into the digest. */
  readonly settings?: unknown;
  /** Policies of one's own are evaluated by the fast path too, which does not cap their memory by itself. */
  readonly fast?: boolean;
}

/** Broken policies are a result, not an error. Errors: those of the compiler itself (POLICY_COMPILER and the like). */
export async function buildBundle(
  compiler: RegoCompiler,
  { files, data, errors }: Sources,
  { signal, settings, fast = false }: BuildOptions = {},
): Promise<BundleResult> {
  if (errors.length > 0) return { ok: false, errors };
  const options = signal ? { signal } : {};
  const built = await buildModule(compiler, files, options);
  if (!built.ok) return built;
  const { wasm, modules } = built;
  const bytes = new TextEncoder().encode(JSON.stringify(data));
  const digest = digestOf(built.digest, bytes, settings);
  const module = await compilePolicy(wasm);
  const program = fast ? await programOf(compiler, { files, modules }, options) : {};
  return {
    ok: true,
    bundle: {
      ...program,
      digest,
      module,
      data: shared(bytes),
      packages: packagesOf(modules),
      rules: rulesOf(modules),
      wasm,
    },
  };
}

/**
 * The entrypoints have to be named before the sources are parsed, and a build of known sources is cached: so they are
 * read off the text, and only where that was wrong (a package line in an odd place) is it built once more.
 */
async function buildModule(
  compiler: RegoCompiler,
  files: readonly RegoFile[],
  options: RequestOptions,
): Promise<BuildResult> {
  const build = (entrypoints: readonly string[]): Promise<BuildResult> =>
    compiler.build({ files, builtins: suppliedBuiltins, entrypoints }, options);
  const guessed = entrypointsIn(files);
  if (guessed.length > 0) {
    const built = await build(guessed);
    if (built.ok && sameNames(guessed, entrypointsOf(built.modules))) return built;
  }
  const checked = await compiler.check({ files, builtins: suppliedBuiltins }, options);
  if (!checked.ok) return checked;
  const entrypoints = entrypointsOf(checked.modules);
  if (entrypoints.length === 0) return { ok: false, errors: [noPackage], modules: checked.modules };
  return build(entrypoints);
}

/** None where the plan does not compile; the WebAssembly is enough. */
async function programOf(
  compiler: RegoCompiler,
  { files, modules }: { readonly files: readonly RegoFile[]; readonly modules: readonly RegoModule[] },
  options: RequestOptions,
): Promise<Pick<ServedBundle, 'fast'>> {
  const planned = await compiler.plan(
    { files, builtins: suppliedBuiltins, entrypoints: entrypointsOf(modules) },
    options,
  );
  return planned.ok ? { fast: shared(Buffer.from(programText(planned.plan))) } : {};
}

function entrypointsOf(modules: readonly RegoModule[]): string[] {
  return packagesOf(modules).map(({ entrypoint }) => entrypoint);
}

function entrypointsIn(files: readonly RegoFile[]): string[] {
  const modules = files.flatMap(({ path, text }): RegoModule[] => {
    const [, name] = /^package[ \t]+(\S+)/m.exec(text) ?? [];
    return name === undefined ? [] : [{ file: path, package: `data.${name}`, regoVersion: 'v1', rules: [] }];
  });
  return entrypointsOf(modules);
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, i) => name === b[i]);
}

const noPackage: Diagnostic = {
  code: 'no_policies',
  message: 'there is no package under elava.',
  file: '',
  row: 0,
  col: 0,
};

function digestOf(build: string, data: Uint8Array, settings: unknown): string {
  const hash = createHash('sha256').update(build).update(data);
  return hash.update(JSON.stringify(settings ?? null)).digest('hex');
}

function shared(bytes: Uint8Array): Uint8Array<SharedArrayBuffer> {
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.length));
  copy.set(bytes);
  return copy;
}
