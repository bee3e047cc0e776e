/** Which event made a change: by what it names, by what it can do, by when. Pure. */
import { actorOf, type Openings } from './actor.ts';
import type { Actor } from './actor-rules.ts';
import { confidenceOf, type EffectEvidence, type IdentityEvidence, strengthOf } from './confidence.ts';
import type { Effect } from './effect.ts';
import { effectsOf, isKnown, isOfService } from './event-effects.ts';
import { type AuditRecord, keysOf, textsAt } from './record.ts';
import type { Subject } from './subject.ts';

export interface Match {
  readonly record: AuditRecord;
  readonly identity: IdentityEvidence;
  readonly effect: EffectEvidence;
  readonly inWindow: boolean;
  readonly strength: number;
}
export interface Answer {
  readonly best: Match;
  readonly actor: Actor;
  readonly confidence: number;
  /** Other events that fit, by others. */
  readonly rivals: readonly Match[];
}

/** CloudTrail tells seconds, and clocks differ; an event may be that much outside the window. */
const SKEW_MS = 60_000;
/** Weaker than this is no evidence. */
const LEAST = 0.25;

/** The best event for a change, and who is behind it; undefined when none fits. */
export function correlate(
  subject: Subject,
  candidates: readonly AuditRecord[],
  { openings, pending }: { readonly openings: Openings; readonly pending: boolean },
): Answer | undefined {
  const matches = candidates.flatMap((record) => matchOf(subject, record) ?? []).sort(stronger);
  const [best] = matches;
  if (!best) return undefined;
  const actor = actorOf(best.record, openings);
  const rivals = matches.filter((match) => !isSame(match.record, best.record));
  const { identity, effect, inWindow } = best;
  const rival = rivals[0]?.strength ?? 0;
  const confidence = confidenceOf({ identity, effect, inWindow, actor: actor.certainty, rival, pending });
  return { best, actor, confidence, rivals };
}

/** Of equally strong ones the last: what it left is what was found. */
function stronger(a: Match, b: Match): number {
  return b.strength - a.strength || b.record.at - a.record.at;
}

function isSame(a: AuditRecord, b: AuditRecord): boolean {
  return a.caller.principal === b.caller.principal && a.caller.arn === b.caller.arn;
}

function matchOf(subject: Subject, record: AuditRecord): Match | undefined {
  if (record.error !== '' || record.at < subject.from - SKEW_MS || record.at > subject.to + SKEW_MS) return undefined;
  const inWindow = record.at >= subject.from && record.at <= subject.to;
  const found = effectsOf(record.name, subject.change.type)
    .map((effect) => ofEffect(subject, record, effect))
    .concat(unlisted(subject, record))
    .flatMap((evidence) => (evidence ? [{ ...evidence, strength: strengthOf({ ...evidence, inWindow }) }] : []))
    .sort((a, b) => b.strength - a.strength)[0];
  return found && found.strength >= LEAST ? { record, inWindow, ...found } : undefined;
}

interface Found {
  readonly identity: IdentityEvidence;
  readonly effect: EffectEvidence;
}

function ofEffect(subject: Subject, record: AuditRecord, effect: Effect): Found | undefined {
  const kinds = effect.kind === subject.kind;
  if (!kinds) return undefined;
  const identity = identityOf(subject, record, effect);
  const fit = identity && fitOf(subject, record, effect);
  return identity && fit ? { identity, effect: fit } : undefined;
}

function identityOf(subject: Subject, record: AuditRecord, effect: Effect): IdentityEvidence | undefined {
  const named = effect.ids.flatMap((path) => textsAt(record, path.split('.')));
  if (effect.byReference) return named.some((name) => subject.references.has(name)) ? 'reference' : undefined;
  if (named.some((name) => subject.names.has(name))) return 'parameter';
  if (record.resources.some((name) => subject.names.has(name))) return 'resource';
  return anywhere(subject, record);
}

function anywhere(subject: Subject, record: AuditRecord): IdentityEvidence | undefined {
  const keys = keysOf(record);
  if (keys.includes(subject.change.id)) return 'id';
  if (!keys.some((key) => subject.names.has(key))) return undefined;
  return subject.unique ? 'id' : 'name';
}

function fitOf(subject: Subject, record: AuditRecord, { kind, fields }: Effect): EffectEvidence | undefined {
  if (kind !== 'modify') return 'whole';
  if (fields?.includes('tags') && subject.tagKeys.size > 0) return tagFit(subject, record);
  const covered = subject.fields.filter((name) => fields?.some((part) => name.includes(part)) ?? true);
  if (covered.length === 0) return undefined;
  if (hasValue(subject, record)) return 'value';
  return covered.length * 2 >= subject.fields.length ? 'field' : 'partly';
}

/** Calls that set all tags at once: what they leave out is removed. */
const wholeTagSets = /^(Put|Delete)BucketTagging$/;

/** A call that sets or removes other tags is none of ours. */
function tagFit(subject: Subject, { name, request }: AuditRecord): EffectEvidence | undefined {
  const text = JSON.stringify(request ?? {});
  const named = [...subject.tagKeys].filter((key) => text.includes(JSON.stringify(key)));
  if (named.length === 0) return wholeTagSets.test(name) ? 'field' : undefined;
  return named.length === subject.tagKeys.size && subject.fields.every((f) => f === 'tags' || f === 'name')
    ? 'value'
    : 'partly';
}

function hasValue({ values }: Subject, { request }: AuditRecord): boolean {
  const said = new Set(leaves(request, 0));
  return [...values].some((value) => said.has(value));
}

function leaves(value: unknown, depth: number): string[] {
  if (typeof value === 'string' || typeof value === 'number') return [String(value)];
  if (typeof value !== 'object' || value === null || depth > 10) return [];
  return Object.values(value).flatMap((inner) => leaves(inner, depth + 1));
}

/** Calls that the table does not know, and known ones that change the type in a way that it does not list. */
function unlisted(subject: Subject, record: AuditRecord): Found | undefined {
  if (isKnown(record.name) || !isOfService(record.source, subject.change.type)) return undefined;
  const identity = record.resources.some((name) => subject.names.has(name)) ? 'resource' : anywhere(subject, record);
  const verb = verbOf(record.name);
  if (!identity || verb === undefined || verb !== subject.kind) return undefined;
  return { identity, effect: 'unknown' };
}

/** AWS's names begin with what they do; those that only run or read something change nothing that a scan sees. */
function verbOf(name: string): Subject['kind'] | undefined {
  if (/^(Create|Run|Restore|Import|Register|Allocate|Copy)/.test(name)) return 'create';
  if (/^(Delete|Terminate|Release|Deregister|Remove)/.test(name)) return 'delete';
  return /^(Modify|Update|Put|Set|Attach|Detach|Associate|Disassociate|Enable|Disable|Add|Change|Replace|Reset|Start|Stop)/.test(
    name,
  )
    ? 'modify'
    : undefined;
}
