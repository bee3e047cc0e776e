/** A cloud as the scanner sees it. Nothing outside a provider's folder knows more of it than this. */
import type { ElavaError } from '../../lib/errors.ts';
import type { Unit } from '../../lib/resource.ts';
import type { ResourceType } from './resource-type.ts';

/** One page of the provider's audit log, newest first. */
export interface AuditPage {
  readonly account: string;
  readonly region: string;
  /** Milliseconds, both inclusive. */
  readonly from: number;
  readonly to: number;
  /** Only calls of this name; without it every call that changed something. */
  readonly name?: string | undefined;
  readonly token?: string | undefined;
}

export interface Provider<C = unknown> {
  /** Stands in every resource: "aws". */
  readonly name: string;
  readonly types: ReadonlyMap<string, ResourceType<C, unknown>>;
  /** Every region name there is. */
  readonly regions: readonly string[];
  /** Who the caller's own credentials belong to. */
  identify(signal: AbortSignal): Promise<{ account: string; arn: string }>;
  /** What a type needs to make calls in the unit. Rejects when its account cannot be reached at all. */
  open(unit: Unit, signal: AbortSignal): Promise<C>;
  /** A second look at what failed a listing: a region that is off looks like wrong credentials. */
  explain(error: unknown, unit: Unit, signal: AbortSignal): Promise<ElavaError>;
  /** Records as the provider writes them, JSON texts. Rejects with an AWS_ code. */
  audit(page: AuditPage, signal: AbortSignal): Promise<{ records: string[]; next?: string | undefined }>;
  close(): void;
}
