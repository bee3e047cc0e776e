/** What the operator is told: the section `sovereignty` of the configuration, times in milliseconds. */
import type { EngineChoice } from './engine.ts';
import type { Author } from './permission.ts';

export interface OperatorSettings {
  /** The operator's own namespace: its Lease, the clusters' Secrets, policies of administrators. */
  readonly namespace: string;
  readonly engine: EngineChoice;
  readonly concurrency: number;
  readonly resyncMs: number;
  readonly leaseMs: number;
  readonly leaseRetryMs: number;
  /** A watch that is silent for so long is made anew. */
  readonly idleMs: number;
  readonly authors: readonly Author[];
}
