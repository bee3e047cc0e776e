/** The streams as Server-Sent Events, under the same paths. `id` is `epoch/tenant/number`: browsers resume with it. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { elavaError } from '../../../lib/errors.ts';
import type { Route, Services } from '../route.ts';
import type { Entry } from './hub.ts';
import { questionOf } from './question.ts';
import { Subscription, type Transport } from './subscription.ts';

const maxBuffered = 1_048_576;
const heartbeatMs = 15_000;

const Query = Type.Object({
  tenant_id: Type.Optional(Type.String({ description: 'One tenant; absent: those that the caller sees.' })),
  since: Type.Optional(Type.String({ description: 'Resume after this number of the tenant.' })),
  epoch: Type.Optional(Type.String({ description: 'Of the process that the number is of, as `connected` names it.' })),
  types: Type.Optional(Type.String({ description: 'Which of the seven events, with commas.' })),
  format: Type.Optional(Type.String({ description: 'envelope or cloudevents.' })),
});
const text = Type.String({
  'x-media': 'text/event-stream',
  description: 'Events; a WebSocket upgrade gives messages.',
});
const config = { access: { role: 'viewer', scope: 'own' } } as const;

export const eventStreamRoute: Route = (server, services) => {
  const open = new Set<() => void>();
  server.addHook('preClose', (done) => {
    for (const end of open) end();
    done();
  });
  for (const stream of ['decisions', 'events'] as const) {
    const summary = stream === 'decisions' ? 'What tenants are answered, as it happens.' : 'The events of policies.';
    const shown = { querystring: Query, response: { 200: text } };
    server.get(
      `/v1/stream/${stream}`,
      { schema: { summary, tags: ['streams'], 'x-shown': shown }, config },
      (request, reply) => {
        serve(services, { request, reply, stream, open });
      },
    );
  }
};

interface Ask {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly stream: 'decisions' | 'events';
  readonly open: Set<() => void>;
}

function serve({ hub, metrics, config: { gateway } }: Services, { request, reply, stream, open }: Ask): void {
  if (open.size >= gateway.streams) throw elavaError('STREAMS_FULL', 'as many clients listen as may');
  const question = questionOf(queryOf(request), request.principal, stream);
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
    'x-content-type-options': 'nosniff',
  });
  raw.write(`event: connected\ndata: ${JSON.stringify({ type: 'connected', epoch: hub.epoch })}\n\n`);
  const subscription = new Subscription({
    hub,
    metrics,
    question,
    transport: transportOf(raw, hub.epoch),
    consumer: 'sse',
  });
  const timer = setInterval(() => raw.write(': still here\n\n'), heartbeatMs);
  const end = (): void => {
    raw.end();
  };
  open.add(end);
  metrics.streamClients.labels('sse').inc();
  raw.on('error', () => raw.destroy());
  raw.on('close', () => {
    clearInterval(timer);
    open.delete(end);
    subscription.close();
    metrics.streamClients.labels('sse').dec();
  });
}

function transportOf(raw: FastifyReply['raw'], epoch: string): Transport {
  return {
    send: (message: string, entry: Entry | undefined) => {
      const id = entry ? `id: ${epoch}/${entry.record.tenant}/${entry.seq}\n` : '';
      raw.write(`${id}data: ${message}\n\n`);
    },
    isFull: () => raw.writableLength > maxBuffered || raw.destroyed,
    giveUp: () => raw.destroy(),
  };
}

/** A browser that connects again says what it saw last. */
function queryOf(request: FastifyRequest): URLSearchParams {
  const query = new URLSearchParams(request.url.split('?')[1] ?? '');
  const last = request.headers['last-event-id'];
  const [epoch, tenant, seq] = typeof last === 'string' ? last.split('/') : [];
  if (epoch === undefined || tenant === undefined || seq === undefined) return query;
  if (query.get('tenant_id') !== tenant) return query;
  query.set('since', seq);
  query.set('epoch', epoch);
  return query;
}
