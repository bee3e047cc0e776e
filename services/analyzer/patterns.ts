/** PatternDetector: what recurs in 30 days of changes, each with the observations that it rests on. Pure. */
import type { Change } from '../../lib/resource.ts';
import type { Pattern } from './analyzer.contract.ts';
import { flappingFields } from './drift.ts';

const DAY_MS = 86_400_000;
const SHOWN = 10;

export function patternsOf(changes: readonly Change[], now: number): Pattern[] {
  const own = changes.filter(({ baseline }) => !baseline).toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  return [
    ...flapping(own),
    ...nightly(own),
    ...growth(own),
    ...forgotten(own, now),
    ...deployments(own),
    ...together(own),
  ];
}

function observed(changes: readonly Change[]): Pattern['observations'] {
  return changes.slice(-SHOWN).map(({ id, at, kind, revision }) => ({ id, at, kind, revision }));
}

function byId(changes: readonly Change[]): Map<string, Change[]> {
  return Map.groupBy(changes, ({ id }) => id);
}

function flapping(changes: readonly Change[]): Pattern[] {
  const fields = [...flappingFields(changes)];
  const groups = byId(changes);
  return fields.flatMap((key) => {
    const [id, path] = splitOnce(key);
    const own = (groups.get(id) ?? []).filter((change) => change.fields.some((field) => field.path === path));
    if (path.startsWith('metadata.') || path === 'status') return [];
    return [
      {
        pattern: 'flapping',
        subject: id,
        text: `${path} went to and fro ${own.length} times`,
        confidence: 0.9,
        observations: observed(own),
      },
    ];
  });
}

function splitOnce(key: string): [string, string] {
  const at = key.lastIndexOf(' ');
  return [key.slice(0, at), key.slice(at + 1)];
}

const LEAST_NIGHTS = 3;

/** Stopped at much the same hour of different days, and started again each time. */
function nightly(changes: readonly Change[]): Pattern[] {
  return [...byId(changes)].flatMap(([id, own]) => {
    const to = (status: RegExp) =>
      own.filter(({ fields }) => fields.some((f) => f.path === 'status' && status.test(String(f.new))));
    const [stops, starts] = [to(/^stopp/), to(/^(running|available)$/)];
    if (daysOf(stops) < LEAST_NIGHTS || daysOf(starts) < LEAST_NIGHTS - 1 || !sameHour(stops) || !sameHour(starts))
      return [];
    const text = `stopped about ${hourOf(stops)}:00 and started about ${hourOf(starts)}:00 UTC on ${daysOf(stops)} days`;
    return [
      {
        pattern: 'nightly',
        subject: id,
        text,
        confidence: Math.min(0.95, 0.6 + daysOf(stops) / 20),
        observations: observed([...stops, ...starts]),
      },
    ];
  });
}

function daysOf(changes: readonly Change[]): number {
  return new Set(changes.map(({ at }) => at.slice(0, 10))).size;
}

/** Circular: 23:50 and 00:10 are one hour apart at most. */
function sameHour(changes: readonly Change[]): boolean {
  const hours = changes.map(({ at }) => new Date(at).getUTCHours() + new Date(at).getUTCMinutes() / 60);
  const first = hours[0] ?? 0;
  return hours.every((hour) => Math.min(Math.abs(hour - first), 24 - Math.abs(hour - first)) <= 1.5);
}

function hourOf(changes: readonly Change[]): string {
  return changes[0]?.at.slice(11, 13) ?? '';
}

const LEAST_GROWTH = 5;

