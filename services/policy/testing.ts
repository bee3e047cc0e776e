/** Shared by the tests of what serves policies. */
import { type Bundle, buildBundle } from './bundle.ts';
import type { RegoCompiler } from './compiler/compiler.ts';
import type { JudgeSettings } from './settings.ts';

export const settings: JudgeSettings = {
  environments: { default: { policies: [], strict: false } },
  accounts: {},
  tags: [],
  defaultDecision: 'require_approval',
  joins: {},
  memoryBytes: 64 * 1024 * 1024,
};

/** A bundle of one file, `policies/<package>.rego`, with the package `elava.<package>` that these rules stand in. */
export async function bundleOf(compiler: RegoCompiler, name: string, rules: string): Promise<Bundle> {
  const files = [{ path: `policies/${name}.rego`, text: `package elava.${name}\n\n${rules}\n` }];
  const built = await buildBundle(compiler, { files, tests: [], data: {}, errors: [] });
  if (!built.ok) throw new Error(JSON.stringify(built.errors));
  return built.bundle;
}

export const lineOf = (input: object): string => `${JSON.stringify(input)}\n`;
