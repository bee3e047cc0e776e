/** Finds out who asks: by an API key or an OIDC token in the Authorization header. */
import type { Config } from '../../../lib/config/schema.ts';
import { elavaError } from '../../../lib/errors.ts';
import type { Logger } from '../../../lib/log.ts';
import type { Clock } from '../../../lib/time.ts';
import { isKey, KeyRing } from './api-keys.ts';
import { developer, type Principal } from './principal.ts';
import { Rates } from './rates.ts';
import { Tickets } from './tickets.ts';
import { TokenVerifier } from './tokens.ts';

export interface AuthOptions {
  readonly settings: Config['gateway'];
  readonly clock: Clock;
  readonly log: Logger;
}

export function hasAuth({ auth }: Pick<Config['gateway'], 'auth'>): boolean {
  return auth.keys !== '' || auth.issuer !== '';
}

export class Authenticator {
  readonly tickets = new Tickets();
  /** Without configured authentication everybody who reaches the server is its developer. */
  readonly open: boolean;
  readonly #clock: Clock;
  readonly #keys: KeyRing | undefined;
  readonly #tokens: TokenVerifier | undefined;
  /** Ten wrong credentials a minute from one address. */
  readonly #failures = new Rates({ perSecond: 10 / 60, burst: 10 });

  constructor({ settings, clock, log }: AuthOptions) {
    const { auth } = settings;
    this.open = !hasAuth(settings);
    this.#clock = clock;
    const onFault = (error: unknown): void => log.error({ error }, 'the file of API keys cannot be read');
    this.#keys = auth.keys === '' ? undefined : new KeyRing(auth.keys, onFault);
    this.#tokens = auth.issuer === '' ? undefined : new TokenVerifier(auth);
  }

  /** Errors: CONFIG_NOT_FOUND, CONFIG_INVALID. */
  async start(): Promise<void> {
    await this.#keys?.open();
  }

  /** `address` is who to count failures for. Errors: UNAUTHENTICATED, RATE_LIMITED, AUTH_UNAVAILABLE. */
  async principalOf(authorization: string | undefined, address: string): Promise<Principal> {
    if (this.open) return developer;
    const [, credential] = /^Bearer +([A-Za-z0-9._~+/=-]{1,8192})$/i.exec(authorization ?? '') ?? [];
    if (credential === undefined) {
      throw elavaError('UNAUTHENTICATED', authorization === undefined ? 'no credentials' : 'not a bearer credential');
    }
    try {
      return await this.#known(credential);
    } catch (error) {
      const now = this.#clock.now();
      const wait = (error as { type?: string }).type === 'UNAUTHENTICATED' ? this.#failures.take(address, now) : 0;
      if (wait > 0) throw elavaError('RATE_LIMITED', 'too many wrong credentials', { data: { retryAfter: wait } });
      throw error;
    }
  }

  async #known(credential: string): Promise<Principal> {
    const now = this.#clock.now();
    if (isKey(credential)) {
      const found = await this.#keys?.principalOf(credential, now);
      if (found) return found;
      throw elavaError('UNAUTHENTICATED', 'the key is not known, or has expired');
    }
    if (!this.#tokens) throw elavaError('UNAUTHENTICATED', 'the credential is not known');
    return this.#tokens.principalOf(credential, now);
  }
}
