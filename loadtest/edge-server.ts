/** The edge enforcer in a process of its own: `node edge-server.ts '<flags as JSON>'` prints its address, ends with stdin. */
import { ServiceBroker } from 'moleculer';
import { brokerOptions } from '../lib/broker.ts';
import { loadConfig } from '../lib/config/load.ts';
import { clientOf } from '../lib/contract.ts';
import { createLogger } from '../lib/log.ts';
import { gatewayContract } from '../services/gateway/gateway.contract.ts';
import { edgeServices } from './edge-services.ts';

if (import.meta.main) {
  const flags = JSON.parse(process.argv[2] ?? '{}') as Record<string, unknown>;
  const { config } = loadConfig({ env: {}, flags });
  const broker = new ServiceBroker(brokerOptions(config, { log: createLogger({ level: 'error' }) }));
  const began = performance.now();
  for (const service of edgeServices) broker.createService(service);
  await broker.start();
  const { url } = await clientOf(gatewayContract, broker).address({});
  const report = { url, startMs: performance.now() - began, rss: process.memoryUsage.rss() };
  process.stdout.write(`${JSON.stringify(report)}\n`);
  process.stdin.resume().on('end', () => {
    void broker.stop().then(() => process.exit(0));
  });
}
