/** The dashboard's files as `npm run build:web` left them: compressed, and served as they are. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join, sep } from 'node:path';
import { brotliDecompressSync, gzipSync } from 'node:zlib';

export type Encoding = 'br' | 'gzip' | 'identity';
export interface PageFile {
  readonly path: string;
  readonly type: string;
  /** Its name holds a hash of its content, so it never changes. */
  readonly immutable: boolean;
  /** Of the content, whatever the encoding. */
  readonly hash: string;
  readonly body: (encoding: Encoding) => Buffer;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** By path with a leading slash; empty when there is no build. */
export function readPageFiles(directory: string): ReadonlyMap<string, PageFile> {
  if (!existsSync(directory)) return new Map();
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.br'));
  return new Map(
    names.map((name) => {
      const path = `/${name.slice(0, -3).replaceAll(sep, '/')}`;
      return [path, pageFile(path, readFileSync(join(directory, name)))];
    }),
  );
}

function pageFile(path: string, br: Buffer): PageFile {
  const plain = brotliDecompressSync(br);
  let gzip: Buffer | undefined;
  return {
    path,
    type: types[extname(path)] ?? 'application/octet-stream',
    immutable: path.startsWith('/assets/'),
    hash: createHash('sha256').update(plain).digest('base64url').slice(0, 22),
    body: (encoding) => {
      if (encoding === 'br') return br;
      if (encoding === 'identity') return plain;
      gzip ??= gzipSync(plain);
      return gzip;
    },
  };
}

/** What a client takes, by its Accept-Encoding: brotli is the smallest. `q=0` refuses (RFC 9110, 12.5.3). */
export function encodingFor(accepted: string | undefined): Encoding {
  const taken = (accepted ?? '')
    .split(',')
    .map((part) =>
      part
        .trim()
        .toLowerCase()
        .split(/\s*;\s*/),
    )
    .filter(([, quality]) => !/^q=0(\.0*)?$/.test(quality ?? ''))
    .map(([name]) => name);
  if (taken.includes('br')) return 'br';
  return taken.includes('gzip') ? 'gzip' : 'identity';
}
