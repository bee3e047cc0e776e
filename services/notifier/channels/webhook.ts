/** Any HTTP endpoint, signed as https://www.standardwebhooks.com specifies. */
import { createHmac } from 'node:crypto';
import type { Channel, ChannelSettings, Request } from '../channel.ts';

export const webhook: Channel = {
  check({ url, secret }) {
    if (url === '') return 'url is missing';
    return secret === '' || keyOf(secret).length >= 24 ? undefined : 'secret must have 24 bytes at least';
  },
  request({ id, notice, at }, settings) {
    const { resolved = false } = notice;
    const type = `elava.notice.${resolved ? 'resolved' : 'raised'}`;
    return signed({ id, at, event: { type, data: { ...notice, resolved } } }, settings);
  },
  digest({ id, owner, entries, at }, settings) {
    const few = entries.slice(0, MOST_ENTRIES);
    return signed(
      { id, at, event: { type: 'elava.digest', data: { owner, total: entries.length, entries: few } } },
      settings,
    );
  },
};

/** The specification asks for at most some 20 kB. */
const MOST_ENTRIES = 10;

interface Sent {
  readonly id: string;
  readonly at: Date;
  readonly event: { readonly type: string; readonly data: object };
}

function signed({ id, at, event: { type, data } }: Sent, { url, secret }: ChannelSettings): Request {
  const body = JSON.stringify({ type, timestamp: at.toISOString(), data });
  const timestamp = `${Math.floor(at.getTime() / 1000)}`;
  const headers = { 'content-type': 'application/json', 'webhook-id': id, 'webhook-timestamp': timestamp };
  if (secret === '') return { url, headers, body };
  return { url, headers: { ...headers, 'webhook-signature': signature(secret, `${id}.${timestamp}.${body}`) }, body };
}

/** `v1,` and the base64 of HMAC-SHA256 over "id.timestamp.body". */
function signature(secret: string, signed: string): string {
  return `v1,${createHmac('sha256', keyOf(secret)).update(signed).digest('base64')}`;
}

/** `whsec_` and base64, as the specification writes secrets; anything else is taken as it is. */
function keyOf(secret: string): Buffer {
  return secret.startsWith('whsec_') ? Buffer.from(secret.slice(6), 'base64') : Buffer.from(secret, 'utf8');
}
