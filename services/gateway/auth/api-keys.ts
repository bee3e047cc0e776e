/** API keys: `elv_<id>_<secret>`, of which only the SHA-256 is kept, in a file that is read again when it changes. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFile, rename, stat, writeFile } from 'node:fs/promises';
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { elavaError, messageOf } from '../../../lib/errors.ts';
import type { Principal, Role } from './principal.ts';

const StoredKey = Type.Object(
  {
    id: Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,62}$' }),
    hash: Type.String({ pattern: '^[0-9a-f]{64}$', description: 'SHA-256 of the whole key, hexadecimal.' }),
    role: Type.Union([
      Type.Literal('viewer'),
      Type.Literal('operator'),
      Type.Literal('approver'),
      Type.Literal('admin'),
    ]),
    tenants: Type.Union([Type.Literal('*'), Type.Array(Type.String(), { minItems: 1 })]),
    expires_at: Type.String({ description: 'ISO 8601.' }),
    note: Type.Optional(Type.String()),
  },
  { additionalProperties: false },
);
export type StoredKey = Static<typeof StoredKey>;
const KeyFile = Compile(Type.Object({ keys: Type.Array(StoredKey) }, { additionalProperties: false }));

export interface NewKey {
  readonly id: string;
  readonly role: Role;
  readonly tenants: '*' | string[];
  readonly expires: Date;
  readonly note?: string | undefined;
}

/** The key to hand over, once, and what is kept of it. */
export function makeKey({ id, role, tenants, expires, note }: NewKey): { key: string; stored: StoredKey } {
  const key = `elv_${id}_${randomBytes(32).toString('base64url')}`;
  const rest = note === undefined ? {} : { note };
  return {
    key,
    stored: { id, hash: digest(key).toString('hex'), role, tenants, expires_at: expires.toISOString(), ...rest },
  };
}

export function isKey(text: string): boolean {
  return text.startsWith('elv_');
}

/** The principal of a key; undefined for one that is not there, has another secret, or has expired. */
function principalOf(keys: readonly StoredKey[], given: string, now: number): Principal | undefined {
  const hash = digest(given);
  // All are compared, so that the time says nothing of which ids exist.
  const found = keys.filter((key) => timingSafeEqual(Buffer.from(key.hash, 'hex'), hash))[0];
  if (!found || !(Date.parse(found.expires_at) > now)) return undefined;
  return { id: `key:${found.id}`, role: found.role, tenants: found.tenants };
}

/** Errors: CONFIG_INVALID with the place of the fault; CONFIG_NOT_FOUND. */
export async function readKeys(path: string): Promise<StoredKey[]> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw elavaError('CONFIG_NOT_FOUND', `the file of API keys cannot be read: ${messageOf(cause)}`, { cause });
  });
  const file = parsed(path, text);
  if (KeyFile.Check(file)) return file.keys;
  const { instancePath = '', message = 'is not valid' } = KeyFile.Errors(file)[0] ?? {};
  throw elavaError('CONFIG_INVALID', `${path}: ${instancePath.slice(1).replaceAll('/', '.') || 'it'} ${message}`);
}

function parsed(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw elavaError('CONFIG_INVALID', `${path} is no JSON: ${messageOf(cause)}`, { cause });
  }
}

/** Written aside and renamed, readable by its owner only. */
export async function writeKeys(path: string, keys: readonly StoredKey[]): Promise<void> {
  const aside = `${path}.${process.pid}.part`;
  await writeFile(aside, `${JSON.stringify({ keys }, null, 2)}\n`, { mode: 0o600 });
  await rename(aside, path);
}

/** The keys of a file as they are now: a key that is taken out of it stops working within a second. */
export class KeyRing {
  readonly #path: string;
  readonly #onFault: (error: unknown) => void;
  #keys: readonly StoredKey[] = [];
  #stamp = '';
  #looked = 0;

  /** Told of a file that cannot be read any more; the keys that were good before go on. */
  constructor(path: string, onFault: (error: unknown) => void) {
    this.#path = path;
    this.#onFault = onFault;
  }

  /** Reads the file for the first time. Errors: those of readKeys. */
  async open(): Promise<void> {
    this.#keys = await readKeys(this.#path);
    this.#stamp = await stampOf(this.#path);
  }

  async principalOf(given: string, now: number): Promise<Principal | undefined> {
    if (now - this.#looked >= 1000) {
      this.#looked = now;
      await this.#reload();
    }
    return principalOf(this.#keys, given, now);
  }

  async #reload(): Promise<void> {
    const stamp = await stampOf(this.#path);
    if (stamp === this.#stamp) return;
    try {
      this.#keys = await readKeys(this.#path);
      this.#stamp = stamp;
    } catch (error) {
      this.#onFault(error);
    }
  }
}

async function stampOf(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  return found ? `${found.ino} ${found.size} ${found.mtimeMs}` : '';
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
