/** Calls of another process over NATS through our contract layer, 256 in flight and 1 kB both ways, beside bare Moleculer. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { ServiceBroker } from 'moleculer';
import { brokerOptions } from '../lib/broker.ts';
import { loadConfig } from '../lib/config/load.ts';
import { clientOf } from '../lib/contract.ts';
import { createLogger } from '../lib/log.ts';
import { testNats } from '../test/support/nats.ts';
import { echoContract } from './bus/echo.ts';
import type { Scenario } from './scenario.ts';

const IN_FLIGHT = 256;
const text = 'x'.repeat(1000);

async function rate(count: number, call: (n: number) => Promise<unknown>): Promise<number> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) await call(next++);
  };
  const begun = performance.now();
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
  return (count * 1000) / (performance.now() - begun);
}

export const scenario: Scenario = {
  name: 'bus.call',
  peer: 'bare Moleculer',
  target: 0.85,
  unit: 'calls/s',
  better: 'higher',
  async run({ rounds, scale }) {
    await using nats = await testNats();
    const child = fork(fileURLToPath(new URL('./bus/callee.ts', import.meta.url)), [nats.url], { execArgv: [] });
    await once(child, 'message');
    const { config } = loadConfig({ env: {}, cwd: '/nowhere', flags: { 'nats.servers': [nats.url] } });
    const ours = new ServiceBroker(brokerOptions(config, { log: createLogger({ level: 'error' }) }));
    const transporter = { type: 'NATS' as const, options: { servers: [nats.url] } };
    const bare = new ServiceBroker({ namespace: 'bare', nodeID: 'caller', logger: false, transporter });
    await Promise.all([ours.start(), bare.start()]);
    await Promise.all([ours.waitForServices('echo'), bare.waitForServices('bare')]);
    const echo = clientOf(echoContract, ours);
    const count = Math.round(20_000 * scale);
    const figures = { ours: [] as number[], peer: [] as number[] };
    for (let round = 0; round <= rounds; round += 1) {
      const mine = await rate(count, (n) => echo.say({ text, n }));
      const theirs = await rate(count, (n) => bare.call('bare.say', { text, n }));
      if (round === 0) continue;
      figures.ours.push(mine);
      figures.peer.push(theirs);
    }
    await Promise.all([ours.stop(), bare.stop()]);
    child.disconnect();
    await once(child, 'exit');
    return figures;
  },
};
