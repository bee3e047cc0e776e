/** Where policies come from: a directory, a bundle file, or a bundle behind a URL. */
import { readFile, stat } from 'node:fs/promises';
import { elavaError } from '../../../lib/errors.ts';
import { readSources } from '../sources.ts';
import { watchDirectory } from '../watch.ts';
import { maxArchiveBytes, unpackBundle } from './archive.ts';
import { Download } from './download.ts';
import type { PolicySource, SourceOptions } from './policy-source.ts';
import { watchFile } from './watch-file.ts';

export function isUrl(path: string): boolean {
  return /^https?:\/\//i.test(path);
}

function isArchive(path: string): boolean {
  return path.endsWith('.tar.gz') || path.endsWith('.tgz');
}

/** `path` is absolute, or a URL. */
export function policySource(path: string, options: SourceOptions): PolicySource {
  if (isUrl(path)) return new Download(path, options);
  return isArchive(path) ? fileSource(path, options) : directorySource(path);
}

function directorySource(directory: string): PolicySource {
  return {
    name: directory,
    read: () => readSources(directory),
    watch: (signal, onChange) => watchDirectory({ directory, signal, onChange }),
  };
}

function fileSource(path: string, { keys }: SourceOptions): PolicySource {
  return {
    name: path,
    read: async () => unpackBundle(await readArchive(path), { name: path, keys }),
    watch: (signal, onChange) => watchFile({ path, signal, onChange }),
  };
}

async function readArchive(path: string): Promise<Buffer> {
  try {
    const { size } = await stat(path);
    if (size <= maxArchiveBytes) return await readFile(path);
  } catch (cause) {
    throw elavaError('POLICY_LOAD', `${path} cannot be read: ${(cause as Error).message}`, { cause });
  }
  throw elavaError('POLICY_LOAD', `${path} is larger than ${maxArchiveBytes} bytes`);
}
