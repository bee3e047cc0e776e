/** A digest as text that a person reads: in mail as it is, elsewhere in parts. Pure. */
import type { DigestEntry } from './digest.schema.ts';

export interface Digest {
  /** The same at every attempt. */
  readonly id: string;
  readonly owner: string;
  readonly entries: readonly DigestEntry[];
  /** Where links lead to, ending in what the token follows; "" when there is no such page. */
  readonly answers: string;
  readonly at: Date;
}

export function subjectOf({ owner, entries }: Digest): string {
  const count = entries.length === 1 ? '1 thing' : `${entries.length} things`;
  return `Elava: ${count} about ${owner === '' ? 'resources that nobody owns' : `resources of ${owner}`}`;
}

/** Facts of an entry, in the order in which a person asks. */
export function factsOf({ what, why, who, when, fix }: DigestEntry): [label: string, text: string][] {
  return [
    ['Resource', what],
    ['Why', why],
    ['Changed last by', who],
    ['What happens', when],
    ['To be left alone', fix],
  ];
}

export function linksOf({ links }: DigestEntry, answers: string): [verb: string, url: string][] {
  return answers === '' ? [] : Object.entries(links).map(([verb, token]) => [verb, `${answers}${token}`]);
}

export function textOf(digest: Digest): string {
  const parts = digest.entries.map((entry, i) => {
    const facts = factsOf(entry).map(([label, text]) => `   ${label}: ${text}`);
    const links = linksOf(entry, digest.answers).map(([verb, url]) => `   ${verb}: ${url}`);
    const command =
      links.length === 0 ? [`   Answer: elava approve ${entry.key}, or elava cancel ${entry.key}`] : links;
    return [`${i + 1}. ${entry.title}`, ...facts, ...command].join('\n');
  });
  return `${subjectOf(digest)}\n\n${parts.join('\n\n')}\n`;
}
