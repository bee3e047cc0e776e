/** Resources that an event names, read alone from the simulated AWS, beside a whole scan's reading of them. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createWorld, type World } from '../../loadtest/aws/world/world.ts';
import { ScanRig } from '../../test/support/scan-rig.ts';
import { awsTypes } from './aws/resources/index.ts';
import { reread } from './reread.ts';
import { testParts } from './testing.ts';

const alone = [...awsTypes.values()].filter((type) => type.alone !== undefined);
const region = 'us-east-1';
const { signal } = new AbortController();
let world: World;
let rig: ScanRig;
beforeAll(async () => {
  world = createWorld({ accounts: 1, regions: [region], types: 'all', resources: 300 });
  rig = await ScanRig.start(world);
  await rig.begin();
});
afterAll(() => rig.close());

const read = (type: string, ids: string[]) => {
  const { provider, memory } = rig;
  return reread({ scan: 'event', unit: rig.own(type), ids }, { ...testParts(), provider, memory }, signal);
};
const short = (id: string): string => id.split('/').at(-1) ?? '';

test.each(alone.map(({ type, alone: prefix }) => [type, prefix ?? '']))(
  '%s: what a scan has read reads the same alone, and only that is read',
  async (type, prefix) => {
    await rig.scan(rig.own(type, region));
    const all = (await rig.memory.live()).filter((resource) => resource.type === type);
    expect(all.length).toBeGreaterThan(1);
    expect(all.every(({ id }) => short(id).startsWith(prefix))).toBe(true);
    rig.memory.written = 0;
    expect(
      await read(
        type,
        all.slice(0, 2).map(({ id }) => short(id)),
      ),
    ).toEqual([]);
    expect(rig.memory.written).toBe(0);
    await rig.memory.reset();
    expect(await read(type, [short(all[0]?.id ?? ''), `${prefix}00000000000000000`])).toEqual([
      `${prefix}00000000000000000`,
    ]);
    expect((await rig.memory.live()).map(({ id }) => id)).toEqual([all[0]?.id]);
    expect(rig.memory.coverage).toEqual([]);
  },
);

test('what cannot be read alone is left to a scan', async () => {
  expect(await read('s3', ['bucket'])).toEqual(['bucket']);
});
