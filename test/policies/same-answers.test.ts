/** For the shipped policies what is served says what OPA's own interpreter says, whatever the input. */
import { afterAll, expect, test } from '@jest/globals';
import { RegoCompiler } from '../../services/policy/compiler/compiler.ts';
import { failureOf, outcomeOf } from '../../services/policy/outcome.ts';
import type { PackageInfo } from '../../services/policy/packages.ts';
import { bundleOf, PolicyStore } from '../../services/policy/policy-store.ts';
import { PolicyPool } from '../../services/policy/pool.ts';
import { readSources } from '../../services/policy/sources.ts';
import { lineOf, settings } from '../../services/policy/testing.ts';
import { generatedInputs, now } from './generated.ts';
import { folder } from './shipped.ts';

const inputs = generatedInputs(1_000, 20_261_122);
const compiler = new RegoCompiler({ deadlineMs: 240_000 });
const pool = new PolicyPool({ threads: 1, deadlineMs: 60_000, maxQueue: 4 });
afterAll(() => Promise.all([compiler.close(), pool.close()]));

/** What OPA's document of a package comes to. */
function expected(info: PackageInfo, document: Record<string, unknown> | undefined) {
  const options = { policy: info.name, nested: new Set(info.nested), titles: info.titles, strict: false };
  const outcome = outcomeOf(document ?? {}, options);
  return 'code' in outcome ? failureOf(info.name, outcome, settings.defaultDecision) : outcome;
}

test('on 1,000 generated inputs', async () => {
  const store = new PolicyStore({ directory: folder, compiler, settings: {}, now: () => 0 });
  const bundle = bundleOf(await store.current());
  const names = bundle.packages.map(({ name }) => name);
  const judged = await pool.evaluate({ bundle, settings, lines: inputs.map(lineOf).join('') }, names);
  const { files } = await readSources(folder);
  const asked = await compiler.eval({
    files,
    query: 'data.elava',
    inputs,
    nowNs: BigInt(Date.parse(now)) * 1_000_000n,
  });
  if (!asked.ok) throw new Error(JSON.stringify(asked.errors));
  const differing = inputs.filter((_, i) => {
    const documents = asked.evaluations[i]?.values[0] as Record<string, Record<string, unknown>>;
    const theirs = bundle.packages.map((info) => expected(info, documents[info.name.replace('elava.', '')]));
    return JSON.stringify(judged[i]?.packages) !== JSON.stringify(theirs);
  });
  expect(differing).toEqual([]);
  // The inputs are worth asking: all decisions are among the answers.
  const decisions = new Set(judged.flatMap(({ packages }) => packages.map(({ result }) => result.decision)));
  expect(decisions.size).toBeGreaterThan(2);
});
