/** The shipped policies on two cores by the clock: our pool beside native OPA's prepared queries on two goroutines. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { rulesFor } from '../services/policy/environment.ts';
import { buildInput } from '../services/policy/input.ts';
import { PolicyPool } from '../services/policy/pool.ts';
import { nativeLoop } from './native/build.ts';
import { now, policyRows } from './policy-inputs.ts';
import { pooled, shippedBundle, shippedPolicies, shippedSettings } from './policy-setup.ts';
import { type Scenario, skipped } from './scenario.ts';

const warmUp = 3;
const settings = shippedSettings();

export const scenario: Scenario = {
  name: 'policy.native',
  peer: 'native OPA, prepared queries on 2 goroutines',
  target: 1.8,
  unit: 'evaluations/s',
  better: 'higher',
  async run({ rounds, scale }) {
    const program = nativeLoop();
    if (typeof program !== 'string') return skipped(program.skipped);
    const rows = policyRows(Math.round(20_000 * scale));
    const bundle = await shippedBundle();
    const pool = new PolicyPool({ threads: 2, deadlineMs: 60_000, maxQueue: rows.length });
    const native = await startNative(program, rows);
    const figures = { ours: [] as number[], peer: [] as number[] };
    try {
      const ours = await pooled(pool, { bundle, settings, rows });
      for (let round = -warmUp; round < rounds; round++) {
        const began = performance.now();
        await ours();
        const mine = rows.length / ((performance.now() - began) / 1000);
        const peer = rows.length / (await native.pass());
        if (round < 0) continue;
        figures.ours.push(mine);
        figures.peer.push(peer);
      }
    } finally {
      await Promise.all([pool.close(), native.close()]);
    }
    return figures;
  },
};

/** Its inputs are parsed before the clock starts, and its answers are not looked at. */
async function startNative(program: string, rows: ReturnType<typeof policyRows>) {
  const scratch = await mkdtemp(join(tmpdir(), 'elava-native-'));
  const inputs = rows.map((row) => buildInput(row, settings, now));
  const queries = Object.fromEntries(
    [...new Set(inputs.map(({ environment }) => environment))].map((name) => [name, queryOf(name)]),
  );
  const file = join(scratch, 'work.json');
  await writeFile(
    file,
    JSON.stringify({ queries, inputs: inputs.map((input) => ({ query: input.environment, input })) }),
  );
  const child = spawn(program, [shippedPolicies, file], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<string> => {
    const { value, done } = await lines.next();
    if (done) throw new Error('native OPA ended before it answered');
    return value;
  };
  await next();
  return {
    /** Seconds that all inputs took. */
    pass: async (): Promise<number> => {
      child.stdin.write('\n');
      return Number(await next());
    },
    close: async (): Promise<void> => {
      child.stdin.end();
      if (child.exitCode === null) await once(child, 'exit');
      await rm(scratch, { recursive: true, force: true });
    },
  };
}

/** All packages of the environment at once, so that what they share is evaluated once. */
function queryOf(environment: string): string {
  const packages = rulesFor(environment, settings).policies.map((name) => `data.${name}`);
  return `said = [${packages.join(', ')}]`;
}
