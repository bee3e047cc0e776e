/** Posts events to a URL, signed as https://www.standardwebhooks.com specifies. */
import { createHmac } from 'node:crypto';
import type { Config } from '../../lib/config/schema.ts';
import { codeOf, elavaError } from '../../lib/errors.ts';
import { send } from '../../lib/outbound/post.ts';
import { cloudEventOf, type Envelope } from '../../lib/policy-event/envelope.ts';
import { sleep } from '../../lib/time.ts';
import type { Sink } from './consumer.ts';

type Settings = Config['events']['webhooks'][string];

export interface WebhookOptions {
  readonly allowPrivate: boolean;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Pauses before the second and each further attempt; 1, 5 and 25 s. */
  readonly pausesMs?: readonly number[];
  readonly timeoutMs?: number;
}

/** Errors: CONFIG_INVALID for settings that cannot work. */
export function webhookSink(name: string, settings: Settings, options: WebhookOptions): Sink {
  const { url, secret, types, tenants } = settings;
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? '')) {
    throw elavaError('CONFIG_INVALID', `events.webhooks.${name}.url is no http or https address`);
  }
  if (secret !== '' && keyOf(secret).length < 24) {
    throw elavaError('CONFIG_INVALID', `events.webhooks.${name}.secret must have 24 bytes at least`);
  }
  const wanted = new Set(types);
  return {
    name: `webhook:${name}`,
    width: 4,
    wants: ({ type, payload }) =>
      wanted.has(type) && (tenants.length === 0 || tenants.some((one) => one === payload['tenant_id'])),
    deliver: (event, signal) => deliver(event, settings, { ...options, signal }),
  };
}

type Delivery = WebhookOptions & { readonly signal: AbortSignal };

async function deliver(event: Envelope, settings: Settings, options: Delivery): Promise<void> {
  const { signal, allowPrivate, pausesMs = [1000, 5000, 25_000], timeoutMs = 10_000 } = options;
  for (const pause of [...pausesMs, undefined]) {
    try {
      const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
      return await send(requestOf(event, settings, options.now()), { allowPrivate, signal: limit });
    } catch (error) {
      // An address that may not be reached, or a refusal, is not mended by trying again.
      if (pause === undefined || codeOf(error) !== 'CHANNEL_UNREACHABLE' || signal.aborted) throw error;
    }
    await sleep(pause, signal, { unref: true });
  }
}

/** The id stays the same at every attempt, so that the other end can drop a second one. */
function requestOf(event: Envelope, { url, secret, format }: Settings, now: number) {
  const isCloud = format === 'cloudevents';
  const body = JSON.stringify(isCloud ? cloudEventOf(event) : event);
  const timestamp = String(Math.floor(now / 1000));
  const headers = {
    'content-type': isCloud ? 'application/cloudevents+json' : 'application/json',
    'webhook-id': event.id,
    'webhook-timestamp': timestamp,
  };
  if (secret === '') return { url, headers, body };
  const hmac = createHmac('sha256', keyOf(secret)).update(`${event.id}.${timestamp}.${body}`);
  return { url, headers: { ...headers, 'webhook-signature': `v1,${hmac.digest('base64')}` }, body };
}

/** `whsec_` and base64, as the specification writes secrets; anything else is taken as it is. */
function keyOf(secret: string): Buffer {
  return secret.startsWith('whsec_') ? Buffer.from(secret.slice(6), 'base64') : Buffer.from(secret, 'utf8');
}
