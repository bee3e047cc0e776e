import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { brotliCompressSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { loadCompiler, readFacts } from './artefact.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'artefact-'));
});
afterEach(() => rm(folder, { recursive: true }));

const load = () => loadCompiler(1_048_576, pathToFileURL(`${folder}/`));
const put = (name: string, content: string | Uint8Array) => writeFile(join(folder, name), content);

test('a compiler that is not the recorded one is not used', async () => {
  const facts = await readFacts();
  await put('rego-compiler.json', JSON.stringify(facts));
  await expect(load()).rejects.toThrow('ENOENT');
  await put('rego-compiler.wasm.br', brotliCompressSync(Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0])));
  await expect(load()).rejects.toMatchObject({
    message: expect.stringContaining(facts.sha256),
  });
});

test('what unpacks to more than is recorded is not unpacked', async () => {
  await put('rego-compiler.json', JSON.stringify({ sha256: '', bytes: 1000, opa: '', go: '' }));
  await put('rego-compiler.wasm.br', brotliCompressSync(Buffer.alloc(10_000_000)));
  await expect(load()).rejects.toThrow('1000');
});

test('without its record nothing is known of it', async () => {
  await expect(load()).rejects.toThrow('ENOENT');
});
