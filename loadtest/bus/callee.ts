/** The process that is called: both services on one broker of ours and one that is bare. */
import { ServiceBroker } from 'moleculer';
import { brokerOptions } from '../../lib/broker.ts';
import { loadConfig } from '../../lib/config/load.ts';
import { createLogger } from '../../lib/log.ts';
import { bareService, echoService } from './echo.ts';

const [servers = ''] = process.argv.slice(2);
const { config } = loadConfig({ env: {}, cwd: '/nowhere', flags: { 'nats.servers': [servers] } });
const ours = new ServiceBroker(brokerOptions(config, { log: createLogger({ level: 'error' }) }));
ours.createService(echoService);
const transporter = { type: 'NATS' as const, options: { servers: [servers] } };
const bare = new ServiceBroker({ namespace: 'bare', nodeID: 'callee', logger: false, transporter });
bare.createService(bareService);
await Promise.all([ours.start(), bare.start()]);
process.send?.('ready');
process.once('disconnect', () => process.exit(0));
