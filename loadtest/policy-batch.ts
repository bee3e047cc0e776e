/** The shipped policies on resources of 1.5 kB through the pool, beside one thread of OPA's SDK on the same module. */
import type { Bundle } from '../services/policy/bundle.ts';
import { buildInput } from '../services/policy/input.ts';
import { PolicyPool } from '../services/policy/pool.ts';
import { now, policyRows } from './policy-inputs.ts';
import { cpuOf, pooled, sdkPolicy, shippedBundle, shippedSettings, type Work } from './policy-setup.ts';
import type { Scenario } from './scenario.ts';

type Rows = ReturnType<typeof policyRows>;

const warmUp = 3;
const settings = shippedSettings();

export const scenario: Scenario = {
  name: 'policy.batch',
  peer: '@open-policy-agent/opa-wasm, one thread, the same module',
  target: 2.5,
  unit: 'evaluations/CPU-s',
  better: 'higher',
  async run({ rounds, scale }) {
    const bundle = await shippedBundle();
    const rows = policyRows(Math.round(20_000 * scale));
    const pool = new PolicyPool({ threads: 2, deadlineMs: 60_000, maxQueue: rows.length });
    const [ours, theirs] = [await pooled(pool, { bundle, settings, rows }), await stock(bundle, rows)];
    const figures = { ours: [] as number[], peer: [] as number[] };
    try {
      // Threads compile what is hot over many thousands of rows; until then neither side counts.
      for (let round = -warmUp; round < rounds; round++) {
        const [mine, peer] = [rows.length / ((await cpuOf(ours)) / 1000), rows.length / ((await cpuOf(theirs)) / 1000)];
        if (round < 0) continue;
        figures.ours.push(mine);
        figures.peer.push(peer);
      }
    } finally {
      await pool.close();
    }
    return figures;
  },
};

/** The SDK at its best: it is given the built input as bytes, and its answers are not looked at. */
async function stock(bundle: Bundle, rows: Rows): Promise<Work> {
  const sdk = await sdkPolicy(bundle);
  const inputs = rows.map((row) => buildInput(row, settings, now));
  const bytes = inputs.map((input) => new TextEncoder().encode(JSON.stringify(input)).buffer);
  const entrypoints = inputs.map(({ environment }) =>
    (settings.environments[environment]?.policies ?? []).map((name) => name.replace('.', '/')),
  );
  return () => {
    for (const [i, input] of bytes.entries()) {
      for (const entrypoint of entrypoints[i] ?? []) sdk.evaluate(input, entrypoint);
    }
  };
}
