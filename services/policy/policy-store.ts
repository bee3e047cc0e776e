/** Holds the bundle that is served: the newest good one, whatever has happened to the sources since. */
import { createHash } from 'node:crypto';
import { codeOf, elavaError, messageOf } from '../../lib/errors.ts';
import { type Bundle, type BundleResult, buildBundle, type ServedBundle } from './bundle.ts';
import type { RegoCompiler } from './compiler/compiler.ts';
import { LastGood } from './last-good.ts';
import type { Diagnostic } from './policy.contract.ts';
import { readSources, type Sources } from './sources.ts';

export interface PolicyStoreOptions {
  readonly directory: string;
  /** Reads the policies where `directory` names something else, such as a bundle; absent: the directory is read. */
  readonly read?: (signal?: AbortSignal) => Promise<Sources>;
  readonly compiler: RegoCompiler;
  /** What else decides results, into the digest. */
  readonly settings: unknown;
  /** Where the sources of the last good bundle are kept; none: they are not. */
  readonly keepIn?: string;
  readonly now: () => number;
  /** Told of every load. */
  readonly onLoad?: (state: PolicyState) => void;
}

export interface PolicyState {
  /** What is served: the last good bundle, or one that fails every question where there never was one. */
  readonly served: ServedBundle;
  readonly bundle: Bundle | undefined;
  /** ISO 8601. */
  readonly loaded: string;
  readonly source: string;
  /** What is wrong with the sources as they are now. */
  readonly errors: readonly Diagnostic[];
}

export class PolicyStore {
  readonly #options: PolicyStoreOptions;
  readonly #lastGood: LastGood | undefined;
  #state: PolicyState | undefined;
  #loading: Promise<PolicyState> | undefined;

  constructor(options: PolicyStoreOptions) {
    this.#options = options;
    this.#lastGood = options.keepIn === undefined ? undefined : new LastGood(options.keepIn);
  }

  /** What is served; loads first where nothing was loaded yet. Never rejects for what is wrong with the policies. */
  async current(signal?: AbortSignal): Promise<PolicyState> {
    return this.#state ?? this.load(signal);
  }

  /** Reads and compiles the sources as they are now. Loads do not overlap: a second caller gets the first one's. */
  load(signal?: AbortSignal): Promise<PolicyState> {
    this.#loading ??= this.#load(signal).finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  async #load(signal?: AbortSignal): Promise<PolicyState> {
    const { directory, read = () => readSources(directory) } = this.#options;
    const { result, sources } = await this.#build(() => read(signal), signal);
    if (!result.ok) return this.#take({ ...(await this.#fallBack(signal)), errors: result.errors });
    const isNew = result.bundle.digest !== this.#state?.served.digest;
    if (sources && isNew) await this.#lastGood?.write(sources);
    return this.#take({ bundle: result.bundle, source: directory, errors: [] });
  }

  /** What was served until now; after a restart, the policies that were good before it. */
  async #fallBack(signal?: AbortSignal): Promise<Pick<PolicyState, 'bundle' | 'source'>> {
    if (this.#state?.bundle) return this.#state;
    const bundle = await this.#revive(signal);
    return { bundle, source: bundle ? 'last good' : '' };
  }

  async #revive(signal?: AbortSignal): Promise<Bundle | undefined> {
    const kept = await this.#lastGood?.read();
    if (!kept) return undefined;
    const { result } = await this.#build(async () => kept, signal);
    return result.ok ? result.bundle : undefined;
  }

  async #build(
    read: () => Promise<Sources>,
    signal?: AbortSignal,
  ): Promise<{ result: BundleResult; sources?: Sources }> {
    try {
      const sources = await read();
      const { compiler, settings } = this.#options;
      return { sources, result: await buildBundle(compiler, sources, { signal, settings, fast: true }) };
    } catch (error) {
      if (codeOf(error) === 'CANCELLED') throw error;
      const place = { file: '', row: 0, col: 0 };
      return { result: { ok: false, errors: [{ code: codeOf(error), message: messageOf(error), ...place }] } };
    }
  }

  #take({ bundle, source, errors }: Pick<PolicyState, 'bundle' | 'source' | 'errors'>): PolicyState {
    const isSame = bundle !== undefined && bundle.digest === this.#state?.served.digest;
    const loaded = isSame ? (this.#state?.loaded ?? '') : new Date(this.#options.now()).toISOString();
    this.#state = { served: bundle ?? faulty(errors), bundle, loaded, source, errors };
    this.#options.onLoad?.(this.#state);
    return this.#state;
  }
}

/** A bundle in the place of one that never was: each of its policies fails with what is wrong with the sources. */
function faulty(errors: readonly Diagnostic[]): ServedBundle {
  const first = errors[0];
  const where = first?.file ? `${first.file}:${first.row}:${first.col}: ` : '';
  const message = `no policies could be loaded: ${where}${first?.message ?? 'they are not there'}`;
  const code = first?.file ? 'POLICY_SYNTAX' : 'POLICY_LOAD';
  return {
    digest: createHash('sha256').update(message).digest('hex'),
    module: undefined,
    data: new Uint8Array(new SharedArrayBuffer(0)),
    packages: [],
    fault: { code, message },
  };
}

/** For what needs policies that work, such as a list of them. Errors: POLICY_SYNTAX, POLICY_LOAD. */
export function bundleOf({ bundle, served }: PolicyState): Bundle {
  if (bundle) return bundle;
  throw elavaError(
    served.fault?.code === 'POLICY_SYNTAX' ? 'POLICY_SYNTAX' : 'POLICY_LOAD',
    served.fault?.message ?? '',
  );
}
