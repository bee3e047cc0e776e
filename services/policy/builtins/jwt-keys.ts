/** Keys and signatures of JSON Web Tokens: RFC 7515 and 7518, as OPA has them. */
import {
  constants,
  createHmac,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  type JsonWebKeyInput,
  type KeyObject,
  sign,
  timingSafeEqual,
  verify,
  X509Certificate,
} from 'node:crypto';

export interface VerificationKey {
  /** "" where the key does not say. */
  readonly alg: string;
  readonly kid: string;
  readonly key: KeyObject;
}

interface Algorithm {
  readonly type: 'rsa' | 'ec' | 'ed25519' | 'secret';
  readonly hash: 'sha256' | 'sha384' | 'sha512' | null;
  readonly pss?: boolean;
}

const sizes = ['256', '384', '512'] as const;
const families = {
  RS: { type: 'rsa' },
  PS: { type: 'rsa', pss: true },
  ES: { type: 'ec' },
  HS: { type: 'secret' },
} as const;
const algorithms: ReadonlyMap<string, Algorithm> = new Map([
  ...Object.entries(families).flatMap(([name, family]) =>
    sizes.map((size): [string, Algorithm] => [name + size, { ...family, hash: `sha${size}` }]),
  ),
  ['EdDSA', { type: 'ed25519', hash: null }],
]);

export function isAlgorithm(name: string): boolean {
  return algorithms.has(name);
}

interface Jwk {
  readonly kty?: unknown;
  readonly alg?: unknown;
  readonly kid?: unknown;
  readonly k?: unknown;
}

/** Of a PEM certificate or public key, a JWK or a set of them; undefined when it is none of these. */
export function verificationKeys(text: string): VerificationKey[] | undefined {
  try {
    if (/^\s*-----BEGIN /.test(text)) return [{ alg: '', kid: '', key: pemKey(text) }];
    return jwksOf(text).flatMap((jwk) => {
      const alg = typeof jwk.alg === 'string' ? jwk.alg : '';
      const kid = typeof jwk.kid === 'string' ? jwk.kid : '';
      return alg !== '' && !isAlgorithm(alg) ? [] : [{ alg, kid, key: publicJwk(jwk) }];
    });
  } catch {
    return undefined;
  }
}

/** The first key of a JWK or set, for signing; undefined when there is none. */
export function signingKey(text: string): KeyObject | undefined {
  try {
    const [jwk] = jwksOf(text);
    return (
      jwk && (jwk.kty === 'oct' ? secretOf(jwk) : createPrivateKey({ key: jwk, format: 'jwk' } as JsonWebKeyInput))
    );
  } catch {
    return undefined;
  }
}

function pemKey(text: string): KeyObject {
  const found = /^\s*-----BEGIN (CERTIFICATE|PUBLIC KEY)-----[^-]+-----END \1-----\n?/.exec(text);
  if (!found || found[0].length !== text.length) throw new Error('not one certificate or public key');
  return found[1] === 'CERTIFICATE' ? new X509Certificate(text).publicKey : createPublicKey(text);
}

function jwksOf(text: string): Jwk[] {
  const parsed = JSON.parse(text) as Jwk & { readonly keys?: unknown };
  return Array.isArray(parsed.keys) ? (parsed.keys as Jwk[]) : [parsed];
}

function publicJwk(jwk: Jwk): KeyObject {
  return jwk.kty === 'oct' ? secretOf(jwk) : createPublicKey({ key: jwk, format: 'jwk' } as JsonWebKeyInput);
}

function secretOf({ k }: Jwk): KeyObject {
  if (typeof k !== 'string') throw new Error('a symmetric key without k');
  return createSecretKey(Buffer.from(k, 'base64url'));
}

/** False also where the key is not of the algorithm's kind. */
export function isSignedBy(key: KeyObject, alg: string, text: string, signature: Buffer): boolean {
  const algorithm = algorithms.get(alg);
  if (!algorithm || !fits(key, algorithm)) return false;
  const data = Buffer.from(text);
  if (algorithm.type === 'secret') return sameBytes(hmac(algorithm, key, data), signature);
  try {
    return verify(algorithm.hash, data, { key, ...optionsOf(algorithm) }, signature);
  } catch {
    return false;
  }
}

/** Undefined where the key is not of the algorithm's kind. */
export function signatureOf(key: KeyObject, alg: string, text: string): Buffer | undefined {
  const algorithm = algorithms.get(alg);
  if (!algorithm || !fits(key, algorithm)) return undefined;
  const data = Buffer.from(text);
  if (algorithm.type === 'secret') return hmac(algorithm, key, data);
  try {
    return sign(algorithm.hash, data, { key, ...optionsOf(algorithm) });
  } catch {
    return undefined;
  }
}

function fits(key: KeyObject, { type }: Algorithm): boolean {
  return type === 'secret' ? key.type === 'secret' : key.asymmetricKeyType === type;
}

function optionsOf({ type, pss }: Algorithm): object {
  if (type === 'ec') return { dsaEncoding: 'ieee-p1363' };
  if (!pss) return {};
  return { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_AUTO };
}

function hmac({ hash }: Algorithm, key: KeyObject, data: Buffer): Buffer {
  return createHmac(hash ?? 'sha512', key)
    .update(data)
    .digest();
}

function sameBytes(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
