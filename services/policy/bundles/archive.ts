/** A bundle of OPA as bytes: how one is written, and how one that comes from elsewhere is read. */
import { promisify } from 'node:util';
import { constants, gunzip, gzipSync } from 'node:zlib';
import type { RegoFile } from '../compiler/requests.ts';
import { pathOf } from '../packages.ts';
import type { Diagnostic } from '../policy.contract.ts';
import { type Sources, sourcesOf } from '../sources.ts';
import { type BundleKey, signaturesFile, signaturesOf, verifySignatures } from './signatures.ts';
import { readTar, type TarEntry, writeTar } from './tar.ts';

export interface Manifest {
  readonly revision: string;
  readonly roots: readonly string[];
  readonly rego_version?: 0 | 1;
  readonly file_rego_versions?: Readonly<Record<string, 0 | 1>>;
  readonly wasm?: ReadonlyArray<{ readonly entrypoint: string; readonly module: string }>;
}

/** More is no set of policies. The archive is unpacked in memory. */
const limits = { entries: 5000, fileBytes: 32 * 1024 * 1024 };
export const maxArchiveBytes = 32 * 1024 * 1024;
const maxUnpackedBytes = 64 * 1024 * 1024;

/** The same content gives the same bytes, but for a signature of ES256, which has a random part. */
export function packBundle(
  files: readonly TarEntry[],
  manifest: Manifest,
  signing?: { readonly key: BundleKey; readonly id: string },
): Buffer {
  const described = [...files, { name: '/.manifest', bytes: Buffer.from(`${JSON.stringify(manifest)}\n`) }];
  const signed = signing
    ? [...described, { name: signaturesFile, bytes: Buffer.from(signaturesOf(described, signing.key, signing.id)) }]
    : described;
  const archive = gzipSync(writeTar(signed), { level: constants.Z_BEST_COMPRESSION });
  // The tenth byte names the operating system that packed it.
  archive[9] = 255;
  return archive;
}

export interface Unpacked extends Sources {
  readonly revision: string;
}
export interface UnpackOptions {
  /** Names the bundle in messages. */
  readonly name: string;
  /** When there are any, the bundle must be signed by one of them. */
  readonly keys?: Readonly<Record<string, BundleKey>>;
}

/**
 * What is wrong with a bundle is in `errors`, as with a directory. Its policy.wasm is not run: whoever made it could have
 * put anything into it. The Rego beside it is compiled here.
 */
export async function unpackBundle(bytes: Uint8Array, { name, keys = {} }: UnpackOptions): Promise<Unpacked> {
  const refuse = (message: string, entry = ''): Unpacked => ({
    ...nothing,
    errors: [{ code: 'bundle_error', message, file: entry || name, row: 1, col: 1 }],
  });
  const archive = await unzip(bytes);
  if (typeof archive === 'string') return refuse(archive);
  const entries = readTar(archive, limits);
  if ('message' in entries) return refuse(entries.message, entries.entry);
  const unsigned = Object.keys(keys).length > 0 ? verifySignatures(entries, keys) : '';
  if (unsigned !== '') return refuse(unsigned);
  return describe(entries);
}

const nothing: Unpacked = { files: [], tests: [], data: {}, errors: [], revision: '' };

async function unzip(bytes: Uint8Array): Promise<Buffer | string> {
  try {
    return await promisify(gunzip)(bytes, { maxOutputLength: maxUnpackedBytes });
  } catch (error) {
    const tooLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    return tooLarge
      ? `it unpacks to more than ${maxUnpackedBytes} bytes`
      : `it is no gzip: ${(error as Error).message}`;
  }
}

function describe(entries: readonly TarEntry[]): Unpacked {
  const manifest = manifestOf(entries);
  if ('message' in manifest) return { ...nothing, errors: [manifest] };
  const texts = entries.map(({ name, bytes }) => ({ path: name.slice(1), text: Buffer.from(bytes).toString() }));
  const sources = sourcesOf(texts);
  const outside = [...sources.files, ...sources.tests].flatMap((one) => placeFaults(manifest, sources.data, one));
  const { revision, roots } = manifest;
  const stray = Object.keys(sources.data).filter(
    (key) => !roots.some((root) => covers(root, key) || covers(key, root)),
  );
  const errors = [...sources.errors, ...outside, ...stray.map((key) => fault('data.json', 1, `data.${key}${notRoot}`))];
  return { ...sources, errors, revision };
}

function manifestOf(entries: readonly TarEntry[]): Manifest | Diagnostic {
  const file = entries.find(({ name }) => name === '/.manifest');
  if (!file) return { revision: '', roots: [''] };
  try {
    const found = JSON.parse(Buffer.from(file.bytes).toString()) as { revision?: unknown; roots?: unknown };
    const { revision = '', roots = [''] } = found;
    if (typeof revision === 'string' && isTexts(roots)) return { revision, roots };
    return fault('.manifest', 1, 'revision must be a text and roots a list of texts');
  } catch (error) {
    return fault('.manifest', 1, `it is no JSON: ${(error as Error).message}`);
  }
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

const notRoot = ' is not under the roots of the manifest';

/** The bundle says what it owns; a package elsewhere would replace another bundle's, or a value of the data. */
function placeFaults({ roots }: Manifest, data: Record<string, unknown>, { path, text }: RegoFile): Diagnostic[] {
  const found = /^package[ \t]+(\S+)/m.exec(text);
  if (!found) return [];
  const names = pathOf(`data.${found[1]}`);
  const row = text.slice(0, found.index).split('\n').length;
  const isOwn = roots.some((root) => covers(root, names.join('/')));
  if (!isOwn) return [fault(path, row, `package ${found[1]}${notRoot}`)];
  return isValue(data, names) ? [fault(path, row, `data.${found[1]} is a value of the data already`)] : [];
}

function isValue(data: unknown, names: readonly string[]): boolean {
  let at = data;
  for (const name of names) {
    if (typeof at !== 'object' || at === null || Array.isArray(at)) return true;
    if (!Object.hasOwn(at, name)) return false;
    at = (at as Record<string, unknown>)[name];
  }
  return typeof at !== 'object' || at === null || Array.isArray(at);
}

function covers(root: string, path: string): boolean {
  const clean = root.replace(/^\/+|\/+$/g, '');
  return clean === '' || path === clean || path.startsWith(`${clean}/`);
}

function fault(file: string, row: number, message: string): Diagnostic {
  return { code: 'bundle_error', message, file, row, col: 1 };
}
