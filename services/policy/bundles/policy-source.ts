/** What everything that policies can come from has in common. */
import type { Sources } from '../sources.ts';
import type { BundleKey } from './signatures.ts';

export interface PolicySource {
  /** As it is shown: path or URL. */
  readonly name: string;
  /** The policies as they are now. Errors: POLICY_LOAD. */
  read(signal?: AbortSignal): Promise<Sources>;
  /** Calls when the policies may have changed; ends when the signal aborts. */
  watch(signal: AbortSignal, onChange: () => Promise<unknown>): Promise<void>;
}

export interface SourceOptions {
  readonly keys: Readonly<Record<string, BundleKey>>;
  /** "" for none. */
  readonly token: string;
  readonly pollMs: number;
  readonly timeoutMs: number;
}
