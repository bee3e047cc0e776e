import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { KvCheckpoints } from '../../lib/checkpoints.ts';
import { NatsLink } from '../../lib/nats.ts';
import { type TestNats, testNats } from '../support/nats.ts';

let nats: TestNats;
const links: NatsLink[] = [];
beforeAll(async () => {
  nats = await testNats();
});
afterAll(async () => {
  for (const link of links) await link.close();
  await nats[Symbol.asyncDispose]();
});
function open(): KvCheckpoints {
  const link = new NatsLink(nats.settings(), 'test');
  links.push(link);
  return new KvCheckpoints({ link, prefix: 'c', replicas: 1 });
}
const ids = (from: number): string[] =>
  Array.from({ length: 5000 }, (_, i) => `arn:aws:logs:eu-west-1:1:log-group:/a/${from + i}`);
const part = { anyWhole: true, gapCode: '', gapMessage: '' };

test('another process finds all parts, adds to them, and clears them', async () => {
  const [one, two, three] = [open(), open(), open()];
  expect(await one.load('scan/1/eu-west-1/log_group')).toBeUndefined();
  for (let n = 0; n < 3; n += 1)
    await one.add('scan/1/eu-west-1/log_group', { ...part, token: `t${n}`, ids: ids(n * 5000) });
  const found = await two.load('scan/1/eu-west-1/log_group');
  expect([found?.token, found?.ids.length, found?.ids.at(-1)]).toEqual(['t2', 15_000, ids(10_000).at(-1)]);
  await two.add('scan/1/eu-west-1/log_group', { ...part, token: 't3', ids: ids(15_000) });
  expect((await three.load('scan/1/eu-west-1/log_group'))?.ids.length).toBe(20_000);
  expect(await three.load('scan/2/eu-west-1/log_group')).toBeUndefined();
  await three.clear('scan/1/eu-west-1/log_group');
  expect(await open().load('scan/1/eu-west-1/log_group')).toBeUndefined();
});
