/** The engine's own configuration file, written anew at each start: its defaults take nine tenths of the memory. */
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { elavaError, messageOf } from '../errors.ts';

export interface EngineLimits {
  /** What all queries together may take, in bytes. The tracker is approximate: allow half as much again. */
  readonly memory: number;
  /** Inserts stop while less than this is free, so that merges and drops still can run. */
  readonly minFreeDisk: number;
}

const MiB = 1024 * 1024;

/**
 * Writes `<dir>/engine.xml` and returns its path. One that is right already is left alone and another is replaced as a
 * whole, so that a store on a full disk still opens. Errors: STORE_UNAVAILABLE, STORE_FULL.
 */
export async function writeEngineConfig(dir: string, limits: EngineLimits): Promise<string> {
  const file = path.join(dir, 'engine.xml');
  const text = engineConfig(limits);
  try {
    await makeDirectory(dir);
    if ((await readFile(file, 'utf8').catch(() => '')) === text) return file;
    await writeFile(`${file}.new`, text);
    await rename(`${file}.new`, file);
    return file;
  } catch (error) {
    const code = (error as { code?: unknown }).code === 'ENOSPC' ? 'STORE_FULL' : 'STORE_UNAVAILABLE';
    throw elavaError(code, `the data directory ${dir} cannot be written: ${messageOf(error)}`, { cause: error });
  }
}

/** Node's own recursive mkdir never ends where a directory that is there refuses with ENOENT, as /proc does. */
async function makeDirectory(dir: string): Promise<void> {
  const made = await mkdir(dir).catch((error: NodeJS.ErrnoException) => error);
  if (made === undefined) return;
  if (made.code === 'ENOENT' && path.dirname(dir) !== dir) {
    await makeDirectory(path.dirname(dir));
    await mkdir(dir);
  } else if (made.code !== 'EEXIST' || !(await stat(dir)).isDirectory()) throw made;
}

function engineConfig({ memory, minFreeDisk }: EngineLimits): string {
  const cache = Math.max(8 * MiB, Math.floor(memory / 16));
  return `<clickhouse>
  <max_server_memory_usage>${memory}</max_server_memory_usage>
  <mark_cache_size>${cache}</mark_cache_size>
  <index_mark_cache_size>${8 * MiB}</index_mark_cache_size>
  <primary_index_cache_size>${cache}</primary_index_cache_size>
  <uncompressed_cache_size>0</uncompressed_cache_size>
  <query_condition_cache_size>${8 * MiB}</query_condition_cache_size>
  <mmap_cache_size>100</mmap_cache_size>
  <compiled_expression_cache_size>${16 * MiB}</compiled_expression_cache_size>
  <merge_tree>
    <min_free_disk_bytes_to_perform_insert>${minFreeDisk}</min_free_disk_bytes_to_perform_insert>
  </merge_tree>
</clickhouse>
`;
}
