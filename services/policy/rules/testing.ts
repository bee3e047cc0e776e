/** Judges inputs by rule policies, for tests: compiled, loaded and evaluated as everything else is. */
import { hostBuiltins } from '../builtins/index.ts';
import { buildBundle } from '../bundle.ts';
import type { RegoCompiler } from '../compiler/compiler.ts';
import { Evaluator } from '../evaluator.ts';
import type { PackageResult } from '../policy.contract.ts';
import { sourcesOf } from '../sources.ts';

const at = '2026-11-20T12:00:00.000Z';

export async function judgeBy(
  compiler: RegoCompiler,
  texts: Readonly<Record<string, string>>,
  inputs: readonly object[],
): Promise<PackageResult[]> {
  const files = Object.entries(texts).map(([path, text]) => ({ path, text }));
  const built = await buildBundle(compiler, sourcesOf(files));
  if (!built.ok) throw new Error(built.errors.map((e) => `${e.file}:${e.row}:${e.col}: ${e.message}`).join('\n'));
  const evaluator = new Evaluator(built.bundle, {
    builtins: hostBuiltins,
    memoryBytes: 64 * 1024 * 1024,
    defaultDecision: 'require_approval',
  });
  const policies = built.bundle.packages.map(({ name }) => name);
  return inputs.flatMap((input) => {
    const bytes = Buffer.from(JSON.stringify({ context: { now: at }, ...input }));
    return evaluator.judge({ input: bytes, nowNs: BigInt(Date.parse(at)) * 1_000_000n, policies, strict: false });
  });
}

export const errorsOf = (texts: Readonly<Record<string, string>>): string[] =>
  sourcesOf(Object.entries(texts).map(([path, text]) => ({ path, text }))).errors.map(
    ({ file, row, col, message }) => `${file}:${row}:${col}: ${message}`,
  );
