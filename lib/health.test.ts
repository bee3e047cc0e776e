import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { HealthServer } from './health.ts';
import { createMetrics } from './metrics.ts';

let server: HealthServer;
let url: string;
let ready = false;
beforeEach(async () => {
  ready = false;
  const { registry } = createMetrics();
  server = new HealthServer({ registry, state: () => ({ ready, detail: { phase: ready ? 'serving' : 'starting' } }) });
  url = await server.listen('127.0.0.1', 0);
});
afterEach(() => server.close());

const get = async (path: string): Promise<[number, string]> => {
  const response = await fetch(`${url}${path}`);
  return [response.status, await response.text()];
};

test('lives while it runs, and is ready when it says so', async () => {
  expect(await get('/live')).toEqual([200, '{"live":true}\n']);
  expect(await get('/ready')).toEqual([503, '{"ready":false,"phase":"starting"}\n']);
  ready = true;
  expect(await get('/ready')).toEqual([200, '{"ready":true,"phase":"serving"}\n']);
});

test('has the metrics of the process, and nothing else', async () => {
  const [status, text] = await get('/metrics');
  expect([status, text]).toEqual([200, expect.stringContaining('process_resident_memory_bytes')]);
  expect(text).toContain('elava_build_info');
  expect((await get('/'))[0]).toBe(404);
});
