/** The policies that ship with the product, as their tests read them. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Decision } from '../../services/policy/policy.contract.ts';

export const folder = fileURLToPath(new URL('../../policies', import.meta.url));

export const packages = ['compliance', 'cost', 'ownership', 'security', 'tagging', 'waste'] as const;
export type PackageName = (typeof packages)[number];

/** A row of allowed.json or denied.json. `rules` are those that speak, by name in order. */
export interface Case {
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly expect: { readonly decision: Decision; readonly rules: readonly string[] };
}

export function table(name: PackageName, kind: 'allowed' | 'denied'): readonly Case[] {
  return JSON.parse(readFileSync(`${folder}/${name}/${kind}.json`, 'utf8')) as Case[];
}

/** Paths of the Rego files, relative to the folder, in order. */
export function regoFiles(): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.rego'))
    .map((path) => path.replaceAll('\\', '/'))
    .sort();
}
