/** Hooks that stand before every route: where from, who, how often, and whether they may. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../../../lib/config/schema.ts';
import { codeOf, elavaError } from '../../../lib/errors.ts';
import type { Logger } from '../../../lib/log.ts';
import type { Metrics } from '../../../lib/metrics.ts';
import type { Clock } from '../../../lib/time.ts';
import { accessOf, authorize } from './access.ts';
import type { Authenticator } from './authenticate.ts';
import { isOwnOrigin, namesLoopback } from './origins.ts';
import { developer } from './principal.ts';
import { Rates } from './rates.ts';

export interface GuardOptions {
  readonly auth: Authenticator;
  readonly settings: Config['gateway'];
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly clock: Clock;
}

export function guard(server: FastifyInstance, options: GuardOptions): void {
  const { auth, settings, clock } = options;
  const rates = new Rates({ perSecond: settings.rate, burst: settings.rate });
  server.decorateRequest('principal', null as unknown as typeof developer);
  const admit = (request: FastifyRequest, reply: FastifyReply): void => {
    const wait = rates.take(request.principal.id, clock.now());
    if (wait > 0) throw elavaError('RATE_LIMITED', 'too many requests', { data: { retryAfter: wait } });
    try {
      authorize(request);
    } catch (error) {
      denied(options, request, error);
      throw error;
    }
    if (request.principal === developer) reply.header('elava-principal', 'development');
  };
  server.addHook('onRequest', (request, reply, done) => {
    const refused = refusal(request, auth.open, settings.origins);
    if (refused) return done(refused);
    request.principal = developer;
    if (!auth.open || accessOf(request).role === 'public') return done();
    settle(() => admit(request, reply), done);
  });
  // A hook without promises costs an open server, whose caller is known, less.
  if (auth.open) return;
  server.addHook('onRequest', async (request, reply) => {
    if (accessOf(request).role === 'public') return;
    request.principal = await auth.principalOf(request.headers.authorization, request.ip);
    admit(request, reply);
  });
}

function settle(work: () => void, done: (error?: Error) => void): void {
  try {
    work();
  } catch (error) {
    return done(error as Error);
  }
  done();
}

/** A page of another origin, or a name of elsewhere that leads to an open server, is refused before anything is read. */
export function refusal(
  { headers }: Pick<FastifyRequest, 'headers'>,
  open: boolean,
  origins: readonly string[],
): Error | undefined {
  if (open && !namesLoopback(headers.host)) {
    return elavaError('ORIGIN_FORBIDDEN', 'without authentication the server answers to loopback names only');
  }
  if (isOwnOrigin(headers.origin, headers.host, origins)) return undefined;
  return elavaError('ORIGIN_FORBIDDEN', 'the page is of another origin');
}

function denied({ log, metrics }: GuardOptions, request: FastifyRequest, error: unknown): void {
  const { principal, method, routeOptions } = request;
  metrics.gatewayDenied.labels(codeOf(error)).inc();
  log.warn(
    { event: 'authz.denied', principal: principal.id, method, route: routeOptions.url, code: codeOf(error) },
    'refused',
  );
}
