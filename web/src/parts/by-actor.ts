/** Series by actor kind, as stacks in one order and in one colour everywhere. */
import type { HistoryAnswer } from '../base/api.ts';
import { actorKinds, actorTone, actorWords } from './badge.tsx';
import type { ColumnStack } from './columns.tsx';

type Series = Pick<HistoryAnswer<'activity'>, 'series' | 'at'>;

/** Unknown at the bottom: it is what is left when the others are told. */
export function actorStacks({ series, at }: Series): ColumnStack[] {
  return actorKinds.toReversed().map((kind) => ({
    key: kind,
    label: actorWords[kind],
    tone: actorTone(kind),
    values: series.find(({ key }) => key['actor_kind'] === kind)?.values ?? at.map(() => 0),
  }));
}

export const sumOf = (values: readonly number[]): number => values.reduce((sum, n) => sum + n, 0);
