/** Writes a directory of policies in the one form that `opa fmt` gives them. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RegoCompiler } from '../compiler/compiler.ts';
import type { RegoFile } from '../compiler/requests.ts';
import type { Diagnostic } from '../policy.contract.ts';
import { readSources } from '../sources.ts';

export interface Formatted {
  readonly errors: readonly Diagnostic[];
  /** Files that are not in the form, with the text that they should have; paths relative to the directory. */
  readonly differ: readonly RegoFile[];
  readonly files: number;
}

/** `upgrade` writes what is Rego v0 as v1. Nothing is written. Errors: POLICY_LOAD. */
export async function formatPolicies(
  { directory, compiler }: { readonly directory: string; readonly compiler: RegoCompiler },
  upgrade: boolean,
): Promise<Formatted> {
  const sources = await readSources(directory);
  const files = [...sources.files, ...sources.tests].filter(({ path }) => path.endsWith('.rego'));
  // What rule policies are compiled to is Rego too, and is not in the directory.
  const written = await onDisk(directory, files);
  const formatted = await compiler.format({ files: written, upgrade });
  if (!formatted.ok) return { errors: formatted.errors, differ: [], files: written.length };
  const before = new Map(written.map(({ path, text }) => [path, text]));
  const differ = formatted.files.filter(({ path, text }) => before.get(path) !== text);
  return { errors: [], differ, files: written.length };
}

async function onDisk(directory: string, files: readonly RegoFile[]): Promise<RegoFile[]> {
  const found = await Promise.all(
    files.map(({ path }) =>
      readFile(join(directory, path), 'utf8').then(
        (text) => ({ path, text }),
        () => undefined,
      ),
    ),
  );
  return found.filter((file) => file !== undefined);
}

/** In place: a file keeps its rights, and a link stays one. */
export async function writeFormatted(directory: string, { differ }: Formatted): Promise<void> {
  for (const { path, text } of differ) await writeFile(join(directory, path), text);
}
