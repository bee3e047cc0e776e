/** The HTTP server: limits, the guard, how errors are written, and the routes of routes/index.ts. */
import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply } from 'fastify';
import { guard } from './auth/guard.ts';
import { maxBody, readJsonOnly } from './body.ts';
import { errorCodeOf, problem, sendError } from './errors.ts';
import { OpenApi } from './openapi/openapi.ts';
import { openApiRoute } from './openapi/route.ts';
import type { Services } from './route.ts';
import { routes } from './routes/index.ts';

/** Errors of routes are problem+json with a code of lib/errors.ts, those of OPA's routes as OPA writes them. */
export async function createServer(services: Services): Promise<FastifyInstance> {
  const server = Fastify({
    logger: false,
    // A slow reader must not hold a socket for ever, and no request of these routes is large.
    requestTimeout: 30_000,
    bodyLimit: maxBody,
    routerOptions: { maxParamLength: 2048 },
    forceCloseConnections: 'idle',
    // What comes over an open connection while the server closes is answered, not turned away.
    return503OnClosing: false,
    ajv: { customOptions: { coerceTypes: 'array', removeAdditional: false } },
    frameworkErrors: (error, request, reply) => void sendError(error, request, reply as unknown as FastifyReply),
  });
  const api = new OpenApi();
  api.collect(server);
  readJsonOnly(server);
  guard(server, { ...services, settings: services.config.gateway });
  reportErrors(server, services);
  observe(server, services);
  openApiRoute(server, api);
  for (const route of routes) await route(server, services);
  services.upgrades.attach(server.server);
  return server;
}

function reportErrors(server: FastifyInstance, { log }: Services): void {
  server.setErrorHandler((error: FastifyError, request, reply) => {
    const code = errorCodeOf(error);
    const { method, routeOptions } = request;
    // A tenant's policy that fails is the tenant's: the answer and the decision log say so, and it may do so at any rate.
    const isPolicys = routeOptions.config.dialect === 'opa' && code !== 'INTERNAL';
    if (problem(code, '').status >= 500)
      log[isPolicys ? 'debug' : 'error']({ error, method, path: routeOptions.url }, 'request failed');
    return sendError(error, request, reply);
  });
  server.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0] ?? '';
    // OPA's own answer, which its clients may look at.
    if (/^\/v[01]\//.test(path)) return reply.code(404).type('text/plain; charset=utf-8').send('404 page not found\n');
    const message = `there is no ${request.method} ${path}`;
    return reply
      .code(404)
      .type('application/problem+json; charset=utf-8')
      .send(JSON.stringify(problem('NOT_FOUND', message)));
  });
}

/** Handlers go by their route's pattern, so that a path with an id is no label of its own. */
function observe(server: FastifyInstance, { metrics }: Services): void {
  // To look a histogram up by its labels costs more than to count in it.
  const known = new Map<string, { observe(seconds: number): void }>();
  server.addHook('onResponse', (request, reply, done) => {
    const url = request.routeOptions.url ?? 'unknown';
    const key = `${reply.statusCode} ${request.method} ${url}`;
    const histogram =
      known.get(key) ?? metrics.httpSeconds.labels(String(reply.statusCode), handlerOf(url), request.method);
    known.set(key, histogram);
    histogram.observe(reply.elapsedTime / 1000);
    done();
  });
  server.addHook('onSend', (_request, reply, _payload, done) => {
    reply.header('x-content-type-options', 'nosniff');
    done();
  });
}

/** As OPA names them: `v1/data`. */
function handlerOf(url: string): string {
  return url.slice(1).split('/').slice(0, 2).join('/');
}
