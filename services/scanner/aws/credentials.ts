/**
 * Whose credentials an account is read with: the caller's own, or those of a role that is assumed with external id and
 * session name, kept until shortly before they expire and fetched once however many ask.
 */
import type { AwsCredentialIdentity } from '@smithy/types';
import type { Config } from '../../../lib/config/schema.ts';
import { elavaError } from '../../../lib/errors.ts';
import type { Clock } from '../../../lib/time.ts';
import type { Api, Place } from './api.ts';
import type { Credentials } from './clients.ts';
import { Lru } from './lru.ts';

type Aws = Config['providers']['aws'];
type Account = Aws['accounts'][number];

/** A session is renewed this long before it ends: a unit that has begun should not see it expire. */
const EARLY_MS = 5 * 60_000;
const MAX_SESSIONS = 1000;
const CALL_MS = 30_000;

interface Session {
  readonly identity: AwsCredentialIdentity;
  readonly until: number;
}

const own: Credentials = { key: 'own' };

export class AccountCredentials {
  readonly #api: Api;
  readonly #aws: Aws;
  readonly #home: string;
  readonly #clock: Clock;
  readonly #sessions = new Lru<{ session?: Promise<Session> }>(MAX_SESSIONS);

  constructor(api: Api, aws: Aws, { home, clock }: { home: string; clock: Clock }) {
    this.#api = api;
    this.#aws = aws;
    this.#home = home;
    this.#clock = clock;
  }

  /** The place of calls with the caller's own credentials. */
  self(region = this.#home): Place {
    return { account: 'self', region, credentials: own };
  }

  /** The place of calls for an account in a region. Throws ACCOUNT_UNKNOWN for one that is configured nowhere. */
  place(id: string, region: string): Place {
    const account = this.#aws.accounts.find((a) => a.id === id);
    if (!account && this.#aws.accounts.length > 0)
      throw elavaError('ACCOUNT_UNKNOWN', `account ${id} is not configured`);
    if (!account || account.role_arn === '') return { account: id, region, credentials: own };
    const held = this.#sessions.get(account.role_arn, () => ({}));
    return {
      account: id,
      region,
      credentials: { key: account.role_arn, provide: () => this.#identity(account, held) },
      renew: () => {
        delete held.session;
      },
    };
  }

  /** Whether the account is read with a role, so that its id need not be the caller's. */
  assumes(id: string): boolean {
    return this.#aws.accounts.some((account) => account.id === id && account.role_arn !== '');
  }

  async #identity(account: Account, held: { session?: Promise<Session> }): Promise<AwsCredentialIdentity> {
    const before = held.session;
    const current = before && (await before);
    if (current && current.until - EARLY_MS > this.#clock.now()) return current.identity;
    // Whoever comes first assumes the role, the others wait for the same session.
    if (held.session === before) {
      held.session = this.#assume(account);
      held.session.catch(() => {
        delete held.session;
      });
    }
    return (await (held.session ?? this.#assume(account))).identity;
  }

  async #assume({ id, role_arn, external_id }: Account): Promise<Session> {
    if (role_arn.split(':')[4] !== id) {
      throw elavaError('CONFIG_INVALID', `role ${role_arn} is not one of account ${id}`);
    }
    const { Credentials } = await this.#api.call(
      this.self(),
      ['sts', 'AssumeRole'],
      {
        RoleArn: role_arn,
        RoleSessionName: this.#aws.session_name,
        ...(external_id === '' ? {} : { ExternalId: external_id }),
      },
      AbortSignal.timeout(CALL_MS),
    );
    if (!Credentials?.AccessKeyId || !Credentials.SecretAccessKey || !Credentials.Expiration) {
      throw elavaError('AWS_RESPONSE_INVALID', `sts:AssumeRole of ${role_arn} gave no credentials`);
    }
    const expiration = new Date(Credentials.Expiration);
    const identity: AwsCredentialIdentity = {
      accessKeyId: Credentials.AccessKeyId,
      secretAccessKey: Credentials.SecretAccessKey,
      ...(Credentials.SessionToken ? { sessionToken: Credentials.SessionToken } : {}),
      expiration,
    };
    return { identity, until: expiration.getTime() };
  }
}
