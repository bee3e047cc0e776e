/** OIDC access tokens: JWTs that are checked against the issuer's published keys, never against keys of their own. */
import { createRemoteJWKSet, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import type { Config } from '../../../lib/config/schema.ts';
import { codeOf, elavaError, messageOf } from '../../../lib/errors.ts';
import { lazily } from '../../../lib/lazily.ts';
import { isRole, type Principal } from './principal.ts';

export type TokenSettings = Config['gateway']['auth'];

/** What clocks may differ by, in seconds. */
const skew = 30;

/** What jose throws where the issuer gives no keys; its other errors are the token's fault. */
const ofIssuer: ReadonlySet<string> = new Set(['ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID', 'ERR_JOSE_GENERIC']);

export class TokenVerifier {
  readonly #settings: TokenSettings;
  /** Asked once; an issuer that cannot be reached is asked again by the next request. */
  readonly #keys: () => Promise<JWTVerifyGetKey>;

  constructor(settings: TokenSettings) {
    this.#settings = settings;
    this.#keys = lazily(() =>
      this.#discover().catch((cause: unknown) => {
        throw elavaError('AUTH_UNAVAILABLE', `the issuer cannot be asked for its keys: ${messageOf(cause)}`, { cause });
      }),
    );
  }

  /** Errors: UNAUTHENTICATED for a token that is not good, AUTH_UNAVAILABLE when the issuer cannot be asked. */
  async principalOf(token: string, now: number): Promise<Principal> {
    const { issuer, audience, algorithms, token_type: typ } = this.#settings;
    const keys = await this.#keys();
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer,
        audience,
        algorithms,
        clockTolerance: skew,
        currentDate: new Date(now),
        requiredClaims: ['exp', 'sub'],
        ...(typ === '' ? {} : { typ }),
      });
      return this.#principal(payload);
    } catch (cause) {
      if (codeOf(cause) !== 'INTERNAL') throw cause;
      const { code } = cause as { code?: string };
      if (code?.startsWith('ERR_J') && !ofIssuer.has(code)) {
        throw elavaError('UNAUTHENTICATED', `the token is refused: ${code}`, { cause });
      }
      throw elavaError('AUTH_UNAVAILABLE', `the issuer's keys cannot be read: ${messageOf(cause)}`, { cause });
    }
  }

  #principal(payload: JWTPayload): Principal {
    const { role_claim, tenants_claim } = this.#settings;
    // An ID token says who somebody is to a client; it is no leave to call anything.
    if ('nonce' in payload || 'at_hash' in payload || 'c_hash' in payload) {
      throw elavaError('UNAUTHENTICATED', 'the token is refused: it is an ID token');
    }
    const role = claim(payload, role_claim);
    const best = (Array.isArray(role) ? role : [role]).filter(isRole);
    const strongest = (['admin', 'approver', 'operator', 'viewer'] as const).find((one) => best.includes(one));
    if (!strongest) throw elavaError('UNAUTHENTICATED', `the token is refused: its ${role_claim} names no role`);
    return { id: `user:${payload.sub}`, role: strongest, tenants: tenantsOf(claim(payload, tenants_claim)) };
  }

  async #discover(): Promise<JWTVerifyGetKey> {
    const { issuer, jwks } = this.#settings;
    const url = jwks === '' ? await jwksUrl(issuer) : jwks;
    return createRemoteJWKSet(new URL(url), { timeoutDuration: 5000, cooldownDuration: 30_000 });
  }
}

async function jwksUrl(issuer: string): Promise<string> {
  const at = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const response = await fetch(at, { signal: AbortSignal.timeout(5000), redirect: 'error' });
  if (!response.ok) throw elavaError('AUTH_UNAVAILABLE', `${at} answers ${response.status}`);
  const { jwks_uri: url } = (await response.json()) as { jwks_uri?: unknown };
  if (typeof url !== 'string') throw elavaError('AUTH_UNAVAILABLE', `${at} names no jwks_uri`);
  return url;
}

/** A claim by its dotted path, such as realm_access.roles. */
function claim(payload: JWTPayload, path: string): unknown {
  if (Object.hasOwn(payload, path)) return payload[path];
  let at: unknown = payload;
  for (const step of path.split('.')) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return undefined;
    at = (at as Record<string, unknown>)[step];
  }
  return at;
}

/** A token that names no tenant sees none. */
function tenantsOf(value: unknown): Principal['tenants'] {
  if (value === '*') return '*';
  const list = Array.isArray(value) ? value : [value];
  if (list.includes('*')) return '*';
  return list.filter((one): one is string => typeof one === 'string' && one !== '');
}
