/** Plans that nobody changed, and links that say what their bearer may do, once. HMAC-SHA256 with the reconciler's key. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { elavaError } from '../../lib/errors.ts';
import { canonicalJson } from './fingerprint.ts';
import type { Plan } from './reconciler.schema.ts';

export function signPlan(plan: Omit<Plan, 'signature'>, key: Buffer): Plan {
  return { ...plan, signature: digest('plan', canonicalJson(plan), key) };
}

/** Error: PLAN_INVALID. */
export function checkPlan(plan: Plan, key: Buffer): void {
  const { signature, ...signed } = plan;
  if (same(signature, digest('plan', canonicalJson(signed), key))) return;
  throw elavaError('PLAN_INVALID', `the signature of ${plan.id} does not fit what it says`);
}

export const linkVerbs = ['approve', 'reject', 'acknowledge', 'extend'] as const;
export type LinkVerb = (typeof linkVerbs)[number];

export interface Link {
  readonly item: string;
  readonly verb: LinkVerb;
  /** Who it was sent to, and so who answers. */
  readonly person: string;
  /** Milliseconds. */
  readonly expires: number;
  /** Makes it one of a kind. */
  readonly nonce: string;
}

export function writeLink(link: Link, key: Buffer): string {
  const text = Buffer.from(canonicalJson(link)).toString('base64url');
  return `${text}.${digest('link', text, key)}`;
}

/** Errors: LINK_INVALID for one that was changed, that is no link, or that has expired. Whether it was used is the store's to say. */
export function readLink(token: string, key: Buffer, now: number): Link {
  const [text = '', signature = ''] = token.split('.');
  if (!same(signature, digest('link', text, key))) throw elavaError('LINK_INVALID', 'the link is not one of ours');
  const link = JSON.parse(Buffer.from(text, 'base64url').toString()) as Link;
  if (link.expires <= now)
    throw elavaError('LINK_INVALID', `the link ended at ${new Date(link.expires).toISOString()}`);
  return link;
}

/** The purpose is part of what is signed: a plan's signature is none of a link. */
function digest(purpose: string, text: string, key: Buffer): string {
  return createHmac('sha256', key).update(`elava ${purpose}\n${text}`).digest('base64url');
}

function same(a: string, b: string): boolean {
  const [x, y] = [Buffer.from(a), Buffer.from(b)];
  return x.length === y.length && timingSafeEqual(x, y);
}
