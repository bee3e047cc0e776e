/** The streams as WebSockets: `/v1/stream/decisions` and `/v1/stream/events`. */
import type { WebSocket } from 'ws';
import { codeOf, errorTable, messageOf } from '../../../lib/errors.ts';
import { Rates } from '../auth/rates.ts';
import type { Route, Services } from '../route.ts';
import type { Entry } from './hub.ts';
import { questionOf } from './question.ts';
import { Subscription, type Transport } from './subscription.ts';
import type { Opened } from './upgrades.ts';

/** What may wait in a socket before it counts as slow. */
const maxBuffered = 1_048_576;
/** A client has little to say: twenty messages or pings a second. */
const chatter = { perSecond: 20, burst: 100 };
const heartbeatMs = 30_000;
const greetings = { decisions: 'Decision stream ready', events: 'Event stream ready' } as const;

export const webSocketRoute: Route = (_server, services) => {
  for (const stream of ['decisions', 'events'] as const) {
    services.upgrades.add(`/v1/stream/${stream}`, (opened) => serve(services, opened, stream));
  }
};

function serve(services: Services, opened: Opened, stream: 'decisions' | 'events'): void {
  const { socket, query } = opened;
  const { metrics, hub } = services;
  let subscription: Subscription | undefined;
  const subscribe = (asked: URLSearchParams): void => {
    subscription?.close();
    try {
      const question = questionOf(asked, opened.principal, stream);
      subscription = new Subscription({
        hub,
        metrics,
        question,
        transport: transportOf(socket),
        consumer: 'websocket',
      });
    } catch (error) {
      refuse(services, opened, error);
    }
  };
  metrics.streamClients.labels('websocket').inc();
  socket.on('error', () => endSoon(socket));
  socket.on('close', () => {
    metrics.streamClients.labels('websocket').dec();
    subscription?.close();
  });
  listen(socket, subscribe);
  beat(socket);
  socket.send(JSON.stringify({ type: 'connected', message: greetings[stream], epoch: hub.epoch }));
  subscribe(query);
}

function transportOf(socket: WebSocket): Transport {
  return {
    send: (text: string, _entry: Entry | undefined) => socket.send(text),
    isFull: () => socket.bufferedAmount > maxBuffered || socket.readyState !== socket.OPEN,
    giveUp: () => {
      socket.close(1013, 'the client does not read');
      endSoon(socket);
    },
  };
}

/** The close frame has a second to arrive: who does not read does not read it either. */
function endSoon(socket: WebSocket): void {
  setTimeout(() => socket.terminate(), 1000).unref();
}

/** A client may ask for another tenant: `{"type": "subscribe", "tenant_id": "a", "since": 12}`. */
function listen(socket: WebSocket, subscribe: (query: URLSearchParams) => void): void {
  const rates = new Rates(chatter);
  const tooMuch = (): boolean => {
    if (rates.take('client', performance.now()) === 0) return false;
    socket.close(1008, 'too many messages');
    return true;
  };
  socket.on('ping', tooMuch);
  socket.on('message', (data, isBinary) => {
    if (tooMuch()) return;
    const asked = isBinary ? undefined : subscriptionOf((data as Buffer).toString());
    if (asked) subscribe(asked);
    else
      socket.send(
        JSON.stringify({ type: 'error', code: 'INVALID_REQUEST', message: 'this is no request of a stream' }),
      );
  });
}

function subscriptionOf(text: string): URLSearchParams | undefined {
  try {
    const { type, ...asked } = JSON.parse(text) as Record<string, unknown>;
    if (type !== 'subscribe') return undefined;
    const words = Object.entries(asked).filter(([, value]) => typeof value === 'string' || typeof value === 'number');
    return new URLSearchParams(words.map(([key, value]): [string, string] => [key, String(value)]));
  } catch {
    return undefined;
  }
}

function refuse({ log, metrics }: Services, { socket, principal }: Opened, error: unknown): void {
  const code = codeOf(error);
  metrics.gatewayDenied.labels(code).inc();
  log.warn({ event: 'authz.denied', principal: principal.id, route: 'stream', code }, 'refused');
  socket.send(JSON.stringify({ type: 'error', code, message: messageOf(error), next: errorTable[code].next }));
  socket.close(1008, code);
}

/** A connection that broke without a word is noticed by the silence after a ping. */
function beat(socket: WebSocket): void {
  let isAlive = true;
  socket.on('pong', () => {
    isAlive = true;
  });
  const timer = setInterval(() => {
    if (!isAlive) return socket.terminate();
    isAlive = false;
    socket.ping();
  }, heartbeatMs);
  timer.unref();
  socket.on('close', () => clearInterval(timer));
}
