/** OPA's compiler, in this process: check, build, test, format and evaluate Rego without an OPA binary. */
import { createHash } from 'node:crypto';
import { elavaError } from '../../../lib/errors.ts';
import type { Diagnostic } from '../policy.contract.ts';
import { type CompilerFacts, readFacts } from './artefact.ts';
import { BuildCache, type Built } from './build-cache.ts';
import { CompilerThread, type Run, type ThreadAnswer } from './compiler-thread.ts';
import type * as rego from './requests.ts';

export interface RegoCompilerOptions {
  /** How long one request may run; 30,000 ms. Of a request that runs longer, thread and memory are given up. */
  readonly deadlineMs?: number;
  /** How long a request may wait for those before it; 60,000 ms. */
  readonly queueMs?: number;
  /** How many requests may wait; 64. */
  readonly maxQueue?: number;
  /** Memory that one request may use; 1 GiB, and not more than 2 (above, addresses would come as negative numbers). */
  readonly memoryBytes?: number;
  /** After so long without a request the thread is ended; 300,000 ms. */
  readonly idleMs?: number;
  /** Directory for builds that outlive the process; made when missing. Without one they are kept in memory only. */
  readonly cacheDirectory?: string;
  /** Compiled bytes kept in memory; 64 MiB. */
  readonly cacheBytes?: number;
  /** Files kept in the cache directory; 500. */
  readonly cacheFiles?: number;
}

export type RequestOptions = Run;

const mebibyte = 1_048_576;
/** Larger requests are refused: what they cost in the compiler is many times their size. */
const maxRequestBytes = 32 * mebibyte;

/**
 * One worker thread, started at the first request (about 0.5 s of CPU) and kept. Requests run one at a time, in order.
 * Errors of the sources are results (`ok: false`); what is thrown is DEADLINE_EXCEEDED, CANCELLED, QUEUE_FULL,
 * INVALID_REQUEST or POLICY_COMPILER, and the next request then finds the compiler ready again.
 */
export class RegoCompiler {
  readonly #thread: CompilerThread;
  readonly #cache: BuildCache;

  constructor(options: RegoCompilerOptions = {}) {
    const memoryBytes = Math.min(options.memoryBytes ?? 1024 * mebibyte, 2048 * mebibyte);
    this.#thread = new CompilerThread({
      deadlineMs: options.deadlineMs ?? 30_000,
      queueMs: options.queueMs ?? 60_000,
      maxQueue: options.maxQueue ?? 64,
      memoryBytes,
      recycleBytes: memoryBytes / 4,
      idleMs: options.idleMs ?? 300_000,
    });
    this.#cache = new BuildCache({
      directory: options.cacheDirectory,
      memoryBytes: options.cacheBytes ?? 64 * mebibyte,
      files: options.cacheFiles ?? 500,
    });
  }

  /** Parses, compiles and type-checks. */
  async check(request: rego.PolicySet, options: RequestOptions = {}): Promise<rego.CheckResult> {
    const { response } = await this.#run('check', request, options);
    return resultOf(response, { builtins: listOf<string>(response['builtins']) });
  }

  /** Compiles to WebAssembly. The bytes equal those of `opa build -t wasm` for the same paths and entrypoints. */
  async build(request: rego.BuildRequest, options: RequestOptions = {}): Promise<rego.BuildResult> {
    const built = await this.#build('wasm', request, options);
    if (!built.ok) return built;
    const { digest, modules, exports, bytes } = built;
    if (!exports) throw elavaError('POLICY_COMPILER', 'the compiled policy does not name its entrypoints');
    return { ok: true, digest, modules, ...exports, wasm: bytes };
  }

  /** Compiles to OPA's intermediate representation. */
  async plan(request: rego.BuildRequest, options: RequestOptions = {}): Promise<rego.PlanResult> {
    const built = await this.#build('plan', request, options);
    if (!built.ok) return built;
    return { ok: true, digest: built.digest, modules: built.modules, plan: built.bytes };
  }

  /** Runs the rules named `test_*`. A test that fails is a result, not an error of the run. */
  async test(request: rego.TestRequest, options: RequestOptions = {}): Promise<rego.TestRun> {
    const { response } = await this.#run('test', request, options);
    const coverage = response['coverage'] as rego.CoverageReport | undefined;
    return resultOf(response, {
      tests: listOf<rego.TestOutcome>(response['tests']),
      ...(coverage ? { coverage } : {}),
    });
  }

  /** Writes each file as `opa fmt` would, in the version of Rego that it is in. */
  async format(request: rego.FormatRequest, options: RequestOptions = {}): Promise<rego.FormatResult> {
    const { response } = await this.#run('format', request, options);
    return resultOf(response, { files: listOf<rego.RegoFile>(response['files']) });
  }

  /** Evaluates with OPA's interpreter: every function is there, but it is some 100 times slower than a build. */
  async eval(request: rego.EvalRequest, options: RequestOptions = {}): Promise<rego.EvalResult> {
    const { response } = await this.#run('eval', timed(request), options);
    return resultOf(response, { evaluations: listOf<rego.Evaluation>(response['evaluations']) });
  }

  /** Evaluates as `eval` does, and tells which rules held on which values and where the others failed. */
  async explain(request: rego.ExplainRequest, options: RequestOptions = {}): Promise<rego.ExplainResult> {
    const { response } = await this.#run('explain', timed(request), options);
    return resultOf(response, { explanations: listOf<rego.Explanation>(response['explanations']) });
  }

  /** All functions that this release of OPA knows, also those that only its interpreter has. */
  async builtins(options: RequestOptions = {}): Promise<readonly rego.BuiltinFunction[]> {
    const { response } = await this.#run('builtins', {}, options);
    return listOf<rego.BuiltinFunction>(response['known']);
  }

  /** From the artefact's own record; starts nothing. */
  async version(): Promise<rego.CompilerVersion> {
    const { opa, go, sha256 } = await facts();
    return { opa, go, sha256 };
  }

  /** For metrics. `threads` is how many were started; `hits` and `diskErrors` are the build cache's. */
  get stats(): {
    readonly threads: number;
    readonly hits: number;
    readonly heldBytes: number;
    readonly diskErrors: number;
  } {
    return { threads: this.#thread.started, ...this.#cache.stats };
  }

  /** Ends the thread; requests that run or wait fail with CANCELLED. */
  async close(): Promise<void> {
    this.#cache.clear();
    await this.#thread.close();
  }

  #run(op: string, request: object, options: RequestOptions): Promise<ThreadAnswer> {
    return this.#thread.run(op, encode({ ...request, op }), options);
  }

  async #build(
    target: 'wasm' | 'plan',
    request: rego.BuildRequest,
    options: RequestOptions,
  ): Promise<({ readonly ok: true; readonly digest: string } & Built) | rego.Failed> {
    const { sha256 } = await facts();
    const digest = digestOf(sha256, target, request);
    const known = await this.#cache.get(digest);
    // A copy: who transfers the bytes to a thread would take them out of the cache.
    if (known) return { ok: true, digest, ...known, bytes: known.bytes.slice() };
    const { response, exports, blob } = await this.#run('build', { ...request, target }, options);
    const result = resultOf(response, {});
    if (!result.ok) return result;
    const built = { modules: result.modules, exports, bytes: blob };
    await this.#cache.put(digest, { ...built, bytes: blob.slice() });
    return { ok: true, digest, ...built };
  }
}

