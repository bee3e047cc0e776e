/** What the policy scenarios share: the shipped policies as a bundle, and the SDK's own evaluation of the same module. */
import { fileURLToPath } from 'node:url';
import { type LoadedPolicy, loadPolicy } from '@open-policy-agent/opa-wasm';
import { loadConfig } from '../lib/config/load.ts';
import { hostBuiltins } from '../services/policy/builtins/index.ts';
import { type Bundle, buildBundle } from '../services/policy/bundle.ts';
import { RegoCompiler } from '../services/policy/compiler/compiler.ts';
import { plainValue } from '../services/policy/host/order.ts';
import type { RegoValue } from '../services/policy/host/values.ts';
import type { PolicyPool } from '../services/policy/pool.ts';
import { type JudgeSettings, judgeSettings } from '../services/policy/settings.ts';
import { readSources } from '../services/policy/sources.ts';
import { now, type policyRows } from './policy-inputs.ts';

export const shippedPolicies = fileURLToPath(new URL('../policies', import.meta.url));
/** Rows of one task of a thread. */
const batch = 200;

export async function shippedBundle(): Promise<Bundle> {
  const compiler = new RegoCompiler();
  try {
    const built = await buildBundle(compiler, await readSources(shippedPolicies), { fast: true });
    if (!built.ok) throw new Error(JSON.stringify(built.errors));
    return built.bundle;
  } finally {
    await compiler.close();
  }
}

/** As configured out of the box. */
export function shippedSettings(): JudgeSettings {
  return judgeSettings(loadConfig({ env: {}, cwd: shippedPolicies }).config);
}

/** Milliseconds of CPU that all threads of this process spend on the work. */
export async function cpuOf(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** The module as it was compiled; functions that the SDK lacks are ours, which it calls with plain JSON. */
export async function sdkPolicy({ wasm, data }: Bundle): Promise<LoadedPolicy> {
  const custom = Object.fromEntries([...hostBuiltins].map(([name, builtin]) => [name, adapted(builtin)]));
  const policy = await loadPolicy(wasm.buffer, 20, custom);
  policy.setData(JSON.parse(Buffer.from(data).toString()));
  return policy;
}

type Builtin = NonNullable<ReturnType<typeof hostBuiltins.get>>;

function adapted(builtin: Builtin) {
  const context = { nowNs: 0n, cache: new Map<string, unknown>() };
  return (...args: unknown[]): unknown => {
    const result = builtin(args as RegoValue[], context);
    return result === undefined ? undefined : plainValue(result);
  };
}

export type Work = () => unknown;
interface Given {
  readonly bundle: Bundle;
  readonly settings: JudgeSettings;
  readonly rows: ReturnType<typeof policyRows>;
}

/**
 * As the estate is judged again and again: the input is built from the row, all packages of its environment are asked,
 * and what they say is compared with what is stored.
 */
export async function pooled(pool: PolicyPool, { bundle, settings, rows }: Given): Promise<Work> {
  const first = await Promise.all(batchesOf(rows).map((lines) => pool.judge({ bundle, settings, lines }, now)));
  const stored = Map.groupBy(
    first.flatMap(({ evaluations }) => evaluations),
    (one) => one.resource_id,
  );
  const again = rows.map((row) => {
    const last = (stored.get(row.resource.id) ?? []).map(({ policy_name, hash = '' }) => [policy_name, hash]);
    return { ...row, last: Object.fromEntries(last) as Record<string, string> };
  });
  const batches = batchesOf(again);
  return () => Promise.all(batches.map((lines) => pool.judge({ bundle, settings, lines }, now)));
}

function batchesOf(rows: Given['rows']): string[] {
  return Array.from({ length: Math.ceil(rows.length / batch) }, (_, i) =>
    rows
      .slice(i * batch, (i + 1) * batch)
      .map((row) => `${JSON.stringify(row)}\n`)
      .join(''),
  );
}
