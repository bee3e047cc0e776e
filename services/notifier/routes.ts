/** Who gets what an owner is told. Pure. */
import type { ChannelSettings } from './channel.ts';

export interface OwnerRoute {
  /** As the tags name the owner; * stands for anything. */
  readonly owner: string;
  readonly channel: string;
  /** Address of mail; "": the channel's own. */
  readonly address: string;
}
export interface Target {
  readonly channel: string;
  readonly to: string;
}

/**
 * The first route that fits; else, for an owner that is an address, a channel of mail; else every channel that takes the
 * digests of whoever has none. None at all: nobody is told, which the ledger shows.
 */
export function targetsOf(
  owner: string,
  { routes, channels }: { routes: readonly OwnerRoute[]; channels: Readonly<Record<string, ChannelSettings>> },
): Target[] {
  const route = routes.find((one) => one.channel in channels && fits(one.owner, owner));
  if (route) return [{ channel: route.channel, to: route.address }];
  const mail = Object.entries(channels).find(([, { type }]) => type === 'email');
  if (mail && isAddress(owner)) return [{ channel: mail[0], to: owner }];
  return Object.entries(channels)
    .filter(([, { digest }]) => digest)
    .map(([channel]) => ({ channel, to: '' }));
}

function fits(pattern: string, owner: string): boolean {
  const parts = pattern.toLowerCase().split('*');
  const text = owner.toLowerCase();
  const [first = '', ...rest] = parts;
  const last = rest.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first) || !text.slice(first.length).endsWith(last)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at + last.length <= text.length;
}

/** Enough to tell an address from a name; whether somebody reads it the mail server says. */
export function isAddress(text: string): boolean {
  return /^[^\s@<>,;:"]{1,64}@[a-z0-9][a-z0-9.-]{0,252}$/i.test(text);
}
