import type { Static } from 'typebox';
import { type Client, type Contract, clientOf, defineService, eventOf, type Host } from '../../lib/contract.ts';
import { historyContract } from '../history/history.contract.ts';
import { tenantsContract } from '../tenants/tenants.contract.ts';
import { Authenticator, hasAuth } from './auth/authenticate.ts';
import { refuseOpenBind } from './bind.ts';
import { gatewayContract } from './gateway.contract.ts';
import { Leaving } from './leaving.ts';
import type { Services } from './route.ts';
import { createServer } from './server.ts';
import { Hub } from './stream/hub.ts';
import { Upgrades } from './stream/upgrades.ts';

const told = eventOf(tenantsContract, 'told');

export default defineService(
  gatewayContract,
  (host) => {
    const { config, log } = host.runtime;
    const { host: address, port } = config.gateway;
    if (!hasAuth(config.gateway)) refuseOpenBind(address);
    const services = servicesOf(host);
    const leaving = new Leaving();
    let server: Awaited<ReturnType<typeof createServer>> | undefined;
    let url = '';
    return {
      actions: { address: async () => ({ url }) },
      events: { [told.event]: ({ records }: Static<typeof told.payload>) => services.hub.publish(records) },
      async start() {
        await services.auth.start();
        server = await createServer(services);
        leaving.attach(server);
        url = await server.listen({ host: address, port });
        log.info({ url }, 'gateway listens');
      },
      async drain() {
        await leaving.leave(config.gateway.linger);
        await services.upgrades.close();
        await server?.close();
      },
    };
  },
  { needs: [historyContract], hears: [told] },
);

/** One caller for each contract: a request must not make its own. */
function clientsOf(broker: Host['broker']): Services['client'] {
  const known = new Map<string, unknown>();
  return <C extends Contract>(contract: C): Client<C> => {
    const found = (known.get(contract.name) as Client<C> | undefined) ?? clientOf(contract, broker);
    known.set(contract.name, found);
    return found;
  };
}

function servicesOf({ broker, runtime }: Host): Services {
  const { config, log, metrics, clock } = runtime;
  const auth = new Authenticator({ settings: config.gateway, clock, log });
  return {
    history: clientOf(historyContract, broker),
    client: clientsOf(broker),
    config,
    metrics,
    log,
    clock,
    auth,
    hub: new Hub({ maxBytes: config.events.retain * 1024 * 1024 }),
    upgrades: new Upgrades({ auth, settings: config.gateway, clock }),
  };
}
