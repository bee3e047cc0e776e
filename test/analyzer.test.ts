/** The analyzers over the real memory, with the settings that turn them on and off. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { ServiceBroker } from 'moleculer';
import { brokerOptions } from '../lib/broker.ts';
import { loadConfig } from '../lib/config/load.ts';
import { clientOf } from '../lib/contract.ts';
import { createLogger } from '../lib/log.ts';
import { analyzerContract } from '../services/analyzer/analyzer.contract.ts';
import analyzerService from '../services/analyzer/analyzer.service.ts';
import { historyContract } from '../services/history/history.contract.ts';
import historyService from '../services/history/history.service.ts';
import { observation } from '../services/history/testing.ts';

const place = { account: '111111111111', region: 'eu-west-1' };
const day = 86_400_000;
const start = Date.parse('2026-11-10T12:00:00.000Z');

async function estate(flags: Record<string, unknown> = {}) {
  const data = await mkdtemp(join(tmpdir(), 'elava-analyzer-'));
  let now = start;
  const { config } = loadConfig({ env: {}, cwd: data, flags: { 'storage.path': data, ...flags } });
  const broker = new ServiceBroker(
    brokerOptions(config, { log: createLogger({ level: 'silent' }), clock: { now: () => now } }),
  );
  for (const service of [historyService, analyzerService]) broker.createService(service);
  await broker.start();
  const history = clientOf(historyContract, broker);
  const scan = async (
    type: string,
    name: string,
    fields: { status: string; refs?: string[]; tags?: Record<string, string> },
  ) => {
    const unit = { ...place, type };
    const at = new Date(now).toISOString();
    const [id, batch] = [`arn:aws:ec2:eu-west-1:${place.account}:${type}/${name}`, `${type}-${now}`];
    const more = { name, tags: {}, created_at: '2026-01-01T00:00:00.000Z', refs: [], metadata: {}, ...fields };
    const hash = Buffer.from(`${fields.status}........`).toString('hex').slice(0, 16);
    await history.ingest({
      batch,
      scan: batch,
      unit,
      at,
      resources: [{ hash, resource: { id, provider: 'aws', ...unit, ...more } }],
    });
    await history.observe(observation(at, { scan: batch, unit, count: 1 }));
    return id;
  };
  return {
    analyzer: clientOf(analyzerContract, broker),
    scan,
    pass: (ms: number) => (now += ms),
    [Symbol.asyncDispose]: async () => {
      await broker.stop();
      await rm(data, { recursive: true, force: true });
    },
  };
}

test('waste is what stood still for the idle threshold, and no orphan is referred to', async () => {
  await using it = await estate({ 'analyzer.waste.idle_threshold': '3d' });
  const disk = await it.scan('ebs', 'vol-1', { status: 'in-use' });
  const instance = await it.scan('ec2', 'i-1', { status: 'stopped', refs: [disk] });
  it.pass(2 * day);
  const kinds = async () => (await it.analyzer.waste({})).findings.map(({ kind, id }) => [kind, id]);
  expect(await kinds()).toEqual([['orphaned', instance]]);
  it.pass(2 * day);
  const { findings, coverage } = await it.analyzer.waste({});
  expect(findings.map(({ kind }) => kind)).toEqual(['stopped', 'orphaned']);
  expect(findings[0]).toMatchObject({ id: instance, since: new Date(start).toISOString() });
  expect(coverage).toMatchObject({ units: 2, complete: 2 });
});

test('drift is what changed in the window, by how much it matters', async () => {
  await using it = await estate();
  await it.scan('ec2', 'i-1', { status: 'running' });
  it.pass(day / 2);
  await it.scan('ec2', 'i-1', { status: 'stopped' });
  expect((await it.analyzer.drift({})).findings).toMatchObject([{ severity: 'low', what: 'its state changed' }]);
  it.pass(2 * day);
  expect((await it.analyzer.drift({})).findings).toEqual([]);
  expect((await it.analyzer.patterns({})).patterns).toEqual([]);
});

test('what is turned off says so', async () => {
  await using it = await estate({ 'analyzer.drift.enabled': false, 'analyzer.waste.enabled': false });
  await expect(it.analyzer.drift({})).rejects.toMatchObject({ type: 'INVALID_REQUEST' });
  await expect(it.analyzer.waste({})).rejects.toMatchObject({ type: 'INVALID_REQUEST' });
});
