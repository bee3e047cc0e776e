/** The registry: what is not in it cannot be done. One file and one line each; a test compares it with the folder. */
import type { Action } from '../action.ts';
import { attach } from './attach.ts';
import { authorizeRule } from './authorize-rule.ts';
import { blockPublicAccess } from './block-public-access.ts';
import { deleteSnapshot } from './delete-snapshot.ts';
import { deleteVolume } from './delete-volume.ts';
import { deregisterImage } from './deregister-image.ts';
import { detach } from './detach.ts';
import { disableEncryption } from './disable-encryption.ts';
import { enableEncryption } from './enable-encryption.ts';
import { notify } from './notify.ts';
import { quarantine } from './quarantine.ts';
import { releaseAddress } from './release-address.ts';
import { releaseQuarantine } from './release-quarantine.ts';
import { revokeRule } from './revoke-rule.ts';
import { scale } from './scale.ts';
import { scaleToZero } from './scale-to-zero.ts';
import { start } from './start.ts';
import { stop } from './stop.ts';
import { tag } from './tag.ts';
import { unblockPublicAccess } from './unblock-public-access.ts';
import { untag } from './untag.ts';

const all: readonly Action[] = [
  tag,
  untag,
  stop,
  start,
  detach,
  attach,
  deleteVolume,
  deleteSnapshot,
  deregisterImage,
  releaseAddress,
  revokeRule,
  authorizeRule,
  blockPublicAccess,
  unblockPublicAccess,
  enableEncryption,
  disableEncryption,
  scaleToZero,
  scale,
  quarantine,
  releaseQuarantine,
  notify,
];

export const actions: ReadonlyMap<string, Action> = new Map(all.map((action) => [action.type, action]));

/** What a denial leads to where it is enforced and the policy proposes nothing itself, by resource type. */
const isolating: Readonly<Record<string, string>> = { ec2: 'quarantine', s3: 'block_public_access' };

export function isolatingAction(type: string): string {
  return isolating[type] ?? 'notify';
}
