/** Takes secrets out of anything that is logged, stored or hashed: by the name of a key and by the look of a value. */

export const MASKED = '[masked]';

/** The last words of a key that hold a secret, compared in lower case without separators: DB_PASSWORD, dbPassword. */
const secretEnding = new RegExp(
  `(${[
    'password|passwd|passphrase|secret|token|authorization|cookie|credentials?|connectionstring',
    '(api|access|private|secret|signing|encryption)key|secretaccesskey|webhookurl',
  ].join('|')})$`,
);
/** Short ones count only as a word of their own: DB_PASS, but not COMPASS. */
const secretWord = /(^|[^a-z])(pass|pwd|auth|jwt)$/i;

/** True for a key whose value is a secret. "NextToken" counts too; "HttpTokens" and "PasswordLastUsed" do not. */
export function isSecretKey(key: string): boolean {
  const known = judged.get(key);
  if (known !== undefined) return known;
  const secret = secretEnding.test(key.toLowerCase().replace(/[^a-z]/g, '')) || secretWord.test(key);
  if (judged.size >= 10_000) judged.clear();
  judged.set(key, secret);
  return secret;
}
/** An estate has a few thousand different keys and reads them millions of times. */
const judged = new Map<string, boolean>();

type Pattern = readonly [look: RegExp, put: string | ((found: string) => string)];

/** Each is linear on hostile input: bounded repeats, or classes that exclude what follows them. */
const patterns: readonly Pattern[] = [
  [/-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[^-]*(-----END [A-Z ]{0,30}PRIVATE KEY-----)?/g, MASKED],
  [/\b(AKIA|ASIA)[A-Z0-9]{16}\b/g, MASKED],
  [/\beyJ[\w-]{8,}\.eyJ[\w-]{4,}\.[\w-]*/g, MASKED],
  [/\b(Bearer\s+)[\w.~+/-]{8,}=*/gi, `$1${MASKED}`],
  [/\b(Basic\s+)(?=[A-Za-z]{0,200}[0-9+/=])[A-Za-z0-9+/]{8,}=*/g, `$1${MASKED}`],
  [/(:\/\/[^\s:@/"']{0,200}:)[^\s@/"']{1,500}@/g, `$1${MASKED}@`],
  [/\b(gh[pousr]_|github_pat_|glpat-|xox[abprs]-|sk_live_|rk_live_|npm_|AIza|SG\.)[\w.-]{16,}/g, MASKED],
  [/(hooks\.slack\.com\/services\/)[\w/]+/g, `$1${MASKED}`],
  [
    /((?:password|passwd|pwd|secret|token|signature|credential|api_?key|access_?key)["']?\s?(?:=|["']\s?:)\s?["']?)[^\s"'&,;}]+/gi,
    `$1${MASKED}`,
  ],
  [/(?<![A-Za-z0-9/+:])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])/g, maskIfRandom],
];

/** One look that fails for most strings, so that ten are not needed. */
const suspicious =
  /PRIVATE KEY|AKIA|ASIA|eyJ|[Bb]earer|BEARER|Basic|:\/\/|gh[pousr]_|github_pat_|glpat-|xox|_live_|npm_|AIza|SG\.|=|["']\s?:|[A-Za-z0-9/+]{40}/;

/**
 * 40 characters of base64 are an AWS secret access key, a name, a path or a digest. What tells a random one is how often
 * the kind of character changes (upper, lower, digit, sign): 25 times of 39 on average, under 16 in 1 of 500; words and
 * paths stay below, hexadecimal digests have one case only, and what follows a colon is the end of an ARN.
 */
function maskIfRandom(found: string): string {
  const kinds = Array.from(found, kindOf);
  if (!kinds.includes('lower') || !kinds.includes('upper')) return found;
  const changes = kinds.filter((kind, i) => i > 0 && kind !== kinds[i - 1]).length;
  return changes >= 16 ? MASKED : found;
}

function kindOf(char: string): 'lower' | 'upper' | 'digit' | 'sign' {
  if (char >= 'a' && char <= 'z') return 'lower';
  if (char >= 'A' && char <= 'Z') return 'upper';
  return char >= '0' && char <= '9' ? 'digit' : 'sign';
}

/** A text without what looks like an AWS key, a JWT, a bearer or vendor token, a private key or a password in a URL. */
export function maskText(text: string): string {
  if (text.length < 8 || !suspicious.test(text)) return text;
  return patterns.reduce((masked, [look, put]) => masked.replace(look, put as string), text);
}

export interface MaskOptions {
  /** Deeper values become "[too deep]". Default 32. */
  readonly maxDepth?: number;
}

/**
 * A copy of `value` without secrets; parts that hold none are the same objects, so an unchanged value costs no copy and
 * hashes alike. Errors become plain objects, bytes their length, a cycle "[circular]".
 */
export function mask<T>(value: T, { maxDepth = 32 }: MaskOptions = {}): T {
  return new Masking(maxDepth).value(value, false) as T;
}

/** Under a secret key an ARN points at a secret without being one, and an empty text says that there is none. */
function maskSecret(text: string): string {
  return text === '' || text.startsWith('arn:') ? text : MASKED;
}

class Masking {
  readonly #maxDepth: number;
  readonly #above = new Set<object>();

  constructor(maxDepth: number) {
    this.#maxDepth = maxDepth;
  }

  /** `secret`: a key above says that the value is one. */
  value(value: unknown, secret: boolean): unknown {
    if (typeof value === 'object' && value !== null) return this.#guarded(value, secret);
    if (typeof value === 'string') return secret ? maskSecret(value) : maskText(value);
    return secret && (typeof value === 'number' || typeof value === 'bigint') ? MASKED : value;
  }

  #guarded(value: object, secret: boolean): unknown {
    if (this.#above.has(value)) return '[circular]';
    if (this.#above.size >= this.#maxDepth) return '[too deep]';
    this.#above.add(value);
    try {
      return this.#object(value, secret);
    } catch {
      return '[unreadable]';
    } finally {
      this.#above.delete(value);
    }
  }

  #object(value: object, secret: boolean): unknown {
    if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
    if (value instanceof Date) return value;
    if (value instanceof Error) return this.#record(errorFields(value), secret);
    if (Array.isArray(value)) return this.#array(value, secret);
    const json = (value as { toJSON?: unknown }).toJSON;
    if (typeof json === 'function') return this.value((json as () => unknown).call(value), secret);
    return this.#record(value as Record<string, unknown>, secret);
  }

  #array(items: readonly unknown[], secret: boolean): unknown {
    const masked = items.map((item) => this.value(item, secret));
    return masked.every((item, i) => item === items[i]) ? items : masked;
  }

  #record(fields: Record<string, unknown>, secret: boolean): unknown {
    let copy: Record<string, unknown> | undefined;
    for (const key of Object.keys(fields)) {
      const old = fields[key];
      const masked = this.value(old, secret || isSecretKey(key));
      if (masked === old) continue;
      copy ??= { ...fields };
      copy[key] = masked;
    }
    return copy ?? fields;
  }
}

/** What of an error is worth a log line; `message`, `stack` and `cause` are not enumerable by themselves. */
function errorFields(error: Error): Record<string, unknown> {
  const { name, message, stack, cause } = error;
  return { ...error, name, message, ...(stack ? { stack } : {}), ...(cause === undefined ? {} : { cause }) };
}
