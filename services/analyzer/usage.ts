/** What the figures of a resource's use come to: idle, oversized, or in use. Pure. */
import type { Fields, Figures } from './gauges.ts';

export interface Measured {
  readonly begun: string;
  readonly measured_at: string;
  readonly figures: Figures;
}
export interface UsageSettings {
  /** Per cent of the processor; its peak stays below in an idle resource, and in an oversized one. */
  readonly idleCpu: number;
  readonly oversizedCpu: number;
  /** Milliseconds: as long as this must have been measured. */
  readonly idleMs: number;
}
interface Verdict {
  readonly confidence: number;
  readonly evidence: string[];
}

const HOUR_MS = 3_600_000;
/** AWS's own advice takes 5 MB a day for nothing; agents of monitoring speak that much. */
const QUIET_BYTES_A_DAY = 10_000_000;
/** Of the hours that were asked for; the rest may be lost or from before a start. */
const ENOUGH = 0.9;
/** These metrics have points only while there is use: silence is none. */
const silent = new Set(['lambda', 'dynamodb', 'elb', 'elb_classic']);
const size = (value: number): string => (value >= 100 ? Math.round(value) : Number(value.toPrecision(3))).toString();

/** undefined where too little was measured to say anything. */
function hoursOf(
  { type }: Fields,
  { begun, measured_at, figures }: Measured,
  { idleMs }: UsageSettings,
): number | undefined {
  const asked = (Date.parse(measured_at) - Date.parse(begun)) / HOUR_MS;
  if (asked * HOUR_MS < idleMs) return undefined;
  const told = figures.hours ?? 0;
  if (silent.has(type)) return asked;
  return told >= asked * ENOUGH ? told : undefined;
}

type Judge = (figures: Figures, days: number, settings: UsageSettings) => string | undefined;
const nothing =
  (words: string, ...names: string[]): Judge =>
  (figures) =>
    names.every((name) => (figures[name] ?? 0) === 0) ? words : undefined;

const idle: Readonly<Record<string, Judge>> = {
  ec2: ({ cpu_peak = 100, bytes_in_total = 0, bytes_out_total = 0 }, days, { idleCpu }) => {
    const bytes = (bytes_in_total + bytes_out_total) / days;
    if (cpu_peak >= idleCpu || bytes >= QUIET_BYTES_A_DAY) return undefined;
    return `its processor peaked at ${size(cpu_peak)} % and it sent and got ${size(bytes / 1e6)} MB a day`;
  },
  rds: nothing('nothing connected to it', 'connections_peak'),
  elasticache: nothing('nothing connected to it', 'connections_peak'),
  lambda: nothing('it was not called once', 'calls_total'),
  dynamodb: nothing('nothing was read or written', 'reads_peak', 'writes_peak'),
  ebs: nothing('nothing was read or written', 'reads_total', 'writes_total'),
  elb: nothing('no request came', 'calls_total'),
  elb_classic: nothing('no request came', 'calls_total'),
  nat_gateway: nothing('nothing went out through it', 'bytes_out_total'),
};

/** A threshold may be crossed tomorrow; nothing at all says more. */
const sure = new Set(['rds', 'lambda', 'dynamodb', 'ebs', 'elb', 'elb_classic', 'nat_gateway', 'elasticache']);

export function idleBy(resource: Fields, measured: Measured, settings: UsageSettings): Verdict | undefined {
  const hours = hoursOf(resource, measured, settings);
  if (hours === undefined) return undefined;
  const found = idle[resource.type]?.(measured.figures, hours / 24, settings);
  if (found === undefined) return undefined;
  return {
    confidence: sure.has(resource.type) ? 0.9 : 0.85,
    evidence: [`${found}, from ${spanOf(measured)} (CloudWatch)`],
  };
}

function spanOf({ begun, measured_at }: Measured): string {
  return `${begun.slice(0, 10)} to ${measured_at.slice(0, 10)}`;
}

/** Peak use far below what there is. What is idle is no question of its size. */
export function oversizedBy(resource: Fields, measured: Measured, settings: UsageSettings): Verdict | undefined {
  if (hoursOf(resource, measured, settings) === undefined || idleBy(resource, measured, settings)) return undefined;
  const peak = peakOf(resource, measured.figures);
  if (peak === undefined || peak.percent >= settings.oversizedCpu) return undefined;
  const evidence = `${peak.what} peaked at ${size(peak.percent)} %, from ${spanOf(measured)} (CloudWatch)`;
  return { confidence: 0.75, evidence: [evidence] };
}

/** Below this much nothing can be saved. Units a second. */
const LEAST_CAPACITY = 5;

function peakOf(
  { type, read_capacity, write_capacity }: Fields,
  { cpu_peak, reads_peak = 0, writes_peak = 0 }: Figures,
) {
  if (type !== 'dynamodb') return cpu_peak === undefined ? undefined : { what: 'its processor', percent: cpu_peak };
  const [reads, writes] = [Number(read_capacity ?? 0), Number(write_capacity ?? 0)];
  if (reads + writes < LEAST_CAPACITY * 2) return undefined;
  const share = (units: number, capacity: number) => (capacity > 0 ? units / 3600 / capacity : 0);
  const percent = 100 * Math.max(share(reads_peak, reads), share(writes_peak, writes));
  return { what: 'its busiest hour of the provisioned capacity', percent };
}
