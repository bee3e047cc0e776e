/** OPA's own test cases, which come with its Go module: v1/test/cases/testdata of the release that the compiler is built from. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parse } from 'yaml';

/** A case as OPA writes it (v1/test/cases/cases.go); integers are bigints, so that none loses digits. */
export interface Case {
  /** `v1/` or `v0/` and the note, with a number where a note comes more than once. */
  readonly name: string;
  readonly file: string;
  readonly query: string;
  readonly modules?: readonly string[] | null;
  readonly data?: unknown;
  readonly input?: unknown;
  /** The input in Rego's notation, where JSON's cannot tell it; it stands over `input`. */
  readonly input_term?: string;
  readonly want_result?: ReadonlyArray<Readonly<Record<string, unknown>>> | null;
  readonly want_error?: string;
  readonly want_error_code?: string;
  readonly sort_bindings?: boolean;
  readonly ignore_generated_vars?: boolean;
  readonly strict_error?: boolean;
}

const goModule = 'github.com/open-policy-agent/opa';

/** Where Go keeps the module of this version, fetched if need be. Throws what to do where there is no Go. */
export function casesFolder(version: string): string {
  try {
    const told = execFileSync('go', ['mod', 'download', '-json', `${goModule}@${version}`], {
      encoding: 'utf8',
      // Else the message comes twice.
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return join((JSON.parse(told) as { Dir: string }).Dir, 'v1/test/cases/testdata');
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const why = isMissing ? 'Go is not installed, or not in PATH' : (error as Error).message;
    throw new Error(`OPA's cases come with its Go module ${goModule}@${version}, which cannot be fetched: ${why}`, {
      cause: error,
    });
  }
}

export function readCases(folder: string): Case[] {
  const times = new Map<string, number>();
  return ['v1', 'v0'].flatMap((version) =>
    yamlFiles(join(folder, version)).flatMap((path) => {
      const { cases } = parse(readFileSync(path, 'utf8'), { intAsBigInt: true, maxAliasCount: -1 }) as {
        readonly cases?: ReadonlyArray<Omit<Case, 'name' | 'file'> & { readonly note: string }>;
      };
      return (cases ?? []).map((one) => {
        const name = `${version}/${one.note}`;
        const time = (times.get(name) ?? 0) + 1;
        times.set(name, time);
        return { ...one, name: time === 1 ? name : `${name} (${time})`, file: relative(folder, path) };
      });
    }),
  );
}

function yamlFiles(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => /\.ya?ml$/.test(name))
    .sort()
    .map((name) => join(folder, name));
}
