/** The key that plans and links are signed with: configured, or made once and kept beside the embedded store. */
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { elavaError } from '../../lib/errors.ts';

const FILE = 'reconciler.key';
const BYTES = 32;

/** Errors: CONFIG_INVALID for a key that is too short, or for none where the store is a server. */
export async function signingKey(
  key: string,
  storage: { readonly path: string; readonly url: string },
): Promise<Buffer> {
  if (key !== '') {
    if (Buffer.byteLength(key) >= BYTES) return Buffer.from(key);
    throw elavaError('CONFIG_INVALID', `reconciler.key must have ${BYTES} bytes at least`);
  }
  if (storage.url !== '') {
    throw elavaError('CONFIG_INVALID', 'reconciler.key is missing: all processes of a cluster sign with one key');
  }
  const file = path.join(storage.path, FILE);
  await mkdir(storage.path, { recursive: true });
  // Of two processes that make it, the one that comes second reads the first one's.
  await writeFile(file, randomBytes(BYTES).toString('hex'), { flag: 'wx', mode: 0o600 }).catch(ignoreExisting);
  return Buffer.from((await readFile(file, 'utf8')).trim(), 'hex');
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}
