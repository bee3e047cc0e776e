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

const part = /([0-9]*)(?:\.([0-9]*))?(ns|us|µs|μs|ms|[smhdwy])/gy;

/** Nanoseconds; undefined when it is no duration or longer than 292 years. */
export function parseDuration(text: string): bigint | undefined {
  const isNegative = text.startsWith('-');
  const body = text.replace(/^[+-]/, '');
  if (body === '0') return 0n;
  const parts = [...body.matchAll(part)];
  const isWhole = parts.map(([all]) => all).join('') === body;
  if (parts.length === 0 || !isWhole || parts.some(hasNoDigits)) return undefined;
  const total = parts.reduce((sum, one) => sum + nanoseconds(one), 0n);
  if (total > longest + (isNegative ? 1n : 0n)) return undefined;
  return isNegative ? -total : total;
}

function hasNoDigits([, whole = '', fraction = '']: readonly string[]): boolean {
  return whole === '' && fraction === '';
}

/** Go cuts what is below a nanosecond. */
function nanoseconds([, whole, fraction = '', unit = '']: readonly string[]): bigint {
  const scale = units[unit] ?? 0n;
  return BigInt(whole || '0') * scale + (BigInt(fraction || '0') * scale) / 10n ** BigInt(fraction.length);
}
