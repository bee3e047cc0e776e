/** How much a changed field matters, by type and path; the first rule that matches counts. Configuration goes before it. */
import type { FieldChange, Severity } from '../../lib/resource.ts';

export interface DriftRule {
  readonly types?: readonly string[];
  /** Matches the dotted path without `metadata.`. */
  readonly path: RegExp;
  readonly severity: Severity;
  /** What it means, in words. */
  readonly what: string;
  /** Holds only for some values: encryption that is lost matters more than encryption that is gained. */
  readonly when?: (field: FieldChange) => boolean;
}

const lost = ({ old, new: now }: FieldChange): boolean => old === true && now !== true;
const gained = ({ old, new: now }: FieldChange): boolean => old !== true && now === true;
const opens = ({ new: now }: FieldChange): boolean => /0\.0\.0\.0\/0|"::\/0"/.test(JSON.stringify(now ?? null));

export const driftRules: readonly DriftRule[] = [
  {
    types: ['security_group'],
    path: /^rules/,
    severity: 'high',
    what: 'a security group was opened to the world',
    when: opens,
  },
  { types: ['security_group'], path: /^rules/, severity: 'medium', what: "a security group's rules changed" },
  { path: /^(encrypted|encryption)(\.|$)/, severity: 'high', what: 'encryption was lost', when: lost },
  { path: /^(kms_key_id|encryption|encrypted)(\.|$)/, severity: 'medium', what: 'encryption changed' },
  {
    path: /^(public|publicly_accessible|public_read|public_write)(\.|$)/,
    severity: 'high',
    what: 'it became public',
    when: gained,
  },
  { path: /^public_access_block/, severity: 'high', what: 'a public access block was lifted', when: lost },
  { path: /^public/i, severity: 'medium', what: 'public access changed' },
  { types: ['iam_role'], path: /^trust/, severity: 'high', what: "a role's trust changed" },
  {
    types: ['iam_role'],
    path: /^(attached_policies|inline_policies|permissions_boundary)/,
    severity: 'high',
    what: "a role's permissions changed",
  },
  { path: /(^|_)policy(\.|$)|^acl/, severity: 'high', what: 'an access policy changed' },
  {
    path: /^(deletion_protection|point_in_time_recovery|versioning|mfa_delete|backup_retention_days)/,
    severity: 'high',
    what: 'a protection was lost',
    when: lost,
  },
  {
    path: /^(deletion_protection|point_in_time_recovery|versioning|mfa_delete|backup_retention_days)/,
    severity: 'medium',
    what: 'a protection changed',
  },
  { types: ['lambda'], path: /^environment_secrets/, severity: 'high', what: 'secrets in the environment changed' },
  {
    path: /^(instance_type|instance_class|memory_mb|size_gib|allocated_storage|billing_mode|volume_type|iops)/,
    severity: 'medium',
    what: 'its size changed',
  },
  {
    path: /^(engine_version|runtime|image_id|code_sha256|handler|role|instance_profile|security_group_ids|vpc_id|subnet_id)/,
    severity: 'medium',
    what: 'what runs, or where, changed',
  },
  {
    path: /^tags\.(owner|elava_owner|team|environment|env)$/i,
    severity: 'medium',
    what: 'its owner or environment changed',
  },
  { path: /^tags(\.|$)/, severity: 'low', what: 'tags changed' },
  { path: /^status$/, severity: 'low', what: 'its state changed' },
];

/** What AWS does by itself: its own tags, clocks, counters, and what follows of a stop and start. */
const byItself =
  /^(tags\.aws:|refs(\.|$)|last_|launch_time|stopped_since|item_count|table_size_bytes|code_size|private_ip|public_ip|endpoint|name$)|(LastModified|RevisionId|UsageOperationUpdateTime|StateTransitionReason|StateReason|NetworkInterfaces|PublicDnsName|PublicIpAddress|LaunchTime|LatestRestorableTime|LastUpdateStatus|State$)/i;

export function isNoise(path: string): boolean {
  return byItself.test(path);
}
