/** What runs and how it is, as services/gateway/routes/system.ts says it. */
import { get, type HistoryAnswer } from '../../base/api.ts';
import { type Query, useQuery } from '../../base/query.ts';

type Part<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly code: string; readonly message: string };

export type OptionalRole = 'sovereignty' | 'reconciler';

export interface SystemAnswer {
  readonly version: string;
  readonly node: string;
  /** Seconds. */
  readonly uptime: number;
  /** Bytes. */
  readonly memory: number;
  readonly mode: {
    readonly enforcement_mode: string;
    readonly default_decision: string;
    readonly retention_ms: number;
  };
  readonly store: Part<HistoryAnswer<'status'>>;
  readonly schedule: Part<{
    readonly running: boolean;
    readonly tiers: readonly {
      readonly tier: string;
      readonly interval_ms: number;
      readonly units: number;
      readonly last: string;
      readonly next: string;
    }[];
  }>;
  readonly policies: Part<{
    readonly digest: string;
    readonly loaded: string;
    readonly source: string;
    readonly packages: readonly string[];
    readonly rules: number;
    readonly errors: readonly { readonly message: string; readonly file: string; readonly row: number }[];
  }>;
  /** Roles of which not every process of the product has one: whether somebody runs them. */
  readonly roles: Readonly<Partial<Record<OptionalRole, boolean>>>;
  readonly trails: Part<HistoryAnswer<'cursors'>>;
}

export function useSystem(): Query<SystemAnswer> {
  return useQuery<SystemAnswer>('system', (signal) => get('/api/system', {}, { signal }), { live: true });
}

/** Undefined while it is not known: nobody is asked for what nobody runs. */
export function usePresent(role: OptionalRole): boolean | undefined {
  const { data } = useSystem();
  return data && data.roles[role] === true;
}
