/** Attribution beside the truth: precision and recall by type of change, kinds, and whether its confidence is honest. Pure. */
import type { Labelled } from './attribution-estate.ts';

export interface Score {
  readonly name: string;
  readonly changes: number;
  /** Answered by an event. */
  readonly answered: number;
  readonly right: number;
  readonly precision: number;
  readonly recall: number;
}
export interface Bin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  /** Mean confidence, and share that was right. */
  readonly said: number;
  readonly was: number;
}

/** Answered by an event with the true actor, by any of the names that the trail has for it. */
export function isRight({ change, label }: Labelled): boolean {
  const actor = change.attribution?.actor ?? '';
  return actor !== '' && (actor === label.actor || label.aliases.includes(actor));
}

export function isAnswered({ change }: Labelled): boolean {
  return change.attribution?.method === 'cloudtrail';
}

export function scoreOf(name: string, all: readonly Labelled[]): Score {
  const answered = all.filter(isAnswered);
  const right = answered.filter(isRight).length;
  return {
    name,
    changes: all.length,
    answered: answered.length,
    right,
    precision: answered.length === 0 ? 1 : right / answered.length,
    recall: all.length === 0 ? 1 : right / all.length,
  };
}

export function scoresBy(all: readonly Labelled[], key: (one: Labelled) => string): Score[] {
  const groups = Map.groupBy(all, key);
  return [...groups].map(([name, group]) => scoreOf(name, group)).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Share of event answers whose kind is the true one. */
export function kindAccuracy(all: readonly Labelled[]): number {
  const answered = all.filter(isAnswered);
  const right = answered.filter(({ change, label }) => change.attribution?.actor_kind === label.actor_kind);
  return answered.length === 0 ? 1 : right.length / answered.length;
}

/** Bins of confidence over all answers, guesses included; a guess with no actor says nothing that could be right. */
export function reliability(all: readonly Labelled[], count = 10): Bin[] {
  const said = all.filter(({ change }) => (change.attribution?.actor ?? '') !== '');
  return Array.from({ length: count }, (_, i) => {
    const [from, to] = [i / count, (i + 1) / count];
    const inside = said.filter(({ change }) => {
      const confidence = change.attribution?.confidence ?? 0;
      return confidence >= from && (confidence < to || i === count - 1);
    });
    const mean = (values: number[]): number =>
      values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
    return {
      from,
      to,
      count: inside.length,
      said: mean(inside.map(({ change }) => change.attribution?.confidence ?? 0)),
      was: mean(inside.map((one) => (isRight(one) ? 1 : 0))),
    };
  }).filter((bin) => bin.count > 0);
}

/** Expected calibration error: the mean distance of what was said and what was, weighted by how often it was said. */
export function calibrationError(bins: readonly Bin[]): number {
  const total = bins.reduce((sum, { count }) => sum + count, 0);
  return bins.reduce((sum, { count, said, was }) => sum + (count / Math.max(1, total)) * Math.abs(said - was), 0);
}
