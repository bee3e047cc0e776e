/**
 * What a resource refers to and is gone. That it is not there says nothing by itself: its unit may never have been scanned.
 * Pure.
 */
import type { JudgingRow } from '../history/history.contract.ts';

interface Watched {
  readonly type: string;
  /** In the ARN of what is watched. */
  readonly part: string;
}

/** References whose absence means something, by type. Copied snapshots name a volume that never was. */
const watched: Readonly<Record<string, readonly Watched[]>> = { snapshot: [{ type: 'ebs', part: ':volume/' }] };
const never = /:volume\/vol-f+$/;

/** Type → when the last scan of it began, ISO 8601, in the account and region of the resources; complete ones only. */
export type Scanned = Readonly<Record<string, string>>;

/** Types that have to be known to tell what is gone; mostly none. */
export function watchedTypes(type: string): readonly string[] {
  return (Object.hasOwn(watched, type) ? watched[type] : undefined)?.map((one) => one.type) ?? [];
}

/** Only what a scan would have found that began after the resource was made. */
export function goneRefs({ resource, related, facts }: JudgingRow, scanned: Scanned): string[] {
  const since = resource.created_at || facts.first_seen;
  const rules = (Object.hasOwn(watched, resource.type) ? watched[resource.type] : undefined) ?? [];
  return rules.flatMap(({ type, part }) => {
    const at = scanned[type];
    if (at === undefined || !(Date.parse(at) > Date.parse(since))) return [];
    return resource.refs.filter((ref) => ref.includes(part) && !never.test(ref) && !Object.hasOwn(related, ref));
  });
}
