/** io.jwt.*: RFC 7519 as OPA reads it (v1/topdown/tokens.go). A token that cannot be read gives no value. */
import { createSecretKey } from 'node:crypto';
import type { BuiltinContext } from '../host/policy-instance.ts';
import { RegoDecimal, type RegoObject, type RegoValue } from '../host/values.ts';
import { type Entries, isNumber, ofTexts, ofValues } from './define.ts';
import { marshal } from './json.ts';
import {
  isAlgorithm,
  isSignedBy,
  signatureOf,
  signingKey,
  type VerificationKey,
  verificationKeys,
} from './jwt-keys.ts';
import { parseJson, parseJsonObject } from './parse-json.ts';

interface Token {
  readonly header: RegoObject;
  /** Decoded, as text. */
  readonly payload: string;
  readonly signature: Buffer;
  readonly signed: string;
}

/** A token in a token in a token. */
const maxNesting = 16;

function decodePart(part: string): Buffer | undefined {
  return /^[A-Za-z0-9_-]*={0,2}$/.test(part) && part.replace(/=+$/, '').length % 4 !== 1
    ? Buffer.from(part, 'base64url')
    : undefined;
}

function readToken(text: string): Token | undefined {
  const parts = text.split('.');
  const [header, payload, signature] = parts.map(decodePart);
  if (parts.length !== 3 || !header || !payload || !signature) return undefined;
  const object = parseJsonObject(header.toString());
  // With "enc" it is encrypted (RFC 7516), which OPA does not read either.
  if (!object || object.has('enc')) return undefined;
  return { header: object, payload: payload.toString(), signature, signed: `${parts[0]}.${parts[1]}` };
}

function textField(object: RegoObject, name: string): string | undefined {
  const value = object.get(name) ?? '';
  return typeof value === 'string' ? value : undefined;
}

