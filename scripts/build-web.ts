/**
 * Builds the dashboard into web/dist, each file compressed, for the gateway to serve as it is. They are committed, so
 * that a start needs no build; `--check` builds and compares. `--sizes` says what each page loads.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync, constants, gzipSync } from 'node:zlib';
import { build } from 'vite';
import config from '../web/vite.config.ts';
import { report } from './report.ts';

const OUT = 'web/dist';

interface Chunk {
  readonly type: 'chunk' | 'asset';
  readonly fileName: string;
  readonly code?: string;
  readonly source?: string | Uint8Array;
  readonly imports?: readonly string[];
  readonly isEntry?: boolean;
  readonly facadeModuleId?: string | null;
}

/** Every file of the page by its path, with what is in it. */
async function built(): Promise<{ files: Map<string, Buffer>; chunks: readonly Chunk[] }> {
  const made = await build({ ...config, configFile: false, build: { ...config.build, write: false } });
  const { output } = (Array.isArray(made) ? made[0] : made) as unknown as { output: Chunk[] };
  const files = new Map(output.map(({ fileName, code, source }) => [fileName, Buffer.from(code ?? source ?? '')]));
  for (const name of readdirSync('web/public')) files.set(name, readFileSync(join('web/public', name)));
  return { files, chunks: output };
}

function onDisk(): Map<string, Buffer> {
  const names = readdirSync(OUT, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.br'));
  return new Map(
    names.map((name) => [name.replaceAll('\\', '/').slice(0, -3), brotliDecompressSync(readFileSync(join(OUT, name)))]),
  );
}

/** Paths that are missing, too many or different. Pure. */
function differences(made: ReadonlyMap<string, Buffer>, held: ReadonlyMap<string, Buffer>): string[] {
  return [...new Set([...made.keys(), ...held.keys()])].filter((name) => {
    const [a, b] = [made.get(name), held.get(name)];
    return !a || !b || !a.equals(b);
  });
}

function write(files: ReadonlyMap<string, Buffer>): void {
  rmSync(OUT, { recursive: true, force: true });
  for (const [name, body] of files) {
    const path = join(OUT, `${name}.br`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
  }
}

/** Kilobytes, gzipped, that a page may load on a first visit: what is measured as its first view stays small. */
const MOST_KB = 40;

/** What each page's first visit loads: the shell, the page's own file, and what both import. Kilobytes, gzipped. */
function sizes(files: ReadonlyMap<string, Buffer>, chunks: readonly Chunk[]): Map<string, number> {
  const byName = new Map(chunks.map((chunk) => [chunk.fileName, chunk]));
  const zipped = (name: string): number => gzipSync(files.get(name) ?? '').length;
  const closure = (name: string, seen: Set<string> = new Set()): Set<string> => {
    if (!seen.has(name)) {
      seen.add(name);
      for (const next of byName.get(name)?.imports ?? []) closure(next, seen);
    }
    return seen;
  };
  const entry = chunks.find(({ isEntry }) => isEntry)?.fileName ?? '';
  const styles = [...files.keys()].filter(
    (name) => name.endsWith('.css') || name === 'index.html' || name === 'theme.js',
  );
  const shell = new Set([...closure(entry), ...styles]);
  const sum = (names: Iterable<string>): number => [...names].reduce((all, name) => all + zipped(name), 0) / 1000;
  const found = new Map([['shell', sum(shell)]]);
  for (const { fileName, facadeModuleId } of chunks) {
    const [, page] = /\/pages\/([^/]+)\/\1\.tsx$/.exec(facadeModuleId ?? '') ?? [];
    if (page !== undefined) found.set(page, sum(new Set([...shell, ...closure(fileName)])));
  }
  return found;
}

const { files, chunks } = await built();
const weights = sizes(files, chunks);
if (process.argv.includes('--sizes'))
  for (const [page, kb] of weights) console.log(`${page.padEnd(12)} ${kb.toFixed(1)} kB gzipped`);
if (process.argv.includes('--check')) {
  report('web', [
    ...differences(files, onDisk()).map((name) => `${OUT}/${name} is out of step with web/src: run npm run build:web`),
    ...[...weights]
      .filter(([, kb]) => kb > MOST_KB)
      .map(([page, kb]) => `${page} loads ${kb.toFixed(1)} kB, more than ${MOST_KB}`),
  ]);
} else write(files);
