/** What of the configuration decides how resources are judged. Plain data: it goes to the workers. */
import os from 'node:os';
import { cloudOf } from '../../lib/config/cloud.ts';
import type { Config } from '../../lib/config/schema.ts';
import { type ContextSettings, contextSettings } from './context-settings.ts';
import type { EnvironmentSettings } from './environment.ts';
import { policyName } from './packages.ts';
import type { Decision } from './policy.contract.ts';
import type { QueryLimits } from './tenants/query-limits.ts';

/** Parts of referenced resources that are put into a resource of the type (scanner.contract.ts). */
export interface Join {
  readonly field: string;
  readonly ids: string;
  readonly type: string;
  readonly take: string;
}

export interface JudgeSettings extends EnvironmentSettings {
  readonly defaultDecision: Exclude<Decision, 'allow'>;
  /** Resource type → what is joined into it. */
  readonly joins: Readonly<Record<string, readonly Join[]>>;
  /** What resources are given beside what was seen; absent: nothing. */
  readonly context?: ContextSettings;
  readonly memoryBytes: number;
}

const mebibyte = 1024 * 1024;

type Joins = JudgeSettings['joins'];

export function judgeSettings(
  config: Pick<Config, 'policies' | 'environments' | 'tags' | 'providers'>,
  joins: Joins = {},
): JudgeSettings {
  const environments = Object.entries(config.environments).map(([name, { policies, strict_mode }]) => [
    name,
    { policies: [...new Set(policies.map(policyName))], strict: strict_mode },
  ]);
  const accounts = cloudOf(config).accounts.map(({ id, environment }) => [id, environment]);
  return {
    environments: Object.fromEntries(environments),
    accounts: Object.fromEntries(accounts),
    tags: config.tags.environment,
    defaultDecision: config.policies.default_decision,
    joins,
    context: contextSettings(config),
    memoryBytes: config.policies.memory * mebibyte,
  };
}

/** Of tenants that bring none of their own. */
export function tenantLimits({ tenants: { timeout, memory } }: Pick<Config, 'tenants'>): QueryLimits {
  return { deadlineMs: timeout, memoryBytes: memory * mebibyte, concurrency: 0 };
}

/** Threads that evaluate: `workers`, or one a core and four at most. */
export function threadCount(workers: number): number {
  return workers > 0 ? workers : Math.min(4, Math.max(1, os.availableParallelism()));
}
