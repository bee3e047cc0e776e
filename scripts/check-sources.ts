/** What the linters do not see: sizes of files, who reads the environment by other ways, unfinished work, generated heads. */
import { readFileSync } from 'node:fs';
import { report } from './report.ts';
import { sourceFiles } from './sources.ts';

export interface Source {
  readonly path: string;
  readonly text: string;
}

const MAX_LINES = 400;
/** Half of the files, and nine tenths of them, have at most so many lines. */
const QUANTILES: readonly (readonly [share: number, lines: number])[] = [
  [0.5, 80],
  [0.9, 250],
];
const pages: Readonly<Record<string, number>> = {
  'README.md': 150,
  'ARCHITECTURE.md': 150,
  'CONTRIBUTING.md': 100,
  'moleculer.config.ts': 60,
};

const isCode = (path: string): boolean => /(?<!\.generated)\.(ts|tsx|js|css|rego|sh)$/.test(path);
const isTest = (path: string): boolean => /\.test\.ts$|_test\.rego$|^test\//.test(path);

export function linesOf({ text }: Source): number {
  return text === '' ? 0 : text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
}

/** Every fault, one line each. Pure. */
export function faultsOf(sources: readonly Source[]): string[] {
  const code = sources.filter(({ path }) => isCode(path));
  return [
    ...sources.flatMap(tooLong),
    ...quantiles(code),
    ...code.flatMap(environmentReaders),
    ...code.flatMap(unfinished),
  ];
}

function tooLong(source: Source): string[] {
  const limit = pages[source.path] ?? (isCode(source.path) ? MAX_LINES : Number.POSITIVE_INFINITY);
  const lines = linesOf(source);
  return lines > limit ? [`${source.path} has ${lines} lines, ${limit} at most: split it`] : [];
}

function quantiles(code: readonly Source[]): string[] {
  const sizes = code
    .filter(({ path }) => !isTest(path))
    .map(linesOf)
    .toSorted((a, b) => a - b);
  return QUANTILES.flatMap(([share, limit]) => {
    const size = sizes[Math.ceil(sizes.length * share) - 1] ?? 0;
    return size > limit ? [`${share * 100} % of the files should have ${limit} lines at most, they have ${size}`] : [];
  });
}

/** The linter sees `process.env`; this sees the ways around it. Tests hand their environment to children. */
function environmentReaders({ path, text }: Source): string[] {
  if (/^lib\/config\/|\.test\.ts$|^test\/|^scripts\/check-sources\.ts$/.test(path)) return [];
  const around =
    /\benv\b[^;{}]*\}\s*=\s*(globalThis\.)?process\b(?!\.)|globalThis\s*(\.|\[\s*['"])\s*process\b|Bun\.env|Deno\.env/;
  return around.test(text) ? [`${path} reads the environment: only lib/config does`] : [];
}

function unfinished({ path, text }: Source): string[] {
  const line = text.split('\n').findIndex((one) => /\b(TODO|FIXME|XXX|HACK)\b/.test(one)) + 1;
  return line > 0 && path !== 'scripts/check-sources.ts'
    ? [`${path}:${line}: unfinished work belongs in an issue`]
    : [];
}

if (import.meta.main) {
  const files = sourceFiles(/\.(ts|tsx|js|css|rego|sh|md)$|^\.ci\/run$/).filter(
    (path) => !/(^|\/)(fixtures|testdata)\//.test(path),
  );
  report('sources', faultsOf(files.map((path) => ({ path, text: readFileSync(path, 'utf8') }))));
}
