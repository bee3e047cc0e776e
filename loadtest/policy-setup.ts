/** What the policy scenarios share: the shipped policies as a bundle, and the SDK's own evaluation of the same module. */
import { fileURLToPath } from 'node:url';
import { type LoadedPolicy, loadPolicy } from '@open-policy-agent/opa-wasm';
import { loadConfig } from '../lib/config/load.ts';
import { hostBuiltins } from '../services/policy/builtins/index.ts';
import { type Bundle, buildBundle } from '../services/policy/bundle.ts';
import { RegoCompiler } from '../services/policy/compiler/compiler.ts';
import { plainValue } from '../services/policy/host/order.ts';
import type { RegoValue } from '../services/policy/host/values.ts';
import { type JudgeSettings, judgeSettings } from '../services/policy/settings.ts';
import { readSources } from '../services/policy/sources.ts';

const policies = fileURLToPath(new URL('../policies', import.meta.url));

export async function shippedBundle(): Promise<Bundle> {
  const compiler = new RegoCompiler();
  try {
    const built = await buildBundle(compiler, await readSources(policies), { fast: true });
    if (!built.ok) throw new Error(JSON.stringify(built.errors));
    return built.bundle;
  } finally {
    await compiler.close();
  }
}

/** As configured out of the box. */
export function shippedSettings(): JudgeSettings {
  return judgeSettings(loadConfig({ env: {}, cwd: policies }).config);
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
