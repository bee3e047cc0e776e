/** Puts a maximum on a module's memory. Go's linker declares none, and worker threads' limits do not count it. */

const memorySection = 5;
/** Magic number and version. */
const headerLength = 8;
export const pageBytes = 65_536;

/**
 * A copy of the module whose one memory may not grow above `maximumBytes` (rounded down to pages of 64 KiB).
 * Throws when the module has no memory of its own, already a maximum, or starts larger.
 * Format: https://webassembly.github.io/spec/core/binary/modules.html
 */
export function withMemoryLimit(module: Buffer, maximumBytes: number): Buffer {
  const section = findSection(module, memorySection);
  const [memories, afterCount] = readNumber(module, section.content);
  const [flags, afterFlags] = readNumber(module, afterCount);
  const [minimum, end] = readNumber(module, afterFlags);
  const maximum = Math.floor(maximumBytes / pageBytes);
  if (memories !== 1 || flags !== 0 || minimum > maximum) {
    throw new Error(
      `cannot limit the memory to ${maximum} pages: ${memories} memories, flags ${flags}, ${minimum} pages`,
    );
  }
  const content = [...writeNumber(1), ...writeNumber(1), ...writeNumber(minimum), ...writeNumber(maximum)];
  const replaced = Buffer.from([memorySection, ...writeNumber(content.length), ...content]);
  return Buffer.concat([module.subarray(0, section.start), replaced, module.subarray(end)]);
}

function findSection(module: Buffer, wanted: number): { start: number; content: number } {
  for (let start = headerLength; start < module.length; ) {
    const [length, content] = readNumber(module, start + 1);
    if (module[start] === wanted) return { start, content };
    start = content + length;
  }
  throw new Error('the module has no memory of its own');
}

/** An unsigned LEB128 number of at most 32 bits, and where it ends. */
function readNumber(bytes: Buffer, at: number): [value: number, end: number] {
  let value = 0;
  for (let i = 0; i < 5; i++) {
    const byte = bytes[at + i] ?? 0;
    value += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return [value, at + i + 1];
  }
  throw new Error(`no number at byte ${at}`);
}

function writeNumber(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...writeNumber(Math.floor(value / 0x80))];
}
