import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { writeEngineConfig } from './chdb-config.ts';

const limits = { memory: 1e9, minFreeDisk: 1e9 };
let home: string;
beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'elava-config-'));
});
afterAll(() => rm(home, { recursive: true, force: true }));

describe('the data directory', () => {
  test('is made with what is above it, and taken as it is when it is there', async () => {
    const dir = path.join(home, 'a', 'b', 'c');
    const file = await writeEngineConfig(dir, limits);
    expect(await writeEngineConfig(dir, limits)).toBe(file);
    expect(await readFile(file, 'utf8')).toContain('<max_server_memory_usage>1000000000<');
  });

  // Node's own recursive mkdir goes round for ever in /proc.
  test.each([
    ['where nothing can be made', () => '/proc/nowhere/data'],
    ['below a file', () => path.join(home, 'file', 'data')],
    ['that is a file', () => path.join(home, 'file')],
  ])('%s is refused', async (_, dir) => {
    await writeFile(path.join(home, 'file'), '');
    await expect(writeEngineConfig(dir(), limits)).rejects.toMatchObject({ type: 'STORE_UNAVAILABLE' });
  });
});
