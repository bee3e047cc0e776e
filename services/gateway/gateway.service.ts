import { clientOf, defineService } from '../../lib/contract.ts';
import { historyContract } from '../history/history.contract.ts';
import { refuseOpenBind } from './bind.ts';
import { gatewayContract } from './gateway.contract.ts';
import { createServer } from './server.ts';

export default defineService(
  gatewayContract,
  ({ broker, runtime }) => {
    const { host, port } = runtime.config.gateway;
    refuseOpenBind(host);
    const server = createServer({
      history: clientOf(historyContract, broker),
      metrics: runtime.metrics,
      log: runtime.log,
    });
    let url = '';
    return {
      actions: { address: async () => ({ url }) },
      events: {},
      async start() {
        url = await server.listen({ host, port });
        runtime.log.info({ url }, 'gateway listens');
      },
      async stop() {
        await server.close();
      },
    };
  },
  { needs: [historyContract] },
);
