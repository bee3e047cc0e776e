/** What can be asked of the writer. */
import type { Coverage, ObservationState, Unit } from '../../lib/resource.ts';
import type { Waiting } from './group.ts';
import type { Batch } from './plan-ingest.ts';
import type { Judged, StoredAttribution, StoredEvaluation } from './revision-rows.ts';

/** What a scanner says of one unit. Instants in milliseconds. */
export interface Observed {
  readonly scan: string;
  readonly unit: Unit;
  readonly started: number;
  readonly finished: number;
  readonly state: ObservationState;
  readonly error: string;
  readonly detail: string;
  readonly count: number;
  readonly absent: readonly string[];
}
export interface IngestWork extends Waiting {
  readonly kind: 'ingest';
  readonly batch: Batch;
}
export interface ObserveWork extends Waiting {
  readonly kind: 'observe';
  readonly observed: Observed;
  /** The unit's last batch, where it comes with the observation. */
  readonly batch?: Batch;
}
export interface JudgedWork extends Waiting {
  readonly kind: 'judged';
  readonly evaluations: readonly StoredEvaluation[];
  readonly mark: Judged | undefined;
}
export interface AttributedWork extends Waiting {
  readonly kind: 'attributed';
  readonly attributions: readonly StoredAttribution[];
}
export type Work = IngestWork | ObserveWork | JudgedWork | AttributedWork;

export interface Written {
  /** Versions, or evaluations. */
  readonly written: number;
  readonly coverage?: Coverage;
}
