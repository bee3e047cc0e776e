import { execFile } from 'node:child_process';
import { link, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { maxArchiveBytes, packBundle, unpackBundle } from './archive.ts';
import { readTar, type TarEntry, writeTar } from './tar.ts';

const limits = { entries: 100, fileBytes: 1_000_000 };
const manifest = { revision: '1', roots: [''] };
const file = (name: string, text: string): TarEntry => ({ name, bytes: Buffer.from(text) });
const rego = file('/a.rego', 'package elava.a\n\nflag := true\n');
const read = (bytes: Uint8Array) => unpackBundle(bytes, { name: 'b.tar.gz' });
const errorsOf = async (bytes: Uint8Array) =>
  (await read(bytes)).errors.map(({ file: where, row, message }) => `${where}:${row}: ${message}`);

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'elava-bundle-'));
});
afterAll(() => rm(folder, { recursive: true }));
const tar = (...args: string[]) => promisify(execFile)('tar', ['-C', folder, ...args]);

test('what is packed comes out again: sources, tests, data by folder, revision', async () => {
  const files = [
    rego,
    file('/b/b_test.rego', 'package b_test\n'),
    file('/data.json', '{"x": 1}'),
    file('/b/data.yaml', 'y: 2'),
    file('/policy.wasm', 'not looked at'),
  ];
  const found = await read(packBundle(files, manifest));
  expect(found).toMatchObject({ errors: [], revision: '1', data: { x: 1, b: { y: 2 } } });
  expect(found.files.map(({ path }) => path)).toEqual(['a.rego']);
  expect(found.tests.map(({ path }) => path)).toEqual(['b/b_test.rego']);
});

test('the same content gives the same bytes', () => {
  expect(packBundle([rego], manifest).equals(packBundle([rego], manifest))).toBe(true);
});

test('any entries are read as they were written', () => {
  const name = fc.stringMatching(/^(\/[a-zé0-9]{1,80}){1,3}$/u).filter((one) => Buffer.byteLength(one) <= 100);
  const entry = fc.record({ name, bytes: fc.uint8Array({ maxLength: 2000 }) });
  const entries = fc.uniqueArray(entry, { selector: (one) => one.name, maxLength: 10 });
  fc.assert(
    fc.property(entries, (given) => {
      expect(readTar(writeTar(given), limits)).toEqual(given);
    }),
    { numRuns: 100 },
  );
});

test('whatever the bytes are, the answer is entries or a fault', () => {
  const archive = writeTar([rego, file(`/${'x'.repeat(90)}/${'y'.repeat(90)}`, 'z')]);
  const broken = fc.array(fc.tuple(fc.nat(archive.length - 1), fc.nat(255)), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(broken, fc.nat(archive.length), (changes, cut) => {
      const copy = Buffer.from(archive);
      for (const [at, byte] of changes) copy[at] = byte;
      const found = readTar(copy.subarray(0, cut), limits);
      expect('message' in found || found.every(({ name }) => name.startsWith('/'))).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

test('archives of GNU tar and of pax, with names longer than a header holds', async () => {
  const deep = join('d'.repeat(100), 'e'.repeat(100));
  await mkdir(join(folder, deep), { recursive: true });
  await writeFile(join(folder, deep, 'a.rego'), 'package elava.a\n\nflag := true\n');
  for (const format of ['gnu', 'pax']) {
    await tar('-czf', join(folder, `${format}.tar.gz`), `--format=${format}`, 'd'.repeat(100));
    const found = await read(await (await import('node:fs/promises')).readFile(join(folder, `${format}.tar.gz`)));
    expect(found.errors).toEqual([]);
    expect(found.files.map(({ path }) => path)).toEqual([`${deep}/a.rego`]);
  }
});

describe('refused', () => {
  const packed = (...entries: TarEntry[]) => gzipSync(writeTar([rego, ...entries]));
  test.each<[string, () => Uint8Array, string]>([
    ['no gzip', () => Buffer.from('hello'), 'b.tar.gz:1: it is no gzip'],
    ['a gzip that is cut off', () => packed().subarray(0, 40), 'b.tar.gz:1: it is no gzip: unexpected end of file'],
    ['no tar', () => gzipSync(Buffer.alloc(2048, 7)), 'b.tar.gz:1: it is no tar archive'],
    [
      'a tar that is cut off',
      () => gzipSync(writeTar([rego]).subarray(0, 520)),
      '/a.rego:1: the archive ends in the middle',
    ],
    ['a name that leads out', () => packed(file('/../x', '')), '/../x:1: its name leads out of the bundle'],
    ['a name that leads out later', () => packed(file('/a/../../x', '')), 'its name leads out of the bundle'],
    ['a control character in a name', () => packed(file('/a\u0007', '')), 'its name leads out of the bundle'],
    ['a file twice', () => packed(file('a.rego', '')), 'a.rego:1: it is there twice'],
    [
      'too many files',
      () => packed(...Array.from({ length: 5001 }, (_, i) => file(`/${i}`, ''))),
      'more than 5000 files',
    ],
    ['a file that is too large', () => packed(file('/x', 'x'.repeat(maxArchiveBytes + 1))), '/x:1: it is larger than'],
    ['one that unpacks to too much', () => gzipSync(Buffer.alloc(65 * 1024 * 1024)), 'it unpacks to more than'],
    ['a manifest that is no JSON', () => packed(file('/.manifest', '{')), '.manifest:1: it is no JSON'],
    ['a manifest of other types', () => packed(file('/.manifest', '{"roots": 1}')), '.manifest:1: revision must be'],
    [
      'a package outside of the roots',
      () => packed(file('/.manifest', '{"roots": ["elava/b"]}')),
      'a.rego:1: package elava.a is not under',
    ],
    [
      'data outside of the roots',
      () => packed(file('/.manifest', '{"roots": ["elava"]}'), file('/data.json', '{"x": 1}')),
      'data.json:1: data.x is not under',
    ],
    ['data that is no JSON', () => packed(file('/data.json', '{\n"a": 1,\n"b": ]}')), 'data.json:3:'],
  ])('%s', async (_, bytes, message) => {
    expect((await errorsOf(bytes())).join('\n')).toContain(message);
  });

  test('links, whatever they lead to', async () => {
    await writeFile(join(folder, 'target.rego'), 'package elava.a\n');
    await symlink('/etc/passwd', join(folder, 'soft.rego'));
    await link(join(folder, 'target.rego'), join(folder, 'hard.rego'));
    for (const [name, files] of [
      ['soft', ['soft.rego']],
      ['hard', ['target.rego', 'hard.rego']],
    ] as const) {
      await tar('-czf', join(folder, `${name}.tar.gz`), ...files);
      const bytes = await (await import('node:fs/promises')).readFile(join(folder, `${name}.tar.gz`));
      expect(await errorsOf(bytes)).toEqual([`${name}.rego:1: it is a link or a device, not a file`]);
    }
  });

  test('without a signature where one is asked for', async () => {
    const keys = { ci: { key: 'k', algorithm: 'HS256', scope: '' } } as const;
    const bare = await unpackBundle(packBundle([rego], manifest), { name: 'b', keys });
    expect(bare).toMatchObject({ files: [], errors: [{ message: 'the bundle is not signed' }] });
    const signed = packBundle([rego], manifest, { key: keys.ci, id: 'ci' });
    expect(await unpackBundle(signed, { name: 'b', keys })).toMatchObject({ errors: [] });
  });
});