/** More of a type appears than goes, day after day. */
function growth(changes: readonly Change[]): Pattern[] {
  const moved = changes.filter(({ kind }) => kind !== 'modified');
  return [...Map.groupBy(moved, ({ account, type }) => `${account} ${type}`)].flatMap(([key, own]) => {
    const net = own.reduce((sum, { kind }) => sum + (kind === 'disappeared' ? -1 : 1), 0);
    const days = daysOf(own.filter(({ kind }) => kind !== 'disappeared'));
    if (net < LEAST_GROWTH || days < 3 || net * 2 < own.length) return [];
    const [account = '', type = ''] = key.split(' ');
    const text = `${net} more ${type} in ${account}, on ${days} days`;
    return [
      {
        pattern: 'growth',
        subject: key,
        text,
        confidence: Math.min(0.9, 0.5 + days / 20),
        observations: observed(own),
      },
    ];
  });
}

/** Somebody makes resources that nobody touches afterwards. */
function forgotten(changes: readonly Change[], now: number): Pattern[] {
  const groups = byId(changes);
  const alone = [...groups.values()].flatMap((own) => {
    const [made] = own;
    return own.length === 1 &&
      made?.kind === 'appeared' &&
      now - Date.parse(made.at) > 7 * DAY_MS &&
      made.attribution?.actor
      ? [made]
      : [];
  });
  return [...Map.groupBy(alone, ({ attribution }) => attribution?.actor ?? '')].flatMap(([actor, own]) => {
    if (own.length < 3) return [];
    const sure = Math.min(...own.map(({ attribution }) => attribution?.confidence ?? 0));
    const text = `${actor} made ${own.length} resources that were not changed since, for a week or more`;
    return [
      {
        pattern: 'create_and_forget',
        subject: actor,
        text,
        confidence: Math.min(0.85, sure),
        observations: observed(own),
      },
    ];
  });
}

const deployed = /^(code_sha256|metadata\.CodeSha256|image_id|task_definition|runtime|engine_version)$/;

function deployments(changes: readonly Change[]): Pattern[] {
  const deploys = changes.filter(({ fields }) => fields.some(({ path }) => deployed.test(path)));
  return [...byId(deploys)].flatMap(([id, own]) => {
    if (own.length < 4) return [];
    const gaps = own
      .slice(1)
      .map(({ at }, i) => (Date.parse(at) - Date.parse(own[i]?.at ?? at)) / DAY_MS)
      .sort((a, b) => a - b);
    const middle = gaps[Math.floor(gaps.length / 2)] ?? 0;
    const text = `deployed ${own.length} times, every ${middle.toFixed(1)} days in the middle`;
    return [{ pattern: 'deploy_cadence', subject: id, text, confidence: 0.8, observations: observed(own) }];
  });
}

const LEAST_TOGETHER = 3;
/** A call that changes more at once says nothing of any two of them. */
const MOST_AT_ONCE = 20;

/** Resources that change by the same call or in the same scan, and hardly ever alone. */
function together(changes: readonly Change[]): Pattern[] {
  const modified = changes.filter(({ kind }) => kind === 'modified');
  const moments = Map.groupBy(modified, ({ account, at, attribution }) => attribution?.event_id || `${account} ${at}`);
  const pairs = new Map<string, Change[]>();
  for (const moment of moments.values()) {
    const ids = [...new Set(moment.map(({ id }) => id))].sort();
    if (ids.length < 2 || ids.length > MOST_AT_ONCE) continue;
    for (const [i, a] of ids.entries())
      for (const b of ids.slice(i + 1))
        pairs.set(`${a} ${b}`, [...(pairs.get(`${a} ${b}`) ?? []), ...moment.filter(({ id }) => id === a)]);
  }
  const counts = byId(modified);
  return [...pairs].flatMap(([pair, own]) => {
    const [a, b] = splitOnce(pair);
    const most = Math.max(counts.get(a)?.length ?? 0, counts.get(b)?.length ?? 0);
    if (own.length < LEAST_TOGETHER || own.length < most * 0.9) return [];
    return [
      {
        pattern: 'change_together',
        subject: a,
        text: `changes with ${b}: ${own.length} of ${most} times`,
        confidence: Math.min(0.9, 0.5 + own.length / 10),
        observations: observed(own),
      },
    ];
  });
}
