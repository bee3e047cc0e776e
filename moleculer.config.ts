/** The broker's options for `moleculer-runner-esm -c moleculer.config.ts --mask '**\/*.service.ts' services`. */
import { brokerOptions } from './lib/broker.ts';
import { loadConfig } from './lib/config/load.ts';

export default brokerOptions(loadConfig().config);
