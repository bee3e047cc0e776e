/** Reads BUNDLES_DIR: a directory a tenant with policy.rego, data.json and metadata.json, or a whole bundle of OPA. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { elavaError, messageOf } from '../../lib/errors.ts';
import { isTenantId } from '../../lib/tenant-id.ts';
import type { Diagnostic } from '../policy/policy.contract.ts';

export interface TenantFile {
  readonly path: string;
  readonly text: string;
}

/** What stands on disk for a tenant. */
export interface TenantSources {
  readonly files: readonly TenantFile[];
  /** A bundle of OPA in base64, in the place of files. */
  readonly archive: string | undefined;
  readonly version: string;
  readonly errors: readonly Diagnostic[];
}

const maxBytes = 16 * 1024 * 1024;
const maxFiles = 500;
const maxDepth = 8;
const suffix = '.tar.gz';
const isPolicy = (name: string): boolean =>
  name.endsWith('.rego') || /\.policy\.ya?ml$/.test(name) || /^data\.(json|ya?ml)$/.test(name);

/** Tenant → stamp: a text that changes when anything of the tenant does. Names that can be no tenant are `strange`. */
export async function lookAround(directory: string): Promise<{ stamps: Map<string, string>; strange: string[] }> {
  const stamps = new Map<string, string>();
  const strange: string[] = [];
  for (const name of (await readdir(directory)).sort()) {
    if (name.startsWith('.')) continue;
    const tenant = name.endsWith(suffix) ? name.slice(0, -suffix.length) : name;
    const stamp = await stampOf(join(directory, name), 0);
    if (stamp === '') continue;
    if (isTenantId(tenant)) stamps.set(tenant, `${stamps.get(tenant) ?? ''}${name}\n${stamp}`);
    else strange.push(name);
  }
  return { stamps, strange };
}

/** "" for what is neither a bundle nor a directory. */
async function stampOf(path: string, depth: number): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  if (!found) return '';
  if (found.isFile()) {
    const counts = depth > 0 || path.endsWith(suffix);
    return counts ? `${found.ino} ${found.size} ${found.mtimeMs}` : '';
  }
  if (!found.isDirectory() || depth > maxDepth) return '';
  const names = (await readdir(path).catch(() => [])).filter((name) => !name.startsWith('.')).sort();
  const parts = await Promise.all(names.map(async (name) => `${name} ${await stampOf(join(path, name), depth + 1)}`));
  return `${found.ino}\n${parts.join('\n')}`;
}

/** What is wrong with the files is in `errors`. Errors: POLICY_LOAD when they cannot be read. */
export async function readTenant(directory: string, tenant: string): Promise<TenantSources> {
  const folder = join(directory, tenant);
  try {
    const archive = await firstBundle([join(folder, 'bundle.tar.gz'), `${folder}${suffix}`]);
    const files = archive === undefined ? await readFiles(folder) : [];
    return { files, archive, ...versionOf(await textOf(join(folder, 'metadata.json'))) };
  } catch (cause) {
    throw elavaError('POLICY_LOAD', `the tenant ${tenant} cannot be read: ${messageOf(cause)}`, { cause });
  }
}

async function firstBundle(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    const found = await stat(path).catch(() => undefined);
    if (!found?.isFile()) continue;
    if (found.size > maxBytes) throw new Error(`${path} has more than ${maxBytes} bytes`);
    return (await readFile(path)).toString('base64');
  }
  return undefined;
}

async function readFiles(folder: string): Promise<TenantFile[]> {
  const files: TenantFile[] = [];
  let bytes = 0;
  const walk = async (inside: string, depth: number): Promise<void> => {
    for (const name of (await readdir(join(folder, inside))).sort()) {
      if (name.startsWith('.') || depth > maxDepth) continue;
      const path = posix.join(inside, name);
      const found = await stat(join(folder, path));
      if (found.isDirectory()) await walk(path, depth + 1);
      else if (isPolicy(name)) files.push({ path, text: await readFile(join(folder, path), 'utf8') });
      bytes += found.isDirectory() ? 0 : found.size;
      if (bytes > maxBytes) throw new Error(`it has more than ${maxBytes} bytes`);
      if (files.length > maxFiles) throw new Error(`it has more than ${maxFiles} files`);
    }
  };
  await walk('', 0);
  return files;
}

function textOf(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined);
}

function versionOf(text: string | undefined): Pick<TenantSources, 'version' | 'errors'> {
  if (text === undefined) return { version: '', errors: [] };
  try {
    const { version } = (JSON.parse(text) ?? {}) as { version?: unknown };
    return { version: typeof version === 'string' || typeof version === 'number' ? String(version) : '', errors: [] };
  } catch (error) {
    const place = { file: 'metadata.json', row: 1, col: 1 };
    return { version: '', errors: [{ code: 'metadata_error', message: messageOf(error), ...place }] };
  }
}
