/** Shared by the tests of the compiler. */
import { readFile } from 'node:fs/promises';
import { describeDiagnostic } from './compiler.ts';
import type { Failed, RegoFile } from './requests.ts';

/** A file of fixtures/, under the path that it has for the recorded runs of the opa command line. */
export const fixture = async (name: string): Promise<RegoFile> => ({
  path: `fixtures/${name}`,
  text: await readFile(new URL(`fixtures/${name}`, import.meta.url), 'utf8'),
});
export const json = async (name: string) => JSON.parse((await fixture(name)).text);
export const one = (text: string, path = 'x.rego') => ({ files: [{ path, text }] });
export const errorsOf = (result: { ok: true } | Failed) => (result.ok ? [] : result.errors.map(describeDiagnostic));

/** Fails with the sources' errors instead of a missing field. */
export function good<T extends { ok: boolean }>(result: T): Extract<T, { ok: true }> {
  if (!result.ok) throw new Error(errorsOf(result as never).join('\n'));
  return result as Extract<T, { ok: true }>;
}
