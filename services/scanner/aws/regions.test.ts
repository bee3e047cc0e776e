import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { expect, test } from '@jest/globals';
import { partitionOf, regions } from './regions.ts';

test('the regions are those that the SDK ships', async () => {
  const require = createRequire(import.meta.url);
  const core = require.resolve('@aws-sdk/core/package.json').replace('package.json', '');
  const file = `${core}dist-es/submodules/client/util-endpoints/lib/aws/partitions.js`;
  const source = await readFile(file, 'utf8');
  interface Shipped {
    readonly partitions: readonly {
      readonly id: string;
      readonly outputs: { readonly implicitGlobalRegion: string };
      readonly regions: object;
    }[];
  }
  const { partitions } = JSON.parse(source.slice(source.indexOf('{'), source.lastIndexOf('};') + 1)) as Shipped;
  for (const { id, outputs, regions: names } of partitions) {
    const shipped = Object.keys(names).filter((name) => !name.endsWith('-global'));
    for (const name of shipped) expect(partitionOf(name)).toMatchObject({ id, home: outputs.implicitGlobalRegion });
  }
  const all = partitions.flatMap((p) => Object.keys(p.regions)).filter((name) => !name.endsWith('-global'));
  expect([...regions].sort()).toEqual(all.sort());
});

test('a region that nobody knows is taken for one of the public cloud', () => {
  expect(partitionOf('us-nowhere-9').id).toBe('aws');
  expect(partitionOf(undefined).home).toBe('us-east-1');
});
