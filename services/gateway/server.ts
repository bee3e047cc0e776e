/** The HTTP server: plugins, error form and routes. A route is a file in routes/ and a line in `routes`. */
import { STATUS_CODES } from 'node:http';
import Fastify, { type FastifyError, type FastifyInstance } from 'fastify';
import { codeOf, type ErrorCode, errorTable, messageOf } from '../../lib/errors.ts';
import type { Route, Services } from './route.ts';
import { changesRoute } from './routes/changes.ts';
import { countsRoute } from './routes/counts.ts';
import { coverageRoute } from './routes/coverage.ts';
import { evaluationsRoute } from './routes/evaluations.ts';
import { healthRoute } from './routes/health.ts';
import { metricsRoute } from './routes/metrics.ts';
import { resourcesRoute } from './routes/resources.ts';
import { timelineRoute } from './routes/timeline.ts';

const routes: readonly Route[] = [
  healthRoute,
  metricsRoute,
  resourcesRoute,
  countsRoute,
  changesRoute,
  coverageRoute,
  evaluationsRoute,
  timelineRoute,
];

/** Answers `{code, message, next, field?}` for every error, with the status of the error table. */
export function createServer(services: Services): FastifyInstance {
  const server = Fastify({
    logger: false,
    // A slow reader must not hold a socket for ever, and no request of these routes is large.
    requestTimeout: 30_000,
    bodyLimit: 1_048_576,
    routerOptions: { maxParamLength: 2048 },
    forceCloseConnections: 'idle',
    ajv: { customOptions: { coerceTypes: 'array', removeAdditional: false } },
  });
  server.setErrorHandler((error: FastifyError, request, reply) => {
    const code = errorCodeOf(error);
    const { status, next } = errorTable[code];
    if (status >= 500)
      services.log.error({ error, method: request.method, path: request.routeOptions.url }, 'request failed');
    return reply.code(status).send({ code, message: messageOf(error), next, status: STATUS_CODES[status] });
  });
  server.setNotFoundHandler((request, reply) =>
    reply.code(404).send({
      code: 'NOT_FOUND',
      message: `there is no ${request.method} ${request.url.split('?')[0]}`,
      next: errorTable.NOT_FOUND.next,
      status: STATUS_CODES[404],
    }),
  );
  for (const route of routes) route(server, services);
  return server;
}

/** Fastify's own refusals (a parameter of the wrong type, a body that is no JSON) are the caller's mistake. */
function errorCodeOf(error: FastifyError): ErrorCode {
  const code = codeOf(error);
  if (code !== 'INTERNAL') return code;
  return error.validation || (error.statusCode !== undefined && error.statusCode < 500)
    ? 'INVALID_REQUEST'
    : 'INTERNAL';
}
