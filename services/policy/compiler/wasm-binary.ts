/**
 * Reads and writes the outer structure of a WebAssembly module.
 * Format: https://webassembly.github.io/spec/core/binary/modules.html
 */

export const sectionId = { memory: 5, global: 6, export: 7, start: 8, data: 11, dataCount: 12, custom: 0 } as const;

export interface Section {
  readonly id: number;
  /** Where the section begins, its id included. */
  readonly start: number;
  readonly content: number;
  readonly end: number;
}

/** The unit of a memory's size. */
export const pageBytes = 65_536;

/** Magic number and version. */
export const headerLength = 8;

export function sectionsOf(module: Buffer): Section[] {
  const sections: Section[] = [];
  for (let start = headerLength; start < module.length; ) {
    const [length, content] = readNumber(module, start + 1);
    const end = content + length;
    sections.push({ id: module[start] ?? 0, start, content, end });
    start = end;
  }
  return sections;
}

/** A section with its id and length in front. */
export function writeSection(id: number, ...content: readonly Uint8Array[]): Buffer {
  const length = content.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([Buffer.from([id, ...writeNumber(length)]), ...content]);
}

/** An unsigned LEB128 number of at most 32 bits, and where it ends. */
export function readNumber(bytes: Buffer, at: number): [value: number, end: number] {
  let value = 0;
  for (let i = 0; i < 5; i++) {
    const byte = bytes[at + i] ?? 0;
    value += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return [value, at + i + 1];
  }
  throw new Error(`no number at byte ${at}`);
}

export function writeNumber(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...writeNumber(Math.floor(value / 0x80))];
}

/** A signed LEB128 number, as constants are written. */
export function writeSigned(value: bigint): number[] {
  const low = Number(value & 0x7fn);
  const rest = value >> 7n;
  const isLast = (rest === 0n && low < 0x40) || (rest === -1n && low >= 0x40);
  return isLast ? [low] : [low | 0x80, ...writeSigned(rest)];
}
