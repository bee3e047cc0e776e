/** Answers of OPA's Data API, as text: the same keys in the same places. */

import { version } from '../../../lib/version.ts';
import type { TenantDecision } from '../../tenants/tenants.contract.ts';

/** Options that OPA takes as query parameters: `?metrics`, `?metrics=true`. */
export interface DataQuery {
  readonly input?: string;
  readonly metrics?: string;
  readonly instrument?: string;
  readonly provenance?: string;
  readonly pretty?: string;
  readonly explain?: string;
  readonly 'strict-builtin-errors'?: string;
}

export function isOn(value: string | undefined): boolean {
  return value !== undefined && value !== 'false';
}

export interface AnswerParts {
  readonly tenant: string;
  readonly decision: TenantDecision;
  readonly query: DataQuery;
  /** The request had an input. */
  readonly hasInput: boolean;
  /** Since when the request was served, of performance.now(). */
  readonly began: number;
  /** Whether decisions are logged: only then does OPA name them. */
  readonly isLogged: boolean;
}

export function answerText(parts: AnswerParts): string {
  const { decision, query, hasInput, isLogged, tenant } = parts;
  const fields: Record<string, unknown> = {
    ...(isLogged ? { decision_id: decision.id } : {}),
    ...(decision.value === undefined ? {} : { result: decision.value }),
    ...(isOn(query.provenance) ? { provenance: provenanceOf(tenant, decision.revision) } : {}),
    metrics: metricsOf(parts),
    ...(query.explain === undefined || query.explain === 'off' ? {} : { explanation: [] }),
    ...warningOf(hasInput, query),
  };
  return `${JSON.stringify(fields, null, isOn(query.pretty) ? 2 : undefined)}\n`;
}

function metricsOf({ decision, tenant, query, began }: AnswerParts): object {
  const own = { eval_duration_micros: decision.micros, tenant_id: tenant };
  if (!isOn(query.metrics) && !isOn(query.instrument)) return own;
  return {
    ...own,
    counter_server_query_cache_hit: 1,
    timer_rego_query_eval_ns: decision.micros * 1000,
    timer_server_handler_ns: Math.round((performance.now() - began) * 1e6),
  };
}

function provenanceOf(tenant: string, revision: string): object {
  return {
    version,
    build_commit: '',
    build_timestamp: '',
    build_hostname: '',
    bundles: { [tenant]: { revision } },
  };
}

/** OPA's own words for a forgotten input; the second is ours, for compiled policies leave no trace. */
function warningOf(hasInput: boolean, { explain }: DataQuery): object {
  const warn = (message: string): object => ({ warning: { code: 'api_usage_warning', message } });
  if (!hasInput) return warn("'input' key missing from the request");
  if (explain === undefined || explain === 'off') return {};
  return warn('there is no explanation: policies are evaluated in their compiled form');
}
