/**
 * Runs OPA's own test cases (v0 and v1) in our evaluator: `npm run test:conformance`, with a regular expression of names to run only
 * some. Ends with `N passed, N failed` and exits 1 when a case fails that is not in test/conformance/known-failures.json,
 * or one that is there passes. Needs Go, which fetches the cases.
 */
import { readFileSync } from 'node:fs';
import { RegoCompiler } from '../services/policy/compiler/compiler.ts';
import { type Case, casesFolder, readCases } from '../test/conformance/cases.ts';
import { faultOf } from '../test/conformance/judge-case.ts';

/** Reason → the names of the cases that fail for it. */
type KnownFailures = Readonly<Record<string, readonly string[]>>;

/** While one case is compiled in the compiler's thread, others are evaluated in this one. */
const atOnce = 4;

/** Faults by the name of their case; one that is not known is told at once, a whole run takes minutes. */
async function faultsOf(compiler: RegoCompiler, cases: readonly Case[], known: ReadonlySet<string>) {
  const faults = new Map<string, string>();
  const queue = cases.values();
  const work = async (): Promise<void> => {
    for (const one of queue) {
      const fault = await faultOf(compiler, one).catch((error: Error) => `cannot be run: ${error.message}`);
      if (fault === undefined) continue;
      faults.set(one.name, fault);
      if (!known.has(one.name)) console.log(`FAILED ${one.name} (${one.file}): ${fault}`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return faults;
}

const { opa } = JSON.parse(
  readFileSync(new URL('../services/policy/compiler/rego-compiler.json', import.meta.url), 'utf8'),
);
const list = new URL('../test/conformance/known-failures.json', import.meta.url);
const known = new Set(Object.values(JSON.parse(readFileSync(list, 'utf8')) as KnownFailures).flat());
const [part = ''] = process.argv.slice(2);
const all = readCases(casesFolder(opa));
const chosen = all.filter(({ name }) => new RegExp(part).test(name));
const compiler = new RegoCompiler({ queueMs: 600_000 });
const faults = await faultsOf(compiler, chosen, known);
await compiler.close();

const names = new Set(all.map(({ name }) => name));
const fixed = chosen.filter(({ name }) => known.has(name) && !faults.has(name)).map(({ name }) => name);
const stale = [...known].filter((name) => !names.has(name));
for (const name of fixed) console.log(`PASSES, but is listed as a known failure: ${name}`);
for (const name of stale) console.log(`There is no case of the listed name: ${name}`);
console.log(`${chosen.length - faults.size} passed, ${faults.size} failed`);
const isExpected = [...faults.keys()].every((name) => known.has(name)) && fixed.length === 0 && stale.length === 0;
process.exitCode = isExpected ? 0 : 1;