function decode(text: string, depth = 0): RegoValue | undefined {
  const token = readToken(text);
  if (!token || depth > maxNesting) return undefined;
  if (token.header.get('cty') === 'JWT') return decode(token.payload.replace(/^["']+|["']+$/g, ''), depth + 1);
  const payload = parseJsonObject(token.payload);
  return payload && [token.header, payload, token.signature.toString('hex')];
}

function verifyWith(alg: string) {
  return ofTexts((text = '', certificate = '') => {
    const token = readToken(text);
    const keys = verificationKeys(certificate);
    if (!token || !keys || !names(token.header)) return undefined;
    return keysFor(token, keys).some(({ key }) => isSignedBy(key, alg, token.signed, token.signature));
  });
}

/** The header's own fields are texts. */
function names(header: RegoObject): { readonly alg: string; readonly kid: string; readonly cty: string } | undefined {
  const [alg, kid, cty, typ] = ['alg', 'kid', 'cty', 'typ'].map((name) => textField(header, name));
  if (alg === undefined || kid === undefined || cty === undefined || typ === undefined) return undefined;
  const critical = header.get('crit');
  const isList = Array.isArray(critical) && critical.some((one) => typeof one === 'string');
  return critical !== undefined && !isList ? undefined : { alg, kid, cty };
}

/** The one that the token names, else those that may be of its algorithm. */
function keysFor({ header }: Token, keys: readonly VerificationKey[]): readonly VerificationKey[] {
  const { kid = '', alg = '' } = names(header) ?? {};
  const named = kid === '' ? undefined : keys.find((key) => key.kid === kid);
  return named ? [named] : keys.filter((key) => key.alg === '' || key.alg === alg);
}

function verifySecret(alg: string) {
  return ofTexts((text = '', secret = '') => {
    const [header = '', payload = '', last, ...more] = text.split('.');
    const signature = last === undefined || more.length > 0 ? undefined : decodePart(last);
    const key = createSecretKey(Buffer.from(secret));
    return signature && isSignedBy(key, alg, `${header}.${payload}`, signature);
  });
}

interface Constraints {
  readonly keys: readonly VerificationKey[];
  readonly alg: string;
  readonly iss: string;
  readonly aud: string;
  /** Nanoseconds since 1970. */
  readonly time: number;
}

const known = new Set(['cert', 'secret', 'alg', 'iss', 'aud', 'time']);

/** Undefined for what OPA refuses: an unknown constraint, or not exactly one of `cert` and `secret`. */
function constraintsOf(object: RegoObject, { nowNs }: BuiltinContext): Constraints | undefined {
  const texts = ['cert', 'secret', 'alg', 'iss', 'aud'].map((name) => textField(object, name));
  const isKnown = [...object.keys()].every((name) => known.has(name as string));
  const time = object.get('time') ?? nowNs;
  if (!isNumber(time) || numeric(time) < 0) return undefined;
  if (!isKnown || texts.includes(undefined)) return undefined;
  const [cert, secret, alg, iss, aud] = texts as [string, string, string, string, string];
  if (object.has('cert') && secret !== '') return undefined;
  const keys = object.has('cert') ? verificationKeys(cert) : secretKeys(secret);
  return keys && { keys, alg, iss, aud, time: numeric(time) };
}

function secretKeys(secret: string): VerificationKey[] | undefined {
  return secret === '' ? undefined : [{ alg: '', kid: '', key: createSecretKey(Buffer.from(secret)) }];
}

function numeric(value: number | bigint | RegoDecimal): number {
  return Number(value instanceof RegoDecimal ? value.text : value);
}

const unverified = (): RegoValue => [false, new Map(), new Map()];

function decodeVerify([text, object]: readonly RegoValue[], context: BuiltinContext): RegoValue | undefined {
  const constraints = object instanceof Map ? constraintsOf(object, context) : undefined;
  if (!constraints || typeof text !== 'string') return undefined;
  const token = innermost(text, constraints);
  if (!token) return undefined;
  return token === 'unverified' ? unverified() : accepted(token, constraints);
}

function accepted({ header, payload: text }: Token, constraints: Constraints): RegoValue | undefined {
  const payload = parseJsonObject(text);
  const isValid = payload && holds(payload, constraints);
  if (!payload || isValid === undefined) return undefined;
  return isValid ? [true, header, payload] : unverified();
}

/** The token, or the one that it carries, with every signature verified on the way. */
function innermost(text: string, constraints: Constraints): Token | 'unverified' | undefined {
  for (let depth = 0, from = text; depth <= maxNesting; depth++) {
    const token = readToken(from);
    const header = token && names(token.header);
    if (!token || !header) return undefined;
    if (!isVerified(token, header.alg, constraints)) return 'unverified';
    if (header.cty.toUpperCase() !== 'JWT') return token;
    from = token.payload;
  }
  return undefined;
}

function isVerified(token: Token, alg: string, constraints: Constraints): boolean {
  const isAllowed = alg !== '' && (constraints.alg === '' || constraints.alg === alg);
  if (!isAllowed || hasUnknownCritical(token.header)) return false;
  return keysFor(token, constraints.keys).some(({ key }) => isSignedBy(key, alg, token.signed, token.signature));
}

const understood = new Set<RegoValue>(['alg', 'kid', 'typ', 'cty', 'crit']);

function hasUnknownCritical(header: RegoObject): boolean {
  const critical = header.get('crit');
  return Array.isArray(critical) && critical.some((name) => header.has(name) && !understood.has(name));
}

/** Undefined where a time is not a number. */
function holds(payload: RegoObject, { iss, aud, time }: Constraints): boolean | undefined {
  if (iss !== '' && payload.get('iss') !== iss) return false;
  if (!isFor(payload.get('aud'), aud)) return false;
  const expires = payload.has('exp') ? payload.get('exp') : Number.POSITIVE_INFINITY;
  const begins = payload.has('nbf') ? payload.get('nbf') : 0;
  if (!isNumber(expires)) return undefined;
  if (time / 1e9 >= numeric(expires)) return false;
  return isNumber(begins) ? time / 1e9 >= numeric(begins) : undefined;
}

function isFor(audience: RegoValue | undefined, wanted: string): boolean {
  if (audience === undefined) return wanted === '';
  return Array.isArray(audience) ? audience.includes(wanted) : audience === wanted;
}

function encode(headers: string, payload: string, jwk: string): RegoValue | undefined {
  const header = parseJsonObject(headers);
  const alg = header?.get('alg');
  const key = signingKey(jwk);
  if (!header || !key || typeof alg !== 'string' || !isAlgorithm(alg)) return undefined;
  const type = header.get('typ');
  if ((typeof type !== 'string' || type === 'JWT') && parseJson(payload) === undefined) return undefined;
  const signed = `${Buffer.from(headers).toString('base64url')}.${Buffer.from(payload).toString('base64url')}`;
  const signature = signatureOf(key, alg, signed);
  return signature && `${signed}.${signature.toString('base64url')}`;
}

const sizes = ['256', '384', '512'] as const;

export const jwtBuiltins: Entries = [
  ['io.jwt.decode', ofTexts((text = '') => decode(text))],
  ['io.jwt.decode_verify', ofValues(decodeVerify)],
  ['io.jwt.encode_sign_raw', ofTexts((headers = '', payload = '', jwk = '') => encode(headers, payload, jwk))],
  [
    'io.jwt.encode_sign',
    ofValues((parts) => {
      const [headers = '', payload = '', jwk = ''] = parts.map((part) => marshal(part, undefined));
      return encode(headers, payload, jwk);
    }),
  ],
  ['io.jwt.verify_eddsa', verifyWith('EdDSA')],
  ...sizes.flatMap(
    (size): Entries => [
      [`io.jwt.verify_hs${size}`, verifySecret(`HS${size}`)],
      ...['RS', 'PS', 'ES'].map(
        (family) => [`io.jwt.verify_${family.toLowerCase()}${size}`, verifyWith(family + size)] as const,
      ),
    ],
  ),
];
