/** Which boxes a side of the graph has. Pure. */
import { lastPart } from '../../base/format.ts';

interface Related {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly live: boolean;
}
export interface Box {
  readonly key: string;
  /** Absent when it stands for several. */
  readonly id?: string;
  readonly name: string;
  readonly note: string;
  readonly title: string;
  readonly live: boolean;
}

const MOST_OF_TYPE = 6;

/** The first few of each type by name, and one box for the rest: a group that a thousand instances use stays readable. */
export function boxesOf(relations: readonly Related[]): Box[] {
  const types = Map.groupBy(relations, ({ type }) => type || 'unknown');
  return [...types].flatMap(([type, some]) => {
    const shown = some.length > MOST_OF_TYPE ? some.slice(0, MOST_OF_TYPE - 1) : some;
    const boxes: Box[] = shown.map(({ id, name, live }) => ({
      key: id,
      id,
      name: name || lastPart(id),
      note: type === 'unknown' ? 'not scanned' : live ? type : `${type} · gone`,
      title: id,
      live,
    }));
    const rest = some.length - shown.length;
    if (rest === 0) return boxes;
    return [
      ...boxes,
      { key: `rest ${type}`, name: `and ${rest} more`, note: type, title: `${rest} more of ${type}`, live: true },
    ];
  });
}
