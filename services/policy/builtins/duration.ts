/** Durations as Go's time.ParseDuration reads them, with OPA's d, w and y. */

const units: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1000n,
  µs: 1000n,
  μs: 1000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
  d: 86_400_000_000_000n,
  w: 604_800_000_000_000n,
  y: 31_536_000_000_000_000n,
};
const longest = 2n ** 63n - 1n;

/** Nanoseconds; undefined when it is no duration or longer than 292 years. */
export function parseDuration(text: string): bigint | undefined {
  const [, sign, body = ''] = /^([+-]?)(.*)$/s.exec(text) ?? [];
  if (body === '0') return 0n;
  const parts = [...body.matchAll(/([0-9]*)(?:\.([0-9]*))?(ns|us|µs|μs|ms|[smhdwy])/gy)];
  if (parts.length === 0 || parts.reduce((sum, [part]) => sum + part.length, 0) !== body.length) return undefined;
  let total = 0n;
  for (const [, whole = '', fraction = '', unit = ''] of parts) {
    if (whole === '' && fraction === '') return undefined;
    const scale = units[unit] ?? 0n;
    // Go cuts what is below a nanosecond.
    total += BigInt(whole || '0') * scale + (BigInt(fraction || '0') * scale) / 10n ** BigInt(fraction.length);
  }
  if (total > longest + (sign === '-' ? 1n : 0n)) return undefined;
  return sign === '-' ? -total : total;
}
