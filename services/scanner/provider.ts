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

/** Figures of one account and region over a time, one point for each period. */
export interface MetricQuestion {
  readonly account: string;
  readonly region: string;
  /** Milliseconds. */
  readonly from: number;
  readonly to: number;
  /** Seconds. */
  readonly period: number;
  readonly metrics: readonly {
    readonly namespace: string;
    readonly name: string;
    readonly dimension: string;
    readonly value: string;
    readonly stat: 'Sum' | 'Average' | 'Maximum' | 'Minimum';
  }[];
}
/** Oldest first; no points where there is no data. */
export interface MetricSeries {
  readonly points: number[];
}
/** An account that the configuration names or that was found. */
export interface AccountInfo {
  readonly id: string;
  /** "" where nobody told it. */
  readonly name: string;
  /** A suspended one is not read. */
  readonly state: 'active' | 'suspended';
  /** Where it stands in its organisation: `Workloads/Prod`; "" where that is not known. */
  readonly unit: string;
  readonly tags: Readonly<Record<string, string>>;
  /** The role that it is read with; "" for the caller's own credentials. */
  readonly role: string;
}
/** What one call that a type needs came to. */
export interface Probe {
  readonly type: string;
  /** `ec2:DescribeInstances`, as it was called. */
  readonly api: string;
  /** A code of ours; "" when it went well. */
  readonly error: string;
  readonly detail: string;
}
export interface ProbePlace {
  readonly account: string;
  /** "global" for the types that have none. */
  readonly region: string;
  readonly types: readonly string[];
}

export interface Provider<C = unknown> {
  /** Stands in every resource: "aws". */
  readonly name: string;
  readonly types: ReadonlyMap<string, ResourceType<C, unknown>>;
  /** Every region name there is. */
  readonly regions: readonly string[];
  /** Who the caller's own credentials belong to, or who the caller is in an account of the configuration. */
  identify(signal: AbortSignal, account?: string): Promise<{ account: string; arn: string }>;
  /** The accounts to read, those too that cannot be read at present. Kept and looked up again now and then. */
  accounts(): Promise<readonly AccountInfo[]>;
  /** The regions of an account that are to be read: the configured ones, or those that it has enabled. */
  regionsOf(account: string, signal: AbortSignal): Promise<{ on: readonly string[]; off: readonly string[] }>;
  /** Every region that there is for the account, by whether it has it enabled. */
  regionsThere(account: string, signal: AbortSignal): Promise<{ on: readonly string[]; off: readonly string[] }>;
  /** Makes the cheapest call that each type needs. Never rejects: what goes wrong is the answer. */
  probe(place: ProbePlace, signal: AbortSignal): Promise<readonly Probe[]>;
  /** Milliseconds by which the provider's clock is ahead of ours; rejects where it cannot be reached. */
  clockSkew(signal: AbortSignal): Promise<number>;
  /**
   * What a type needs to make calls in the unit; `heard` is called at every answer. Rejects when its account cannot be reached
   * at all.
   */
  open(unit: Unit, signal: AbortSignal, heard?: () => void): Promise<C>;
  /** A second look at what failed a listing: a region that is off looks like wrong credentials. */
  explain(error: unknown, unit: Unit, signal: AbortSignal): Promise<ElavaError>;
  /** How much resources were used; absent where the provider does not tell. Rejects with a code of ours. */
  metrics?(question: MetricQuestion, signal: AbortSignal): Promise<MetricSeries[]>;
  /** Records as the provider writes them, JSON texts. Rejects with an AWS_ code. */
  audit(page: AuditPage, signal: AbortSignal): Promise<{ records: string[]; next?: string | undefined }>;
  close(): void;
}
