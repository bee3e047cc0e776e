/** Puts a maximum on a module's memory. Go's linker declares none, and worker threads' limits do not count it. */
import { pageBytes, readNumber, sectionId, sectionsOf, writeNumber, writeSection } from './wasm-binary.ts';

/**
 * A copy of the module whose one memory may not grow above `maximumBytes` (rounded down to pages of 64 KiB).
 * Throws when the module has no memory of its own, already a maximum, or starts larger.
 */
export function withMemoryLimit(module: Buffer, maximumBytes: number): Buffer {
  const section = sectionsOf(module).find(({ id }) => id === sectionId.memory);
  if (!section) throw new Error('the module has no memory of its own');
  const [memories, afterCount] = readNumber(module, section.content);
  const [flags, afterFlags] = readNumber(module, afterCount);
  const [minimum] = readNumber(module, afterFlags);
  const maximum = Math.floor(maximumBytes / pageBytes);
  if (memories !== 1 || flags !== 0 || minimum > maximum) {
    throw new Error(
      `cannot limit the memory to ${maximum} pages: ${memories} memories, flags ${flags}, ${minimum} pages`,
    );
  }
  const limited = Buffer.from([1, 1, ...writeNumber(minimum), ...writeNumber(maximum)]);
  const before = module.subarray(0, section.start);
  return Buffer.concat([before, writeSection(sectionId.memory, limited), module.subarray(section.end)]);
}
