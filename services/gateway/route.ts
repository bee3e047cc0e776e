/** What a route gets: the services that it may call. */
import type { FastifyInstance } from 'fastify';
import type { Client } from '../../lib/contract.ts';
import type { Logger } from '../../lib/log.ts';
import type { Metrics } from '../../lib/metrics.ts';
import type { historyContract } from '../history/history.contract.ts';

export interface Services {
  readonly history: Client<typeof historyContract>;
  readonly metrics: Metrics;
  readonly log: Logger;
}

/** A file in routes/ exports one, and server.ts lists it. */
export type Route = (server: FastifyInstance, services: Services) => void;
