/** The server apart from AWS: its control door, its limits, its end. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { freePort } from '../../../scripts/free-port.ts';
import { createWorld } from '../world/world.ts';
import { type Simulator, startSimulator } from './simulator.ts';

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ world: createWorld({ resources: 100 }) });
});
afterAll(() => simulator.close());

const post = (path: string, body: string) => fetch(simulator.endpoint + path, { method: 'POST', body });

describe('the server', () => {
  test('an unknown control names those that there are', async () => {
    const response = await post('/_simulator/toString', '{}');
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({ error: expect.stringContaining('advance, mutate, drift') });
  });

  test('a control that is asked wrongly says why', async () => {
    const response = await post('/_simulator/advance', '{"ms":"x"}');
    expect([response.status, await response.json()]).toEqual([400, { error: 'time only goes forward' }]);
    expect((await post('/_simulator/advance', 'not json')).status).toBe(400);
    const fault = await post('/_simulator/faults', '{"set":[{"kind":"gremlin"}]}');
    expect(await fault.json()).toEqual({ error: expect.stringContaining('no fault gremlin; there are deny, scp') });
  });

  test("what no service knows is a plain 404, without a signature AWS's own error", async () => {
    expect((await fetch(simulator.endpoint)).status).toBe(404);
    const headers = { 'x-amz-target': 'DynamoDB_20120810.ListTables' };
    const unsigned = await fetch(simulator.endpoint, { method: 'POST', headers, body: '{}' });
    expect(unsigned.headers.get('x-amzn-errortype')).toBe('MissingAuthenticationTokenException');
    expect(unsigned.status).toBe(400);
  });

  test('a request that is too large is cut off', async () => {
    await expect(post('/', 'x'.repeat(9 * 1024 * 1024))).rejects.toThrow('fetch failed');
  });

  test('a taken port is an error, and closing frees it', async () => {
    const port = Number(new URL(simulator.endpoint).port);
    await expect(startSimulator({ world: simulator.world, port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    const own = { world: simulator.world, port: await freePort() };
    await (await startSimulator(own)).close();
    await (await startSimulator(own)).close();
  });

  test('credentials are those of an account of the estate', () => {
    expect(simulator.credentials().accessKeyId).toBe(
      simulator.credentials(simulator.world.accounts[0]?.id).accessKeyId,
    );
    expect(() => simulator.credentials('1')).toThrow(/no account/);
  });
});
