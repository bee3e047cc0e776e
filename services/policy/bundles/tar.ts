/** Archives in the ustar form (POSIX.1-1988), as bundles of OPA are. Whoever wrote one is not trusted. */

export interface TarEntry {
  /** With `/` in front and no `.` or `..` in it. */
  readonly name: string;
  readonly bytes: Uint8Array;
}
export interface TarLimits {
  readonly entries: number;
  /** Of one file. */
  readonly fileBytes: number;
}
/** What is wrong with an archive, and with which of its entries ("" for the archive itself). */
export interface TarFault {
  readonly entry: string;
  readonly message: string;
}

const block = 512;
const longestName = 1024;

/** The same entries give the same bytes: no times, no owners. */
export function writeTar(entries: readonly TarEntry[]): Buffer {
  const parts = entries.flatMap(({ name, bytes }) => [
    header(name, bytes.length),
    Buffer.from(bytes),
    Buffer.alloc((block - (bytes.length % block)) % block),
  ]);
  return Buffer.concat([...parts, Buffer.alloc(2 * block)]);
}

function header(path: string, size: number): Buffer {
  const head = Buffer.alloc(block);
  const { name, prefix } = splitName(path);
  head.write(name, 0);
  head.write('0000644\0', 100);
  head.write('0000000\0', 108);
  head.write('0000000\0', 116);
  head.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  head.write('00000000000\0', 136);
  head.write('        ', 148);
  head.write('0', 156);
  head.write('ustar\x0000', 257);
  head.write(prefix, 345);
  head.write(`${checksum(head).toString(8).padStart(6, '0')}\0 `, 148);
  return head;
}

/** A name of more than 100 bytes is cut at a `/`: the part before it has a field of its own. */
function splitName(path: string): { name: string; prefix: string } {
  if (Buffer.byteLength(path) <= 100) return { name: path, prefix: '' };
  for (let at = path.indexOf('/', 1); at > 0; at = path.indexOf('/', at + 1)) {
    const [prefix, name] = [path.slice(0, at), path.slice(at + 1)];
    if (Buffer.byteLength(name) <= 100 && Buffer.byteLength(prefix) <= 155) return { name, prefix };
  }
  throw new RangeError(`${path} is too long a name for a bundle`);
}

function checksum(head: Uint8Array): number {
  return head.reduce((sum, byte, i) => sum + (i >= 148 && i < 156 ? 32 : byte), 0);
}

/** Reads it whole, or says what is wrong with it. Links and devices are faults: a bundle has no use for them. */
export function readTar(archive: Uint8Array, limits: TarLimits): readonly TarEntry[] | TarFault {
  const entries = new Map<string, TarEntry>();
  let longName = '';
  for (let at = 0; ; ) {
    const head = archive.subarray(at, at + block);
    if (head.length === block && head.every((byte) => byte === 0)) return [...entries.values()];
    const read = readHead(head, longName, limits);
    if ('message' in read) return read;
    const { name, type, size } = read;
    const bytes = archive.subarray(at + block, at + block + size);
    if (bytes.length < size) return { entry: name, message: 'the archive ends in the middle of it' };
    at += block + Math.ceil(size / block) * block;
    longName = longNameOf(type, bytes);
    if (longName !== '' || isAside(type)) continue;
    const fault = faultOf(name, type, entries, limits);
    if (fault) return { entry: name, message: fault };
    if (type === '0') entries.set(cleanName(name), { name: cleanName(name), bytes });
  }
}

interface Head {
  readonly name: string;
  readonly type: string;
  readonly size: number;
}

function readHead(head: Uint8Array, longName: string, { fileBytes }: TarLimits): Head | TarFault {
  if (head.length < block) return { entry: '', message: 'the archive is cut off' };
  if (Number.parseInt(textAt(head, 148, 8), 8) !== checksum(head)) {
    return { entry: '', message: 'it is no tar archive' };
  }
  const name = longName || nameIn(head);
  const size = sizeIn(head);
  if (!(size <= fileBytes)) return { entry: name, message: `it is larger than ${fileBytes} bytes` };
  const type = textAt(head, 156, 1);
  return { name, type: type === '' || type === '7' ? '0' : type, size };
}

/** Up to the first zero byte. */
function textAt(head: Uint8Array, from: number, length: number): string {
  const field = Buffer.from(head.buffer, head.byteOffset + from, length);
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end < 0 ? length : end);
}

function nameIn(head: Uint8Array): string {
  const prefix = textAt(head, 257, 5) === 'ustar' ? textAt(head, 345, 155) : '';
  return prefix ? `${prefix}/${textAt(head, 0, 100)}` : textAt(head, 0, 100);
}

/** Sizes in base 256 are those of 8 GiB and more. */
function sizeIn(head: Uint8Array): number {
  if ((head[124] ?? 0) >= 128) return Number.POSITIVE_INFINITY;
  return Number.parseInt(textAt(head, 124, 12).trim() || '0', 8);
}

/** GNU and pax keep a long name in an entry before the file's own. */
function longNameOf(type: string, bytes: Uint8Array): string {
  if (type === 'L') return Buffer.from(bytes).toString('utf8').replace(/\0+$/, '');
  if (type !== 'x') return '';
  const record = /(?:^|\n)\d+ path=(?<path>[^\n]*)\n/.exec(Buffer.from(bytes).toString('utf8'));
  return record?.groups?.['path'] ?? '';
}

/** Records about entries, no entries: what they say beside names is of no use here. */
function isAside(type: string): boolean {
  return type === 'x' || type === 'g' || type === 'L';
}

function faultOf(name: string, type: string, known: ReadonlyMap<string, unknown>, limits: TarLimits): string {
  if (type !== '0' && type !== '5') return 'it is a link or a device, not a file';
  if (!isSafe(name)) return 'its name leads out of the bundle';
  if (type === '0' && known.has(cleanName(name))) return 'it is there twice';
  return known.size >= limits.entries ? `the bundle has more than ${limits.entries} files` : '';
}

/** `opa build` itself writes `/policy.wasm`: a `/` in front means the bundle's own root. */
function isSafe(name: string): boolean {
  const odd = name === '' || name.length > longestName || name.includes('\\') || /\p{Cc}/u.test(name);
  return !odd && !name.split('/').includes('..');
}

function cleanName(name: string): string {
  return `/${name
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/')}`;
}
