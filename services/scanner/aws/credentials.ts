/**
 * Whose credentials an account is read with: the caller's own, or those of a role that is assumed with external id and
 * session name, kept until shortly before they expire and fetched once however many ask.
 */
import type { AwsCredentialIdentity } from '@smithy/types';
import { codeOf, elavaError } from '../../../lib/errors.ts';
import type { Clock } from '../../../lib/time.ts';
import type { Access, Way } from './access.ts';
import type { Api, Place } from './api.ts';
import { type Credentials, OWN } from './clients.ts';
import { Lru } from './lru.ts';

/** A session is renewed this long before it ends: a unit that has begun should not see it expire. */
const EARLY_MS = 5 * 60_000;
const MAX_SESSIONS = 1000;
const CALL_MS = 30_000;
/** A role that refuses is not asked again for each unit of its account, but soon enough for whoever has mended it. */
const REFUSED_MS = 30_000;

export interface CredentialsOptions {
  readonly access: Access;
  readonly sessionName: string;
  /** Region of calls that have none. */
  readonly home: string;
  readonly clock: Clock;
  /** The caller's own account. */
  readonly own: () => Promise<string>;
}
interface Session {
  readonly identity: AwsCredentialIdentity;
  readonly until: number;
}
interface Held {
  session?: Promise<Session>;
  refused?: { readonly error: unknown; readonly until: number };
}

const own: Credentials = { key: OWN };

export class AccountCredentials {
  readonly #api: Pick<Api, 'call'>;
  readonly #options: CredentialsOptions;
  readonly #sessions = new Lru<Held>(MAX_SESSIONS);

  constructor(api: Pick<Api, 'call'>, options: CredentialsOptions) {
    this.#api = api;
    this.#options = options;
  }

  /** The place of calls with the caller's own credentials. */
  self(region = this.#options.home): Place {
    return { account: 'self', region, credentials: own };
  }

  /** The place of calls for an account in a region. Rejects with ACCOUNT_UNKNOWN, or as `own` does. */
  async place(id: string, region: string): Promise<Place & { readonly assumes: boolean }> {
    const { access } = this.#options;
    const caller = access.needsOwn(id) ? await this.#options.own() : '';
    return { ...this.placeOf(id, access.way(id, caller), region), assumes: access.way(id, caller).role !== '' };
  }

  /** The place of calls with a role, whoever's it is. */
  placeOf(id: string, way: Way, region = this.#options.home): Place {
    if (way.role === '') return { account: id, region, credentials: own };
    const held = this.#sessions.get(`${way.role} ${way.externalId}`, () => ({}));
    return {
      account: id,
      region,
      credentials: { key: way.role, provide: () => this.#identity(id, way, held) },
      renew: () => {
        delete held.session;
      },
    };
  }

  async #identity(id: string, way: Way, held: Held): Promise<AwsCredentialIdentity> {
    const { clock } = this.#options;
    if (held.refused && held.refused.until > clock.now()) throw held.refused.error;
    const before = held.session;
    const current = before && (await before);
    if (current && current.until - EARLY_MS > clock.now()) return current.identity;
    // Whoever comes first assumes the role, the others wait for the same session.
    if (held.session === before) held.session = this.#renewed(id, way, { held, current });
    return (await (held.session ?? this.#assume(id, way))).identity;
  }

  async #renewed(id: string, way: Way, { held, current }: { held: Held; current: Session | undefined }) {
    const { clock } = this.#options;
    try {
      const session = await this.#assume(id, way);
      delete held.refused;
      return session;
    } catch (error) {
      // What is still good for some minutes is better than nothing: STS may be back by then.
      if (current && current.until > clock.now()) return current;
      delete held.session;
      if (lasting.has(codeOf(error))) held.refused = { error, until: clock.now() + REFUSED_MS };
      throw error;
    }
  }

  async #assume(id: string, { role, externalId }: Way): Promise<Session> {
    if (id !== '' && role.split(':')[4] !== id) {
      throw elavaError('CONFIG_INVALID', `role ${role} is not one of account ${id}`);
    }
    const { Credentials } = await this.#api.call(
      this.self(),
      ['sts', 'AssumeRole'],
      {
        RoleArn: role,
        RoleSessionName: this.#options.sessionName,
        ...(externalId === '' ? {} : { ExternalId: externalId }),
      },
      AbortSignal.timeout(CALL_MS),
    );
    if (!Credentials?.AccessKeyId || !Credentials.SecretAccessKey || !Credentials.Expiration) {
      throw elavaError('AWS_RESPONSE_INVALID', `sts:AssumeRole of ${role} gave no credentials`);
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

/** Failures that another call would only repeat. */
const lasting: ReadonlySet<string> = new Set(['AWS_ACCESS_DENIED', 'AWS_SCP_DENIED']);
