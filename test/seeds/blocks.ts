/** The Rego and YAML blocks of the documents that asked for this product (blocks/README.md says where each stands). */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('blocks/', import.meta.url));

export function blockPath(name: string): string {
  return `${folder}${name}`;
}

export function blockText(name: string): string {
  return readFileSync(blockPath(name), 'utf8');
}

/** Names of the block files, in order. */
export const blockNames: readonly string[] = readdirSync(folder)
  .filter((name) => !name.endsWith('.md'))
  .sort();

/** Blocks that are policies as they stand. */
export const policyBlocks = ['000-ownership.rego', '000-security.rego', '000-waste.rego', '001-tagging.rego'] as const;
export type PolicyBlock = (typeof policyBlocks)[number];

const unknownCall = 'time.diff_days(time.now_ns(), input.resource.created_at)';
const sameInRego = '((time.now_ns() - time.parse_rfc3339_ns(input.resource.created_at)) / 86400000000000)';

/** A policy with the one edit that the seeds need: OPA has no `time.diff_days`. */
export function policyText(name: PolicyBlock): string {
  return blockText(name).replace(unknownCall, sameInRego);
}
