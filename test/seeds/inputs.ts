/** Inputs for the seeds' policies, made by the product's own builder from a resource as a scan would give it. */
import type { Resource } from '../../lib/resource.ts';
import type { JudgingRow } from '../../services/history/history.contract.ts';
import { buildInput, type PolicyInput } from '../../services/policy/input.ts';
import type { JudgeSettings } from '../../services/policy/settings.ts';

const now = '2026-11-20T12:00:00.000Z';
const dayMs = 86_400_000;

/** The instant that was so many days before `now`. */
export function daysAgo(days: number): string {
  return new Date(Date.parse(now) - days * dayMs).toISOString();
}

export interface Given {
  readonly type: string;
  readonly status?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly ageDays?: number;
  /** Flat fields, which stand in `metadata` again. */
  readonly fields?: Readonly<Record<string, unknown>>;
  /** Days since a scan last saw it. */
  readonly lastSeenDays?: number;
  /** Rules of its one security group. */
  readonly groupRules?: readonly object[];
}

export function inputOf(given: Given, settings: JudgeSettings): PolicyInput {
  const seen = daysAgo(given.lastSeenDays ?? 0);
  const group = resourceOf({ type: 'security_group', fields: { rules: given.groupRules ?? [] } });
  const resource = resourceOf({ ...given, fields: { ...given.fields, security_group_ids: [group.id] } });
  const row: JudgingRow = {
    resource,
    revision: '1',
    history: [],
    facts: {
      first_seen: daysAgo(30),
      last_seen: seen,
      state_since: daysAgo(30),
      changes: 0,
      window_days: 30,
      coverage: 'complete',
    },
    related: { [group.id]: group },
    last: {},
  };
  return buildInput(row, settings, now);
}

function resourceOf({ type, status = '', tags = {}, ageDays = 100, fields = {} }: Given): Resource {
  return {
    id: `arn:aws:x:eu-west-1:210000000001:${type}/sample`,
    provider: 'aws',
    account: '210000000001',
    region: 'eu-west-1',
    type,
    name: 'sample',
    status,
    tags,
    created_at: daysAgo(ageDays),
    refs: [],
    ...fields,
    metadata: { ...fields },
  };
}
