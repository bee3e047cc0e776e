/** Who calls: long-lived keys name their account, session tokens carry all that AssumeRole decided. No table is kept. */
import type { Account } from '../world/estate.ts';
import { keyOf } from '../world/trail/identity.ts';
import type { World } from '../world/world.ts';
import type { Caller } from './call.ts';

const keyPrefix = 'AKIASIM';
const sessionPrefix = 'ASIASIM';

interface Session {
  readonly account: string;
  readonly role: string;
  readonly name: string;
  /** Wall-clock milliseconds: the SDK compares it with its own clock, not with the world's. */
  readonly expires: number;
  /** The world's clock when it began. */
  readonly since: number;
  /** Who took the role, and by which roles. */
  readonly chain: readonly string[];
}

/** The long-lived key of an account's user. */
export function accessKeyOf(account: Account): string {
  return keyPrefix + account.id;
}

export type Authentication = { readonly caller: Caller } | { readonly fault: 'unknownKey' | 'expired' };

/** Finds the caller by access key and session token. `now` is wall-clock time. */
export function authenticate(
  world: World,
  accessKeyId: string,
  token: string | undefined,
  now: number,
): Authentication {
  if (accessKeyId.startsWith(keyPrefix)) return longLived(world, accessKeyId);
  const session = token === undefined ? undefined : readToken(token);
  const account = session && world.account(session.account);
  if (!session || !account || !accessKeyId.startsWith(sessionPrefix)) return { fault: 'unknownKey' };
  if (session.expires <= now) return { fault: 'expired' };
  const arn = `arn:aws:sts::${account.id}:assumed-role/${session.role}/${session.name}`;
  const role = { name: session.role, session: session.name, since: session.since, chain: session.chain };
  return { caller: { accessKeyId, account, arn, userId: `AROASIM${account.id}:${session.name}`, role } };
}

/** Credentials for a role of an account, in STS's form. Each session has an access key of its own, as events tell them apart by it. */
export function issueCredentials(account: Account, session: Omit<Session, 'account'>) {
  const SessionToken = Buffer.from(JSON.stringify({ account: account.id, ...session })).toString('base64url');
  const AccessKeyId = sessionPrefix + keyOf(SessionToken, true).slice(4, 17);
  const Expiration = new Date(session.expires);
  return { AccessKeyId, SecretAccessKey: `simulated-${account.id}`, SessionToken, Expiration };
}

function longLived(world: World, accessKeyId: string): Authentication {
  const account = world.account(accessKeyId.slice(keyPrefix.length));
  if (!account) return { fault: 'unknownKey' };
  const arn = `arn:aws:iam::${account.id}:user/elava`;
  return { caller: { accessKeyId, account, arn, userId: `AIDASIM${account.id}` } };
}

function readToken(token: string): Session | undefined {
  try {
    return JSON.parse(Buffer.from(token, 'base64url').toString()) as Session;
  } catch {
    return undefined;
  }
}
