/** The Rego and YAML blocks of the documents that asked for this product (fixtures/README.md says where each stands). */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('fixtures/', import.meta.url));

export function blockPath(name: string): string {
  return `${folder}${name}`;
}

export function blockText(name: string): string {
  return readFileSync(blockPath(name), 'utf8');
}

/** Each block and the beginning of its SHA-256 in the document: a formatter that tidies one is found out. */
export const written: Readonly<Record<string, string>> = {
  '000-elava.yaml': '9d57615fb413e0c5',
  '000-ownership.rego': 'edb6c632647527ba',
  '000-security.rego': 'd7558e7ae3914326',
  '000-waste.rego': '266e69b1f34e7b66',
  '001-elava.yaml': '294828953af437d8',
  '001-tagging.rego': 'ff73bc830a2165f1',
  '003-geo-residency.rego': 'cbcf53a26fdceb39',
  '003-namespace-labels.yaml': '2565f2307f8359f4',
  '003-operator-pod.yaml': 'dbc5c86a50fc76a3',
};
export const blockNames: readonly string[] = Object.keys(written);

/** The blocks that are here, with what their SHA-256 begins with. */
export function found(): Record<string, string> {
  const names = readdirSync(folder).filter((name) => !name.endsWith('.md'));
  return Object.fromEntries(names.sort().map((name) => [name, digestOf(blockText(name))]));
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** Blocks that are policies as they stand. */
export const policyBlocks = ['000-ownership.rego', '000-security.rego', '000-waste.rego', '001-tagging.rego'] as const;
export type PolicyBlock = (typeof policyBlocks)[number];

const unknownCall = 'time.diff_days(time.now_ns(), input.resource.created_at)';
const sameInRego = '((time.now_ns() - time.parse_rfc3339_ns(input.resource.created_at)) / 86400000000000)';

/** A policy with the one edit that the seeds need: OPA has no `time.diff_days`. */
export function policyText(name: PolicyBlock): string {
  return blockText(name).replace(unknownCall, sameInRego);
}
