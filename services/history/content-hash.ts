/** Content hashes: 16 hex digits outside, the decimal text of a UInt64 in the store. "0" stands for no content. */

export function hashToStore(hex: string): string {
  const number = BigInt(`0x${hex}`);
  // 0 is taken; one hash in 2^64 gives way.
  return number === 0n ? '1' : number.toString();
}

export function hashFromStore(decimal: string): string {
  return BigInt(decimal).toString(16).padStart(16, '0');
}
