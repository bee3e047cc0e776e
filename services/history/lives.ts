/** Lives: a name that was deleted and is made again is another resource, though its id is the same. Pure. */
import type { Change, Resource } from '../../lib/resource.ts';

/** The end of an id that AWS makes up and never gives twice: `i-0123456789abcdef0`, `vol-…`. */
const madeUp = /[/:][a-z]{1,12}-[0-9a-f]{8,17}$/;
/** A bucket's date moves when its policy is edited (ListBuckets, API reference), so that it alone says nothing. */
const movingDates: ReadonlySet<string> = new Set(['s3']);

/** A listing may take so long, and what it shows may have been made after it began. */
const LISTING_MS = 3_600_000;

/** What is known of the resource's newest version; instants in milliseconds. */
export interface KnownLife {
  readonly first_seen: number;
  readonly live: boolean;
}

/**
 * Whether what is seen now is another one than what was known by its id. Made after it was first seen says so; where the
 * provider tells no date, that it was gone in between.
 */
export function isAnotherLife(known: KnownLife, { id, type, created_at }: Resource): boolean {
  if (madeUp.test(id)) return false;
  const made = Date.parse(created_at);
  if (Number.isNaN(made)) return !known.live;
  if (known.live && movingDates.has(type)) return false;
  return made > known.first_seen + LISTING_MS;
}

export interface Life {
  /** First seen. */
  readonly began: string;
  /** When it was gone, or another life had begun; "" while it lasts. */
  readonly ended: string;
  /** As the provider tells it, "" when it does not. */
  readonly created_at: string;
}
interface Version {
  readonly first_seen: string;
  readonly resource: Pick<Resource, 'created_at'>;
}

/** The newest first. `versions` and `changes` are newest first as well. */
export function livesOf(versions: readonly Version[], changes: readonly Pick<Change, 'kind' | 'at'>[]): Life[] {
  const begun = [...Map.groupBy(versions, ({ first_seen }) => first_seen)];
  return begun.map(([began, own], i) => {
    const next = begun[i - 1]?.[0];
    const gone = changes.find(
      ({ kind, at }) => kind === 'disappeared' && at > began && (next === undefined || at <= next),
    );
    // A life that was gone and came back lasts on.
    const back =
      gone &&
      changes.some(({ kind, at }) => kind === 'reappeared' && at > gone.at && (next === undefined || at < next));
    return { began, ended: (back ? undefined : gone?.at) ?? next ?? '', created_at: own[0]?.resource.created_at ?? '' };
  });
}