/** `policies/a.rego:3:5: rego_type_error: …`, as OPA writes it, with the column. */
export function describeDiagnostic({ code, message, file, row, col }: Diagnostic): string {
  return file ? `${file}:${row}:${col}: ${code}: ${message}` : `${code}: ${message}`;
}

async function facts(): Promise<CompilerFacts> {
  try {
    return await readFacts();
  } catch (cause) {
    throw elavaError('POLICY_COMPILER', 'rego-compiler.json cannot be read', { cause });
  }
}

function resultOf<T extends object>(response: ThreadAnswer['response'], found: T) {
  const modules = listOf<rego.RegoModule>(response['modules']);
  const errors = listOf<Diagnostic>(response['errors']);
  return errors.length > 0 ? { ok: false as const, errors, modules } : { ok: true as const, modules, ...found };
}

function encode(request: object): Uint8Array<ArrayBuffer> {
  const bytes = new TextEncoder().encode(toJson(request));
  if (bytes.length <= maxRequestBytes) return bytes;
  throw elavaError('INVALID_REQUEST', `${bytes.length} bytes of policies and data; ${maxRequestBytes} is the limit`);
}

/** Nanoseconds since 1970 are beyond what JSON's numbers keep. */
function timed({ nowNs, ...request }: rego.EvalRequest): object {
  return { ...request, ...(nowNs === undefined ? {} : { nowNs: String(nowNs) }) };
}

function toJson(request: object): string {
  try {
    return JSON.stringify(request);
  } catch (cause) {
    throw elavaError('INVALID_REQUEST', `policies or data are not JSON: ${(cause as Error).message}`, { cause });
  }
}

/** Go leaves an empty list out. */
function listOf<T>(value: unknown): readonly T[] {
  return (value as readonly T[] | undefined) ?? [];
}

/** Over all that decides the bytes. Order counts for entrypoints (it numbers them), not for files and functions. */
function digestOf(compiler: string, target: string, request: rego.BuildRequest): string {
  const byPath = [...request.files].sort((a, b) => (a.path < b.path ? -1 : 1)).map(({ path, text }) => [path, text]);
  const { entrypoints, inputSchema, data, optimize = 0, pruneUnused = false, print = false, strict = false } = request;
  const builtins = request.builtins ? [...request.builtins].sort() : null;
  const parts = [
    compiler,
    target,
    byPath,
    entrypoints,
    builtins,
    optimize,
    pruneUnused,
    print,
    strict,
    inputSchema,
    data,
  ];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
