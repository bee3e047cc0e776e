/** Rows in ClickHouse's RowBinary form, written into one growing buffer: less work for both sides than JSON. */

const START = 1 << 20;
/** A larger buffer is not kept from one insert to the next. */
const KEPT = 32 << 20;
const HIGH = 2 ** 32;

export class RowWriter {
  #bytes = Buffer.allocUnsafe(START);
  #used = 0;

  /** Forgets what was written. What `bytes` gave before must not be used any more. */
  reset(): void {
    this.#used = 0;
    if (this.#bytes.length > KEPT) this.#bytes = Buffer.allocUnsafe(START);
  }

  /** A view, not a copy. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#used);
  }

  byte(value: number): void {
    this.#room(1);
    this.#bytes[this.#used] = value & 0xff;
    this.#used += 1;
  }

  /** LEB128, as lengths are written. */
  length(value: number): void {
    this.#room(5);
    let rest = value;
    while (rest >= 0x80) {
      this.#bytes[this.#used] = (rest & 0x7f) | 0x80;
      this.#used += 1;
      rest >>>= 7;
    }
    this.#bytes[this.#used] = rest;
    this.#used += 1;
  }

  /** UTF-8 with its length; a lone surrogate becomes U+FFFD. */
  text(value: string): void {
    this.#room(value.length * 3 + 5);
    // Nearly all is ASCII, where the number of bytes is that of characters: written once, and again where it was not.
    const guess = lengthBytes(value.length);
    const written = this.#bytes.write(value, this.#used + guess);
    const right = lengthBytes(written);
    if (right !== guess) this.#bytes.copyWithin(this.#used + right, this.#used + guess, this.#used + guess + written);
    this.length(written);
    this.#used += written;
  }

  uint32(value: number): void {
    this.#room(4);
    this.#used = this.#bytes.writeUInt32LE(value, this.#used);
  }

  float32(value: number): void {
    this.#room(4);
    this.#used = this.#bytes.writeFloatLE(value, this.#used);
  }

  /** Also for Int64 where the value is not negative. Text is decimal. */
  uint64(value: number | string): void {
    this.#room(8);
    if (typeof value === 'string' && value.length > 15) {
      this.#used = this.#bytes.writeBigUInt64LE(BigInt(value), this.#used);
      return;
    }
    const number = Number(value);
    this.#bytes.writeUInt32LE(number % HIGH, this.#used);
    this.#used = this.#bytes.writeUInt32LE(Math.floor(number / HIGH), this.#used + 4);
  }

  #room(bytes: number): void {
    if (this.#used + bytes <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#used + bytes));
    this.#bytes.copy(grown, 0, 0, this.#used);
    this.#bytes = grown;
  }
}

function lengthBytes(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  return value < 0x20_0000 ? 3 : value < 0x1000_0000 ? 4 : 5;
}
