/**
 * How a page or a route joins the server: a module exports a `Route` and stands in the list of routes/index.ts. What it
 * needs of other services it asks for by their contracts: `services.client(reconcilerContract)`.
 */
import type { FastifyInstance } from 'fastify';
import type { Config } from '../../lib/config/schema.ts';
import type { Client, Contract } from '../../lib/contract.ts';
import type { Logger } from '../../lib/log.ts';
import type { Metrics } from '../../lib/metrics.ts';
import type { Clock } from '../../lib/time.ts';
import type { historyContract } from '../history/history.contract.ts';
import type { Authenticator } from './auth/authenticate.ts';
import type { Hub } from './stream/hub.ts';
import type { Upgrades } from './stream/upgrades.ts';

export interface Services {
  readonly history: Client<typeof historyContract>;
  /** A typed caller of any other service. */
  readonly client: <C extends Contract>(contract: C) => Client<C>;
  readonly config: Config;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly clock: Clock;
  readonly auth: Authenticator;
  /** What policies decide, as it happens. */
  readonly hub: Hub;
  /** WebSockets: `upgrades.add('/v1/stream/x', …)`. */
  readonly upgrades: Upgrades;
}

/**
 * Declares its routes with a schema (it makes the OpenAPI document) and with `config: { access }` where the default,
 * viewer to read and operator to change the estate, is not what it wants (auth/access.ts).
 */
export type Route = (server: FastifyInstance, services: Services) => void | Promise<void>;
