/**
 * Compares what the shipped policies say in our host with what an `opa` binary says, on 1,000 generated inputs:
 * `node scripts/compare-native-opa.ts [path of opa]`. Ends with `N equal, N different`.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hostBuiltins } from '../services/policy/builtins/index.ts';
import { RegoCompiler } from '../services/policy/compiler/compiler.ts';
import { plainValue } from '../services/policy/host/order.ts';
import { PolicyInstance } from '../services/policy/host/policy-instance.ts';
import { bundleOf, PolicyStore } from '../services/policy/policy-store.ts';
import { readSources } from '../services/policy/sources.ts';
import { generatedInputs, now } from '../test/policies/generated.ts';
import { folder } from '../test/policies/shipped.ts';

type Documents = Record<string, unknown>;

const [opa = 'opa'] = process.argv.slice(2);
const inputs = generatedInputs(1_000, 20_261_122);

/** By one run of the binary: the documents below `data.elava`, for each input. */
async function theirs(): Promise<Documents[]> {
  const scratch = mkdtempSync(join(tmpdir(), 'elava-native-'));
  try {
    const { files, data } = await readSources(folder);
    const paths = files.map(({ text }, i) => {
      writeFileSync(join(scratch, `${i}.rego`), text);
      return ['-d', join(scratch, `${i}.rego`)];
    });
    writeFileSync(join(scratch, 'data.json'), JSON.stringify(data));
    writeFileSync(join(scratch, 'inputs.json'), JSON.stringify(inputs));
    const sources = [...paths.flat(), '-d', join(scratch, 'data.json'), '-i', join(scratch, 'inputs.json')];
    const query = '[o | i := input[_]; o := data.elava with input as i]';
    const told = execFileSync(opa, ['eval', '-f', 'raw', ...sources, query], { encoding: 'utf8', maxBuffer: 1 << 28 });
    return JSON.parse(told) as Documents[];
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

const compiler = new RegoCompiler();
const bundle = bundleOf(await new PolicyStore({ directory: folder, compiler, settings: {}, now: () => 0 }).current());
await compiler.close();
const instance = new PolicyInstance(bundle.module, {
  builtins: hostBuiltins,
  data: bundle.data,
  maximumBytes: 1 << 26,
});
const ours = inputs.map((input): Documents => {
  instance.setInput(Buffer.from(JSON.stringify(input)), BigInt(Date.parse(now)) * 1_000_000n);
  const documents = bundle.packages.map(({ name, entrypoint }) => {
    const document = instance.evaluate(instance.entrypoints.get(entrypoint) ?? -1);
    return [name.replace('elava.', ''), document === undefined ? undefined : plainValue(document)] as const;
  });
  return Object.fromEntries<unknown>(documents.filter(([, document]) => document !== undefined));
});
const native = await theirs();

/** Keys in order, whatever the order in which they came. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}

const different = ours.flatMap((one, i) => (canonical(one) === canonical(native[i]) ? [] : [i]));
for (const i of different.slice(0, 5))
  console.log(`input ${i}: ours ${canonical(ours[i])}\n native ${canonical(native[i])}`);
console.log(`${inputs.length - different.length} equal, ${different.length} different`);
process.exitCode = different.length > 0 ? 1 : 0;
