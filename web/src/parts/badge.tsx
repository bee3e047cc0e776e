/** Small words with a colour. The word alone says it too: colour is never the only sign. */
import type { Attribution } from '../../../lib/resource.ts';
import { share } from '../base/format.ts';
import { Icon, type IconName } from './icon.tsx';

const tones: Readonly<Record<string, string>> = {
  deny: 'bad',
  require_approval: 'warn',
  flag: 'flag',
  allow: 'good',
  warn: 'flag',
  audit: 'plain',
  high: 'bad',
  medium: 'warn',
  low: 'flag',
  info: 'plain',
  appeared: 'good',
  reappeared: 'good',
  modified: 'change',
  disappeared: 'bad',
  complete: 'good',
  partial: 'warn',
  failed: 'bad',
  skipped: 'plain',
  Active: 'good',
  Failed: 'bad',
  Error: 'bad',
  Pending: 'warn',
  Degraded: 'warn',
};

export function toneOf(word: string): string {
  return tones[word] ?? 'plain';
}

export function Badge({ word, tone }: { readonly word: string; readonly tone?: string }) {
  return <span class={`badge ${tone ?? toneOf(word)}`}>{word.replaceAll('_', ' ')}</span>;
}

export const actorKinds = ['human', 'automation', 'service', ''] as const;
export type ActorKind = (typeof actorKinds)[number];
const actorIcons: Readonly<Record<ActorKind, IconName>> = {
  human: 'person',
  automation: 'robot',
  service: 'service',
  '': 'unknown',
};
export const actorWords: Readonly<Record<ActorKind, string>> = {
  human: 'People',
  automation: 'Automation',
  service: 'AWS services',
  '': 'Unknown',
};

/** The class that paints what this kind of actor did; its colour is one on every page. */
export const actorTone = (kind: string): string => `by-${kind === '' ? 'unknown' : kind}`;

export function Actor({ attribution }: { readonly attribution: Attribution | undefined }) {
  const kind = attribution?.actor_kind ?? '';
  if (attribution === undefined || attribution.actor === '') {
    const late = attribution?.state === 'pending' ? 'still being looked for' : 'unknown';
    return <span class="actor by-unknown muted">{late}</span>;
  }
  const title = `${attribution.explanation} (${share(attribution.confidence, 1)} sure)`;
  return (
    <span class={`actor ${actorTone(kind)}`} title={title}>
      <Icon name={actorIcons[kind]} size={15} />
      <span class="actor-name">{shortActor(attribution.actor)}</span>
      {attribution.confidence < 0.8 && <span class="muted">{Math.round(attribution.confidence * 100)}%</span>}
    </span>
  );
}

/** An ARN's last word is who it is; the whole stands in the title. */
export function shortActor(actor: string): string {
  return actor.startsWith('arn:') ? (actor.split('/').at(-1) ?? actor) : actor;
}
