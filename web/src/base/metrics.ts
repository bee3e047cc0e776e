/** Reads Prometheus' text, the form of /metrics. Pure. https://prometheus.io/docs/instrumenting/exposition_formats/ */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const line = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)/;
const label = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;
const escapes: Readonly<Record<string, string>> = { '\\n': '\n', '\\"': '"', '\\\\': '\\' };

export function parseMetrics(text: string): Sample[] {
  return text.split('\n').flatMap((one) => {
    if (one.startsWith('#')) return [];
    const [, name, labels = '', value] = line.exec(one) ?? [];
    if (name === undefined) return [];
    const pairs = [...labels.matchAll(label)].map(
      ([, key = '', held = '']) => [key, held.replaceAll(/\\[n"\\]/g, (found) => escapes[found] ?? found)] as const,
    );
    return [
      { name, labels: Object.fromEntries(pairs), value: value === '+Inf' ? Number.POSITIVE_INFINITY : Number(value) },
    ];
  });
}

export interface Bucket {
  /** Upper bound, in the metric's unit. */
  readonly upto: number;
  /** Of this bucket alone. */
  readonly count: number;
}

/** The buckets of a histogram, all its label sets together, narrowed by `of`. */
export function bucketsOf(
  samples: readonly Sample[],
  name: string,
  of: Readonly<Record<string, string>> = {},
): Bucket[] {
  const sums = new Map<number, number>();
  for (const { name: own, labels, value } of samples) {
    if (own !== `${name}_bucket` || Object.entries(of).some(([key, held]) => labels[key] !== held)) continue;
    const le = labels['le'] === '+Inf' ? Number.POSITIVE_INFINITY : Number(labels['le']);
    sums.set(le, (sums.get(le) ?? 0) + value);
  }
  const rising = [...sums].toSorted(([a], [b]) => a - b);
  return rising.map(([upto, sum], i) => ({ upto, count: sum - (rising[i - 1]?.[1] ?? 0) }));
}

/** The bound under which this share lies: a figure no finer than the buckets. */
export function quantileOf(buckets: readonly Bucket[], share: number): number | undefined {
  const total = buckets.reduce((sum, { count }) => sum + count, 0);
  let sum = 0;
  for (const { upto, count } of buckets) {
    sum += count;
    if (total > 0 && sum >= share * total) return upto;
  }
  return undefined;
}
